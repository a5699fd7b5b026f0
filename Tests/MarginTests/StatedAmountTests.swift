import Instruments
import Margin
import MarketData
import TestSupport
import Testing
import Valuation

@Suite struct StatedAmountTests {
  private func pools(_ pooling: Pooling, stated: [String: Double], _ assets: [Asset]) throws -> [String:
    Double]
  {
    let market = try MarketSnapshot(asOf: Timestamp("2024-06-01"), prices: [btc: 60_000, usdt: 1])
    let account = Account(
      id: "stated", balances: try assets.map { try Balance(asset: $0, quantity: 10) }, positions: [],
      stated: stated)
    let rules = try regime(
      [NamedTerm(name: "mmp", term: .stated("mmpMargin"))], initial: "mmp", pooling: pooling)
    let assessment = try requirement(of: rules, for: BookState(of: account, in: market), given: noEvidence)
    return Dictionary(uniqueKeysWithValues: assessment.pools.map { ($0.name, $0.initial) })
  }

  @Test("an amount of a wallet belongs to it, whatever stands first; one pool takes all of a name")
  func wallets() throws {
    for order in [[btc, usdt], [usdt, btc]] {
      let found = try pools(.settlementAsset, stated: ["mmpMargin.BTC": 1_200], order)
      #expect(found == ["BTC": 1_200, "USDT": 0])
      #expect(
        try pools(.single, stated: ["mmpMargin.BTC": 1_200, "mmpMargin": 30, "other": 5], order)
          == ["account": 1_230])
    }
    #expect(try pools(.settlementAsset, stated: ["mmpMargin": 7], [usdt, btc]) == ["USDT": 7, "BTC": 0])
  }

  @Test("the margin of an isolated position has no haircut")
  func isolatedMargin() throws {
    var ledger = Ledger()
    ledger.balance(btc, worth: 100_000, price: 20_000)
    ledger.balance(btc, worth: 2_000, price: 20_000, isolated: 0)
    ledger.position(btc, settling: btc, notional: -20_000, price: 20_000, isolated: 0)
    let rules = try regime([freeOfCharge()], initial: "0", collateral: smallSchedule())
    let found = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(found.pools.map(\.equity) == [98_000, 2_000])
  }
}
