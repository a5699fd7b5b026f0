public import LinearAlgebra

/// Why no covariance or correlation matrix can be had from the given numbers.
public enum CovarianceError: Error, Hashable, Sendable {
  /// There are fewer observations than the estimator needs.
  case tooFewObservations(count: Int, needed: Int)
  /// A decay factor is not in (0, 1).
  case decayOutsideUnitInterval(decay: Double)
  /// There is not one weight for every observation.
  case weightCount(count: Int, observations: Int)
  /// A weight is negative or not a finite number.
  case invalidWeight(index: Int)
  /// The weights leave nothing to estimate from: their sum is zero, or one observation has it all.
  case degenerateWeights
  /// An element is NaN or infinite; for observations the row is the date and the column the asset.
  case notFinite(row: Int, column: Int)
  /// The observations are so large that their products are not finite.
  case overflow
  /// The matrix has not as many rows as columns.
  case notSquare(rows: Int, columns: Int)
  /// Two elements that mirror each other across the diagonal differ.
  case notSymmetric(row: Int, column: Int)
  /// An element on the diagonal of a correlation matrix is not 1.
  case diagonalNotOne(row: Int, value: Double)
  /// A correlation is not in [−1, 1].
  case correlationOutsideRange(row: Int, column: Int, value: Double)
  /// An eigenvalue is negative by more than rounding explains.
  case notPositiveSemidefinite(smallestEigenvalue: Double, tolerance: Double)
  /// Correlations that are to be kept contradict each other: no correlation matrix has them all.
  case keptCorrelationsContradict
  /// A variance that no correlation matrix gives; the largest is that of perfect correlation.
  case varianceOutOfReach(wanted: Double, largest: Double)
  /// A decomposition failed.
  case decomposition(LinearAlgebraError)
}

extension Matrix {
  /// Stops at the first element that is not a finite number.
  func requireFiniteElements() throws(CovarianceError) {
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(row: index / columns, column: index % columns)
  }

  /// The eigenvalues of a symmetric matrix in ascending order.
  func eigenvalues() throws(CovarianceError) -> [Double] {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen.values(of: self)
    } catch {
      throw .decomposition(error)
    }
  }
}
