public import LinearAlgebra

/// A correlation matrix on the way from a symmetric matrix to a target, no further than needed.
///
/// `α·T + (1 − α)·A` with the least α in [0, 1] that makes it positive semidefinite (Higham, Strabić, Šego: Restoring
/// definiteness via shrinking, SIAM Review 58, 2016). Every element on which A and T agree stays as it is. The result
/// is not the nearest correlation matrix, but changes all elements in one proportion.
public struct ShrunkCorrelation: Hashable, Sendable {
  /// The correlations after shrinking.
  public let correlation: CorrelationMatrix
  /// α, the share of the target; 0 where the matrix needed no repair.
  public let share: Double
  /// The Frobenius norm of the difference between the shrunk and the given matrix.
  public let frobeniusDistance: Double

  /// Shrinks a matrix.
  ///
  /// - Parameters:
  ///   - matrix: A, n × n, finite and exactly symmetric, with ones on the diagonal; its range is free.
  ///   - target: T, n × n.
  /// - Throws: `CovarianceError.notSquare`, `.notFinite`, `.notSymmetric`, `.diagonalNotOne` or `.decomposition`.
  public init(_ matrix: Matrix, towards target: CorrelationMatrix) throws(CovarianceError) {
    try matrix.requireFiniteSymmetric()
    precondition(
      matrix.rows == target.count, "a target of order \(target.count) for one of order \(matrix.rows)")
    if let row = (0..<matrix.rows).first(where: { matrix[$0, $0] != 1 }) {
      throw .diagonalNotOne(row: row, value: matrix[row, row])
    }
    var best = target
    var (below, above) = (0.0, 1.0)
    if let unchanged = try matrix.asCorrelation() { (best, above) = (unchanged, 0) }
    // The shares that serve are an interval up to 1, since both ends of it and its middle are.
    while true {
      let middle = 0.5 * (below + above)
      guard middle > below, middle < above else { break }
      if let correlation = try matrix.blended(with: target.matrix, share: middle).asCorrelation() {
        (best, above) = (correlation, middle)
      } else {
        below = middle
      }
    }
    correlation = best
    share = above
    frobeniusDistance = (best.matrix - matrix).frobeniusNorm
  }
}

extension Matrix {
  /// `share·T + (1 − share)·self`; elements that agree stay exactly as they are.
  fileprivate func blended(with target: Matrix, share: Double) -> Matrix {
    Matrix(rows: rows, columns: columns) { row, column in
      let value = self[row, column]
      return value == target[row, column] ? value : (1 - share) * value + share * target[row, column]
    }
  }

  /// The matrix as a correlation matrix; `nil` where a correlation or an eigenvalue is out of its range.
  fileprivate func asCorrelation() throws(CovarianceError) -> CorrelationMatrix? {
    do throws(CovarianceError) {
      return try CorrelationMatrix(self)
    } catch {
      switch error {
      case .correlationOutsideRange, .notPositiveSemidefinite: return nil
      default: throw error
      }
    }
  }
}
