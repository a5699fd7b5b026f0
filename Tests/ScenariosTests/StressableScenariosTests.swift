import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing

/// Markets and laws for tests of shocked scenarios.
struct StressedMarket {
  let history: PriceHistory
  let models: ScenarioModels
  let coin: Asset

  init() throws {
    coin = try Asset("BTC")
    history = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 340)
    models = ScenarioModels(
      basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.002)],
      volatility: [VolatilityModel(asset: coin, onFall: 1.5, onRise: -0.5, dailyVolatility: 0.05)])
  }

  func source(count: Int = 5_000, parallelism: Parallelism = .threads(2)) throws -> ScenarioSource {
    try ScenariosTests.source(history, models: models, count: count, parallelism: parallelism)
  }

  /// One of every kind.
  static func requests() throws -> [ScenarioRequest] {
    let sample = lastMoves(300)
    let jumps = try JumpModel(
      commonIntensity: 0.05, commonMean: -1.5, commonDeviation: 1, ownIntensity: 0.02, ownDeviation: 2)
    let laws: [MoveLaw] = [
      .gaussian, .studentT(degreesOfFreedom: 4), .studentTCopula(CopulaModel(degreesOfFreedom: 4)),
      .jumps(jumps),
    ]
    var requests: [ScenarioRequest] = laws.flatMap { law in
      [
        draws(law, from: sample), draws(law, from: sample, sampling: .antithetic),
        draws(law, from: sample, sampling: .sobol), draws(law, from: sample, dependence: .comonotone),
        draws(law, from: sample, dependence: .independent),
      ]
    }
    requests += [
      .law(
        MonteCarloRequest(law: .gaussian, sample: sample, estimator: .equallyWeighted(mean: .zero))),
      .historical(sample),
      .historical(
        HistoricalRequest(
          lookBack: .observations(250), horizon: .days(2),
          filter: .covariance(
            volatilityDecay: 0.94, correlationDecay: 0.97), weighting: .decaying(0.99))),
      .bootstrap(BootstrapRequest(steps: lastMoves(200), horizon: .days(3), dynamics: nil)),
      .realised(RealisedRequest(horizon: .days(1), observations: 10)),
    ]
    return requests
  }

  /// A law that has some moments.
  static func law(
    _ base: FactorMoments, _ components: [(Double, FactorMoments)], weights: SampleWeights? = nil,
    degreesGained: Double = 0
  ) throws -> ShockedLaw {
    let used = try #require(components.last).1.correlation
    return ShockedLaw(
      base: base,
      components: components.map { ShockedLaw.Component(probability: $0.0, moments: $0.1) }, weights: weights,
      effectiveScenarios: nil, degreesGained: degreesGained, spotMoves: [],
      record: CorrelationRecord(
        input: base.correlation.matrix, asked: used.matrix, used: used, repairDistance: 0, distance: 0,
        plausibility: nil))
  }

  /// Moments of which the spot prices that move have correlations closer to one.
  static func together(_ base: FactorMoments, share: Double) throws -> FactorMoments {
    let spots = base.moving.filter { if case .spot = base.factors.factors[$0] { true } else { false } }
    var matrix = base.correlation.matrix
    for row in spots {
      for column in spots where row != column {
        matrix[row, column] = (1 - share) * matrix[row, column] + share
      }
    }
    var moments = base
    moments.correlation = try CorrelationMatrix(matrix)
    return moments
  }
}

@Suite struct StressableScenariosTests {
  private func blend(_ strength: Double) throws -> AppliedShock {
    AppliedShock(
      try Shock(name: "together", steps: [.blend(CorrelationBlend(target: .allOne))]), strength: strength)
  }

  @Test("The set before a shock, and after one of no strength, is that of the request to the last bit")
  func nothingChangesNothing() throws {
    let market = try StressedMarket()
    for request in try StressedMarket.requests() {
      let source = try market.source()
      let plain = try source.scenarios(for: request)
      let stressable = try source.stressable(request)
      for set in [
        stressable.set, try stressable.stressed(by: [], draw: 0, parallelism: .sequential).set,
        try stressable.stressed(by: [try blend(0)], draw: 0, parallelism: .threads(2)).set,
      ] {
        #expect(set.moves.elements.map(\.bitPattern) == plain.moves.elements.map(\.bitPattern))
        #expect(set.weights == plain.weights)
        #expect(set.coverage == plain.coverage)
        #expect(set.calibration?.covariance == plain.calibration?.covariance)
        #expect(set.calibration?.law == plain.calibration?.law)
        #expect(set.replicates == plain.replicates)
      }
    }
  }

  @Test("The same bits for any number of threads, all correlations one included")
  func determinism() throws {
    let market = try StressedMarket()
    for request in try StressedMarket.requests() {
      let one = try market.source(parallelism: .sequential).stressable(request)
      let two = try market.source(parallelism: .threads(2)).stressable(request)
      for strength in [0.4, 1] {
        let first = try one.stressed(by: [try blend(strength)], draw: 0, parallelism: .sequential)
        let second = try two.stressed(by: [try blend(strength)], draw: 0, parallelism: .threads(2))
        #expect(first.set.moves.elements.map(\.bitPattern) == second.set.moves.elements.map(\.bitPattern))
        #expect(first.set.moves.isFinite)
        #expect(first.set.calibration?.covariance == second.set.calibration?.covariance)
      }
    }
  }

  @Test func gridsAndMovesThatFollowedStayAsTheyAre() throws {
    let market = try StressedMarket()
    let source = try ScenariosTests.source(market.history, asOf: day(300), models: market.models)
    let request = ScenarioRequest.realised(RealisedRequest(horizon: .days(1), observations: 10))
    let stressable = try source.stressable(request)
    #expect(stressable.subject == nil)
    let stressed = try stressable.stressed(by: [try blend(1)], draw: 0, parallelism: .sequential)
    #expect(stressed.law == nil)
    #expect(stressed.set.moves == stressable.set.moves)
    #expect(
      try stressable.recoloured(to: .identity(source.factors.count), parallelism: .sequential).moves
        == stressable.set.moves)
  }

  @Test func otherCorrelationsKeepVolatilitiesAndMeans() throws {
    let market = try StressedMarket()
    let stressable = try market.source().stressable(.historical(lastMoves(300)))
    let subject = try #require(stressable.subject)
    let identity = CorrelationMatrix.identity(subject.moments.factors.count)
    let set = try stressable.recoloured(to: identity, parallelism: .sequential)
    let found = try FactorMoments(
      factors: set.factors, observations: set.moves.selecting(spots: set.factors), weights: nil)
    for place in subject.moments.moving {
      #expect(isClose(found.means[place], subject.moments.means[place], absolute: 1e-15))
      #expect(isClose(found.volatilities[place], subject.moments.volatilities[place], relative: 1e-12))
    }
    #expect(found.correlation.matrix.maximumAbsoluteDifference(from: identity.matrix) < 1e-12)
  }

  @Test func aWindowHasTheCorrelationsOfItsMoves() throws {
    let market = try StressedMarket()
    let source = try market.source()
    let period = LookBack.period(from: day(100), to: day(160))
    let expected = try #require(
      try source.stressable(.historical(HistoricalRequest(lookBack: period, horizon: .days(2)))).subject)
    for request in [
      draws(.gaussian, from: HistoricalRequest(lookBack: .observations(200), horizon: .days(2))),
      .historical(
        HistoricalRequest(
          lookBack: .observations(200), horizon: .days(2), weighting: .decaying(0.99))),
    ] {
      let window = try #require(try source.stressable(request).subject).window
      let found = try window(period)
      #expect(found.correlation == expected.moments.correlation)
      #expect(found.isCovered == [true, true, true, true, false, false])
      #expect(throws: ShockError.self) { try window(.period(from: day(500), to: day(510))) }
      #expect(throws: ShockError.self) { try window(.observations(1)) }
    }
  }

  @Test func impliedVolatilitiesHaveNoLawOfTheirOwn() throws {
    let market = try StressedMarket()
    for request in [draws(.gaussian, from: lastMoves(200)), .historical(lastMoves(200))] {
      let stressable = try market.source().stressable(request)
      var moments = try #require(stressable.subject).moments
      let base = moments
      let place = try #require(moments.factors.index(of: .volatility(market.coin)))
      moments.means[place] = 0.1
      let law = try StressedMarket.law(base, [(1, moments)])
      #expect(throws: ScenarioError.shock(.doesNotMove(.volatility(market.coin)))) {
        try stressable.stressed(as: law, .sequential)
      }
    }
  }
}

extension Matrix {
  /// Zero in the rows of all factors but prices.
  func selecting(spots factors: FactorSpace) -> Matrix {
    Matrix(rows: rows, columns: columns) { row, column in
      if case .spot = factors.factors[row] { self[row, column] } else { 0 }
    }
  }
}
