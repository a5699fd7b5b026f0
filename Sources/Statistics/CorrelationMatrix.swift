public import LinearAlgebra

/// A valid correlation matrix: finite, exactly symmetric, exact ones on the diagonal, every element in [−1, 1],
/// and positive semidefinite but for rounding.
public struct CorrelationMatrix: Hashable, Sendable {
  /// The correlations, n × n.
  public let matrix: Matrix
  /// The smallest eigenvalue; at least `−n·ε·λmax`.
  public let smallestEigenvalue: Double
  /// The largest eigenvalue; in [1, n].
  public let largestEigenvalue: Double

  /// Accepts a matrix that is a correlation matrix.
  ///
  /// - Parameter matrix: the correlations, n × n.
  /// - Throws: `CovarianceError.notSquare`, `.notFinite`, `.notSymmetric`, `.diagonalNotOne`,
  ///   `.correlationOutsideRange`, or `.notPositiveSemidefinite` with the smallest eigenvalue where it is below
  ///   `−n·ε·λmax` (`NearestCorrelation` repairs such a matrix).
  public init(_ matrix: Matrix) throws(CovarianceError) {
    try CorrelationMatrix.requireElements(matrix)
    let values = try matrix.eigenvalues()
    let smallest = values.first ?? 1
    let largest = values.last ?? 1
    let tolerance = CorrelationMatrix.rounding(count: matrix.rows, largestEigenvalue: largest)
    guard smallest >= -tolerance else {
      throw .notPositiveSemidefinite(smallestEigenvalue: smallest, tolerance: tolerance)
    }
    self.matrix = matrix
    smallestEigenvalue = smallest
    largestEigenvalue = largest
  }

  /// The matrix of uncorrelated variables.
  ///
  /// - Parameter count: the number of variables; at least 0.
  /// - Returns: the identity.
  public static func identity(_ count: Int) -> CorrelationMatrix {
    CorrelationMatrix(exact: .identity(count), smallestEigenvalue: 1, largestEigenvalue: 1)
  }

  /// The number of variables.
  public var count: Int { matrix.rows }

  /// The correlation of two variables.
  ///
  /// - Parameters:
  ///   - first: must be in `0..<count`.
  ///   - second: must be in `0..<count`.
  public subscript(first: Int, second: Int) -> Double { matrix[first, second] }

  /// The covariance of variables with these correlations and the given volatilities: `diag(σ)·C·diag(σ)`.
  ///
  /// - Parameter volatilities: σ, one a variable; finite and at least 0.
  /// - Returns: an n × n matrix, exactly symmetric.
  public func covariance(volatilities: [Double]) -> Matrix {
    precondition(
      volatilities.allSatisfy { $0 >= 0 && $0.isFinite }, "a volatility is a finite number of at least 0")
    return matrix.scaled(rows: volatilities, columns: volatilities)
  }

  /// The lower triangular factor of this matrix.
  ///
  /// - Parameter eigenvalueFloor: the least ratio of an eigenvalue to the largest; in (0, 1).
  /// - Returns: the factor, with what the floor changed.
  /// - Throws: `CovarianceError.decomposition` where the eigenvalue iteration did not converge.
  public func factor(
    eigenvalueFloor: Double = CovarianceFactor.defaultEigenvalueFloor
  ) throws(CovarianceError) -> CovarianceFactor {
    do throws(LinearAlgebraError) {
      return try CovarianceFactor(matrix, eigenvalueFloor: eigenvalueFloor)
    } catch {
      throw .decomposition(error)
    }
  }

  private init(exact matrix: Matrix, smallestEigenvalue: Double, largestEigenvalue: Double) {
    self.matrix = matrix
    self.smallestEigenvalue = smallestEigenvalue
    self.largestEigenvalue = largestEigenvalue
  }

  /// How far below zero rounding may put the smallest eigenvalue of a correlation matrix of this order.
  static func rounding(count: Int, largestEigenvalue: Double) -> Double {
    Double(count) * .ulpOfOne * largestEigenvalue
  }

  private static func requireElements(_ matrix: Matrix) throws(CovarianceError) {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rows, columns: matrix.columns) }
    try matrix.requireFiniteElements()
    for row in 0..<matrix.rows {
      guard matrix[row, row] == 1 else { throw .diagonalNotOne(row: row, value: matrix[row, row]) }
      for column in 0..<row {
        let value = matrix[row, column]
        guard value == matrix[column, row] else { throw .notSymmetric(row: row, column: column) }
        guard abs(value) <= 1 else {
          throw .correlationOutsideRange(row: row, column: column, value: value)
        }
      }
    }
  }
}

extension CorrelationMatrix {
  /// The correlation matrix of a covariance matrix that is positive semidefinite but for rounding.
  ///
  /// A variable of zero variance is given the correlation 0 with all others, so that `covariance(volatilities:)`
  /// returns the covariance. Where rounding leaves an eigenvalue below the tolerance, all correlations are moved
  /// towards 0 by a few units in the last place.
  init(roundedFrom covariance: Matrix) throws(CovarianceError) {
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    var shrinkage = 0.0
    while true {
      let candidate = covariance.correlations(deviations, shrunkBy: shrinkage)
      do throws(CovarianceError) {
        try self.init(candidate)
        return
      } catch .notPositiveSemidefinite(let smallest, let tolerance)
        where -smallest < CorrelationMatrix.largestRepair
      {
        shrinkage += 2 * max(-smallest, tolerance)
      } catch {
        throw error
      }
    }
  }

  /// What counts as rounding in a covariance matrix; larger negative eigenvalues are the caller's to repair.
  private static let largestRepair = 1e-9
}

extension Matrix {
  /// The matrix scaled to unit diagonal, symmetric from its lower triangle, within [−1, 1], less `shrinkage`.
  fileprivate func correlations(_ deviations: [Double], shrunkBy shrinkage: Double) -> Matrix {
    Matrix(rows: rows, columns: columns) { row, column in
      if row == column { return 1 }
      let scale = deviations[row] * deviations[column]
      guard scale > 0 else { return 0 }
      let value = self[max(row, column), min(row, column)] / scale / (1 + shrinkage)
      return min(max(value, -1), 1)
    }
  }
}
