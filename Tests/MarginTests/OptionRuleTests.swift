import Instruments
import Margin
import MarketData
import TestSupport
import Testing
import Valuation

@Suite struct OptionRuleTests {
  private func margins(
    _ rates: OptionRates, _ name: String, quantity: Double, forward: Double, price: Double, spot: Double,
    entry: Double = 1
  ) throws -> MarginAssessment {
    let market = try MarketSnapshot(asOf: Timestamp("2022-06-01"), prices: [btc: spot, usdt: 1])
    let account = Account(
      id: "option", balances: [try Balance(asset: usdt, quantity: 10_000)],
      positions: [
        try Position(
          contract: Contract(name: name), quantity: quantity, entryPrice: entry, markPrice: forward,
          optionPrice: price)
      ])
    let rules = try regime(
      [NamedTerm(name: "options", term: .optionRule(OptionRule(rates: [btc: rates], others: nil)))],
      initial: "options")
    return try requirement(of: rules, for: BookState(of: account, in: market), given: noEvidence)
  }

  @Test("BB-OPT-1: a short call at Bybit")
  func bybitShortCall() throws {
    // Bybit, Help centre 000001546, 2023: S 30,000, mark 300, factor 3 %, liquidation fee 0.2 %.
    let rates = try OptionRates(
      upper: 0.15, lower: 0.1, moneyness: .spot, maintenance: 0.03, rateOnMark: .always,
      premium: .largerOfMarkAndEntry, liquidationFee: 0.002)
    let assessment = try margins(
      rates, "BTC/USDT:USDT-220701-31000-C", quantity: -1, forward: 30_000, price: 300, spot: 30_000)
    #expect(isClose(assessment.maintenance, 1_260, relative: 1e-9))
    #expect(isClose(assessment.initial, 0.15 * 30_000 - 1_000 + 300, relative: 1e-9))
    let sold = try margins(
      rates, "BTC/USDT:USDT-220701-31000-C", quantity: -1, forward: 30_000, price: 300, spot: 30_000,
      entry: 450)
    #expect(isClose(sold.initial, 0.15 * 30_000 - 1_000 + 450, relative: 1e-9))
  }

  @Test("OK-OPT-1: a short call at OKX, margined in coin")
  func okxShortCall() throws {
    // OKX, Option margin (a copy of the page): F 5,900, 100 out of the money, mark 0.0575 coin, factor 1.02; one contract
    // is 0.1 coin.
    let rates = try OptionRates(
      upper: 0.15, lower: 0.1, moneyness: .forward, maintenance: 0.03, factor: 1.02)
    let assessment = try margins(
      rates, "BTC/USD:BTC-220701-6000-C", quantity: -0.1, forward: 5_900, price: 0.0575 * 5_900, spot: 5_900)
    #expect(isClose(assessment.initial / 5_900, 0.01932, absolute: 0.000005))
  }

  @Test("long options ask for nothing, or for what they are worth up to a cap")
  func longOptions() throws {
    let free = try OptionRates(upper: 0.15, lower: 0.1, moneyness: .spot, maintenance: 0.05)
    let name = "BTC/USDT:USDT-220701-31000-C"
    #expect(
      try margins(free, name, quantity: 2, forward: 30_000, price: 300, spot: 30_000).initial == 0)
    let capped = try OptionRates(
      upper: 0.15, lower: 0.1, moneyness: .spot, maintenance: 0, putCap: 0.5, longCap: 0.2,
      maintenanceShare: 0.5, longMaintenanceShare: 0.5)
    let cheap = try margins(capped, name, quantity: 2, forward: 30_000, price: 300, spot: 30_000)
    #expect(isClose(cheap.initial, 600, relative: 1e-9) && isClose(cheap.maintenance, 300, relative: 1e-9))
    let dear = try margins(
      capped, "BTC/USDT:USDT-220701-15000-C", quantity: 1, forward: 30_000, price: 15_300, spot: 30_000)
    #expect(isClose(dear.initial, 6_000, relative: 1e-9))
    let put = try margins(
      capped, "BTC/USDT:USDT-220701-60000-P", quantity: -1, forward: 30_000, price: 30_200, spot: 30_000)
    #expect(isClose(put.initial, 30_000, relative: 1e-9))
  }

  @Test("an inverse option asks for the same number of coins at any price of the coin")
  func inverseOption() throws {
    let rates = try OptionRates(
      upper: 0.15, lower: 0.1, moneyness: .forward, maintenance: 0.075, rateOnMark: .puts)
    func coins(_ spot: Double) throws -> Double {
      let name = "BTC/USD:BTC-220701-\(Int(spot * 1.1))-C"
      return try margins(
        rates, name, quantity: -1, forward: spot, price: 0.02 * spot, spot: spot
      ).initial / spot
    }
    #expect(isClose(try coins(30_000), 0.12, relative: 1e-9))
    #expect(isClose(try coins(60_000), 0.12, relative: 1e-9))
  }

  @Test("options on an asset without rates are refused by name, in every kind of regime")
  func refusals() throws {
    let rule = NamedTerm(name: "options", term: .optionRule(OptionRule(rates: [:], others: nil)))
    let brackets = NamedTerm(name: "brackets", term: .rateSum(try smallBrackets()))
    let market = try MarketSnapshot(asOf: Timestamp("2022-06-01"), prices: [btc: 30_000, usdt: 1])
    let name = "BTC/USDT:USDT-220701-31000-C"
    let account = Account(
      id: "option", balances: [],
      positions: [
        try Position(
          contract: Contract(name: name), quantity: -1, entryPrice: 1, markPrice: 30_000,
          impliedVolatility: 0.6)
      ])
    let state = try BookState(of: account, in: market)
    #expect(throws: MarginError.optionsNotCovered(term: "options", row: name)) {
      try requirement(of: regime([rule], initial: "options"), for: state, given: noEvidence)
    }
    #expect(throws: MarginError.optionsNotCovered(term: "brackets", row: name)) {
      try requirement(of: regime([brackets], initial: "brackets"), for: state, given: noEvidence)
    }
  }

  @Test(
    "rates outside their domain are refused",
    arguments: [
      (upper: 1.5, lower: 0.1, maintenance: 0.1, factor: 1.0), (0.1, 0.2, 0.1, 1), (0.2, 0.1, -0.1, 1),
      (0.2, 0.1, 0.1, 0.5), (.nan, 0.1, 0.1, 1), (0.2, .nan, 0.1, 1), (0.2, 0.1, .nan, 1),
      (0.2, 0.1, 0.1, .infinity),
    ])
  func domains(upper: Double, lower: Double, maintenance: Double, factor: Double) {
    #expect(throws: MarginError.self) {
      try OptionRates(
        upper: upper, lower: lower, moneyness: .spot, maintenance: maintenance, factor: factor)
    }
  }
}
