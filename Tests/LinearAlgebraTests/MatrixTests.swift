import LinearAlgebra
import TestSupport
import Testing

@Suite struct MatrixTests {
  let sample = Matrix(rows: [[1, 2, 3], [4, 5, 6]])

  @Test func elementsStandRowByRow() {
    #expect(sample.rows == 2 && sample.columns == 3)
    #expect(sample.elements == [1, 2, 3, 4, 5, 6])
    #expect(sample[1, 0] == 4)
    #expect(sample == Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6]))
    #expect(sample == Matrix(rows: 2, columns: 3) { Double(3 * $0 + $1 + 1) })
    #expect(Matrix(rows: []) == Matrix(rows: 0, columns: 0, repeating: 0))
  }

  @Test func rowsAndColumnsAreCopies() {
    #expect(sample.row(1) == [4, 5, 6])
    #expect(sample.column(2) == [3, 6])
    #expect(sample.withRow(0) { span in span.indices.reduce(0) { $0 + span[$1] } } == 6)
  }

  @Test func changingACopyLeavesTheOriginal() {
    var copy = sample
    copy[0, 1] = -2
    copy.withMutableRow(1) { span in
      for index in span.indices { span[index] *= 10 }
    }
    #expect(copy.elements == [1, -2, 3, 40, 50, 60])
    #expect(sample.elements == [1, 2, 3, 4, 5, 6])
  }

  @Test func specialMatrices() {
    #expect(Matrix.identity(2).elements == [1, 0, 0, 1])
    #expect(Matrix.diagonal([2, 3]).elements == [2, 0, 0, 3])
    #expect(Matrix.diagonal([2, 3]).diagonal == [2, 3])
    #expect(sample.diagonal == [1, 5])
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: 2, columns: 2, elements: [1, 2, 3]) }
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: -1, columns: 2, repeating: 0) }
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: [[1, 2], [3]]) }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2)[2, 0] }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2)[0, -1] }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2).row(2) }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2).column(2) }
  }
}

@Suite struct MatrixElementwiseTests {
  let sample = Matrix(rows: [[1, -2, 3], [4, 5, -6]])

  @Test func transposing() {
    #expect(sample.transposed() == Matrix(rows: [[1, 4], [-2, 5], [3, -6]]))
    #expect(sample.transposed().transposed() == sample)
  }

  @Test func arithmetic() {
    #expect(sample.scaled(by: 2) == sample + sample)
    #expect(sample - sample == Matrix(rows: 2, columns: 3, repeating: 0))
    #expect(sample.map(abs).elements == [1, 2, 3, 4, 5, 6])
    #expect(sample.scaled(rows: [1, 10], columns: [1, 2, 3]).elements == [1, -4, 9, 40, 100, -180])
  }

  @Test func sizes() {
    #expect(sample.maximumAbsoluteElement == 6)
    #expect(Matrix(rows: [[3, 0], [0, -4]]).frobeniusNorm == 5)
    #expect(isClose(Matrix(rows: [[3e200, 4e200]]).frobeniusNorm, 5e200, relative: 1e-15))
    #expect(isClose(Matrix(rows: [[3e-200, 4e-200]]).frobeniusNorm, 5e-200, relative: 1e-15))
    #expect(sample.maximumAbsoluteDifference(from: sample.map { $0 + 1 }) == 1)
    #expect(Matrix(rows: 0, columns: 0, repeating: 0).frobeniusNorm == 0)
  }

  @Test func symmetry() {
    #expect(equicorrelation(3, 0.5).isSymmetric())
    let skew = Matrix(rows: [[1, 0.5], [0.4, 1]])
    #expect(!skew.isSymmetric())
    #expect(skew.isSymmetric(within: 0.11))
    #expect(!sample.isSymmetric(within: 100))
  }

  @Test func notANumberIsNeverHidden() {
    let broken = Matrix(rows: [[1, .nan], [0, 1]])
    #expect(!broken.isFinite)
    #expect(broken.maximumAbsoluteElement.isNaN)
    #expect(broken.frobeniusNorm.isNaN)
    #expect(!broken.isSymmetric(within: .infinity))
    #expect(broken.maximumAbsoluteDifference(from: .identity(2)).isNaN)
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2) + Matrix.identity(3) }
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: 2, columns: 3, repeating: 0).asymmetry }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2).scaled(rows: [1], columns: [1, 1]) }
  }
}
