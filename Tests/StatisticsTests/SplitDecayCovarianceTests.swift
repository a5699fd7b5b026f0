import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct SplitDecayCovarianceTests {
  @Test(arguments: [MeanConvention.zero, .sample])
  func equalFactorsAreTheOrdinaryEstimate(mean: MeanConvention) throws {
    let data = correlatedObservations(dates: 120, assets: 7, seed: 31)
    let split = try SplitDecayCovariance(data, volatilityDecay: 0.94, correlationDecay: 0.94, mean: mean)
    let plain = try CovarianceEstimator.exponentiallyWeighted(decay: 0.94, mean: mean).estimate(data)
    #expect(split.covariance.volatilities == plain.volatilities)
    #expect(split.covariance.correlation == plain.correlation)
    let difference = split.covariance.matrix.maximumAbsoluteDifference(from: plain.matrix)
    #expect(difference <= 1e-15 * plain.matrix.maximumAbsoluteElement)
  }

  /// The effective observations (1 + λ)/(1 − λ) of RiskMetrics' factors: .94 → 32, .97 → 66, .99 → 199.
  @Test func eachPartHasItsOwnMemory() throws {
    let data = correlatedObservations(dates: 3_000, assets: 3, seed: 32)
    for (volatility, correlation, fast, slow) in [(0.94, 0.97, 32.0, 66.0), (0.97, 0.99, 66, 199)] {
      let split = try SplitDecayCovariance(data, volatilityDecay: volatility, correlationDecay: correlation)
      #expect(split.volatilityEffectiveObservations.rounded() == fast)
      #expect(split.covariance.effectiveObservations.rounded() == slow)
      // σᵢ·σⱼ·ρᵢⱼ, each by the recursion that has forgotten its start.
      func recursion(_ i: Int, _ j: Int, _ decay: Double) -> Double {
        (0..<data.rows).reduce(0) { decay * $0 + (1 - decay) * data[$1, i] * data[$1, j] }
      }
      let correlationOfPair =
        recursion(0, 1, correlation)
        / (recursion(0, 0, correlation) * recursion(1, 1, correlation)).squareRoot()
      let expected =
        (recursion(0, 0, volatility) * recursion(1, 1, volatility)).squareRoot() * correlationOfPair
      #expect(isClose(split.covariance.matrix[0, 1], expected, relative: 1e-9))
      #expect(split.covariance.smallestEigenvalue > 0)
      #expect(split.covariance.smallestEigenvalue < split.covariance.largestEigenvalue)
    }
  }

  @Test func badInputsAreNamed() {
    let data = correlatedObservations(dates: 5, assets: 2, seed: 33)
    for bad in [0, 1, -0.5, 2, Double.infinity] {
      #expect(throws: CovarianceError.decayOutsideUnitInterval(decay: bad)) {
        try SplitDecayCovariance(data, volatilityDecay: bad, correlationDecay: 0.97)
      }
      #expect(throws: CovarianceError.decayOutsideUnitInterval(decay: bad)) {
        try SplitDecayCovariance(data, volatilityDecay: 0.94, correlationDecay: bad)
      }
    }
    #expect(throws: CovarianceError.tooFewObservations(count: 0, needed: 1)) {
      try SplitDecayCovariance(
        Matrix(rows: 0, columns: 2, repeating: 0), volatilityDecay: 0.9, correlationDecay: 0.97)
    }
    #expect(throws: CovarianceError.notFinite(row: 0, column: 1)) {
      try SplitDecayCovariance(
        Matrix(rows: [[1, .nan], [1, 2]]), volatilityDecay: 0.9, correlationDecay: 0.97)
    }
  }
}
