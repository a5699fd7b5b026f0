import LinearAlgebra
import Statistics

extension CorrelationMatrix {
  /// A matrix that is a correlation matrix but for rounding; `nil` where it needs a repair.
  ///
  /// What rounding took below zero is given back by moving all correlations a few units in the last place towards zero.
  ///
  /// - Parameter matrix: symmetric with unit diagonal, elements in [−1, 1].
  /// - Throws: ``ShockError/covariance(_:)``.
  init?(withinRounding matrix: Matrix) throws(ShockError) {
    var candidate = matrix
    var shrinkage = 0.0
    while true {
      do throws(CovarianceError) {
        try self.init(candidate)
        return
      } catch .notPositiveSemidefinite(let smallest, let tolerance) {
        guard -smallest < Self.largestRounding else { return nil }
        shrinkage += 2 * max(-smallest, tolerance)
        candidate = matrix.withCorrelations { $0 / (1 + shrinkage) }
      } catch {
        throw .covariance(error)
      }
    }
  }

  /// What counts as rounding below zero; more is a repair.
  private static let largestRounding = 1e-9
}

extension Matrix {
  /// A matrix of unit diagonal whose other elements are changed one by one.
  func withCorrelations(_ change: (Double) -> Double) -> Matrix {
    Matrix(rows: rows, columns: columns) { $0 == $1 ? 1 : change(self[$0, $1]) }
  }

  /// Some of the rows and the same columns.
  func principal(_ places: [Int]) -> Matrix {
    Matrix(rows: places.count, columns: places.count) { self[places[$0], places[$1]] }
  }

  /// Writes a correlation on both sides of the diagonal, cut to [−1, 1].
  mutating func setCorrelation(_ row: Int, _ column: Int, _ value: Double) {
    let cut = min(1, max(-1, value))
    self[row, column] = cut
    self[column, row] = cut
  }
}

/// A number on the way from one to another: exactly either end at a share of 0 and of 1.
///
/// - Parameters:
///   - start: the number at a share of 0.
///   - end: the number at a share of 1.
///   - share: in [0, 1].
/// - Returns: a number between both.
func blended(_ start: Double, _ end: Double, share: Double) -> Double {
  if share == 1 || start == end { return end }
  let (low, high) = start < end ? (start, end) : (end, start)
  return min(high, max(low, (1 - share) * start + share * end))
}
