import Instruments
import LinearAlgebra
import MarketData
import Parallel
import RealModule
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct MonteCarloScenariosTests {
  private let symbols = ["BTC", "ETH", "SOL", "XRP"]
  private let coin: Asset
  private let models: ScenarioModels
  private let history: PriceHistory

  init() throws {
    coin = try Asset("BTC")
    models = ScenarioModels(basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.004)])
    history = try randomHistory(symbols, days: 300)
  }

  private func drawn(
    _ law: MoveLaw, _ sample: HistoricalRequest = lastMoves(250), _ stream: ScenarioStream = .estimation,
    history: PriceHistory? = nil, count: Int = 1_000, seed: UInt64 = 7, parallelism: Parallelism = .sequential
  ) throws -> ScenarioSet {
    try source(history ?? self.history, models: models, seed: seed, count: count, parallelism: parallelism)
      .scenarios(for: draws(law, from: sample, stream))
  }

  @Test func theCalibratedCovarianceIsThatOfTheWindow() throws {
    let set = try drawn(.gaussian)
    let window = try source(history, models: models).scenarios(for: .historical(lastMoves(250)))
    let calibration = try #require(set.calibration)
    let covariance = try #require(calibration.covariance)
    #expect(calibration.law == EllipticalLaw(tail: .normal, covariance: covariance))
    for row in 0..<4 {
      for column in 0..<4 {
        let products = zip(window.moves.row(row), window.moves.row(column)).map { $0 * $1 }
        #expect(isClose(covariance[row, column], products.reduce(0, +) / 250, relative: 1e-12))
      }
      #expect(covariance[row, 4] == 0)
    }
    #expect(isClose(covariance[4, 4], 0.004 * 0.004, relative: 1e-15))
    #expect(calibration.dates == (50..<300).map { day($0) })
    #expect(calibration.spectrum?.repairDistance == 0)
    #expect(isClose(try #require(calibration.spectrum).effectiveObservations, 250, relative: 1e-12))
    #expect(set.labels == .draws(Array(0..<1_000)))
  }

  @Test func squareRootScalingScalesTheCovariance() throws {
    let one = try #require(try drawn(.gaussian).calibration?.covariance)
    let ten = try #require(
      try drawn(.gaussian, lastMoves(250, days: 10, .squareRoot)).calibration?.covariance)
    #expect(ten.maximumAbsoluteDifference(from: one.scaled(by: 10)) < 1e-15)
  }

  /// Each second moment of n = 50,000 normal draws is normal with variance (Σᵢᵢ·Σⱼⱼ + Σᵢⱼ²)/n but for terms of order
  /// 1/√n; 15 of them beyond six standard deviations: a false alarm below 1e-7.
  @Test func gaussianDrawsHaveTheCalibratedCovariance() throws {
    let set = try drawn(.gaussian, count: 50_000)
    let covariance = try #require(set.calibration?.covariance)
    let observed = secondMoments(set.moves)
    for row in 0..<5 {
      for column in 0...row {
        let variance =
          covariance[row, row] * covariance[column, column] + covariance[row, column]
          * covariance[row, column]
        let deviation = (variance / 50_000).squareRoot()
        #expect(abs(observed[row, column] - covariance[row, column]) < 6 * deviation)
      }
      let mean = set.moves.row(row).reduce(0, +) / 50_000
      #expect(abs(mean) < 6 * (covariance[row, row] / 50_000).squareRoot())
    }
    #expect(set.clippedMoves == 0)
  }

  // With 12 degrees of freedom the kurtosis factor is κ = (ν − 2)/(ν − 4) = 5/4 and a second moment has variance
  // (κ·(Σᵢᵢ·Σⱼⱼ + 2Σᵢⱼ²) − Σᵢⱼ²)/n. Seven standard deviations leave the heavier tail its room: below 1e-7.
  @Test func studentTDrawsHaveTheCalibratedCovarianceToo() throws {
    let set = try drawn(.studentT(degreesOfFreedom: 12), count: 50_000)
    let covariance = try #require(set.calibration?.covariance)
    let observed = secondMoments(set.moves)
    for row in 0..<5 {
      for column in 0...row {
        let square = covariance[row, column] * covariance[row, column]
        let product = covariance[row, row] * covariance[column, column]
        let deviation = ((1.25 * (product + 2 * square) - square) / 50_000).squareRoot()
        #expect(abs(observed[row, column] - covariance[row, column]) < 7 * deviation)
      }
    }
  }

  /// Quantiles of |T| with 4 degrees of freedom from any table; a draw scaled to unit variance is T/√2.
  @Test func studentTTailsAreThoseOfTheTable() throws {
    let set = try drawn(.studentT(degreesOfFreedom: 4), count: 50_000)
    let covariance = try #require(set.calibration?.covariance)
    for factor in 0..<5 {
      let scaled = set.moves.row(factor).map { abs($0) * (2 / covariance[factor, factor]).squareRoot() }
      for (quantile, probability) in [(2.776445, 0.05), (4.604095, 0.01), (8.610302, 0.001)] {
        let count = scaled.reduce(0) { $1 > quantile ? $0 + 1 : $0 }
        #expect(isBelievable(count: count, trials: 50_000, probability: probability))
      }
    }
  }

  @Test func theLawsShareTheirNormalsAndOneMixingVariableAScenario() throws {
    let normal = try drawn(.gaussian)
    let student = try drawn(.studentT(degreesOfFreedom: 5))
    var expected = [Double](repeating: 0, count: 1_000)
    var scales = expected.mutableSpan
    fillStudentTScale(
      degreesOfFreedom: 5, stream: DrawStream(seed: 7, stream: ScenarioStream.estimation.rawValue),
      firstScenario: 0,
      into: &scales)
    for factor in 0..<5 {
      for scenario in 0..<1_000 {
        #expect(
          isClose(
            student.moves[factor, scenario], normal.moves[factor, scenario] * expected[scenario],
            relative: 1e-14))
      }
    }
    #expect(student.calibration?.covariance == normal.calibration?.covariance)
    #expect(student.calibration?.law?.tail == (try .studentT(degreesOfFreedom: 5)))
  }

  /// Common random numbers: whatever the covariance, its factor colours the same normals, keyed by name and number.
  @Test func differentCovariancesColourTheSameNormals() throws {
    let names =
      symbols.map { stableIdentifier(of: "spot:\($0)") } + [stableIdentifier(of: "basis:BTC:linear")]
    let stream = DrawStream(seed: 7, stream: ScenarioStream.estimation.rawValue)
    let base = Matrix(
      rows: 5, columns: 1_000, elements: normals(stream: stream, factors: names, scenarios: 0..<1_000))
    for sample in [
      lastMoves(250), lastMoves(40), lastMoves(100, days: 5), lastMoves(60, days: 2, .squareRoot),
    ] {
      let set = try drawn(.gaussian, sample)
      #expect(set.clippedMoves == 0)
      let covariance = try #require(set.calibration?.covariance)
      let recovered = try Cholesky(covariance).whitened(set.moves)
      #expect(recovered.maximumAbsoluteDifference(from: base) < 1e-12)
    }
  }

  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)])
  func theBitsDoNotDependOnTheThreads(_ law: MoveLaw) throws {
    for count in [100, 4_095, 4_096, 4_097, 10_000] {
      let alone = try drawn(law, count: count)
      #expect(alone.count == count)
      for threads in [2, 5] {
        let shared = try drawn(law, count: count, parallelism: .threads(threads))
        #expect(shared.moves == alone.moves)
      }
    }
  }

  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)])
  func aLongerSetBeginsWithTheShorterOne(_ law: MoveLaw) throws {
    let long = try drawn(law, count: 10_000)
    for count in [100, 4_095, 4_096, 4_097] {
      let short = try drawn(law, count: count)
      #expect(short.moves == long.selecting(Array(0..<count)).moves)
    }
  }

  @Test func anAssetAddedAtTheEndChangesNoEarlierDraw() throws {
    let wider = try randomHistory(symbols + ["DOGE"], days: 300)
    let plain = try drawn(.gaussian)
    let set = try source(wider, models: models, seed: 7).scenarios(
      for: draws(.gaussian, from: lastMoves(250)))
    for (place, factor) in plain.factors.factors.enumerated() {
      let there = try #require(set.factors.index(of: factor))
      for scenario in 0..<1_000 {
        #expect(abs(set.moves[there, scenario] - plain.moves[place, scenario]) < 1e-14)
      }
    }
  }

  @Test func theOrderOfUncorrelatedAssetsChangesNoDraw() throws {
    let other = try Asset("ETH")
    func prices(_ moves: [Double]) -> [Double?] {
      var price = 100.0
      return [price]
        + (0..<100).map { index in
          price *= 1 + moves[index % moves.count]
          return price
        }
    }
    let first = (asset: coin, prices: prices([0.02, 0.02, -0.02, -0.02]))
    let second = (asset: other, prices: prices([0.03, -0.03, 0.03, -0.03]))
    let sets = try [[first, second], [second, first]].map { series in
      try source(dailyHistory(series)).scenarios(for: draws(.gaussian, from: lastMoves(100)))
    }
    for asset in [coin, other] {
      let rows = try sets.map { set in set.moves.row(try #require(set.factors.index(of: .spot(asset)))) }
      #expect(zip(rows[0], rows[1]).allSatisfy { abs($0 - $1) < 1e-14 })
    }
  }

  /// The correlation of independent normal draws is normal with deviation 1/√n: six of them, 2e-9 a factor.
  @Test func theJudgeDrawsApartFromTheEstimates() throws {
    let estimate = try drawn(.gaussian, count: 20_000)
    let judge = try drawn(.gaussian, lastMoves(250), .judge, count: 20_000)
    #expect(judge.calibration?.law == estimate.calibration?.law)
    let covariance = try #require(judge.calibration?.covariance)
    for factor in 0..<5 {
      let products = zip(estimate.moves.row(factor), judge.moves.row(factor)).map { $0 * $1 }
      let correlation = products.reduce(0, +) / 20_000 / covariance[factor, factor]
      #expect(abs(correlation) < 6 / 20_000.0.squareRoot())
    }
    let again = try drawn(.gaussian, lastMoves(250), .judge, count: 20_000)
    #expect(again.moves == judge.moves)
  }

  @Test func seedsDrawApart() throws {
    let one = try drawn(.gaussian)
    let other = try drawn(.gaussian, seed: 8)
    #expect(zip(one.moves.row(0), other.moves.row(0)).allSatisfy { $0 != $1 })
  }

  @Test(arguments: [2, 1.5, 0, -3, Double.infinity])
  func degreesOfFreedomAboveTwoOnly(_ degrees: Double) throws {
    #expect(throws: ScenarioError.degreesOfFreedom(degrees)) {
      try drawn(.studentT(degreesOfFreedom: degrees))
    }
  }

  @Test func degreesOfFreedomAreANumber() {
    #expect(throws: ScenarioError.self) { try drawn(.studentT(degreesOfFreedom: .nan)) }
  }

  @Test func tooFewScenariosAreRefused() throws {
    #expect(throws: ScenarioError.tooFewScenarios(99)) { try source(history, count: 99) }
    #expect(throws: ScenarioError.tooFewScenarios(-1)) { try source(history, count: -1) }
  }

  @Test func anEstimatorThatCannotEstimateIsRefused() throws {
    let request = ScenarioRequest.monteCarlo(
      MonteCarloRequest(
        law: .gaussian, sample: lastMoves(50), estimator: .exponentiallyWeighted(decay: 1, mean: .zero)))
    #expect(throws: ScenarioError.covariance(.decayOutsideUnitInterval(decay: 1))) {
      try source(history).scenarios(for: request)
    }
    let single = ScenarioRequest.monteCarlo(
      MonteCarloRequest(law: .gaussian, sample: lastMoves(1), estimator: .sample))
    #expect(throws: ScenarioError.covariance(.tooFewObservations(count: 1, needed: 2))) {
      try source(history).scenarios(for: single)
    }
  }

  @Test func movesBelowMinusOneAreSetToItAndCounted() throws {
    let set = try drawn(.gaussian, lastMoves(250, days: 400, .squareRoot), count: 5_000)
    let covariance = try #require(set.calibration?.covariance)
    #expect(set.moves.elements.allSatisfy { $0 >= -1 })
    let atMinusOne = set.moves.elements.reduce(0) { $1 == -1 ? $0 + 1 : $0 }
    #expect(set.clippedMoves == atMinusOne)
    #expect(covariance[3, 3] > 0.5)
    #expect(set.clippedMoves > 100)
  }

  @Test func coverageIsKnownWithoutDrawing() throws {
    let source = try source(history, asOf: day(290), models: models)
    for request: ScenarioRequest in [
      .historical(lastMoves(20)), draws(.gaussian, from: lastMoves(20)),
      .realised(RealisedRequest(horizon: .days(1), observations: 3)),
      .grid(GridRequest(points: [GridPoint(spot: 0.1)], unmoved: [])),
    ] {
      #expect(try source.coverage(of: request) == source.scenarios(for: request).coverage)
    }
  }
}
