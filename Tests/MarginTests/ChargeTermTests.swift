import Instruments
import Margin
import TestSupport
import Testing
import Valuation

@Suite struct ChargeTermTests {
  private func charge(_ base: ChargeTerm.Base, _ rate: Double, on state: BookState) throws -> MarginAssessment
  {
    try requirement(
      of: regime([NamedTerm(name: "a", term: .charge(try ChargeTerm(base: base, rate: rate)))], initial: "a"),
      for: state, given: noEvidence)
  }

  @Test("gross notional adds absolutes, the largest net notional nets within a base asset")
  func bases() throws {
    var ledger = Ledger()
    ledger.balance(btc, worth: 1e6)
    ledger.position(btc, settling: usdt, notional: 500)
    ledger.position(btc, settling: btc, notional: -300)
    ledger.position(eth, settling: usdt, notional: -250)
    #expect(isClose(try charge(.grossNotional, 0.01, on: ledger.state).initial, 10.5, relative: 1e-14))
    #expect(isClose(try charge(.largestNetNotional, 0.01, on: ledger.state).initial, 2.5, relative: 1e-14))
    #expect(try charge(.largestNetNotional, 0.01, on: ledger.state).maintenance == 2.5)
    var cash = Ledger()
    cash.balance(btc, worth: 100)
    #expect(try charge(.largestNetNotional, 1, on: cash.state).initial == 0)
  }

  @Test("rates outside 0 to 1 are refused", arguments: [-0.01, 1.01, .nan, .infinity])
  func refusals(rate: Double) {
    #expect(throws: MarginError.invalidTable(name: "charge", problem: "the rate lies between 0 and 1")) {
      try ChargeTerm(base: .grossNotional, rate: rate)
    }
  }
}
