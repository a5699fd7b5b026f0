public import LinearAlgebra

/// Why a quadratic function of normal variables has no such figure.
public enum QuadraticGaussianError: Error, Hashable, Sendable {
  /// A coefficient, moment or argument is NaN or infinite.
  case notFinite
  /// The function does not vary: all its coefficients but the constant are zero.
  case noVariance
  /// The coefficients are so large that the moments are not finite.
  case overflow
  /// The covariance matrix has an eigenvalue that is negative by more than rounding explains.
  case notPositiveSemidefinite(smallestEigenvalue: Double)
  /// A matrix is not symmetric, or could not be decomposed.
  case decomposition(LinearAlgebraError)
  /// There are fewer losses than four moments need.
  case tooFewLosses(count: Int, needed: Int)
  /// A probability is not in (0, 1).
  case probabilityOutOfRange(Double)
  /// No law has this skewness and excess kurtosis.
  case impossibleMoments(skewness: Double, excessKurtosis: Double)
  /// The Cornish–Fisher expansion does not rise throughout the tail, so it is no quantile there; the first normal
  /// quantile at which it stops is given.
  case expansionNotMonotone(normalQuantile: Double)
  /// The expansion's expected shortfall is below its value at risk.
  case expansionIncoherent(valueAtRisk: Double, expectedShortfall: Double)
  /// A search or an integration did not settle.
  case notConverged
}
