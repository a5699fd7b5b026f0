import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct CorrelationFeasibleIntervalTests {
  /// Reference PSD-INT: with r12 = .9 and r23 = .3 the third correlation is feasible in
  /// [−0.1458124577, 0.6858124577].
  @Test func referencePSDINT() throws {
    let matrix = Matrix(rows: [[1, 0.9, 0.2], [0.9, 1, 0.3], [0.2, 0.3, 1]])
    let interval = try CorrelationMatrix(matrix).feasibleInterval(ofRow: 0, column: 2)
    #expect(isClose(interval.lowerBound, -0.145_812_457_7, absolute: 1e-10))
    #expect(isClose(interval.upperBound, 0.685_812_457_7, absolute: 1e-10))
  }

  /// At the ends the matrix is singular; beyond them it is indefinite.
  @Test(arguments: [3, 5, 12])
  func theEndsAreWhereTheMatrixIsSingular(order: Int) throws {
    var generator = SeededGenerator(seed: 60)
    let correlation = try CorrelationMatrix(randomCorrelation(order, rank: order + 1, &generator))
    for (row, column) in [(0, 1), (order - 1, 0), (1, order - 1)] {
      let interval = try correlation.feasibleInterval(ofRow: row, column: column)
      #expect(try interval == correlation.feasibleInterval(ofRow: column, column: row))
      func smallest(_ value: Double) throws -> Double {
        var matrix = correlation.matrix
        matrix[row, column] = value
        matrix[column, row] = value
        return try SymmetricEigen.values(of: matrix)[0]
      }
      let width = interval.upperBound - interval.lowerBound
      #expect(width > 0)
      for end in [interval.lowerBound, interval.upperBound] {
        #expect(try abs(smallest(end)) <= 1e-13)
      }
      #expect(try smallest(interval.lowerBound - 0.01 * width) < -1e-9)
      #expect(try smallest(interval.upperBound + 0.01 * width) < -1e-9)
    }
  }

  @Test func aSingularRestLeavesWhatItImplies() throws {
    // All one: nothing may move. A twin of the first variable pins its correlations.
    let ones = try CorrelationMatrix(Matrix(rows: 4, columns: 4, repeating: 1))
    let pinned = try ones.feasibleInterval(ofRow: 0, column: 3)
    #expect(isClose(pinned.lowerBound, 1, absolute: 1e-14) && pinned.upperBound == 1)
    let twins = try CorrelationMatrix(
      Matrix(rows: [[1, 0.5, 1, 1], [0.5, 1, 0.5, 0.5], [1, 0.5, 1, 1], [1, 0.5, 1, 1]]))
    let copied = try twins.feasibleInterval(ofRow: 0, column: 1)
    #expect(
      isClose(copied.lowerBound, 0.5, absolute: 1e-7) && isClose(copied.upperBound, 0.5, absolute: 1e-7))
    // Two variables that are one for the rest: the interval is that of one of them.
    let rest = try CorrelationMatrix(
      Matrix(rows: [[1, 0.2, 0.9, 0.9], [0.2, 1, 0.3, 0.3], [0.9, 0.3, 1, 1], [0.9, 0.3, 1, 1]]))
    let interval = try rest.feasibleInterval(ofRow: 0, column: 1)
    #expect(isClose(interval.lowerBound, -0.145_812_457_7, absolute: 1e-10))
    #expect(isClose(interval.upperBound, 0.685_812_457_7, absolute: 1e-10))
  }

  @Test func twoVariablesAreFree() async throws {
    #expect(try CorrelationMatrix.identity(2).feasibleInterval(ofRow: 0, column: 1) == -1...1)
    await #expect(processExitsWith: .failure) {
      _ = try CorrelationMatrix.identity(2).feasibleInterval(ofRow: 1, column: 1)
    }
  }
}
