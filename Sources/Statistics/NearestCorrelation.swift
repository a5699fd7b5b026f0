public import LinearAlgebra

/// The correlation matrix nearest to a symmetric matrix in the Frobenius norm.
///
/// Alternating projections between the positive semidefinite matrices and those of unit diagonal, with Dykstra's
/// correction (Higham, Computing the nearest correlation matrix: a problem from finance, IMA Journal of Numerical
/// Analysis 22, 2002, algorithm 3.3). The result usually has a zero eigenvalue: `CovarianceFactor` factorises it,
/// a Cholesky factorisation would fail.
public struct NearestCorrelation: Hashable, Sendable {
  /// The repaired matrix.
  public let correlation: CorrelationMatrix
  /// The Frobenius norm of the difference between the repaired and the given matrix, diagonal included.
  public let frobeniusDistance: Double
  /// How many pairs of projections were made; 0 for a matrix that needed no repair.
  public let iterations: Int
  /// Whether the iteration settled within its tolerance before its limit.
  ///
  /// Where it did not, the result is a valid correlation matrix that may not be the nearest.
  public let hasConverged: Bool

  /// Repairs a matrix.
  ///
  /// - Parameters:
  ///   - matrix: n × n, finite and exactly symmetric; its diagonal and range are free.
  ///   - tolerance: the change, relative to the matrix, at which the iteration has settled; above 0. Convergence is
  ///     linear, so the error left is a multiple of it.
  ///   - maximumIterations: the most pairs of projections; at least 1.
  /// - Throws: `CovarianceError.notSquare`, `.notFinite`, `.notSymmetric` or `.decomposition`.
  public init(
    to matrix: Matrix, tolerance: Double = 1e-13, maximumIterations: Int = 5_000
  ) throws(CovarianceError) {
    precondition(tolerance > 0, "the tolerance must be above zero; have \(tolerance)")
    precondition(maximumIterations >= 1, "at least one iteration is needed; have \(maximumIterations)")
    try matrix.requireFiniteSymmetric()
    if let correlation = try? CorrelationMatrix(matrix) {
      self.init(repaired: correlation, from: matrix, iterations: 0, hasConverged: true)
      return
    }
    var projection = AlternatingProjection(matrix)
    var iterations = 0
    var hasConverged = false
    while !hasConverged, iterations < maximumIterations {
      iterations += 1
      hasConverged = try projection.step() <= tolerance
    }
    self.init(
      repaired: try CorrelationMatrix(roundedFrom: projection.semidefinite), from: matrix,
      iterations: iterations, hasConverged: hasConverged)
  }

  private init(
    repaired correlation: CorrelationMatrix, from matrix: Matrix, iterations: Int, hasConverged: Bool
  ) {
    self.correlation = correlation
    self.iterations = iterations
    self.hasConverged = hasConverged
    frobeniusDistance = (correlation.matrix - matrix).frobeniusNorm
  }
}

/// The state of Higham's iteration.
private struct AlternatingProjection {
  /// The last iterate that is positive semidefinite.
  private(set) var semidefinite: Matrix
  /// The last iterate with ones on the diagonal.
  private var unitDiagonal: Matrix
  /// Dykstra's correction: what the last projection onto the semidefinite matrices added.
  private var correction: Matrix

  init(_ matrix: Matrix) {
    semidefinite = matrix
    unitDiagonal = matrix
    correction = Matrix(rows: matrix.rows, columns: matrix.columns, repeating: 0)
  }

  /// Makes one pair of projections.
  ///
  /// - Returns: the largest of the iterates' relative changes and of their relative distance.
  mutating func step() throws(CovarianceError) -> Double {
    let corrected = unitDiagonal - correction
    let projected = try corrected.nearestSemidefinite()
    correction = projected - corrected
    var withOnes = projected
    for index in 0..<withOnes.rows { withOnes[index, index] = 1 }

    let change = max(
      (projected - semidefinite).frobeniusNorm / projected.frobeniusNorm,
      (withOnes - unitDiagonal).frobeniusNorm / withOnes.frobeniusNorm,
      (withOnes - projected).frobeniusNorm / withOnes.frobeniusNorm)
    semidefinite = projected
    unitDiagonal = withOnes
    return change
  }
}

extension Matrix {
  /// The nearest positive semidefinite matrix in the Frobenius norm: negative eigenvalues become zero.
  fileprivate func nearestSemidefinite() throws(CovarianceError) -> Matrix {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen(self).applying { max($0, 0) }
    } catch {
      throw .decomposition(error)
    }
  }

  fileprivate func requireFiniteSymmetric() throws(CovarianceError) {
    guard isSquare else { throw .notSquare(rows: rows, columns: columns) }
    try requireFiniteElements()
    for row in 0..<rows {
      for column in 0..<row where self[row, column] != self[column, row] {
        throw .notSymmetric(row: row, column: column)
      }
    }
  }
}
