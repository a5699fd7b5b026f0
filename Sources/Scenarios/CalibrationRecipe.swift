import LinearAlgebra
import Statistics

/// How a covariance of all factors is made from observations.
struct CalibrationRecipe: Sendable {
  let estimator: CovarianceEstimator
  /// What variances are multiplied by: the number of steps under square-root scaling.
  let varianceScale: Double
  /// Variances of independent response models, one a factor.
  let modelVariances: [Double]
  /// The places in the factor space of supplied correlations, and what they are.
  let supplied: (places: [Int], correlation: SuppliedCorrelation)?

  /// The covariance estimated from observations, factor × observation, with its correlations and their spectrum.
  func estimate(_ observations: Matrix) throws(ScenarioError) -> (
    covariance: Matrix, correlation: CorrelationMatrix, spectrum: CorrelationSpectrum
  ) {
    try estimate { () throws(CovarianceError) in (try estimator.estimate(observations.transposed()), 0) }
  }

  /// The covariance estimated from observations that may have gaps, with its correlations and their spectrum.
  func estimate(_ observations: CalibrationObservations) throws(ScenarioError) -> (
    covariance: Matrix, correlation: CorrelationMatrix, spectrum: CorrelationSpectrum
  ) {
    guard case .pairwise = estimator else { return try estimate(observations.moves) }
    return try estimate { () throws(CovarianceError) in
      let pairwise = try PairwiseCovariance(
        observations.series, minimumCommonObservations: observations.leastCommon)
      return (pairwise.covariance, pairwise.repairDistance)
    }
  }

  /// Completes what an estimator gives, with the distance of its own repair.
  private func estimate(
    _ estimated: () throws(CovarianceError) -> (CovarianceEstimate, repairDistance: Double)
  ) throws(ScenarioError) -> (
    covariance: Matrix, correlation: CorrelationMatrix, spectrum: CorrelationSpectrum
  ) {
    do throws(CovarianceError) {
      let (estimate, ownDistance) = try estimated()
      let (correlation, distance) = try completed(estimate.correlation)
      var covariance =
        supplied == nil
        ? estimate.matrix.scaled(by: varianceScale)
        : correlation.covariance(volatilities: estimate.volatilities).scaled(by: varianceScale)
      for (factor, variance) in modelVariances.enumerated() where variance > 0 {
        covariance[factor, factor] += variance
      }
      let spectrum = CorrelationSpectrum(
        smallest: correlation.smallestEigenvalue, largest: correlation.largestEigenvalue,
        repairDistance: distance ?? ownDistance, effectiveObservations: estimate.effectiveObservations)
      return (covariance, correlation, spectrum)
    } catch .notPositiveSemidefinite(let smallest, _) {
      throw .correlationNotPositiveSemidefinite(smallestEigenvalue: smallest)
    } catch {
      throw .covariance(error)
    }
  }

  /// The estimated correlations with the supplied ones in their places; the distance is `nil` without a repair.
  private func completed(
    _ estimated: CorrelationMatrix
  ) throws(CovarianceError) -> (CorrelationMatrix, distance: Double?) {
    guard let supplied else { return (estimated, nil) }
    var matrix = estimated.matrix
    for (row, left) in supplied.places.enumerated() {
      for (column, right) in supplied.places.enumerated() {
        matrix[left, right] = supplied.correlation.matrix[row, column]
      }
    }
    switch supplied.correlation.repair {
    case .refuse: return (try CorrelationMatrix(matrix), nil)
    case .nearest:
      let repaired = try NearestCorrelation(to: matrix)
      return (repaired.correlation, repaired.frobeniusDistance)
    }
  }
}
