import Instruments
import Margin
import TestSupport
import Testing
import Valuation

@Suite struct LoanTermTests {
  @Test("debts are charged balance by balance; neither credit nor a losing position is a loan")
  func amounts() throws {
    var ledger = Ledger()
    ledger.balance(usdt, worth: -1_000)
    ledger.balance(eth, worth: -500)
    ledger.balance(btc, worth: 10_000)
    ledger.position(btc, settling: usdt, notional: 100, unrealised: -700)
    let rules = try regime(
      [
        NamedTerm(name: "loan", term: .loan(try LoanTerm(initialRate: 0.1, maintenanceRate: 0.04))),
        try freeOfCharge(),
      ], initial: "loan")
    let assessment = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(isClose(assessment.initial, 150, relative: 1e-14))
    #expect(isClose(assessment.maintenance, 60, relative: 1e-14))
  }

  @Test("where losses are borrowed, what is negative of all that settles in an asset is a loan")
  func equityOfAnAsset() throws {
    var ledger = Ledger()
    ledger.balance(usdt, worth: 400)
    ledger.position(btc, settling: usdt, notional: 100, unrealised: -700)
    ledger.balance(eth, worth: 500)
    let loan = try LoanTerm(initialRate: 0.1, maintenanceRate: 0.02, debt: .equity)
    let rules = try regime(
      [NamedTerm(name: "loan", term: .loan(loan)), try freeOfCharge()], initial: "loan")
    let assessment = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(isClose(assessment.initial, 30, relative: 1e-14))
    #expect(isClose(assessment.maintenance, 6, relative: 1e-14))
  }

  @Test("rates out of order or outside 0 to 1 are refused")
  func refusals() {
    for (initial, maintenance) in [(0.1, 0.2), (1.1, 0.5), (0.5, -0.1), (.nan, 0.1), (0.5, .nan)] {
      #expect(throws: MarginError.self) { try LoanTerm(initialRate: initial, maintenanceRate: maintenance) }
    }
  }
}
