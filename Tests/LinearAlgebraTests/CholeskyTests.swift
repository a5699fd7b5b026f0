import LinearAlgebra
import TestSupport
import Testing

@Suite struct CholeskyTests {
  @Test(arguments: [1, 2, 5, 30, 100])
  func theFactorReconstructsTheMatrix(order: Int) throws {
    let matrix = randomPositiveDefinite(order, seed: UInt64(order))
    let cholesky = try Cholesky(matrix)
    #expect(cholesky.reconstructed().maximumAbsoluteDifference(from: matrix) <= 1e-13 * Double(order))
    #expect(cholesky.reconstructed().isSymmetric())
    for row in 0..<order {
      #expect(cholesky.lower[row, row] > 0)
      for column in (row + 1)..<max(order, row + 1) { #expect(cholesky.lower[row, column] == 0) }
    }
  }

  @Test func aFactorKnownExactly() throws {
    // Any lower triangle of small integers with a positive diagonal is the factor of its own square.
    let lower = Matrix(rows: [[2, 0, 0], [6, 1, 0], [-8, 5, 3]])
    #expect(try Cholesky(multiply(lower, transposed: lower)).lower == lower)
  }

  @Test(arguments: [1, 3, 40])
  func solvingInvertsMultiplying(order: Int) throws {
    let matrix = randomPositiveDefinite(order, seed: 10)
    let solution = randomMatrix(order, 6, seed: 11)
    let cholesky = try Cholesky(matrix)
    #expect(cholesky.solve(multiply(matrix, solution)).maximumAbsoluteDifference(from: solution) <= 1e-10)
    let single = cholesky.solve(multiply(matrix, solution.column(2)))
    #expect(zip(single, solution.column(2)).allSatisfy { isClose($0, $1, absolute: 1e-10) })
  }

  @Test func whiteningUndoesColouring() throws {
    let cholesky = try Cholesky(randomPositiveDefinite(12, seed: 12))
    let draws = randomMatrix(12, 50, seed: 13)
    let coloured = multiply(cholesky.lower, draws)
    #expect(cholesky.whitened(coloured).maximumAbsoluteDifference(from: draws) <= 1e-11)
  }

  @Test func theFirstBadMinorIsNamed() {
    let matrix = Matrix(rows: [[4, 2, 0], [2, 1, 0], [0, 0, 1]])
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 2)) { try Cholesky(matrix) }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 1)) {
      try Cholesky(Matrix(rows: [[-1, 0], [0, 1]]))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 2)) {
      try Cholesky(equicorrelation(5, 1))
    }
  }

  @Test func badElementsAreNamed() {
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0)) {
      try Cholesky(Matrix(rows: [[1, 0], [.nan, 1]]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 0)) {
      try Cholesky(Matrix(rows: [[.infinity, 0], [0, 1]]))
    }
    #expect(throws: LinearAlgebraError.notSymmetric(asymmetry: 0.5)) {
      try Cholesky(Matrix(rows: [[1, 0], [0.5, 1]]))
    }
  }

  @Test func anEmptyMatrixHasAnEmptyFactor() throws {
    #expect(try Cholesky(.identity(0)).lower == .identity(0))
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = try Cholesky(Matrix(rows: 2, columns: 3, repeating: 1))
    }
    await #expect(processExitsWith: .failure) { _ = try Cholesky(.identity(2)).solve([1, 2, 3]) }
  }
}
