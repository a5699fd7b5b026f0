internal import LinearAlgebra

extension CovarianceEstimate {
  /// An estimate whose matrix was not made by one set of weights.
  ///
  /// - Parameters:
  ///   - matrix: the covariances, exactly symmetric, positive semidefinite but for rounding.
  ///   - effectiveObservations: how many equally weighted observations carry as much information.
  /// - Throws: `CovarianceError.overflow`, `.notPositiveSemidefinite` or `.decomposition`.
  init(matrix: Matrix, effectiveObservations: Double) throws(CovarianceError) {
    guard matrix.isFinite else { throw .overflow }
    let spectrum = try matrix.eigenvalues()
    self.matrix = matrix
    volatilities = matrix.diagonal.map { $0.squareRoot() }
    correlation = try CorrelationMatrix(roundedFrom: matrix)
    self.effectiveObservations = effectiveObservations
    smallestEigenvalue = spectrum.first ?? 0
    largestEigenvalue = spectrum.last ?? 0
  }

  /// An estimate made of correlations and volatilities.
  ///
  /// - Parameters:
  ///   - correlation: the correlations.
  ///   - volatilities: one a variable, finite and at least 0.
  ///   - effectiveObservations: how many equally weighted observations carry as much information.
  /// - Throws: `CovarianceError.overflow`, `.notPositiveSemidefinite` or `.decomposition`.
  init(
    correlation: CorrelationMatrix, volatilities: [Double], effectiveObservations: Double
  ) throws(CovarianceError) {
    let matrix = correlation.covariance(volatilities: volatilities)
    guard matrix.isFinite else { throw .overflow }
    let spectrum = try matrix.eigenvalues()
    self.matrix = matrix
    self.volatilities = volatilities
    self.correlation = correlation
    self.effectiveObservations = effectiveObservations
    smallestEigenvalue = spectrum.first ?? 0
    largestEigenvalue = spectrum.last ?? 0
  }
}
