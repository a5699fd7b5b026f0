import Instruments
import Testing

@Suite struct ContractTests {
  @Test func settlementFollowsTheStyle() throws {
    let pair = Underlying(base: try Asset("BTC"), quote: try Asset("USD"))
    let expiry = try Timestamp("2025-03-28T08:00")
    for style in SettlementStyle.allCases {
      let option = try OptionContract(underlying: pair, style: style, expiry: expiry, strike: 1, kind: .put)
      let contracts: [Contract] = [
        .perpetual(Perpetual(underlying: pair, style: style)),
        .datedFuture(DatedFuture(underlying: pair, style: style, expiry: expiry)), .option(option),
      ]
      for contract in contracts {
        #expect(contract.style == style)
        #expect(contract.underlying == pair)
        #expect(contract.settlementAsset == (style == .linear ? pair.quote : pair.base))
      }
      #expect(contracts.map(\.expiry) == [nil, expiry, expiry])
    }
  }

  @Test(arguments: [0, -1, -0.0, .infinity, -Double.infinity])
  func strikesArePositive(_ strike: Double) throws {
    let pair = Underlying(base: try Asset("BTC"), quote: try Asset("USD"))
    #expect(
      throws: InstrumentError.outOfDomain(
        field: "strike", value: strike, allowed: "a number from 1e-18 to 1e18")
    ) {
      try OptionContract(
        underlying: pair, style: .inverse, expiry: Timestamp(seconds: 0), strike: strike, kind: .call)
    }
  }

  @Test func aStrikeIsANumber() throws {
    let pair = Underlying(base: try Asset("BTC"), quote: try Asset("USD"))
    #expect(throws: InstrumentError.self) {
      try OptionContract(
        underlying: pair, style: .linear, expiry: Timestamp(seconds: 0), strike: .nan, kind: .put)
    }
  }
}
