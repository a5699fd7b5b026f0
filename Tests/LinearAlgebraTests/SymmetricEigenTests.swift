import LinearAlgebra
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  @Test(arguments: [1, 2, 9, 60])
  func theSpectrumReconstructsTheMatrix(order: Int) throws {
    let square = randomMatrix(order, order, seed: 20)
    let matrix = square + square.transposed()
    let eigen = try SymmetricEigen(matrix)
    #expect(eigen.reconstructed().maximumAbsoluteDifference(from: matrix) <= 1e-13 * Double(order))
    #expect(eigen.reconstructed().isSymmetric())
    #expect(eigen.values == eigen.values.sorted())
    let gram = multiply(transposed: eigen.vectors, eigen.vectors)
    #expect(gram.maximumAbsoluteDifference(from: .identity(order)) <= 1e-13)
    let images = multiply(matrix, eigen.vectors)
    let scaled = multiply(eigen.vectors, .diagonal(eigen.values))
    #expect(images.maximumAbsoluteDifference(from: scaled) <= 1e-12 * Double(order))

    let values = try SymmetricEigen.values(of: matrix)
    #expect(zip(values, eigen.values).allSatisfy { isClose($0, $1, absolute: 1e-12 * Double(order)) })
  }

  /// The n × n matrix tridiag(−1, 2, −1) has the eigenvalues 2 − 2·cos(iπ/(n+1)); for n = 3: 2 − √2, 2, 2 + √2.
  @Test func aSpectrumInClosedForm() throws {
    let eigen = try SymmetricEigen(Matrix(rows: [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]))
    let root = 2.0.squareRoot()
    #expect(zip(eigen.values, [2 - root, 2, 2 + root]).allSatisfy { isClose($0, $1, relative: 1e-14) })
  }

  @Test func signsAreFixed() throws {
    let eigen = try SymmetricEigen(randomPositiveDefinite(15, seed: 21))
    for column in 0..<15 {
      let vector = eigen.vectors.column(column)
      let largest = vector.map { abs($0) }.max()
      #expect(vector.first { abs($0) == largest } ?? 0 > 0)
    }
  }

  @Test func equalInputsGiveEqualBits() throws {
    let matrix = randomPositiveDefinite(40, seed: 22)
    #expect(try SymmetricEigen(matrix) == SymmetricEigen(matrix))
  }

  @Test(arguments: [1, 6, 30])
  func theSquareRootSquaresToTheMatrix(order: Int) throws {
    let matrix = randomPositiveDefinite(order, seed: 23)
    let root = try SymmetricEigen(matrix).squareRoot()
    #expect(root.isSymmetric())
    #expect(multiply(root, root).maximumAbsoluteDifference(from: matrix) <= 1e-12 * Double(order))
  }

  @Test func theSquareRootOfASingularMatrix() throws {
    // The all-one matrix of order n is n times a projection, so its root is itself over √n.
    let root = try SymmetricEigen(equicorrelation(4, 1)).squareRoot()
    #expect(root.maximumAbsoluteDifference(from: equicorrelation(4, 1).scaled(by: 0.5)) <= 1e-7)
  }

  @Test func anIndefiniteMatrixHasNoRoot() throws {
    let eigen = try SymmetricEigen(Matrix(rows: [[0, 2], [2, 0]]))
    #expect(throws: LinearAlgebraError.notPositiveSemidefinite(smallestEigenvalue: eigen.values[0])) {
      try eigen.squareRoot()
    }
  }

  @Test func badElementsAreNamed() {
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1)) {
      try SymmetricEigen(Matrix(rows: [[1, .infinity], [0, 1]]))
    }
    #expect(throws: LinearAlgebraError.notSymmetric(asymmetry: 2)) {
      try SymmetricEigen.values(of: Matrix(rows: [[1, 1], [-1, 1]]))
    }
  }
}
