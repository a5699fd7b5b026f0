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

  @Test(
    "net notional nets within a base asset and adds up over assets; what is free of charge is so for each asset"
  )
  func concentration() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 500)
    ledger.position(btc, settling: btc, notional: -300)
    ledger.position(eth, settling: usdt, notional: -250)
    ledger.position(sol, settling: usdt, notional: 90)
    func charge(_ base: ChargeTerm.Base, above: Double, _ rows: RowSelector = RowSelector()) throws -> Double
    {
      let term = try ChargeTerm(base: base, rate: 0.1, rows: rows, above: above)
      return try requirement(
        of: regime([NamedTerm(name: "a", term: .charge(term)), try freeOfCharge()], initial: "a + free"),
        for: ledger.state, given: noEvidence
      ).initial
    }
    #expect(isClose(try charge(.netNotional, above: 0), 54, relative: 1e-14))
    #expect(isClose(try charge(.netNotional, above: 100), 0.1 * (100 + 150), relative: 1e-14))
    #expect(isClose(try charge(.grossNotional, above: 100), 0.1 * (700 + 150), relative: 1e-14))
    #expect(isClose(try charge(.grossNotional, above: 0), 0.1 * 1_140, relative: 1e-14))
    #expect(isClose(try charge(.largestNetNotional, above: 100), 15, relative: 1e-14))
    #expect(isClose(try charge(.netNotional, above: 0, RowSelector(assets: [sol])), 9, relative: 1e-14))
    #expect(try charge(.netNotional, above: 1e6) == 0)
  }

  @Test("something is free of charge of notionals alone, and never less than nothing")
  func freeSizes() {
    for above in [-1, .nan, .infinity] {
      #expect(
        throws: MarginError.invalidTable(name: "charge", problem: "what is free of charge is not negative")
      ) { try ChargeTerm(base: .netNotional, rate: 0.1, above: above) }
    }
    for base in ChargeTerm.Base.allCases
    where ![.netNotional, .grossNotional, .largestNetNotional].contains(base) {
      #expect(throws: MarginError.self) { try ChargeTerm(base: base, rate: 0.1, above: 1) }
    }
  }

  @Test("rates outside 0 to 1 are refused", arguments: [-0.01, 1.01, .nan, .infinity])
  func refusals(rate: Double) {
    #expect(throws: MarginError.invalidTable(name: "charge", problem: "the rate lies between 0 and 1")) {
      try ChargeTerm(base: .grossNotional, rate: rate)
    }
  }
}
