import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct CorrelationMatrixTests {
  @Test func aValidMatrixIsAccepted() throws {
    let matrix = Matrix(rows: [[1, 0.5], [0.5, 1]])
    let correlation = try CorrelationMatrix(matrix)
    #expect(correlation.matrix == matrix && correlation.count == 2 && correlation[0, 1] == 0.5)
    #expect(isClose(correlation.smallestEigenvalue, 0.5, relative: 1e-14))
    #expect(isClose(correlation.largestEigenvalue, 1.5, relative: 1e-14))
    #expect(try CorrelationMatrix(.identity(3)) == .identity(3))
    #expect(try CorrelationMatrix(.identity(0)).count == 0)
  }

  @Test(arguments: [2, 5, 30])
  func perfectCorrelationIsValidAndHasAFactor(order: Int) throws {
    let correlation = try CorrelationMatrix(Matrix(rows: order, columns: order, repeating: 1))
    let factor = try correlation.factor()
    #expect(factor.isFloored)
    #expect(factor.reconstructed().maximumAbsoluteDifference(from: correlation.matrix) <= 1e-10)
  }

  /// Reference PSD-INT: with r12 = .9 and r23 = .3 the third correlation is feasible in
  /// [−0.1458124577, 0.6858124577].
  @Test func referencePSDINT() throws {
    func matrix(_ third: Double) -> Matrix {
      Matrix(rows: [[1, 0.9, third], [0.9, 1, 0.3], [third, 0.3, 1]])
    }
    for inside in [-0.145_812_457, 0, 0.685_812_457] {
      #expect(throws: Never.self) { try CorrelationMatrix(matrix(inside)) }
    }
    for outside in [-0.145_812_458, 0.685_812_458, 0.7] {
      #expect(throws: CovarianceError.self) { try CorrelationMatrix(matrix(outside)) }
    }
  }

  @Test func covarianceFromVolatilities() throws {
    let correlation = try CorrelationMatrix(Matrix(rows: [[1, 0.8], [0.8, 1]]))
    let covariance = correlation.covariance(volatilities: [0.04, 0.05])
    #expect(covariance.isSymmetric())
    let expected = Matrix(rows: [[0.0016, 0.0016], [0.0016, 0.0025]])
    #expect(covariance.maximumAbsoluteDifference(from: expected) <= 1e-18)
  }

  @Test func everyDefectIsNamed() throws {
    let belowOne = 1.0.nextDown
    let aboveOne = 1.0.nextUp
    #expect(throws: CovarianceError.notSquare(rows: 2, columns: 3)) {
      try CorrelationMatrix(Matrix(rows: 2, columns: 3, repeating: 1))
    }
    #expect(throws: CovarianceError.notFinite(row: 0, column: 1)) {
      try CorrelationMatrix(Matrix(rows: [[1, .nan], [.nan, 1]]))
    }
    #expect(throws: CovarianceError.notSymmetric(row: 1, column: 0)) {
      try CorrelationMatrix(Matrix(rows: [[1, 0.2], [0.2 + 1e-16, 1]]))
    }
    #expect(throws: CovarianceError.diagonalNotOne(row: 1, value: belowOne)) {
      try CorrelationMatrix(Matrix(rows: [[1, 0], [0, belowOne]]))
    }
    #expect(throws: CovarianceError.correlationOutsideRange(row: 1, column: 0, value: aboveOne)) {
      try CorrelationMatrix(Matrix(rows: [[1, aboveOne], [aboveOne, 1]]))
    }
    let error = try #require(throws: CovarianceError.self) {
      try CorrelationMatrix(Matrix(rows: [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]))
    }
    guard case .notPositiveSemidefinite(let smallest, let tolerance) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(isClose(smallest, -0.8, absolute: 1e-14))
    #expect(isClose(tolerance, 3 * Double.ulpOfOne * 1.9, relative: 1e-12))
  }

  @Test func impossibleVolatilitiesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = CorrelationMatrix.identity(2).covariance(volatilities: [1, -1])
    }
    await #expect(processExitsWith: .failure) {
      _ = CorrelationMatrix.identity(2).covariance(volatilities: [1])
    }
  }
}
