import Instruments
import LinearAlgebra
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct JumpLawTests {
  private let history: PriceHistory

  init() throws {
    history = try randomHistory(["BTC", "ETH", "SOL"], days: 300)
  }

  private func drawn(
    _ model: JumpModel, days: Int = 1, count: Int = 50_000, sampling: SamplingScheme = .plain
  ) throws -> ScenarioSet {
    try source(history, count: count, parallelism: .threads(2)).scenarios(
      for: draws(.jumps(model), from: lastMoves(250, days: days, .squareRoot), sampling: sampling))
  }

  /// With S a compound Poisson sum over h days, its cumulants are h·λ·E[size^k]: variance h·(v_c + v_o) beside the normal
  /// part, third h·λ_c·(μ³ + 3μδ²), fourth h·(λ_c·(μ⁴ + 6μ²δ² + 3δ⁴) + 3·λ_o·δ_o⁴), in daily volatilities.
  @Test(arguments: [1, 4], SamplingScheme.allCases)
  func momentsAreThoseOfCompoundPoissonSums(_ days: Int, _ sampling: SamplingScheme) throws {
    let model = try JumpModel(
      commonIntensity: 0.2, commonMean: -0.8, commonDeviation: 0.6, ownIntensity: 0.3, ownDeviation: 0.9)
    let set = try drawn(model, days: days, sampling: sampling)
    let covariance = try #require(set.calibration?.covariance)
    let horizon = Double(days)
    let third: Double = horizon * 0.2 * (-0.512 - 3 * 0.8 * 0.36)
    let common: Double = 0.4096 + 6 * 0.64 * 0.36 + 3 * 0.1296
    let fourth: Double = horizon * (0.2 * common + 3 * 0.3 * 0.6561)
    let units = (0..<3).map { factor in
      set.moves.row(factor).map { $0 / (covariance[factor, factor] / horizon).squareRoot() }
    }
    for unit in units {
      let squares = unit.map { $0 * $0 }
      let cubes = zip(unit, squares).map { $0 * $1 }
      let fourths = squares.map { $0 * $0 }
      let gaussian = 3 * horizon * horizon
      #expect(isBelievable(meanOf: paired(unit, sampling), expected: 0))
      #expect(isBelievable(meanOf: paired(squares, sampling), expected: horizon))
      #expect(isBelievable(meanOf: paired(cubes, sampling), expected: third))
      #expect(isBelievable(meanOf: paired(fourths, sampling), expected: fourth + gaussian))
    }
    for row in 0..<3 {
      for column in 0..<row {
        let products = zip(units[row], units[column]).map { $0 * $1 }
        let scale = (covariance[row, row] * covariance[column, column]).squareRoot() / horizon
        #expect(isBelievable(meanOf: paired(products, sampling), expected: covariance[row, column] / scale))
      }
    }
  }

  /// Means of mates, which depend on each other; independent draws as they are.
  ///
  /// Sobol points vary less than their spread says.
  private func paired(_ values: [Double], _ sampling: SamplingScheme) -> [Double] {
    guard sampling == .antithetic else { return values }
    return (0..<(values.count / 2)).map { (pair: Int) -> Double in
      0.5 * (values[2 * pair] + values[2 * pair + 1])
    }
  }

  @Test func correlationsRiseByTheSharedJumps() throws {
    let model = try JumpModel(
      commonIntensity: 0.1, commonMean: -1, commonDeviation: 1, ownIntensity: 0.1, ownDeviation: 1)
    let set = try drawn(model, count: 100)
    let plain = try source(history).scenarios(for: draws(.gaussian, from: lastMoves(250)))
    let covariance = try #require(set.calibration?.covariance)
    let estimated = try #require(plain.calibration?.covariance)
    for row in 0..<3 {
      for column in 0..<row {
        let scale = (estimated[row, row] * estimated[column, column]).squareRoot()
        let expected = estimated[row, column] / scale * 0.7 + 0.2
        #expect(isClose(covariance[row, column] / scale, expected, relative: 1e-12))
      }
    }
    #expect(set.calibration?.law == nil)
  }

  @Test func withoutJumpsMovesAreNormal() throws {
    let none = try JumpModel(
      commonIntensity: 0, commonMean: 3, commonDeviation: 1, ownIntensity: 0, ownDeviation: 1)
    let plain = try source(history).scenarios(for: draws(.gaussian, from: lastMoves(250)))
    let set = try source(history).scenarios(for: draws(.jumps(none), from: lastMoves(250)))
    #expect(set.moves == plain.moves)
  }

  /// An asset added later does not change the jumps of those before it.
  @Test func jumpsAreKeyedByName() throws {
    let model = try JumpModel(
      commonIntensity: 0.1, commonMean: -1, commonDeviation: 1, ownIntensity: 0.1, ownDeviation: 1)
    let wider = try randomHistory(["BTC", "ETH", "SOL", "DOGE"], days: 300)
    let sets = try [history, wider].map {
      try source($0).scenarios(for: draws(.jumps(model), from: lastMoves(250)))
    }
    for factor in 0..<3 {
      #expect((0..<1_000).allSatisfy { abs(sets[0].moves[factor, $0] - sets[1].moves[factor, $0]) < 1e-14 })
    }
  }

  @Test func numbersOutsideTheirDomainAreRefused() {
    func model(_ intensity: Double, _ mean: Double, _ deviation: Double, _ own: Double, _ size: Double) throws
    {
      _ = try JumpModel(
        commonIntensity: intensity, commonMean: mean, commonDeviation: deviation, ownIntensity: own,
        ownDeviation: size)
    }
    for bad in [-0.1, .nan, .infinity] {
      #expect(throws: ScenarioError.self) { try model(bad, 0, 0, 0, 0) }
      #expect(throws: ScenarioError.self) { try model(0, 0, bad, 0, 0) }
      #expect(throws: ScenarioError.self) { try model(0, 0, 0, bad, 0) }
      #expect(throws: ScenarioError.self) { try model(0, 0, 0, 0, bad) }
    }
    #expect(throws: ScenarioError.self) { try model(0, .nan, 0, 0, 0) }
    #expect(
      throws: ScenarioError.outOfDomain(
        field: "commonIntensity", value: 1_001, allowed: "at most 1000.0 a day")
    ) {
      try model(1_001, 0, 0, 0, 0)
    }
    #expect(throws: ScenarioError.self) { try model(0.2, 2, 0.5, 0.1, 1.5) }
  }

  @Test(arguments: [0, 1e-3, 0.7, 12, 800, 4e5])
  func poissonCountsByInversion(_ mean: Double) {
    let counts = PoissonCounts(mean: mean)
    #expect(counts.count(at: 0x1p-53) <= Int(mean))
    // The mean over 100,000 equal cells is that of the law but for the cells' width in its tails.
    let cells = 100_000
    var sum = 0.0
    var squares = 0.0
    var last = 0
    for cell in 0..<cells {
      let count = counts.count(at: (Double(cell) + 0.5) / Double(cells))
      #expect(count >= last)
      last = count
      sum += Double(count)
      squares += (Double(count) - mean) * (Double(count) - mean)
    }
    #expect(isClose(sum / Double(cells), mean, relative: 1e-3, absolute: 1e-5))
    #expect(isClose(squares / Double(cells), mean, relative: 2e-2, absolute: 1e-5))
  }
}
