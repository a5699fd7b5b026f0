import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct CovarianceEstimatorTests {
  /// Reference COV-QL: QuantLib, test-suite/covariance.cpp; the estimate divides by n − 1.
  @Test func referenceCOVQL() throws {
    let data = Matrix(rows: [[3, 9], [2, 7], [4, 12], [5, 15], [6, 17]])
    let estimate = try CovarianceEstimator.sample.estimate(data)
    #expect(isClose(estimate.matrix[0, 0], 2.5, relative: 1e-15))
    #expect(isClose(estimate.matrix[1, 1], 17, relative: 1e-15))
    #expect(isClose(estimate.matrix[0, 1], 6.5, relative: 1e-15))
    #expect(isClose(estimate.correlation[1, 0], 0.9970544855015813, relative: 1e-15))
    #expect(isClose(estimate.volatilities[1], 17.0.squareRoot(), relative: 1e-15))
    #expect(isClose(estimate.effectiveObservations, 5, relative: 1e-15))
    // The eigenvalues of a 2 × 2 matrix: half the trace ± the root of a quarter of its square less the determinant.
    let root = (19.5 * 19.5 / 4 - (2.5 * 17 - 6.5 * 6.5)).squareRoot()
    #expect(isClose(estimate.largestEigenvalue, 9.75 + root, relative: 1e-14))
    #expect(isClose(estimate.smallestEigenvalue, 9.75 - root, absolute: 1e-14))
  }

  @Test(
    arguments: [
      CovarianceEstimator.sample, .equallyWeighted(mean: .zero),
      .exponentiallyWeighted(decay: 0.94, mean: .zero), .exponentiallyWeighted(decay: 0.97, mean: .sample),
    ], [(2, 1), (5, 3), (300, 13)])
  func estimatesEqualThePlainLoop(estimator: CovarianceEstimator, shape: (dates: Int, assets: Int)) throws {
    let data = correlatedObservations(dates: shape.dates, assets: shape.assets, seed: 1)
    let estimate = try estimator.estimate(data)
    let plain = plainCovariance(data, estimator)
    let scale = plain.maximumAbsoluteElement
    #expect(estimate.matrix.isSymmetric())
    #expect(estimate.matrix.maximumAbsoluteDifference(from: plain) <= 1e-13 * scale)
    let rebuilt = estimate.correlation.covariance(volatilities: estimate.volatilities)
    #expect(rebuilt.maximumAbsoluteDifference(from: estimate.matrix) <= 1e-14 * scale)
  }

  /// Every named estimator is the one of its own file.
  @Test func everyCaseIsItsEstimator() throws {
    let data = correlatedObservations(dates: 60, assets: 7, seed: 8)
    let series = (0..<7).map { data.column($0).map(Optional.some) }
    let pairs: [(CovarianceEstimator, CovarianceEstimate)] = [
      (
        .splitDecay(volatility: 0.9, correlation: 0.97),
        try SplitDecayCovariance(data, volatilityDecay: 0.9, correlationDecay: 0.97).covariance
      ),
      (.shrunk(.scaledIdentity), try ShrunkCovariance.ledoitWolf(data, target: .scaledIdentity).covariance),
      (
        .shrunk(.constantCorrelation),
        try ShrunkCovariance.ledoitWolf(data, target: .constantCorrelation).covariance
      ),
      (.shrunk(.oracleApproximating), try ShrunkCovariance.oracleApproximating(data).covariance),
      (.eigenvalueClipping, try EigenvalueClipping(data).covariance),
      (.pairwise(leastCommon: 60), try PairwiseCovariance(series).covariance),
    ]
    for (estimator, expected) in pairs { #expect(try estimator.estimate(data) == expected) }
    #expect(throws: CovarianceError.tooFewObservations(count: 60, needed: 61)) {
      try CovarianceEstimator.pairwise(leastCommon: 61).estimate(data)
    }
  }

  @Test func exponentialWeightsFavourTheNewest() throws {
    let weights = try CovarianceEstimator.ageWeights(decay: 0.5, count: 4)
    #expect(weights == [0.125, 0.25, 0.5, 1])
    // Σw² / (Σw)² for a geometric series that goes back for ever is (1 − λ)/(1 + λ).
    let long = try CovarianceEstimator.exponentiallyWeighted(decay: 0.94, mean: .zero)
      .estimate(correlatedObservations(dates: 2_000, assets: 2, seed: 2))
    #expect(isClose(long.effectiveObservations, 1.94 / 0.06, relative: 1e-12))
  }

  /// The recursion of RiskMetrics, started with the first square, gives the truncated weights' estimate once the
  /// start has decayed.
  @Test func exponentialWeightsAreTheRecursion() throws {
    let data = correlatedObservations(dates: 1_500, assets: 1, seed: 3)
    let estimate = try CovarianceEstimator.exponentiallyWeighted(decay: 0.94, mean: .zero).estimate(data)
    var variance = data[0, 0] * data[0, 0]
    for date in 1..<data.rows { variance = 0.94 * variance + 0.06 * data[date, 0] * data[date, 0] }
    #expect(isClose(estimate.matrix[0, 0], variance, relative: 1e-12))
  }

  /// A shift of all observations changes no covariance.
  ///
  /// NIST's numerical accuracy data sets, NIST-ACC1 to ACC4 (StRD univariate), have the standard deviations 1 and
  /// 0.1. The looser bounds are the rounding of the data itself.
  @Test func referenceNISTACCShifts() throws {
    let shifts: [(data: [Double], deviation: Double, relative: Double)] = [
      ([10_000_001, 10_000_003, 10_000_002], 1, 1e-15),
      (alternating(1.2, 1.1, 1.3), 0.1, 1e-14),
      (alternating(1_000_000.2, 1_000_000.1, 1_000_000.3), 0.1, 1e-9),
      (alternating(10_000_000.2, 10_000_000.1, 10_000_000.3), 0.1, 1e-8),
    ]
    for (data, deviation, relative) in shifts {
      let estimate = try CovarianceEstimator.sample.estimate(
        Matrix(rows: data.count, columns: 1, elements: data))
      #expect(isClose(estimate.volatilities[0], deviation, relative: relative))
    }
  }

  @Test func equalInputsGiveEqualBits() throws {
    let data = correlatedObservations(dates: 250, assets: 20, seed: 4)
    #expect(try CovarianceEstimator.sample.estimate(data) == CovarianceEstimator.sample.estimate(data))
  }

  @Test func badDecaysAreRefused() {
    for decay in [0, 1, -0.5, 2, .infinity] {
      #expect(throws: CovarianceError.decayOutsideUnitInterval(decay: decay)) {
        try CovarianceEstimator.exponentiallyWeighted(decay: decay, mean: .zero).estimate(.identity(3))
      }
    }
    #expect(throws: CovarianceError.self) {
      try CovarianceEstimator.exponentiallyWeighted(decay: .nan, mean: .zero).estimate(.identity(3))
    }
  }

  private func alternating(_ first: Double, _ low: Double, _ high: Double) -> [Double] {
    [first] + (0..<500).flatMap { _ in [low, high] }
  }
}

@Suite struct CovarianceEstimateTests {
  @Test func weightsCountOnlyInProportion() throws {
    let data = correlatedObservations(dates: 8, assets: 3, seed: 5)
    let weights = (1...8).map(Double.init)
    let one = try CovarianceEstimate(data, weights: weights, mean: .sample)
    let other = try CovarianceEstimate(data, weights: weights.map { $0 * 1024 }, mean: .sample)
    #expect(one == other)
  }

  @Test func anObservationOfWeightZeroDoesNotCount() throws {
    let data = correlatedObservations(dates: 6, assets: 2, seed: 6)
    var spoiled = data
    spoiled[2, 0] = 1e6
    let weights: [Double] = [1, 1, 0, 1, 1, 1]
    let fewer = Matrix(rows: [0, 1, 3, 4, 5].map(data.row))
    let expected = try CovarianceEstimator.sample.estimate(fewer)
    let estimate = try CovarianceEstimate(spoiled, weights: weights, mean: .sample)
    #expect(estimate.matrix.maximumAbsoluteDifference(from: expected.matrix) <= 1e-15)
  }

  /// Fewer dates than assets: the correlation matrix is singular and must still be accepted.
  @Test(arguments: [(2, 2), (2, 10), (5, 40), (30, 31), (10, 60)])
  func shortHistoriesGiveSingularButValidMatrices(dates: Int, assets: Int) throws {
    for seed in 0..<10 as Range<UInt64> {
      let data = correlatedObservations(dates: dates, assets: assets, seed: seed)
      let estimate = try CovarianceEstimator.sample.estimate(data)
      let exact = try CorrelationMatrix(estimate.correlation.matrix)
      #expect(exact == estimate.correlation)
      #expect(abs(exact.smallestEigenvalue) <= 1e-13)
    }
  }

  @Test func anAssetThatNeverMovesIsUncorrelated() throws {
    let data = Matrix(rows: [[0.1, 0, 0.2], [-0.1, 0, 0.1], [0.3, 0, -0.2]])
    let estimate = try CovarianceEstimator.sample.estimate(data)
    #expect(estimate.volatilities[1] == 0)
    #expect(estimate.correlation.matrix.row(1) == [0, 1, 0])
    #expect(estimate.smallestEigenvalue <= 1e-17)
  }

  @Test func badInputsAreNamed() {
    let data = correlatedObservations(dates: 3, assets: 2, seed: 7)
    #expect(throws: CovarianceError.tooFewObservations(count: 1, needed: 2)) {
      try CovarianceEstimator.sample.estimate(Matrix(rows: [[1, 2]]))
    }
    #expect(throws: CovarianceError.tooFewObservations(count: 0, needed: 1)) {
      try CovarianceEstimator.equallyWeighted(mean: .zero).estimate(Matrix(rows: 0, columns: 2, repeating: 0))
    }
    #expect(throws: CovarianceError.weightCount(count: 2, observations: 3)) {
      try CovarianceEstimate(data, weights: [1, 1], mean: .zero)
    }
    for bad in [-1, .nan, .infinity] {
      #expect(throws: CovarianceError.invalidWeight(index: 1)) {
        try CovarianceEstimate(data, weights: [1, bad, 1], mean: .zero)
      }
    }
    #expect(throws: CovarianceError.degenerateWeights) {
      try CovarianceEstimate(data, weights: [0, 0, 0], mean: .zero)
    }
    #expect(throws: CovarianceError.degenerateWeights) {
      try CovarianceEstimate(data, weights: [0, 1, 0], mean: .sample)
    }
    for bad in [Double.nan, .infinity, -.infinity] {
      var broken = data
      broken[2, 1] = bad
      #expect(throws: CovarianceError.notFinite(row: 2, column: 1)) {
        try CovarianceEstimator.sample.estimate(broken)
      }
    }
    #expect(throws: CovarianceError.overflow) {
      try CovarianceEstimator.sample.estimate(Matrix(rows: [[1e200], [-1e200]]))
    }
  }
}

/// The estimate by its definition, element by element.
private func plainCovariance(_ data: Matrix, _ estimator: CovarianceEstimator) -> Matrix {
  let weights: [Double]
  let mean: MeanConvention
  switch estimator {
  case .equallyWeighted(let convention):
    weights = [Double](repeating: 1 / Double(data.rows), count: data.rows)
    mean = convention
  case .exponentiallyWeighted(let decay, let convention):
    var powers = [1.0]
    while powers.count < data.rows { powers.append((powers.last ?? 0) * decay) }
    let sum = powers.reduce(0, +)
    weights = powers.reversed().map { $0 / sum }
    mean = convention
  default: preconditionFailure("an estimate that is not made by weights alone")
  }
  let means = (0..<data.columns).map { asset in
    mean == .zero ? 0 : (0..<data.rows).reduce(0) { $0 + weights[$1] * data[$1, asset] }
  }
  let correction = mean == .zero ? 1 : 1 - weights.reduce(0) { $0 + $1 * $1 }
  return Matrix(rows: data.columns, columns: data.columns) { first, second in
    (0..<data.rows).reduce(0) { sum, date in
      sum + weights[date] * (data[date, first] - means[first]) * (data[date, second] - means[second])
    } / correction
  }
}
