import LinearAlgebra
import NumericalMethods
import RealModule
import Sampling
import Statistics
import TestSupport
import Testing

@Suite struct CorrelationPlausibilityTests {
  /// Of two variables: n·(r − ρ)²/(1 − ρ²)², and the likelihood in closed form.
  @Test func aPairInClosedForm() throws {
    let measured = try #require(plausibility(of: pair(0.2), given: pair(0.6), observations: 250))
    #expect(isClose(measured.mahalanobis, 250 * 0.16 / (0.64 * 0.64), relative: 1e-13))
    let trace = (2 - 2 * 0.2 * 0.6) / (1 - 0.04)
    let likelihood = 250 * (trace - 2 + .log(1 - 0.04) - .log(1 - 0.36))
    #expect(isClose(try #require(measured.likelihoodRatio), likelihood, relative: 1e-13))
    #expect(measured.degreesOfFreedom == 1)
    let tail: Double = .erfc((0.5 * measured.mahalanobis).squareRoot())
    #expect(isClose(measured.probability, tail, relative: 1e-10))
  }

  /// The form is the inverse of the covariance of sample correlations that Olkin and Siotani (1976) give.
  @Test(arguments: [2, 3, 4])
  func theFormInvertsTheSamplingCovariance(count: Int) throws {
    var generator = SeededGenerator(seed: 70)
    for _ in 0..<5 {
      let estimate = try CorrelationMatrix(randomCorrelation(count, rank: count + 2, &generator))
      let other = try CorrelationMatrix(randomCorrelation(count, rank: count + 2, &generator))
      let pairs = (0..<count).flatMap { first in (first + 1..<count).map { (first, $0) } }
      let covariance = Matrix(rows: pairs.count, columns: pairs.count) { row, column in
        samplingCovariance(estimate, pairs[row], pairs[column])
      }
      let difference = pairs.map { other[$0.0, $0.1] - estimate[$0.0, $0.1] }
      let symmetric = Matrix(rows: pairs.count, columns: pairs.count) {
        covariance[max($0, $1), min($0, $1)]
      }
      let solved = try Cholesky(symmetric).solve(difference)
      let expected = 100 * zip(difference, solved).reduce(0) { $0 + $1.0 * $1.1 }
      let measured = try #require(plausibility(of: other, given: estimate, observations: 100))
      #expect(isClose(measured.mahalanobis, expected, relative: 1e-8))
      #expect(measured.degreesOfFreedom == pairs.count)
    }
  }

  /// n times the asymptotic covariance of the sample correlations (i, j) and (k, l) of normal variables.
  private func samplingCovariance(
    _ r: CorrelationMatrix, _ first: (Int, Int), _ second: (Int, Int)
  ) -> Double {
    let ((i, j), (k, l)) = (first, second)
    let squares = r[i, k] * r[i, k] + r[i, l] * r[i, l] + r[j, k] * r[j, k] + r[j, l] * r[j, l]
    return 0.5 * r[i, j] * r[k, l] * squares + r[i, k] * r[j, l] + r[i, l] * r[j, k]
      - r[i, j] * (r[i, k] * r[i, l] + r[j, k] * r[j, l]) - r[k, l] * (r[i, k] * r[j, k] + r[i, l] * r[j, l])
  }

  /// Near the estimate the likelihood ratio of two variables is 1 + ρ² times the quadratic form.
  @Test func nearTheEstimateBothAreQuadratic() throws {
    for correlation in [-0.9, -0.3, 0, 0.6] {
      let measured = try #require(
        plausibility(of: pair(correlation + 1e-5), given: pair(correlation), observations: 1e6))
      let ratio = try #require(measured.likelihoodRatio) / measured.mahalanobis
      #expect(isClose(ratio, 1 + correlation * correlation, relative: 1e-3))
    }
  }

  /// Sample correlations of normal variables: χ² with 3 degrees of freedom.
  ///
  /// 2,000 samples of 500 dates. The shares beyond the median and the 90 % quantile are .5 and .1 within 5 binomial
  /// standard errors, and .01 more for the dates being finitely many; false alarm below 1e-6.
  @Test func sampleCorrelationsFollowTheLaw() throws {
    let truth = try CorrelationMatrix(Matrix(rows: [[1, 0.7, -0.2], [0.7, 1, 0.1], [-0.2, 0.1, 1]]))
    let (dates, samples) = (500, 2_000)
    let independent = Matrix(
      rows: 3, columns: dates * samples,
      elements: normals(stream: DrawStream(seed: 71), factors: [1, 2, 3], scenarios: 0..<dates * samples))
    let draws = multiply(try Cholesky(truth.matrix).lower, independent)
    let law = ChiSquaredDistribution(degreesOfFreedom: 3)
    let (median, tail) = (law.quantile(0.5), law.quantile(0.9))
    var beyond = (median: 0, tail: 0, improbable: 0)
    for sample in 0..<samples {
      let window = Matrix(rows: dates, columns: 3) { draws[$1, sample * dates + $0] }
      let estimate = try CovarianceEstimator.sample.estimate(window).correlation
      let measured = try #require(plausibility(of: estimate, given: truth, observations: Double(dates)))
      if measured.mahalanobis > median { beyond.median += 1 }
      if measured.mahalanobis > tail { beyond.tail += 1 }
      if measured.probability < 0.1 { beyond.improbable += 1 }
    }
    #expect(beyond.tail == beyond.improbable)
    #expect(abs(Double(beyond.median) / Double(samples) - 0.5) <= 0.066)
    #expect(abs(Double(beyond.tail) / Double(samples) - 0.1) <= 0.0435)
  }

  @Test func nothingIsPlausibleWhereTheEstimateIsSingular() throws {
    let ones = try CorrelationMatrix(Matrix(rows: 3, columns: 3, repeating: 1))
    let partly = try CorrelationMatrix(Matrix(rows: [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]]))
    #expect(plausibility(of: .identity(3), given: ones, observations: 100) == nil)
    #expect(plausibility(of: .identity(3), given: partly, observations: 100) == nil)
    #expect(
      CorrelationPlausibility(
        of: .identity(3), given: partly, effectiveObservations: 100, among: [0, 2]) != nil)
    #expect(
      CorrelationPlausibility(of: .identity(3), given: partly, effectiveObservations: 9, among: [1]) == nil)
    #expect(
      CorrelationPlausibility(of: .identity(3), given: partly, effectiveObservations: 9, among: []) == nil)
    let singular = try #require(plausibility(of: ones, given: .identity(3), observations: 100))
    #expect(singular.likelihoodRatio == nil && singular.mahalanobis.isFinite)
    #expect(singular.probability < 1e-6)
  }

  @Test func theSameIsFullyPlausibleInAnyOrder() throws {
    var generator = SeededGenerator(seed: 72)
    let estimate = try CorrelationMatrix(randomCorrelation(5, rank: 8, &generator))
    let other = try CorrelationMatrix(randomCorrelation(5, rank: 8, &generator))
    let same = try #require(plausibility(of: estimate, given: estimate, observations: 60))
    #expect(same.mahalanobis == 0 && same.probability == 1)
    #expect(isClose(try #require(same.likelihoodRatio), 0, absolute: 1e-11))
    let straight = try #require(plausibility(of: other, given: estimate, observations: 60))
    let turned = try #require(
      CorrelationPlausibility(
        of: other, given: estimate, effectiveObservations: 60, among: [3, 0, 4, 1, 2]))
    #expect(isClose(turned.mahalanobis, straight.mahalanobis, relative: 1e-10))
  }

  @Test func impossibleQuestionsStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = CorrelationPlausibility(
        of: .identity(2), given: .identity(2), effectiveObservations: 0, among: [0, 1])
    }
    await #expect(processExitsWith: .failure) {
      _ = CorrelationPlausibility(
        of: .identity(2), given: .identity(2), effectiveObservations: 9, among: [0, 0])
    }
  }

  private func pair(_ correlation: Double) throws -> CorrelationMatrix {
    try CorrelationMatrix(Matrix(rows: [[1, correlation], [correlation, 1]]))
  }

  private func plausibility(
    of shocked: CorrelationMatrix, given estimate: CorrelationMatrix, observations: Double
  ) -> CorrelationPlausibility? {
    CorrelationPlausibility(
      of: shocked, given: estimate, effectiveObservations: observations, among: Array(0..<estimate.count))
  }
}
