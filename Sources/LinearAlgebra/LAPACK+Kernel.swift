import CLAPACKE

/// The LAPACK routines in use, on row-major storage.
///
/// LAPACK reads columns. The lower triangle of a row-major matrix is the upper triangle of the column-major one that
/// LAPACK sees, so none of these copies or transposes.
enum LAPACK {
  /// Replaces the lower triangle of a symmetric matrix by its Cholesky factor.
  ///
  /// - Returns: 0, or the order of the first leading minor that is not positive.
  static func factorize(_ matrix: inout Matrix) -> Int {
    guard matrix.rows > 0 else { return 0 }
    BLASRuntime.useOneThread()
    let order = Int32(matrix.rows)
    let info = unsafe LAPACKE_dpotrf(LAPACK_COL_MAJOR, upper, order, &matrix.storage, order)
    precondition(info >= 0, "dpotrf refuses argument \(-info)")
    return Int(info)
  }

  /// Replaces a square matrix B by a lower triangle L with `L·Lᵀ = B·Bᵀ` (of any signs on its diagonal).
  static func triangularize(_ matrix: inout Matrix) {
    guard matrix.rows > 0 else { return }
    BLASRuntime.useOneThread()
    let order = Int32(matrix.rows)
    var reflectors = [Double](repeating: 0, count: matrix.rows)
    let info = unsafe LAPACKE_dgeqrf(
      LAPACK_COL_MAJOR, order, order, &matrix.storage, order, &reflectors)
    precondition(info == 0, "dgeqrf refuses argument \(-info)")
  }

  /// Replaces a symmetric matrix by its eigenvectors, one a row.
  ///
  /// - Returns: the eigenvalues in ascending order; `nil` where the iteration did not converge.
  static func eigenvectors(_ matrix: inout Matrix) -> [Double]? {
    spectrum(&matrix, job: CChar(UInt8(ascii: "V")))
  }

  /// The eigenvalues of a symmetric matrix, whose elements are lost.
  ///
  /// - Returns: the eigenvalues in ascending order; `nil` where the iteration did not converge.
  static func eigenvalues(_ matrix: inout Matrix) -> [Double]? {
    spectrum(&matrix, job: CChar(UInt8(ascii: "N")))
  }

  private static func spectrum(_ matrix: inout Matrix, job: CChar) -> [Double]? {
    guard matrix.rows > 0 else { return [] }
    BLASRuntime.useOneThread()
    let order = Int32(matrix.rows)
    var values = [Double](repeating: 0, count: matrix.rows)
    let info = unsafe LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, job, upper, order, &matrix.storage, order, &values)
    precondition(info >= 0, "dsyevd refuses argument \(-info)")
    return info == 0 ? values : nil
  }

  private static let upper = CChar(UInt8(ascii: "U"))
}
