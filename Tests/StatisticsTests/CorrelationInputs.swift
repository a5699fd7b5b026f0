import LinearAlgebra
import Statistics
import Testing

/// A random symmetric matrix of unit diagonal and elements in (−size, size).
func randomSymmetric(_ order: Int, size: Double = 1, _ generator: inout SeededGenerator) -> Matrix {
  var matrix = Matrix.identity(order)
  for row in 0..<order {
    for column in 0..<row {
      matrix[row, column] = size * (2 * generator.uniform() - 1)
      matrix[column, row] = matrix[row, column]
    }
  }
  return matrix
}

/// A random correlation matrix of some rank, of rows of random numbers scaled to length 1.
func randomCorrelation(_ order: Int, rank: Int, _ generator: inout SeededGenerator) -> Matrix {
  let loadings = Matrix(rows: order, columns: rank) { _, _ in 2 * generator.uniform() - 1 }
  let product = symmetricProduct(rowsOf: loadings)
  let scale = product.diagonal.map { 1 / $0.squareRoot() }
  var matrix = product.scaled(rows: scale, columns: scale)
  for index in 0..<order { matrix[index, index] = 1 }
  return matrix.map { min(max($0, -1), 1) }
}

/// Exact ones, exact symmetry, elements in [−1, 1], and no eigenvalue below rounding.
func expectValid(_ correlation: CorrelationMatrix, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(throws: Never.self, sourceLocation: sourceLocation) {
    try CorrelationMatrix(correlation.matrix)
  }
}

/// Dykstra's projections onto a list of convex sets, for very long: the slow twin of the nearest point in them all.
func dykstra(
  _ matrix: Matrix, onto sets: [(Matrix) throws -> Matrix], rounds: Int
) throws -> Matrix {
  var point = matrix
  var corrections = sets.map { _ in Matrix(rows: matrix.rows, columns: matrix.rows, repeating: 0) }
  for _ in 0..<rounds {
    for (index, project) in sets.enumerated() {
      let corrected = point + corrections[index]
      let projected = try project(corrected)
      corrections[index] = corrected - projected
      point = projected
    }
  }
  return point
}

/// The nearest matrix without eigenvalues below a floor.
func projectedOntoSemidefinite(_ matrix: Matrix, floor: Double = 0) throws -> Matrix {
  try SymmetricEigen(matrix).applying { max($0, floor) }
}

/// The matrix with ones on its diagonal and some elements set.
func withUnitDiagonal(_ matrix: Matrix, keeping pairs: Set<CorrelationPair> = [], of source: Matrix? = nil)
  -> Matrix
{
  var result = matrix
  for index in 0..<matrix.rows { result[index, index] = 1 }
  for pair in pairs {
    result[pair.first, pair.second] = (source ?? matrix)[pair.first, pair.second]
    result[pair.second, pair.first] = result[pair.first, pair.second]
  }
  return result
}
