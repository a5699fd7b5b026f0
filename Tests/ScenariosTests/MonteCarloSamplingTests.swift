import Instruments
import LinearAlgebra
import MarketData
import NumericalMethods
import Parallel
import RealModule
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct MonteCarloSamplingTests {
  private let models: ScenarioModels
  private let history: PriceHistory
  private static let jumps = try? JumpModel(
    commonIntensity: 0.05, commonMean: -2, commonDeviation: 1, ownIntensity: 0.05, ownDeviation: 2)
  private static let laws: [MoveLaw] =
    [
      .gaussian, .studentT(degreesOfFreedom: 5), .studentTCopula(CopulaModel()),
    ] + (jumps.map { [.jumps($0)] } ?? [])

  init() throws {
    let coin = try Asset("BTC")
    models = ScenarioModels(
      basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.004)],
      volatility: [VolatilityModel(asset: coin, onFall: 1.5, onRise: -0.5, dailyVolatility: 0.02)])
    history = try randomHistory(["BTC", "ETH", "SOL", "XRP"], days: 300)
  }

  private func drawn(
    _ law: MoveLaw, dependence: Dependence = .estimated, sampling: SamplingScheme = .plain,
    count: Int = 1_000,
    seed: UInt64 = 7, parallelism: Parallelism = .sequential, models: ScenarioModels? = nil
  ) throws -> ScenarioSet {
    try source(
      history, models: models ?? self.models, seed: seed, count: count, parallelism: parallelism
    ).scenarios(for: draws(law, from: lastMoves(250), dependence: dependence, sampling: sampling))
  }

  @Test(arguments: laws, SamplingScheme.allCases)
  func theBitsDoNotDependOnTheThreads(_ law: MoveLaw, _ sampling: SamplingScheme) throws {
    let count = sampling == .sobol ? 8_200 : 4_200
    let alone = try drawn(law, sampling: sampling, count: count)
    let shared = try drawn(law, sampling: sampling, count: count, parallelism: .threads(2))
    #expect(alone.moves == shared.moves)
    #expect(alone.calibration?.fits == shared.calibration?.fits)
    #expect(alone.count == sampling.count(atMost: count))
    #expect(alone.replicates == (sampling == .sobol ? 32 : nil))
  }

  @Test(arguments: laws, [Dependence.comonotone, .independent])
  func theBitsDoNotDependOnTheThreadsEither(_ law: MoveLaw, _ dependence: Dependence) throws {
    let alone = try drawn(law, dependence: dependence, sampling: .antithetic, count: 4_201)
    let shared = try drawn(
      law, dependence: dependence, sampling: .antithetic, count: 4_201, parallelism: .threads(2))
    #expect(alone.moves == shared.moves)
  }

  @Test(arguments: laws, [SamplingScheme.plain, .antithetic])
  func aLongerSetBeginsWithTheShorterOne(_ law: MoveLaw, _ sampling: SamplingScheme) throws {
    let long = try drawn(law, sampling: sampling, count: 4_200)
    let short = try drawn(law, sampling: sampling, count: 1_001)
    #expect(short.moves == long.selecting(Array(0..<1_001)).moves)
  }

  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 5)])
  func matesAreMirrorImages(_ law: MoveLaw) throws {
    for dependence in Dependence.allCases {
      let set = try drawn(law, dependence: dependence, sampling: .antithetic, count: 4_501, models: .init())
      for factor in 0..<4 {
        let moves = set.moves.row(factor)
        #expect((0..<2_250).allSatisfy { moves[2 * $0 + 1] == -moves[2 * $0] })
      }
    }
    // The first of each pair is a plain draw.
    let plain = try drawn(law, models: .init())
    let mirrored = try drawn(law, sampling: .antithetic, models: .init())
    #expect((0..<500).allSatisfy { mirrored.moves[1, 2 * $0] == plain.moves[1, $0] })
  }

  /// Mates stand at u and 1 − u of their margins, and jump as often.
  @Test func matesOfOtherLawsAreMirroredInTheirNormals() throws {
    let copula = try drawn(
      .studentTCopula(CopulaModel(degreesOfFreedom: 4)), sampling: .antithetic, count: 2_000)
    let sorted = copula.moves.row(0).sorted()
    for pair in 0..<100 {
      let ranks = [2 * pair, 2 * pair + 1].map { place in
        sorted.partitioningIndex { $0 >= copula.moves[0, place] }
      }
      #expect(ranks[0] + ranks[1] == 1_999)
    }
    let model = try JumpModel(
      commonIntensity: 0, commonMean: 0, commonDeviation: 0, ownIntensity: 0.1, ownDeviation: 2)
    let jumps = try drawn(.jumps(model), sampling: .antithetic, models: .init())
    #expect((0..<500).allSatisfy { abs(jumps.moves[2, 2 * $0 + 1] + jumps.moves[2, 2 * $0]) < 1e-15 })
  }

  @Test func sobolSetsHoldReplicatesOfAPowerOfTwo() throws {
    #expect(SamplingScheme.sobol.count(atMost: 100) == 64)
    #expect(SamplingScheme.sobol.count(atMost: 100_000) == 65_536)
    #expect(SamplingScheme.sobol.count(atMost: 65_536) == 65_536)
    #expect(SamplingScheme.sobol.count(atMost: 65_535) == 32_768)
    #expect(SamplingScheme.antithetic.count(atMost: 12_345) == 12_345)
    let set = try drawn(.gaussian, sampling: .sobol, count: 10_000)
    #expect(set.count == 8_192)
    #expect(set.labels == .draws(Array(0..<8_192)))
    #expect(Set(set.moves.row(0)).count == 8_192)
  }

  /// In every replicate the normals behind a factor fill 256 equal cells once each: here of the first component, which an
  /// asset alone in its history is.
  @Test func everyReplicateIsEven() throws {
    let asset = try Asset("BTC")
    let alone = try dailyHistory([(asset, try #require(history.series(of: asset)).prices)])
    let set = try source(alone, count: 8_192).scenarios(
      for: draws(.gaussian, from: lastMoves(250), sampling: .sobol))
    let deviation = try #require(set.calibration?.covariance)[0, 0].squareRoot()
    for replicate in 0..<32 {
      let cells = (0..<256).map { point in
        Int(256 * normalDistribution(set.moves[0, 256 * replicate + point] / deviation))
      }
      #expect(cells.sorted() == Array(0..<256))
    }
  }

  /// Means over each of the 32 replicates are independent: 15 second moments within seven of their errors, of 31 degrees
  /// of freedom each: a false alarm below 2e-6, far below where most errors are small (they are even).
  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 12)])
  func sobolDrawsHaveTheCalibratedCovariance(_ law: MoveLaw) throws {
    let set = try drawn(law, sampling: .sobol, count: 32_768)
    let covariance = try #require(set.calibration?.covariance)
    for row in 0..<5 {
      for column in 0...row {
        let means = replicateMeans(zip(set.moves.row(row), set.moves.row(column)).map { $0 * $1 })
        let mean = means.reduce(0, +) / 32
        let error = (meanSquare(means, about: mean) / 31).squareRoot()
        #expect(abs(mean - covariance[row, column]) < 7 * error)
      }
    }
  }

  private func replicateMeans(_ values: [Double]) -> [Double] {
    let each = values.count / 32
    return (0..<32).map { values[($0 * each)..<(($0 + 1) * each)].reduce(0, +) / Double(each) }
  }

  private func losses(_ set: ScenarioSet) -> [Double] {
    let rows = (0..<4).map { set.moves.row($0) }
    return (0..<set.count).map { -(rows[0][$0] + rows[1][$0] + rows[2][$0] + rows[3][$0]) }
  }

  /// The variance of an order statistic is p(1 − p)/(n·f²).
  ///
  /// Sobol points of this book have about a tenth of it; that 31
  /// degrees of freedom take a tenth for 1/2.5 has a probability below 1e-9.
  @Test func valueAtRiskOfALinearBookVariesLess() throws {
    let count = 1 << 14
    let set = try drawn(.gaussian, sampling: .sobol, count: 32 * count, parallelism: .threads(2))
    let losses = losses(set)
    let law = try #require(set.calibration?.law)
    let book = Matrix(rows: 6, columns: 1, elements: [1, 1, 1, 1, 0, 0])
    let deviation = law.standardDeviations(of: book)[0]
    let truth = deviation * normalQuantile(0.99)
    let density = normalDensity(normalQuantile(0.99)) / deviation
    let plain = 0.01 * 0.99 / (Double(count) * density * density)
    let values = (0..<32).map { empiricalQuantile(Array(losses[($0 * count)..<(($0 + 1) * count)]), 0.99) }
    #expect(plain / meanSquare(values, about: truth) > 2.5)
  }

  /// The probability of a loss beyond the closed-form value at risk: unbiased, its error from the spread of 32 replicates.
  ///
  /// An honest estimate is within three errors with probability 0.9947 (31 degrees of freedom).
  @Test func estimatesAreWithinTheirPrintedErrors() throws {
    let seeds = 40
    var within = 0
    for seed in 0..<seeds {
      let set = try drawn(.gaussian, sampling: .sobol, count: 8_192, seed: UInt64(seed))
      let law = try #require(set.calibration?.law)
      let book = Matrix(rows: 6, columns: 1, elements: [1, 1, 1, 1, 0, 0])
      let limit = law.standardDeviations(of: book)[0] * normalQuantile(0.95)
      let means = replicateMeans(losses(set).map { $0 > limit ? 1 : 0 })
      let mean = means.reduce(0, +) / 32
      let error: Double = (meanSquare(means, about: mean) / 31).squareRoot()
      if abs(mean - 0.05) <= 3 * error { within += 1 }
    }
    #expect(isBelievable(count: within, trials: seeds, probability: 0.9947))
  }

  @Test func tooManyDimensionsAreRefused() throws {
    let rows = Matrix(rows: SobolSequence.dimensionLimit + 1, columns: 3) { row, column in
      let step = (row * 7 + column * 13) % 11
      return 0.01 * Double(step) - 0.049
    }
    let source = try source(dailyHistory(moving: rows), count: 100)
    #expect(
      throws: ScenarioError.outOfDomain(
        field: "sobol dimensions", value: 1_112, allowed: "at most 1111 moving factors")
    ) {
      try source.scenarios(
        for: draws(.gaussian, from: lastMoves(3), dependence: .independent, sampling: .sobol))
    }
  }
}

extension Array {
  /// The place of the first element that a condition holds for, in an array where it holds from some place on.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var below = 0
    var above = count
    while below < above {
      let middle = (below + above) / 2
      if holds(self[middle]) { above = middle } else { below = middle + 1 }
    }
    return below
  }
}
