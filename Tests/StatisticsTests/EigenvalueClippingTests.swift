import LinearAlgebra
import Sampling
import Statistics
import TestSupport
import Testing

@Suite struct EigenvalueClippingTests {
  /// ED-RMT: the EDHEC hedge-fund indices have one eigenvalue above the noise.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceEDRMT() throws {
    let clipped = try EigenvalueClipping(ReferenceTables.edhec().returns)
    let values = clipped.sampleEigenvalues
    #expect(isClose(values[12], 8.35164629, absolute: 6e-9))
    #expect(isClose(values[11], 1.45808866, absolute: 6e-9))
    #expect(isClose(values[10], 1.05551919, absolute: 6e-9))
    #expect(isClose(values[0], 0.02433543, absolute: 6e-9))
    #expect(isClose(clipped.noiseEdges.lowerBound, 0.623091491489, absolute: 6e-13))
    #expect(isClose(clipped.noiseEdges.upperBound, 1.465645709876, absolute: 6e-13))
    #expect(clipped.signalCount == 1)
    #expect(isClose(try #require(clipped.noiseEigenvalue), (13 - 8.35164629) / 12, absolute: 1e-9))
  }

  @Test(arguments: [(30, 5), (200, 12), (10, 25), (2, 2)])
  func clippedMatricesAreCorrelationsOfTheSameVolatilities(dates: Int, assets: Int) throws {
    let data = correlatedObservations(dates: dates, assets: assets, seed: 21)
    let clipped = try EigenvalueClipping(data)
    let sample = try CovarianceEstimator.sample.estimate(data)
    #expect(clipped.covariance.volatilities == sample.volatilities)
    _ = try CorrelationMatrix(clipped.covariance.correlation.matrix)
    #expect(isClose(clipped.sampleEigenvalues.reduce(0, +), Double(assets), relative: 1e-12))
    #expect(
      clipped.covariance.correlation.smallestEigenvalue >= sample.correlation.smallestEigenvalue - 1e-12)
    #expect(clipped.covariance.smallestEigenvalue <= clipped.covariance.largestEigenvalue)
    #expect(try EigenvalueClipping(data) == clipped)
  }

  /// Independent normals: the largest eigenvalues scatter about the edge by Tracy and Widom's law, whose fourth largest
  /// lies some seven deviations below it; more than three above it have a false-alarm rate below 1e-6.
  @Test func independentSeriesAreAllNoise() throws {
    let (dates, assets) = (400, 40)
    let draws = normals(
      stream: DrawStream(seed: 9), factors: (0..<assets).map { UInt64($0) }, scenarios: 0..<dates)
    let data = Matrix(rows: dates, columns: assets) { draws[$1 * dates + $0] }
    let clipped = try EigenvalueClipping(data)
    #expect(clipped.signalCount <= 3)
    if clipped.signalCount == 0 {
      #expect(
        clipped.covariance.correlation.matrix.maximumAbsoluteDifference(from: .identity(assets)) <= 1e-12)
    }
  }

  @Test func badInputsAreNamed() {
    #expect(throws: CovarianceError.tooFewObservations(count: 1, needed: 2)) {
      try EigenvalueClipping(Matrix(rows: [[1, 2]]))
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: CovarianceError.notFinite(row: 2, column: 1)) {
        try EigenvalueClipping(Matrix(rows: [[1, 2], [3, 1], [0, bad]]))
      }
    }
  }

  @Test func anAssetThatNeverMovedStaysUncorrelated() throws {
    let data = Matrix(rows: [[0.1, 0, 0.2], [-0.1, 0, 0.1], [0.3, 0, -0.2], [0.2, 0, 0.1]])
    let clipped = try EigenvalueClipping(data)
    #expect(clipped.covariance.volatilities[1] == 0)
    #expect(clipped.covariance.matrix.row(1) == [0, 0, 0])
  }
}
