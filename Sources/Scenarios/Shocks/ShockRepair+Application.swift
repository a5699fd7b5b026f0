import LinearAlgebra
import Statistics

extension ShockRepair {
  /// Repairs correlations that are no correlation matrix.
  ///
  /// Factors that are uncorrelated with all others have no part in it and stay so.
  ///
  /// - Parameters:
  ///   - asked: symmetric with unit diagonal, elements in [−1, 1].
  ///   - pairs: those that were asked for.
  ///   - before: the correlations before the step.
  /// - Returns: a correlation matrix.
  /// - Throws: ``ShockError``.
  func applied(
    to asked: Matrix, keeping pairs: Set<CorrelationPair>, before: CorrelationMatrix
  ) throws(ShockError) -> CorrelationMatrix {
    let tied = (0..<asked.rows).filter { row in
      (0..<asked.rows).contains { $0 != row && (asked[row, $0] != 0 || before[row, $0] != 0) }
    }
    let part = asked.principal(tied)
    let repaired: CorrelationMatrix
    do throws(CovarianceError) {
      switch self {
      case .refuse:
        throw .notPositiveSemidefinite(smallestEigenvalue: try part.smallestEigenvalue(), tolerance: 0)
      case .nearest: repaired = try NearestCorrelation(to: part).correlation
      case .nearestKeeping:
        repaired = try NearestCorrelation(to: part, keeping: pairs.within(tied)).correlation
      case .shrink:
        let start = try CorrelationMatrix(before.matrix.principal(tied))
        repaired = try ShrunkCorrelation(part, towards: start).correlation
      }
    } catch {
      throw ShockError(error)
    }
    var whole = Matrix.identity(asked.rows)
    for (row, place) in tied.enumerated() {
      for (column, other) in tied.enumerated() { whole[place, other] = repaired[row, column] }
    }
    return try CorrelationMatrix(asGood: whole)
  }
}

extension ShockError {
  fileprivate init(_ error: CovarianceError) {
    self =
      switch error {
      case .notPositiveSemidefinite(let smallest, _): .notPositiveSemidefinite(smallestEigenvalue: smallest)
      case .keptCorrelationsContradict: .cannotBeKept
      default: .covariance(error)
      }
  }
}

extension Matrix {
  /// The smallest eigenvalue of a symmetric matrix.
  fileprivate func smallestEigenvalue() throws(CovarianceError) -> Double {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen.values(of: self).first ?? 1
    } catch {
      throw .decomposition(error)
    }
  }
}

extension Set<CorrelationPair> {
  /// The pairs among some variables, by their places among these.
  fileprivate func within(_ variables: [Int]) -> Set<CorrelationPair> {
    let places = Dictionary(uniqueKeysWithValues: variables.enumerated().map { ($1, $0) })
    return Set(
      compactMap { pair in
        guard let first = places[pair.first], let second = places[pair.second] else { return nil }
        return CorrelationPair(first, second)
      })
  }
}
