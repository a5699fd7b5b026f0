import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Pricing
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct OptionValuationTests {
  private let study: Study
  private let prices: [Asset: Double]
  private let expiry = asOf.advanced(bySeconds: 90 * 86_400)
  private let years = 90.0 / 365

  init() throws {
    study = try Study()
    prices = [study.bitcoin: 60_000, study.circle: 0.98]
  }

  private func option(_ style: SettlementStyle, _ kind: OptionKind, strike: Double, units: Double) throws
    -> Position
  {
    let quote = style == .linear ? study.circle : .usd
    return try Position(
      contract: .option(
        OptionContract(
          underlying: Underlying(base: study.bitcoin, quote: quote), style: style, expiry: expiry,
          strike: strike,
          kind: kind)),
      quantity: units * 10, multiplier: 0.1, entryPrice: 1, markPrice: 61_500, impliedVolatility: 0.55)
  }

  private func book(_ positions: [Position]) throws -> BookState {
    try BookState(
      of: Account(id: "options", balances: [], positions: positions),
      in: MarketSnapshot(asOf: asOf, prices: prices))
  }

  private func scenarios(seed: UInt64) -> ScenarioSet {
    var random = SplitMix(state: seed)
    return study.randomSet(50, &random)
  }

  private func price(_ forward: Double, _ strike: Double, _ volatility: Double, _ kind: OptionKind) -> Double
  {
    black76Price(forward: forward, strike: strike, years: years, volatility: volatility, kind: kind)
  }

  @Test(arguments: OptionKind.allCases, [20_000, 60_000, 61_500, 150_000])
  func aLinearOptionIsRepricedInItsQuoteAsset(_ kind: OptionKind, _ strike: Double) throws {
    let book = try book([option(.linear, kind, strike: strike, units: -2)])
    #expect(isClose(book.values[0], -2 * 0.98 * price(61_500, strike, 0.55, kind), relative: 1e-14))
    #expect(isClose(book.notionals[0], -120_000, relative: 1e-15))
    #expect(book.rows[0].kind == .option)
    let set = scenarios(seed: 41)
    let gains = try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential)
    let states = try book.moved(by: set, scenarios: 0..<set.count)
    for scenario in 0..<set.count {
      let quote = 0.98 * (1 + set.moves[4, scenario])
      let dollars = 61_500 * 0.98 * max(0, 1 + set.moves[0, scenario] + set.moves[5, scenario])
      let volatility = 0.55 * (1 + set.moves[8, scenario])
      let value = -2 * quote * price(dollars / quote, strike, volatility, kind)
      #expect(isClose(gains[0, scenario], value - book.values[0], absolute: 1e-12 * 120_000))
      #expect(isClose(states.values[0, scenario], value, absolute: 1e-12 * 120_000))
      #expect(
        isClose(states.notionals[0, scenario], -120_000 * (1 + set.moves[0, scenario]), relative: 1e-14))
      #expect(isClose(states.settlementPrices[0, scenario], quote, relative: 1e-15))
    }
  }

  @Test(arguments: OptionKind.allCases, [20_000, 60_000, 61_500, 150_000])
  func anInverseOptionIsRepricedInDollars(_ kind: OptionKind, _ strike: Double) throws {
    let book = try book([option(.inverse, kind, strike: strike, units: 3)])
    #expect(isClose(book.values[0], 3 * price(61_500, strike, 0.55, kind), relative: 1e-14))
    let set = scenarios(seed: 42)
    let gains = try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential)
    for scenario in 0..<set.count {
      // The inverse basis move is that of spot over forward, as for inverse futures.
      let spot = 60_000 * (1 + set.moves[0, scenario])
      let forward = spot / (60_000.0 / 61_500 * (1 + set.moves[6, scenario]))
      let value = 3 * price(forward, strike, 0.55 * (1 + set.moves[8, scenario]), kind)
      #expect(isClose(gains[0, scenario], value - book.values[0], absolute: 1e-12 * 180_000))
    }
  }

  /// A call less a put is a future bought at the strike.
  @Test func theGainsOfACallLessAPutAreThoseOfAFuture() throws {
    let future = try Position(
      contract: .datedFuture(
        DatedFuture(
          underlying: Underlying(base: study.bitcoin, quote: study.circle), style: .linear, expiry: expiry)),
      quantity: 2, entryPrice: 55_000, markPrice: 61_500)
    let book = try book([
      option(.linear, .call, strike: 55_000, units: 2), option(.linear, .put, strike: 55_000, units: -2),
      future,
    ])
    #expect(isClose(book.values[0] + book.values[1], book.values[2], relative: 1e-13))
    var random = SplitMix(state: 43)
    // Small bases: where spot and basis together would fall below −1 the option's forward stops at zero.
    let set = study.set(
      Matrix(rows: study.factors.count, columns: 200) { factor, _ in
        factor < 3 ? .random(in: -0.6...2, using: &random) : .random(in: -0.3...0.3, using: &random)
      })
    let gains = try book.profitAndLoss(under: set, of: [[0, 1], [2]], parallelism: .sequential)
    for scenario in 0..<set.count {
      #expect(isClose(gains[0, scenario], gains[1, scenario], absolute: 1e-11 * 120_000))
    }
  }

  @Test func movedOptionsMoveOn() throws {
    let book = try book([
      option(.linear, .put, strike: 70_000, units: 1), option(.inverse, .call, strike: 70_000, units: -1),
    ])
    let set = scenarios(seed: 44)
    let once = try book.moved(by: set, scenarios: 0..<set.count)
    let twice = try once.moved(by: set, scenario: 7)
    for scenario in 0..<set.count {
      func move(_ factor: Int, _ which: Int) -> Double { set.moves[factor, which] }
      let quote = 0.98 * (1 + move(4, scenario)) * (1 + move(4, 7))
      let volatility = 0.55 * (1 + move(8, scenario)) * (1 + move(8, 7))
      let contract =
        61_500 * 0.98 * max(0, 1 + move(0, scenario) + move(5, scenario))
        * max(0, 1 + move(0, 7) + move(5, 7))
      let put = quote * price(contract / quote, 70_000, volatility, .put)
      #expect(isClose(twice.values[0, scenario], put, absolute: 1e-11 * 120_000))
      let spot = (1 + move(0, scenario)) * (1 + move(0, 7))
      let forward = 61_500 * spot / (1 + move(6, scenario)) / (1 + move(6, 7))
      #expect(
        isClose(
          twice.values[1, scenario], -price(forward, 70_000, volatility, .call), absolute: 1e-11 * 120_000))
    }
    #expect(twice.hasOptions)
  }

  @Test func moveThatTakesEverythingLeavesNumbers() throws {
    let book = try book([
      option(.linear, .put, strike: 70_000, units: 1), option(.inverse, .put, strike: 70_000, units: 1),
      option(.linear, .call, strike: 70_000, units: 1), option(.inverse, .call, strike: 70_000, units: 1),
    ])
    let set = study.set(Matrix(rows: study.factors.count, columns: 1, repeating: -1))
    #expect(try book.moved(by: set, scenarios: 0..<1).values.isFinite)
    var spotOnly = Matrix(rows: study.factors.count, columns: 1, repeating: 0)
    spotOnly[0, 0] = -1
    let values = try book.moved(by: study.set(spotOnly), scenarios: 0..<1).values
    #expect(values.column(0) == [70_000 * 0.98, 70_000, 0, 0])
  }
}
