import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Pricing
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct BookStateQuadraticTests {
  private let study: Study
  private let prices: [Asset: Double]
  private let expiry = asOf.advanced(bySeconds: 90 * 86_400)
  private let years = 90.0 / 365

  init() throws {
    study = try Study()
    prices = [study.bitcoin: 60_000, study.circle: 0.98]
  }

  private func book(_ style: SettlementStyle, _ kind: OptionKind, strike: Double, units: Double) throws
    -> BookState
  {
    let quote = style == .linear ? study.circle : .usd
    let option = try Position(
      contract: .option(
        OptionContract(
          underlying: Underlying(base: study.bitcoin, quote: quote), style: style, expiry: expiry,
          strike: strike, kind: kind)),
      quantity: units, entryPrice: 1, markPrice: 61_500, impliedVolatility: 0.55)
    return try BookState(
      of: Account(id: "options", balances: [], positions: [option]),
      in: MarketSnapshot(asOf: asOf, prices: prices))
  }

  private func gains(_ book: BookState, _ moves: [[Double]], _ volatility: VolatilityAnswer) throws
    -> [Double]
  {
    let matrix = Matrix(rows: moves).transposed()
    let set = ScenarioSet(
      factors: study.factors, moves: matrix, labels: .draws(Array(0..<matrix.columns)),
      coverage: study.factors.factors.map { _ in FactorCoverage(source: .history) }, volatility: volatility)
    return try book.profitAndLoss(
      under: set, of: [Array(book.rows.indices)], parallelism: .sequential
    ).row(0)
  }

  private func moves(_ entries: (Int, Double)...) -> [Double] {
    var moves = [Double](repeating: 0, count: study.factors.count)
    for (factor, move) in entries { moves[factor] += move }
    return moves
  }

  @Test func aLinearBookIsExact() throws {
    var random = SplitMix(state: 71)
    for _ in 0..<50 {
      let prices = study.randomPrices(&random)
      let book = try BookState(
        of: study.randomAccount(prices, &random), in: MarketSnapshot(asOf: asOf, prices: prices))
      let profit = try book.quadraticProfit(of: Array(book.rows.indices), in: study.factors)
      #expect(profit.isLinear)
      let set = study.randomSet(20, &random)
      let gains = try book.profitAndLoss(
        under: set, of: [Array(book.rows.indices)], parallelism: .sequential)
      let size = book.grossNotional + book.values.reduce(0) { $0 + abs($1) }
      for scenario in 0..<set.count {
        #expect(
          isClose(
            profit.profit(for: set.moves.column(scenario)), gains[0, scenario], absolute: 1e-12 * size))
      }
    }
  }

  /// Forward, quote asset and volatility of a linear option: δ and Γ written out from the Greeks.
  @Test(arguments: OptionKind.allCases, [40_000.0, 61_500, 90_000])
  func aLinearOptionHasTheGreeksOfBlack76(_ kind: OptionKind, _ strike: Double) throws {
    let book = try book(.linear, kind, strike: strike, units: -2)
    let profit = try book.quadraticProfit(of: [0], in: study.factors)
    let greeks = black76Greeks(forward: 61_500, strike: strike, years: years, volatility: 0.55, kind: kind)
    let size = -2 * 0.98
    let dollars = 1e-10 * 120_000
    #expect(isClose(profit.delta[0], size * 61_500 * greeks.delta, relative: 1e-12))
    #expect(isClose(profit.delta[5], size * 61_500 * greeks.delta, relative: 1e-12))
    #expect(
      isClose(profit.delta[4], book.values[0] - size * 61_500 * greeks.delta, absolute: dollars))
    #expect(isClose(profit.delta[8], size * 0.55 * greeks.vega, relative: 1e-12))
    #expect(isClose(profit.gamma[0, 0], size * 61_500 * 61_500 * greeks.gamma, relative: 1e-12))
    #expect(isClose(profit.gamma[0, 8], size * 61_500 * 0.55 * greeks.vanna, relative: 1e-12))
    #expect(isClose(profit.gamma[8, 8], size * 0.55 * 0.55 * greeks.volga, relative: 1e-12))
    for other in [1, 2, 3, 6, 7] { #expect(profit.delta[other] == 0) }
  }

  /// All derivatives against central differences of the full revaluation; the error of the differences is of order h².
  @Test(arguments: SettlementStyle.allCases, [40_000.0, 61_500, 90_000])
  func everyDerivativeIsThatOfTheRevaluation(_ style: SettlementStyle, _ strike: Double) throws {
    for kind in OptionKind.allCases {
      try expectDerivatives(of: book(style, kind, strike: strike, units: 3))
    }
  }

  private func expectDerivatives(of book: BookState) throws {
    let answer = VolatilityAnswer.factors([
      study.bitcoin: try TenorScaling(shortTermPower: 0.3, longTermPower: 0.5, floorDays: 1)
    ])
    let profit = try book.quadraticProfit(of: [0], in: study.factors, volatility: answer)
    let step = 1e-3
    // Richardson's step of halves leaves an error of order h⁴.
    func derivative(_ i: Int, _ j: Int?, _ h: Double) throws -> Double {
      guard let j else {
        let pair = try gains(book, [moves((i, h)), moves((i, -h))], answer)
        return (pair[0] - pair[1]) / (2 * h)
      }
      let four = try gains(
        book,
        [moves((i, h), (j, h)), moves((i, h), (j, -h)), moves((i, -h), (j, h)), moves((i, -h), (j, -h))],
        answer)
      return (four[0] - four[1] - four[2] + four[3]) / (4 * h * h)
    }
    func refined(_ i: Int, _ j: Int?) throws -> Double {
      (4 * (try derivative(i, j, step)) - (try derivative(i, j, 2 * step))) / 3
    }
    for i in 0..<study.factors.count {
      #expect(isClose(profit.delta[i], try refined(i, nil), absolute: 1e-6 * 180_000))
      for j in 0..<study.factors.count {
        #expect(isClose(profit.gamma[i, j], try refined(i, j), absolute: 2e-6 * 180_000))
        #expect(profit.gamma[i, j] == profit.gamma[j, i])
      }
    }
  }

  /// What is left out is of third order: half the move, an eighth of the error.
  @Test func theRemainderIsOfThirdOrder() throws {
    let book = try book(.linear, .put, strike: 62_000, units: 1)
    let profit = try book.quadraticProfit(of: [0], in: study.factors)
    func remainder(_ size: Double) throws -> Double {
      let move = moves((0, -size), (4, 0.4 * size), (5, 0.3 * size), (8, 2 * size))
      return try gains(book, [move], .factors([:]))[0] - profit.profit(for: move)
    }
    let ratio = try remainder(0.02) / remainder(0.01)
    #expect(abs(ratio - 8) < 0.5, "\(ratio)")
  }

  @Test func rowsAddUp() throws {
    let future = try Position(
      contract: .datedFuture(
        DatedFuture(
          underlying: Underlying(base: study.bitcoin, quote: study.circle), style: .linear, expiry: expiry)),
      quantity: 2, entryPrice: 55_000, markPrice: 61_500)
    let option = try Position(
      contract: .option(
        OptionContract(
          underlying: Underlying(base: study.bitcoin, quote: study.circle), style: .linear, expiry: expiry,
          strike: 60_000, kind: .call)),
      quantity: -3, entryPrice: 1, markPrice: 61_500, impliedVolatility: 0.5)
    let book = try BookState(
      of: Account(
        id: "both", balances: [Balance(asset: study.circle, quantity: 1e5)], positions: [future, option]),
      in: MarketSnapshot(asOf: asOf, prices: prices))
    let parts = try [[0], [1], [2]].map { try book.quadraticProfit(of: $0, in: study.factors) }
    let whole = try book.quadraticProfit(of: [0, 1, 2], in: study.factors)
    #expect(parts[0].isLinear && parts[1].isLinear && !parts[2].isLinear)
    for factor in 0..<study.factors.count {
      let sum = parts.reduce(0) { $0 + $1.delta[factor] }
      #expect(isClose(whole.delta[factor], sum, absolute: 1e-9))
    }
    #expect(whole.gamma == parts[2].gamma)
  }

  @Test func aFactorOutsideTheStudyIsRefused() throws {
    let book = try book(.linear, .call, strike: 60_000, units: 1)
    #expect(throws: ValuationError.factorOutsideStudy(.spot(study.bitcoin))) {
      try book.quadraticProfit(of: [0], in: FactorSpace([.spot(study.circle)]))
    }
  }
}
