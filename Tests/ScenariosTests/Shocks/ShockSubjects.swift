import Instruments
import LinearAlgebra
import MarketData
import RealModule
import Sampling
import Scenarios
import Statistics
import Testing

/// Calibrations to shock, and the plain ways to shock them.
enum Subjects {
  static func asset(_ symbol: String) throws -> Asset { try Asset(symbol) }
  static func spot(_ symbol: String) throws -> RiskFactor { .spot(try Asset(symbol)) }

  /// Four prices, the basis of two kinds of contract and a volatility.
  static func mixedFactors() throws -> [RiskFactor] {
    [
      try spot("BTC"), try spot("ETH"), try spot("SOL"), try spot("USDT"),
      .basis(try asset("BTC"), .linear), .basis(try asset("BTC"), .inverse), .volatility(try asset("BTC")),
    ]
  }

  static func spots(_ symbols: String...) throws -> [RiskFactor] {
    var factors: [RiskFactor] = []
    for symbol in symbols { factors.append(try spot(symbol)) }
    return factors
  }

  static func make(
    _ factors: [RiskFactor], _ correlation: [[Double]], volatilities: [Double]? = nil,
    means: [Double]? = nil, observations: Matrix? = nil, weights: SampleWeights? = nil,
    isEmpirical: Bool = false, degreesOfFreedom: Double? = nil, days: Double = 1, seed: UInt64 = 1,
    effectiveObservations: Double = 250, window: WindowCorrelation? = nil
  ) throws -> ShockSubject {
    let space = FactorSpace(factors)
    return ShockSubject(
      moments: FactorMoments(
        factors: space, means: means ?? factors.map { _ in 0 },
        volatilities: volatilities ?? factors.indices.map { 0.02 + 0.01 * Double($0) },
        correlation: try CorrelationMatrix(Matrix(rows: correlation))),
      days: days, observations: observations ?? Matrix(rows: factors.count, columns: 0, repeating: 0),
      weights: weights, isEmpirical: isEmpirical, degreesOfFreedom: degreesOfFreedom,
      effectiveObservations: effectiveObservations, seed: seed
    ) { _ throws(ShockError) in
      guard let window else { throw .window(.tooShort(rows: 0)) }
      return window
    }
  }

  /// A law of the seven factors with random correlations, volatilities and means.
  static func random(
    _ number: Int, degreesOfFreedom: Double? = nil, isEmpirical: Bool = false
  ) throws -> ShockSubject {
    let factors = try mixedFactors()
    let correlation = try randomCorrelation(factors.count, number)
    let draws = normals(
      stream: DrawStream(seed: 11), factors: (0..<2 * UInt64(factors.count)).map { $0 },
      scenarios: number..<(number + 1))
    let volatilities = factors.indices.map { 0.05 * Double.exp(0.5 * draws[$0]) }
    let means = factors.indices.map { 0.01 * draws[factors.count + $0] }
    let factor = try correlation.factor().lower.scaled(
      rows: volatilities, columns: factors.map { _ in 1 })
    let observations = multiply(
      factor,
      Matrix(
        rows: factors.count, columns: 60,
        elements: normals(
          stream: DrawStream(seed: UInt64(1_000 + number)), factors: factors.indices.map { UInt64($0) },
          scenarios: 0..<60)))
    let window = try randomCorrelation(factors.count, number + 100_000)
    return ShockSubject(
      moments: FactorMoments(
        factors: FactorSpace(factors), means: means, volatilities: volatilities, correlation: correlation),
      days: 4, observations: observations, weights: nil, isEmpirical: isEmpirical,
      degreesOfFreedom: degreesOfFreedom, effectiveObservations: 60, seed: 5
    ) { _ throws(ShockError) in
      WindowCorrelation(correlation: window, isCovered: factors.indices.map { $0 != 2 })
    }
  }

  /// Uniform over the correlation matrices; every tenth nearly singular.
  static func randomCorrelation(_ count: Int, _ number: Int) throws -> CorrelationMatrix {
    let law = LKJDistribution(count: count, shape: number.isMultiple(of: 10) ? 0.05 : 1)
    let stream = DrawStream(seed: 77)
    let normals = normals(
      stream: stream, factors: (0..<law.normalCount).map { UInt64($0) }, scenarios: number..<(number + 1))
    var chiSquareds: [Double] = []
    for (row, degrees) in law.degreesOfFreedom.enumerated() {
      var value = [0.0]
      var span = value.mutableSpan
      fillChiSquared(
        degreesOfFreedom: degrees, stream: DrawStream(seed: 78, stream: UInt32(row)), firstScenario: number,
        into: &span)
      chiSquareds.append(value[0])
    }
    return try law.correlation(normals: normals, chiSquareds: chiSquareds)
  }
}

extension ShockSubject {
  /// The law after steps at a strength.
  func after(_ steps: ShockStep..., strength: Double = 1, draw: Int = 0) throws -> ShockedLaw {
    try after([AppliedShock(try Shock(name: "shock", steps: steps), strength: strength)], draw: draw)
  }

  /// The correlations after steps at a strength.
  func correlations(_ steps: ShockStep..., strength: Double = 1, draw: Int = 0) throws -> CorrelationMatrix {
    try after([AppliedShock(try Shock(name: "shock", steps: steps), strength: strength)], draw: draw).record
      .used
  }

  /// What a step is refused with.
  func refusal(of steps: ShockStep..., strength: Double = 1) -> ShockError? {
    do {
      _ = try after([AppliedShock(try Shock(name: "shock", steps: steps), strength: strength)], draw: 0)
      return nil
    } catch {
      return error
    }
  }
}

extension FactorMoments {
  /// The largest difference of two laws' covariances and means.
  func distance(from other: FactorMoments) -> Double {
    let means = zip(means, other.means).map { abs($0 - $1) }.max() ?? 0
    return max(means, covariance.maximumAbsoluteDifference(from: other.covariance))
  }
}
