/// The Cholesky factorisation `A = L · Lᵀ` of a symmetric positive definite matrix.
///
/// L is lower triangular with a positive diagonal, and the only such factor. A singular matrix has none here:
/// `CovarianceFactor` answers for those.
public struct Cholesky: Hashable, Sendable {
  /// The factor L, n × n, zero above the diagonal.
  public let lower: Matrix

  /// Factorises a matrix.
  ///
  /// - Parameter matrix: n × n and symmetric.
  /// - Throws: `LinearAlgebraError.notFinite`, `.notSymmetric`, or `.notPositiveDefinite` with the order of the
  ///   first leading minor that is not positive.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try matrix.requireSymmetric()
    var lower = matrix
    let minor = LAPACK.factorize(&lower)
    guard minor == 0 else { throw .notPositiveDefinite(leadingMinor: minor) }
    lower.clearUpperTriangle()
    self.lower = lower
  }

  /// The matrix that was factorised, but for rounding.
  ///
  /// - Returns: `L · Lᵀ`, n × n, exactly symmetric.
  public func reconstructed() -> Matrix { symmetricProduct(rowsOf: lower) }

  /// The solution X of `A · X = B`.
  ///
  /// - Parameter right: B, n × m.
  /// - Returns: X, n × m.
  public func solve(_ right: Matrix) -> Matrix {
    requireRows(right.rows)
    var solution = right
    BLAS.solve(lower, .plain, &solution)
    BLAS.solve(lower, .transposed, &solution)
    return solution
  }

  /// The solution x of `A · x = b`.
  ///
  /// - Parameter right: b, n numbers.
  /// - Returns: x, n numbers.
  public func solve(_ right: [Double]) -> [Double] {
    solve(Matrix(rows: right.count, columns: 1, elements: right)).elements
  }

  /// Removes the covariance A from draws: `L⁻¹ · X`.
  ///
  /// - Parameter draws: X, n × m, variable × draw.
  /// - Returns: an n × m matrix; of covariance 1 where the draws had covariance A.
  public func whitened(_ draws: Matrix) -> Matrix {
    requireRows(draws.rows)
    var white = draws
    BLAS.solve(lower, .plain, &white)
    return white
  }

  private func requireRows(_ rows: Int) {
    precondition(rows == lower.rows, "\(rows) rows do not fit a factor of order \(lower.rows)")
  }
}
