import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct ShrunkCorrelationTests {
  /// Towards the identity the least share is −λ/(1 − λ) with λ the smallest eigenvalue.
  @Test func towardsTheIdentityInClosedForm() throws {
    for matrix in [
      Matrix(rows: [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]]),
      Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]]), randomPseudoCorrelation(9, seed: 5),
    ] {
      let smallest = try SymmetricEigen.values(of: matrix)[0]
      let shrunk = try ShrunkCorrelation(matrix, towards: .identity(matrix.rows))
      expectValid(shrunk.correlation)
      #expect(isClose(shrunk.share, -smallest / (1 - smallest), absolute: 1e-13))
      #expect(isClose(shrunk.correlation.smallestEigenvalue, 0, absolute: 1e-13))
      #expect(
        isClose(
          shrunk.frobeniusDistance, shrunk.share * (matrix - .identity(matrix.rows)).frobeniusNorm,
          relative: 1e-12))
      let nearest = try NearestCorrelation(to: matrix)
      #expect(shrunk.frobeniusDistance >= nearest.frobeniusDistance)
    }
    // [[1, 1, 0], [1, 1, 1], [0, 1, 1]] has the eigenvalue 1 − √2.
    let chain = try ShrunkCorrelation(
      Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]]), towards: .identity(3))
    #expect(isClose(chain.share, 1 - 0.5.squareRoot(), absolute: 1e-13))
  }

  /// Towards a regular target the least share is that of the smallest eigenvalue of `L⁻¹·A·L⁻ᵀ` with `T = L·Lᵀ`.
  @Test func towardsARegularTarget() throws {
    var generator = SeededGenerator(seed: 50)
    for order in [3, 6, 15] {
      let target = try CorrelationMatrix(randomCorrelation(order, rank: 2 * order, &generator))
      let matrix = randomSymmetric(order, size: 1.5, &generator)
      let factor = try Cholesky(target.matrix)
      let relative = factor.whitened(factor.whitened(matrix).transposed())
      let symmetric = Matrix(rows: order, columns: order) { relative[max($0, $1), min($0, $1)] }
      let smallest = try SymmetricEigen.values(of: symmetric)[0]
      let shrunk = try ShrunkCorrelation(matrix, towards: target)
      expectValid(shrunk.correlation)
      #expect(isClose(shrunk.share, -smallest / (1 - smallest), absolute: 1e-12))
    }
  }

  /// A block that the target has too stays as it is, bit for bit.
  @Test func whatAgreesStays() throws {
    var generator = SeededGenerator(seed: 51)
    let target = try CorrelationMatrix(randomCorrelation(6, rank: 12, &generator))
    var matrix = target.matrix
    for (first, second) in [(0, 4), (1, 4), (2, 5)] {
      matrix[first, second] = 0.99
      matrix[second, first] = 0.99
    }
    let shrunk = try ShrunkCorrelation(matrix, towards: target)
    #expect(shrunk.share > 0 && shrunk.share < 1)
    for row in 0..<6 {
      for column in 0..<6 where matrix[row, column] == target[row, column] {
        #expect(shrunk.correlation[row, column] == target[row, column])
      }
    }
    #expect(try ShrunkCorrelation(matrix, towards: target) == shrunk)
  }

  @Test func aSingularTargetServesToo() throws {
    let ones = try CorrelationMatrix(Matrix(rows: 3, columns: 3, repeating: 1))
    let matrix = Matrix(rows: [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]])
    let shrunk = try ShrunkCorrelation(matrix, towards: ones)
    expectValid(shrunk.correlation)
    // The determinant of the blend vanishes where the third correlation is 2·r² − 1 with r = .9 + .1·α.
    let r = 0.9 + 0.1 * shrunk.share
    #expect(isClose(-0.9 + 1.9 * shrunk.share, 2 * r * r - 1, absolute: 1e-12))
  }

  @Test func aValidMatrixIsLeftAlone() throws {
    let matrix = Matrix(rows: [[1, 0.5], [0.5, 1]])
    let shrunk = try ShrunkCorrelation(matrix, towards: .identity(2))
    #expect(shrunk.share == 0 && shrunk.correlation.matrix == matrix && shrunk.frobeniusDistance == 0)
    #expect(try ShrunkCorrelation(.identity(0), towards: .identity(0)).share == 0)
  }

  @Test func badMatricesAreNamed() async {
    #expect(throws: CovarianceError.diagonalNotOne(row: 1, value: 2)) {
      try ShrunkCorrelation(Matrix(rows: [[1, 0], [0, 2]]), towards: .identity(2))
    }
    #expect(throws: CovarianceError.notSymmetric(row: 1, column: 0)) {
      try ShrunkCorrelation(Matrix(rows: [[1, 0], [0.1, 1]]), towards: .identity(2))
    }
    #expect(throws: CovarianceError.notFinite(row: 0, column: 1)) {
      try ShrunkCorrelation(Matrix(rows: [[1, .infinity], [.infinity, 1]]), towards: .identity(2))
    }
    await #expect(processExitsWith: .failure) {
      _ = try ShrunkCorrelation(.identity(2), towards: .identity(3))
    }
  }
}
