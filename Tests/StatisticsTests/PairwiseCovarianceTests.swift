import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct PairwiseCovarianceTests {
  /// NCM-H3: series whose gaps make Higham's indefinite example pair by pair; IMA Journal of Numerical Analysis 22
  /// (2002) prints .7607, .1573 and the distance .5278.
  @Test func referenceNCMH3() throws {
    let series: [[Double?]] = [
      [1, 2, 4, nil, nil, nil, 1, -1, 1, -1],
      [1, 2, 4, 3, 5, 9, nil, nil, nil, nil],
      [nil, nil, nil, 3, 5, 9, 1, 1, -1, -1],
    ]
    let estimate = try PairwiseCovariance(series)
    for (row, column, value) in [(0, 1, 1.0), (1, 2, 1), (0, 2, 0)] {
      #expect(isClose(estimate.pairwiseCorrelation[row, column], value, absolute: 1e-15))
    }
    #expect(isClose(estimate.pairwiseSmallestEigenvalue, 1 - 2.0.squareRoot(), absolute: 1e-14))
    let correlation = estimate.covariance.correlation
    #expect(isClose(correlation[0, 1], 0.760689853402, absolute: 1e-11))
    #expect(isClose(correlation[1, 2], 0.760689853402, absolute: 1e-11))
    #expect(isClose(correlation[0, 2], 0.157298106138, absolute: 1e-11))
    #expect(isClose(estimate.repairDistance, 0.527790463582, absolute: 1e-11))
    #expect(estimate.repairHasConverged)
    #expect(estimate.covariance.effectiveObservations == 3)
    #expect(estimate.commonObservations == Matrix(rows: [[7, 3, 4], [3, 6, 3], [4, 3, 7]]))
  }

  @Test(arguments: [(2, 1), (30, 4), (200, 13)])
  func withoutGapsItIsTheSampleCovariance(dates: Int, assets: Int) throws {
    let data = correlatedObservations(dates: dates, assets: assets, seed: 41)
    let estimate = try PairwiseCovariance((0..<assets).map { data.column($0).map(Optional.some) })
    let sample = try CovarianceEstimator.sample.estimate(data)
    let scale = sample.matrix.maximumAbsoluteElement
    #expect(estimate.covariance.matrix.maximumAbsoluteDifference(from: sample.matrix) <= 1e-13 * scale)
    #expect(estimate.repairDistance == 0)
    #expect(estimate.covariance.effectiveObservations == Double(dates))
  }

  /// Each pairwise correlation is that of the dates the two assets share, a common level notwithstanding.
  @Test(arguments: [1, 2, 3] as [UInt64], [0, 1e6])
  func pairsAreEstimatedFromTheirCommonDates(seed: UInt64, level: Double) throws {
    let series = gappySeries(dates: 40, assets: 8, seed: seed, level: level)
    let estimate = try PairwiseCovariance(series)
    for i in 0..<8 {
      for j in 0..<i {
        let common = zip(series[i], series[j]).compactMap { pair in
          pair.0.flatMap { first in pair.1.map { [first - level, $0 - level] } }
        }
        let expected = try CovarianceEstimator.sample.estimate(Matrix(rows: common)).correlation[0, 1]
        #expect(
          isClose(estimate.pairwiseCorrelation[i, j], expected, absolute: level == 0 ? 1e-13 : 1e-7))
        #expect(estimate.commonObservations[i, j] == Double(common.count))
      }
    }
    #expect(estimate.pairwiseCorrelation.isSymmetric())
    _ = try CorrelationMatrix(estimate.covariance.correlation.matrix)
    let distance = (estimate.covariance.correlation.matrix - estimate.pairwiseCorrelation).frobeniusNorm
    #expect(estimate.repairDistance == distance)
    #expect((estimate.repairDistance > 0) == (estimate.pairwiseSmallestEigenvalue < -1e-12))
    #expect(try PairwiseCovariance(series) == estimate)
  }

  @Test func seriesThatDoNotMoveAreUncorrelated() throws {
    let estimate = try PairwiseCovariance([[1, 2, nil, 4], [0.1, 0.1, 7, 0.1], [3, 3, 3, 3]])
    // The second moves, but not on the dates it shares with the first.
    #expect(estimate.pairwiseCorrelation[0, 1] == 0)
    #expect(estimate.pairwiseCorrelation.row(2) == [0, 0, 1])
    #expect(estimate.covariance.volatilities[2] == 0)
  }

  @Test func badInputsAreNamed() {
    #expect(throws: CovarianceError.tooFewObservations(count: 1, needed: 2)) {
      try PairwiseCovariance([[1, 2, nil], [nil, 3, 5]])
    }
    #expect(throws: CovarianceError.tooFewObservations(count: 2, needed: 3)) {
      try PairwiseCovariance([[1, 2, 7, nil], [nil, 3, 5, 1]], minimumCommonObservations: 3)
    }
    #expect(throws: CovarianceError.tooFewObservations(count: 0, needed: 2)) {
      try PairwiseCovariance([[nil, nil]])
    }
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: CovarianceError.notFinite(row: 2, column: 1)) {
        try PairwiseCovariance([[1, 2, 3], [nil, 3, bad]])
      }
    }
    #expect(throws: CovarianceError.overflow) { try PairwiseCovariance([[1e200, -1e200, 0]]) }
  }

  private func gappySeries(dates: Int, assets: Int, seed: UInt64, level: Double) -> [[Double?]] {
    let data = correlatedObservations(dates: dates, assets: assets, seed: seed)
    var generator = SeededGenerator(seed: seed)
    return (0..<assets).map { asset in
      data.column(asset).map { generator.uniform() < 0.4 ? nil : $0 + level }
    }
  }
}
