/// Why a matrix has no decomposition of the kind asked for.
///
/// Wrong shapes are callers' mistakes and stop the program; these are properties of the numbers.
public enum LinearAlgebraError: Error, Hashable, Sendable {
  /// An element is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// A matrix that must be symmetric is not: the largest difference across its diagonal is given.
  case notSymmetric(asymmetry: Double)
  /// The leading minor of this order (counted from 1) is not positive.
  case notPositiveDefinite(leadingMinor: Int)
  /// An eigenvalue is negative by more than rounding explains.
  case notPositiveSemidefinite(smallestEigenvalue: Double)
  /// A variance on the diagonal is negative.
  case negativeVariance(row: Int)
  /// An element off the diagonal is not zero although the variance of its row is.
  case covarianceWithoutVariance(row: Int, column: Int)
  /// A triangular matrix has a zero on its diagonal, so it has no inverse.
  case singular(row: Int)
  /// The eigenvalue iteration did not converge.
  case eigenvaluesNotFound
}

extension Matrix {
  /// Stops at the first element that is not a finite number.
  func requireFinite() throws(LinearAlgebraError) {
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(row: index / columns, column: index % columns)
  }

  /// Stops at a matrix that is not finite or not symmetric but for rounding.
  func requireSymmetric() throws(LinearAlgebraError) {
    precondition(isSquare, "a symmetric matrix cannot be \(shape)")
    try requireFinite()
    let asymmetry = asymmetry
    guard asymmetry <= Matrix.symmetryTolerance * maximumAbsoluteElement else {
      throw .notSymmetric(asymmetry: asymmetry)
    }
  }

  /// The asymmetry a symmetric matrix may have from rounding, as a fraction of its largest element.
  static let symmetryTolerance = 1e-12
}
