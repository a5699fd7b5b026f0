/// A lower triangular factor of a covariance matrix that may be singular or slightly indefinite.
///
/// The covariance A is scaled to unit diagonal, C = D⁻¹·A·D⁻¹ with D the square roots of A's diagonal, so that the
/// floor means the same in any units. Where the smallest eigenvalue of C is at least `eigenvalueFloor · λmax`, the
/// factor is D times the Cholesky factor of C. Otherwise eigenvalues below that level are raised to it, the result's
/// triangular factor is taken (by QR of its root) and each row is scaled back to length 1, so that **variances
/// are kept exactly**. The two meet where the floor begins to act: the factor moves continuously with the matrix,
/// which a sweep of correlations with common random numbers needs (factors from eigenvectors or pivoting jump).
///
/// A row of zero variance has a zero row in the factor.
public struct CovarianceFactor: Hashable, Sendable {
  /// The factor L, n × n, zero above the diagonal and not negative on it.
  public let lower: Matrix
  /// The least ratio of an eigenvalue to the largest that the factor was allowed to have.
  public let eigenvalueFloor: Double
  /// The smallest eigenvalue of the matrix scaled to unit diagonal, before flooring.
  public let smallestEigenvalue: Double
  /// The largest eigenvalue of the matrix scaled to unit diagonal, before flooring.
  public let largestEigenvalue: Double
  /// Whether an eigenvalue was raised to the floor.
  public let isFloored: Bool
  /// The Frobenius norm of `L · Lᵀ − A`: rounding, unless an eigenvalue was floored.
  public let frobeniusDistance: Double

  /// The floor used where none is stated: far above rounding, which is n·ε, and so small that perfectly correlated
  /// variables differ by about √n·1e-6 of a standard deviation.
  public static let defaultEigenvalueFloor = 1e-12

  /// Factorises a covariance or correlation matrix.
  ///
  /// - Parameters:
  ///   - matrix: A, n × n and symmetric, with variances ≥ 0 on the diagonal.
  ///   - eigenvalueFloor: the least ratio of an eigenvalue to the largest; in (0, 1).
  /// - Throws: `LinearAlgebraError.notFinite`, `.notSymmetric`, `.negativeVariance`, `.covarianceWithoutVariance`
  ///   or `.eigenvaluesNotFound`.
  public init(
    _ matrix: Matrix, eigenvalueFloor: Double = defaultEigenvalueFloor
  ) throws(LinearAlgebraError) {
    precondition(
      eigenvalueFloor > 0 && eigenvalueFloor < 1,
      "an eigenvalue floor lies in (0, 1); have \(eigenvalueFloor)")
    try matrix.requireSymmetric()
    let deviations = try matrix.standardDeviations()
    let unit = matrix.scaledToUnitDiagonal(deviations)
    let spectrum = try SymmetricEigen(unit)
    let smallest = spectrum.values.first ?? 0
    let largest = spectrum.values.last ?? 0

    let floor = eigenvalueFloor * largest
    let exact = smallest >= floor ? try? Cholesky(unit).lower : nil
    let factor = exact ?? spectrum.lowerFactor(floor: floor)

    let ones = [Double](repeating: 1, count: matrix.rows)
    lower = factor.scaled(rows: deviations, columns: ones)
    self.eigenvalueFloor = eigenvalueFloor
    smallestEigenvalue = smallest
    largestEigenvalue = largest
    isFloored = exact == nil
    frobeniusDistance = (symmetricProduct(rowsOf: lower) - matrix).frobeniusNorm
  }

  /// The covariance the factor stands for.
  ///
  /// - Returns: `L · Lᵀ`, n × n, exactly symmetric.
  public func reconstructed() -> Matrix { symmetricProduct(rowsOf: lower) }

  /// The map that gives draws with this covariance another one: `other.L · L⁻¹`.
  ///
  /// - Parameter other: the factor of the covariance wanted, of the same order.
  /// - Returns: an n × n lower triangular matrix; the identity but for rounding where both are equal.
  /// - Throws: `LinearAlgebraError.singular` at the first row without variance, which no map can colour.
  public func recolouring(to other: CovarianceFactor) throws(LinearAlgebraError) -> Matrix {
    lower.requireSameShape(as: other.lower)
    if let row = lower.diagonal.firstIndex(where: { !($0 > 0) }) { throw .singular(row: row) }
    var map = other.lower
    BLAS.solveFromRight(lower, &map)
    return map
  }
}

extension Matrix {
  /// The square roots of the diagonal of a covariance matrix.
  fileprivate func standardDeviations() throws(LinearAlgebraError) -> [Double] {
    let variances = diagonal
    for (row, variance) in variances.enumerated() where !(variance > 0) {
      guard variance == 0 else { throw .negativeVariance(row: row) }
      if let column = (0..<columns).first(where: { self[row, $0] != 0 }) {
        throw .covarianceWithoutVariance(row: row, column: column)
      }
    }
    return variances.map { $0.squareRoot() }
  }

  /// The matrix divided by its rows' and columns' deviations, with exact ones on the diagonal.
  fileprivate func scaledToUnitDiagonal(_ deviations: [Double]) -> Matrix {
    Matrix(rows: rows, columns: columns) { row, column in
      if row == column { return 1 }
      let scale = deviations[row] * deviations[column]
      return scale > 0 ? self[row, column] / scale : 0
    }
  }
}

extension SymmetricEigen {
  /// The lower triangular factor, with rows of length 1, of the matrix whose eigenvalues are at least `floor`.
  fileprivate func lowerFactor(floor: Double) -> Matrix {
    let ones = [Double](repeating: 1, count: values.count)
    var factor = vectors.scaled(rows: ones, columns: values.map { max($0, floor).squareRoot() })
    LAPACK.triangularize(&factor)
    factor.clearUpperTriangle()
    let signs = factor.diagonal.map { $0 < 0 ? -1.0 : 1.0 }
    let lengths = (0..<factor.rows).map { row in
      factor.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return Matrix(rows: factor.rows, columns: factor.columns) { row, column in
      factor[row, column] * signs[column] / lengths[row]
    }
  }
}
