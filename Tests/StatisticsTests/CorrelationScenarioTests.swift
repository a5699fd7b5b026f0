import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct CorrelationScenarioTests {
  /// FRTB-RHO: Regulation (EU) No 575/2013, article 325h(3), and MAR21.6.
  @Test(
    "FRTB-RHO: the low and the high correlation of .5, .85 and .95",
    arguments: [(0.5, 0.375, 0.625), (0.85, 0.7, 1), (0.95, 0.9, 1)])
  func reference(correlation: Double, low: Double, high: Double) {
    #expect(isClose(CorrelationScenario.low.correlation(correlation), low, absolute: 1e-15))
    #expect(CorrelationScenario.high.correlation(correlation) == high)
    #expect(CorrelationScenario.medium.correlation(correlation) == correlation)
  }

  @Test("within [−1, 1], in order, and rising with the correlation") func order() {
    var last = CorrelationScenario.allCases.map { _ in -1.0 }
    for step in -100...100 {
      let correlation = Double(step) / 100
      let values = CorrelationScenario.allCases.map { $0.correlation(correlation) }
      #expect(values.allSatisfy { abs($0) <= 1 })
      #expect(zip(values, last).allSatisfy { $0 >= $1 })
      #expect(values.map { correlation < 0 ? -$0 : $0 } == values.map { abs($0) }.sorted())
      last = values
    }
    #expect(CorrelationScenario.allCases.map { $0.correlation(1) } == [1, 1, 1])
    #expect(CorrelationScenario.allCases.map { $0.correlation(0) } == [0, 0, 0])
  }

  @Test("a matrix that stays one is not touched, and the distance says so") func withoutRepair() throws {
    let base = try CorrelationMatrix(
      Matrix(rows: [[1, 0.5, 0.4], [0.5, 1, -0.2], [0.4, -0.2, 1]]))
    for scenario in CorrelationScenario.allCases {
      let result = try scenario.applied(to: base)
      #expect(result.frobeniusDistance == 0)
      #expect(result.iterations == 0)
      #expect(result.correlation.matrix == scenario.correlations(base))
    }
    #expect(try CorrelationScenario.medium.applied(to: base).correlation == base)
  }

  @Test("a scenario that is no correlation matrix is repaired, and the distance says how far") func repair()
    throws
  {
    // .9 and .9 become 1 and 1, but their third .7 only .875.
    let base = try CorrelationMatrix(
      Matrix(rows: [[1, 0.9, 0.7], [0.9, 1, 0.9], [0.7, 0.9, 1]]))
    let shocked = CorrelationScenario.high.correlations(base)
    #expect(throws: CovarianceError.self) { try CorrelationMatrix(shocked) }
    let result = try CorrelationScenario.high.applied(to: base)
    #expect(result.hasConverged)
    #expect(result.frobeniusDistance > 0.01)
    #expect(
      isClose(result.frobeniusDistance, (result.correlation.matrix - shocked).frobeniusNorm, relative: 1e-14))
    #expect(result.correlation.matrix.maximumAbsoluteDifference(from: shocked) <= result.frobeniusDistance)
    #expect(throws: Never.self) { try CorrelationMatrix(result.correlation.matrix) }
  }

  @Test("random matrices in all three scenarios", arguments: [1, 2, 3] as [UInt64])
  func randomMatrices(seed: UInt64) throws {
    let sample = try CovarianceEstimator.sample.estimate(
      correlatedObservations(dates: 40, assets: 8, seed: seed))
    for scenario in CorrelationScenario.allCases {
      let result = try scenario.applied(to: sample.correlation)
      #expect(throws: Never.self) { try CorrelationMatrix(result.correlation.matrix) }
      #expect(try scenario.applied(to: sample.correlation) == result)
    }
    // At most .8 nothing bends: the low scenario is three quarters of the matrix and a quarter of the identity.
    let low = try CorrelationScenario.low.applied(to: .identity(8))
    #expect(low.correlation == .identity(8))
  }

  @Test func whatIsNoCorrelationStopsTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = CorrelationScenario.high.correlation(1.01) }
    await #expect(processExitsWith: .failure) { _ = CorrelationScenario.low.correlation(.nan) }
  }
}
