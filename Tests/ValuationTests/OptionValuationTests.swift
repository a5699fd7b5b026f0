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

  @Test func theDiscountFactorMultipliesTheValueOfEveryState() throws {
    let plain = try option(.linear, .put, strike: 60_000, units: 3)
    let discounted = try Position(
      contract: plain.contract, quantity: plain.quantity, multiplier: plain.multiplier,
      entryPrice: plain.entryPrice, markPrice: plain.markPrice, impliedVolatility: plain.impliedVolatility,
      discountFactor: 0.97)
    let book = try book([plain, discounted])
    #expect(book.rows[1].option?.discountFactor == 0.97)
    #expect(isClose(book.values[1], 0.97 * book.values[0], relative: 1e-15))
    let set = scenarios(seed: 45)
    let states = try book.moved(by: set, scenarios: 0..<set.count)
    for scenario in 0..<set.count {
      #expect(isClose(states.values[1, scenario], 0.97 * states.values[0, scenario], relative: 1e-14))
    }
    let deltas = (states.deltas(of: 0), states.deltas(of: 1))
    #expect(zip(deltas.0, deltas.1).allSatisfy { isClose($1, 0.97 * $0, relative: 1e-14) })
  }

  /// The gain of a small relative move of the underlying, up and down, over twice the move.
  @Test(arguments: SettlementStyle.allCases, OptionKind.allCases)
  func deltasAreTheSlopeOfTheValue(_ style: SettlementStyle, _ kind: OptionKind) throws {
    let book = try book([option(style, kind, strike: 63_000, units: -2)])
    let step = 1e-5
    var moves = Matrix(rows: study.factors.count, columns: 2, repeating: 0)
    moves[0, 0] = step
    moves[0, 1] = -step
    let states = try book.moved(by: study.set(moves), scenarios: 0..<2)
    let slope = (states.values[0, 0] - states.values[0, 1]) / (2 * step)
    #expect(isClose(BookStates(book).deltas(of: 0)[0], slope, absolute: 1e-7 * 120_000))
    let market = BookStates(book).optionMarket(of: 0, in: 0)
    #expect(market == OptionMarket(forward: 61_500, volatility: 0.55))
    #expect(BookStates(book).quotePrice(of: 0, in: 0) == (style == .linear ? 0.98 : 1))
  }

  @Test(arguments: OptionKind.allCases) func decayIsWhatTimeTakes(_ kind: OptionKind) throws {
    let book = try book([option(.linear, kind, strike: 63_000, units: 2)])
    let terms = try #require(book.rows[0].option)
    let market = OptionMarket(forward: 61_500, volatility: 0.55)
    let theta = black76Greeks(
      forward: 61_500, strike: 63_000, years: years, volatility: 0.55, kind: kind
    ).thetaPerDay
    let step = 1e-4
    let slope = (terms.decay(days: step, in: market) - terms.decay(days: 0, in: market)) / step
    #expect(isClose(slope, -2 * theta, relative: 1e-5))
    #expect(terms.decay(days: 0, in: market) == 0)
    // At expiry, and after it, what is left is the payoff.
    let left = terms.value(in: market) - terms.decay(days: 90, in: market)
    #expect(isClose(left, kind == .call ? 0 : 2 * 1_500, absolute: 1e-9 * 120_000))
    #expect(terms.decay(days: 500, in: market) == terms.decay(days: 90, in: market))
    #expect(isClose(terms.days, 90, relative: 1e-12))
  }

  /// The points of a grid shock volatility by the option's own expiry, whatever the volatility factor does.
  @Test func aGridShocksTheVolatilityOfEveryOptionByItsExpiry() throws {
    let law = try VolatilityShockLaw(
      up: 0.5, down: 0.275, minimumUp: 0.45, shortTermPower: 0.3, longTermPower: 0.13, floorDays: 1)
    let shocks: [VolatilityShock] = [.up, .down, .relative(0.2), .points(-0.1), .unchanged]
    let moves = Matrix(rows: study.factors.count, columns: shocks.count) { factor, _ in
      factor == 0 ? -0.1 : factor == 8 ? 0.7 : 0
    }
    let set = ScenarioSet(
      factors: study.factors, moves: moves, labels: .draws(Array(shocks.indices)),
      coverage: study.factors.factors.map { _ in FactorCoverage(source: .grid) },
      volatility: .grid(shocks, law: law))
    let book = try book([option(.inverse, .put, strike: 60_000, units: 1)])
    let values = try book.moved(by: set, scenarios: 0..<shocks.count).values.row(0)
    let expected = shocks.map { shock in
      price(61_500 * 0.9, 60_000, shock.applied(to: 0.55, days: 90, law: law), .put)
    }
    for (value, expected) in zip(values, expected) { #expect(isClose(value, expected, relative: 1e-14)) }
    for (point, expected) in expected.enumerated() {
      let moved = try BookStates(book).moved(by: set, scenario: point)
      #expect(isClose(moved.values[0, 0], expected, relative: 1e-14))
    }
    #expect(
      try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential).row(0)
        == values.map { $0 - book.values[0] })
  }

  /// Response models state moves at 30 days; an option of 90 days feels them by its tenor.
  @Test func factorMovesFadeWithTheOptionsTenor() throws {
    let tenor = try TenorScaling(shortTermPower: 0.5, longTermPower: 0.5, floorDays: 1)
    let moves = Matrix(rows: study.factors.count, columns: 1) { factor, _ in factor == 8 ? 0.3 : 0 }
    let set = ScenarioSet(
      factors: study.factors, moves: moves, labels: .draws([0]),
      coverage: study.factors.factors.map { _ in FactorCoverage(source: .history) },
      volatility: .factors([study.bitcoin: tenor]))
    let book = try book([option(.inverse, .call, strike: 60_000, units: 1)])
    let states = try book.moved(by: set, scenarios: 0..<1)
    let volatility = 0.55 * (1 + 0.3 / 3.0.squareRoot())
    #expect(isClose(states.optionMarket(of: 0, in: 0).volatility, volatility, relative: 1e-14))
    #expect(isClose(states.values[0, 0], price(61_500, 60_000, volatility, .call), relative: 1e-13))
  }

  @Test func anOptionInTwoGroupsCountsInBoth() throws {
    let book = try book([
      option(.linear, .put, strike: 70_000, units: 1), option(.inverse, .call, strike: 70_000, units: -1),
    ])
    let set = scenarios(seed: 46)
    let gains = try book.profitAndLoss(
      under: set, of: [[0, 1], [1], [0], [1, 0]], parallelism: .sequential)
    for scenario in 0..<set.count {
      #expect(gains[0, scenario] == gains[2, scenario] + gains[1, scenario])
      #expect(gains[3, scenario] == gains[1, scenario] + gains[2, scenario])
    }
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

/// Properties of random options of both kinds and styles, as a book values them.
@Suite struct RandomOptionTests {
  private let study: Study

  init() throws {
    study = try Study()
  }

  private struct Case {
    let style: SettlementStyle
    let strike: Double
    let forward: Double
    let expiry: Timestamp
    let discountFactor: Double
    let prices: [Asset: Double]

    var years: Double { asOf.years(to: expiry) }
  }

  private func forRandomCases(_ count: Int, seed: UInt64, _ body: (Case) throws -> Void) throws {
    var random = SplitMix(state: seed)
    for _ in 0..<count {
      let prices = study.randomPrices(&random)
      let spot = prices[study.bitcoin, default: 1]
      try body(
        Case(
          style: SettlementStyle.allCases.randomElement(using: &random) ?? .linear,
          strike: spot * .random(in: 0.3...3, using: &random),
          forward: spot * .random(in: 0.8...1.3, using: &random),
          expiry: asOf.advanced(bySeconds: .random(in: 60...80_000_000, using: &random)),
          discountFactor: .random(in: 0.8...1.05, using: &random), prices: prices))
    }
  }

  private func book(
    _ one: Case, _ kinds: [OptionKind], volatility: Double, quantity: Double = 1
  ) throws -> BookState {
    let quote = one.style == .linear ? study.circle : .usd
    let positions = try kinds.map { kind in
      try Position(
        contract: .option(
          OptionContract(
            underlying: Underlying(base: study.bitcoin, quote: quote), style: one.style, expiry: one.expiry,
            strike: one.strike, kind: kind)),
        quantity: quantity, entryPrice: 1, markPrice: one.forward, impliedVolatility: volatility,
        discountFactor: one.discountFactor)
    }
    return try BookState(
      of: Account(id: "random", balances: [], positions: positions),
      in: MarketSnapshot(asOf: asOf, prices: one.prices))
  }

  /// USD for one unit of the asset in which the option is priced.
  private func quotePrice(_ one: Case) -> Double {
    one.style == .linear ? one.prices[study.circle, default: .nan] : 1
  }

  @Test func aCallLessAPutIsTheDiscountedForwardLessTheStrike() throws {
    var random = SplitMix(state: 61)
    try forRandomCases(500, seed: 60) { one in
      let book = try book(one, [.call, .put], volatility: .random(in: 0.01...3, using: &random))
      let parity = one.discountFactor * (one.forward - one.strike) * quotePrice(one)
      #expect(
        isClose(book.values[0] - book.values[1], parity, absolute: 1e-12 * (one.forward + one.strike)))
      let deltas = [0, 1].map { BookStates(book).deltas(of: $0)[0] }
      let slope = one.discountFactor * one.forward * quotePrice(one)
      #expect(isClose(deltas[0] - deltas[1], slope, relative: 1e-12))
    }
  }

  @Test func withoutVolatilityAnOptionIsWorthItsPayoffAndWithHugeVolatilityItsBound() throws {
    try forRandomCases(500, seed: 62) { one in
      let scale = one.discountFactor * quotePrice(one)
      let least = try book(one, [.call, .put], volatility: 1e-12)
      #expect(isClose(least.values[0], scale * max(0, one.forward - one.strike), relative: 1e-9))
      #expect(isClose(least.values[1], scale * max(0, one.strike - one.forward), relative: 1e-9))
      let most = try book(one, [.call, .put], volatility: 1e6)
      #expect(isClose(most.values[0], scale * one.forward, relative: 1e-9))
      #expect(isClose(most.values[1], scale * one.strike, relative: 1e-9))
    }
  }

  @Test func decayEndsAtThePayoff() throws {
    var random = SplitMix(state: 64)
    try forRandomCases(500, seed: 63) { one in
      let volatility = Double.random(in: 0.05...2, using: &random)
      for kind in OptionKind.allCases {
        let book = try book(one, [kind], volatility: volatility, quantity: -2)
        let terms = try #require(book.rows[0].option)
        let market = OptionMarket(forward: one.forward, volatility: volatility)
        let payoff = max(0, (kind == .call ? 1 : -1) * (one.forward - one.strike))
        let left = terms.value(in: market) - terms.decay(days: terms.days * 1.001, in: market)
        #expect(isClose(left, -2 * one.discountFactor * payoff, absolute: 1e-10 * one.forward))
      }
    }
  }

  @Test func theValueOfTheOppositeIsTheOppositeAndOrderDoesNotMatter() throws {
    var random = SplitMix(state: 66)
    try forRandomCases(200, seed: 65) { one in
      let volatility = Double.random(in: 0.05...2, using: &random)
      let long = try book(one, [.call, .put], volatility: volatility)
      let short = try book(one, [.put, .call], volatility: volatility, quantity: -1)
      #expect(long.values == short.values.reversed().map { -$0 })
      let set = study.randomSet(8, &random)
      let gains = try [long, short].map { book in
        try book.profitAndLoss(under: set, of: [[0, 1]], parallelism: .sequential).row(0)
      }
      #expect(
        zip(gains[0], gains[1]).allSatisfy { abs($0 + $1) <= 1e-10 * (one.forward + one.strike) })
    }
  }
}
