public import LinearAlgebra

/// The correlation matrix nearest to a symmetric matrix in the Frobenius norm.
///
/// The nearest matrix is `(A + Diag(y))₊`, the positive part in the spectral sense, at the y that minimises the convex
/// dual function `½·‖(A + Diag(y))₊‖² − eᵀy`; `Method` says how that y is found. The result usually has a zero
/// eigenvalue: `CovarianceFactor` factorises it, a Cholesky factorisation would fail. The diagonal of A plays no part.
///
/// Where A has elements beyond 2²⁶ it is scaled down to them: so far away the answer hardly depends on the size.
public struct NearestCorrelation: Hashable, Sendable {
  /// How the nearest matrix is found; all three ways find the same.
  public enum Method: Hashable, Sendable {
    /// The semismooth Newton method on the dual, quadratically convergent (Qi, Sun: A quadratically convergent Newton
    /// method for computing the nearest correlation matrix, SIAM Journal on Matrix Analysis and Applications 28, 2006)
    /// with conjugate gradients preconditioned as Borsdorf, Higham: A preconditioned Newton algorithm for the nearest
    /// correlation matrix, IMA Journal of Numerical Analysis 30 (2010) propose.
    case newton
    /// Alternating projections with Dykstra's correction, linearly convergent (Higham: Computing the nearest correlation
    /// matrix: a problem from finance, IMA Journal of Numerical Analysis 22, 2002, algorithm 3.3). In the dual these
    /// are gradient steps of length 1.
    case alternatingProjections
    /// The same, extrapolated from the last steps (Higham, Strabić: Anderson acceleration of the alternating projections
    /// method for computing the nearest correlation matrix, Numerical Algorithms 72, 2016); the memory, at least 1, is
    /// best between 2 and 5.
    case andersonAccelerated(memory: Int)
  }

  /// The repaired matrix.
  public let correlation: CorrelationMatrix
  /// The Frobenius norm of the difference between the repaired and the given matrix, diagonal included.
  public let frobeniusDistance: Double
  /// How many steps were made; 0 for a matrix that needed no repair.
  public let iterations: Int
  /// Whether the dual gradient is within rounding of zero.
  ///
  /// Where it is not, the result is a valid correlation matrix that may not be the nearest.
  public let hasConverged: Bool

  /// Repairs a matrix.
  ///
  /// - Parameters:
  ///   - matrix: A, n × n, finite and exactly symmetric; its diagonal and range are free.
  ///   - minimumEigenvalue: δ in [0, 1], the least the smallest eigenvalue of the result may be: the nearest matrix is
  ///     δ·I more than the nearest positive semidefinite one to A − δ·I with 1 − δ on its diagonal.
  ///   - method: how.
  ///   - maximumIterations: the most steps, at least 1; `nil` for as many as the method may reasonably need.
  /// - Throws: `CovarianceError.notSquare`, `.notFinite`, `.notSymmetric` or `.decomposition`.
  public init(
    to matrix: Matrix, minimumEigenvalue: Double = 0, method: Method = .newton,
    maximumIterations: Int? = nil
  ) throws(CovarianceError) {
    precondition(
      maximumIterations.map { $0 >= 1 } ?? true, "at least one iteration is needed")
    try matrix.requireFiniteSymmetric()
    if let unchanged = matrix.asCorrelation(minimumEigenvalue: minimumEigenvalue) {
      self.init(repaired: unchanged, from: matrix)
      return
    }
    let share = 1 - minimumEigenvalue
    let dual = SemidefiniteDual(
      target: matrix.withinReach, diagonal: [Double](repeating: share, count: matrix.rows))
    let search = try dual.minimised(by: method, maximumIterations: maximumIterations)
    let repaired = try CorrelationMatrix(roundedFrom: search.point.semidefinite)
      .raised(minimumEigenvalue: minimumEigenvalue)
    self.init(
      repaired: repaired, from: matrix, iterations: search.iterations, hasConverged: search.hasConverged)
  }

  init(
    repaired correlation: CorrelationMatrix, from matrix: Matrix, iterations: Int = 0,
    hasConverged: Bool = true
  ) {
    self.correlation = correlation
    self.iterations = iterations
    self.hasConverged = hasConverged
    frobeniusDistance = min((correlation.matrix - matrix).frobeniusNorm, .greatestFiniteMagnitude)
  }
}

extension CorrelationMatrix {
  /// The correlations with all but the share δ on the diagonal scaled: `δ·I + (1 − δ)·C`.
  func raised(minimumEigenvalue: Double) throws(CovarianceError) -> CorrelationMatrix {
    guard minimumEigenvalue > 0 else { return self }
    return try CorrelationMatrix(
      Matrix(rows: count, columns: count) { row, column in
        row == column ? 1 : (1 - minimumEigenvalue) * matrix[row, column]
      })
  }
}

extension Matrix {
  /// The matrix as it stands where it is a correlation matrix of no smaller eigenvalue, but for rounding.
  func asCorrelation(minimumEigenvalue: Double) -> CorrelationMatrix? {
    precondition(
      minimumEigenvalue >= 0 && minimumEigenvalue <= 1,
      "a smallest eigenvalue lies in [0, 1]; have \(minimumEigenvalue)")
    guard let correlation = try? CorrelationMatrix(self) else { return nil }
    let rounding = CorrelationMatrix.rounding(
      count: rows, largestEigenvalue: correlation.largestEigenvalue)
    return correlation.smallestEigenvalue >= minimumEigenvalue - rounding ? correlation : nil
  }

  /// The matrix with ones on the diagonal, scaled down where an element is beyond 2²⁶.
  var withinReach: Matrix {
    var matrix = self
    for index in 0..<rows { matrix[index, index] = 1 }
    let largest = matrix.maximumAbsoluteElement
    let reach = 0x1p26
    return largest > reach ? matrix.map { $0 / largest * reach } : matrix
  }

  /// Stops at a matrix that is not square, not finite or not exactly symmetric.
  func requireFiniteSymmetric() throws(CovarianceError) {
    guard isSquare else { throw .notSquare(rows: rows, columns: columns) }
    try requireFiniteElements()
    for row in 0..<rows {
      for column in 0..<row where self[row, column] != self[column, row] {
        throw .notSymmetric(row: row, column: column)
      }
    }
  }
}
