import LinearAlgebra
import TestSupport
import Testing

@Suite struct CovarianceFactorTests {
  @Test(arguments: [1, 2, 10, 50])
  func aPositiveDefiniteMatrixHasItsCholeskyFactor(order: Int) throws {
    let matrix = randomPositiveDefinite(order, seed: 30)
    let factor = try CovarianceFactor(matrix)
    #expect(!factor.isFloored)
    #expect(factor.frobeniusDistance <= 1e-13 * matrix.frobeniusNorm)
    #expect(factor.lower.maximumAbsoluteDifference(from: try Cholesky(matrix).lower) <= 1e-12)
  }

  @Test(arguments: [2, 3, 10, 40])
  func theAllOneMatrixHasAFactor(order: Int) throws {
    let factor = try CovarianceFactor(equicorrelation(order, 1))
    #expect(factor.isFloored)
    #expect(isClose(factor.largestEigenvalue, Double(order), relative: 1e-13))
    #expect(abs(factor.smallestEigenvalue) <= 1e-14 * Double(order))
    // n − 1 zero eigenvalues are raised to n·1e-12.
    #expect(factor.frobeniusDistance <= 1.1e-12 * Double(order * order))
    expectLowerTriangle(factor.lower)
    for row in 0..<order { #expect(isClose(factor.lower[row, 0], 1, absolute: 1e-10)) }
  }

  @Test func perfectPairsBesideAnIndependentVariable() throws {
    let matrix = Matrix(rows: [[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    let factor = try CovarianceFactor(matrix)
    #expect(factor.isFloored)
    expectLowerTriangle(factor.lower)
    // The independent variable owes nothing to the pair, not even to its vanished second column.
    #expect(
      factor.lower.maximumAbsoluteDifference(from: Matrix(rows: [[1, 0, 0], [1, 0, 0], [0, 0, 1]])) <= 3e-6)
  }

  @Test func variancesAreKeptWhenEigenvaluesAreRaised() throws {
    // Indefinite: the correlations .9, .9 and −.9 contradict one another.
    let correlation = Matrix(rows: [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]])
    let volatilities = [0.8, 0.02, 1e-5]
    let factor = try CovarianceFactor(correlation.scaled(rows: volatilities, columns: volatilities))
    #expect(factor.isFloored)
    #expect(isClose(factor.smallestEigenvalue, -0.8, absolute: 1e-10))
    expectLowerTriangle(factor.lower)
    let variances = factor.reconstructed().diagonal
    for (variance, volatility) in zip(variances, volatilities) {
      #expect(isClose(variance, volatility * volatility, relative: 1e-14))
    }
  }

  @Test func theFloorMeansTheSameInAnyUnits() throws {
    let correlation = equicorrelation(4, 0.999_999)
    let volatilities = [1, 1e-6, 1e4, 3]
    let ones = [Double](repeating: 1, count: 4)
    let unit = try CovarianceFactor(correlation)
    let scaled = try CovarianceFactor(correlation.scaled(rows: volatilities, columns: volatilities))
    #expect(!scaled.isFloored)
    let expected = unit.lower.scaled(rows: volatilities, columns: ones)
    for row in 0..<4 {
      for column in 0...row {
        #expect(isClose(scaled.lower[row, column], expected[row, column], relative: 1e-9))
      }
    }
  }

  /// A sweep of the correlation through the point where the floor begins to act has no jump.
  @Test(arguments: [1e-12, 1e-8, 1e-4])
  func theFactorIsContinuousThroughTheFloor(floor: Double) throws {
    let order = 5
    // Here the smallest eigenvalue 1 − ρ is `floor` times the largest, 1 + (n − 1)·ρ.
    let critical = (1 - floor) / (1 + floor * Double(order - 1))
    var last: Matrix?
    var floored: Set<Bool> = []
    for step in -20...20 {
      let correlation = critical + Double(step) * floor * 1e-3
      let factor = try CovarianceFactor(equicorrelation(order, correlation), eigenvalueFloor: floor)
      floored.insert(factor.isFloored)
      if let last {
        // A step moves 1 − ρ by a thousandth of itself, and the factor by its root's share of that.
        #expect(factor.lower.maximumAbsoluteDifference(from: last) <= 0.01 * floor.squareRoot())
      }
      last = factor.lower
    }
    #expect(floored == [true, false])
  }

  @Test func aVariableThatNeverMovesHasAZeroRow() throws {
    let factor = try CovarianceFactor(Matrix(rows: [[4, 0, 2], [0, 0, 0], [2, 0, 5]]))
    #expect(factor.lower == Matrix(rows: [[2, 0, 0], [0, 0, 0], [1, 0, 2]]))
    let nothing = try CovarianceFactor(Matrix(rows: 3, columns: 3, repeating: 0))
    #expect(nothing.lower == Matrix(rows: 3, columns: 3, repeating: 0))
    #expect(try CovarianceFactor(.identity(0)).lower == .identity(0))
  }

  @Test func recolouringTurnsOneCovarianceIntoAnother() throws {
    let base = try CovarianceFactor(randomPositiveDefinite(8, seed: 31))
    let shocked = try CovarianceFactor(randomPositiveDefinite(8, seed: 32))
    let map = try base.recolouring(to: shocked)
    #expect(multiply(map, base.lower).maximumAbsoluteDifference(from: shocked.lower) <= 1e-12)
    #expect(try base.recolouring(to: base).maximumAbsoluteDifference(from: .identity(8)) <= 1e-12)

    let still = try CovarianceFactor(.diagonal([1, 0, 1]))
    #expect(throws: LinearAlgebraError.singular(row: 1)) { try still.recolouring(to: still) }
  }

  @Test func badMatricesAreNamed() {
    #expect(throws: LinearAlgebraError.negativeVariance(row: 1)) {
      try CovarianceFactor(.diagonal([1, -1e-30]))
    }
    #expect(throws: LinearAlgebraError.covarianceWithoutVariance(row: 0, column: 1)) {
      try CovarianceFactor(Matrix(rows: [[0, 0.1], [0.1, 1]]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 0)) {
      try CovarianceFactor(.diagonal([.nan, 1]))
    }
    #expect(throws: LinearAlgebraError.notSymmetric(asymmetry: 1)) {
      try CovarianceFactor(Matrix(rows: [[1, 0], [1, 1]]))
    }
  }

  @Test func floorsOutsideTheirDomainStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = try CovarianceFactor(.identity(2), eigenvalueFloor: 0) }
    await #expect(processExitsWith: .failure) {
      _ = try CovarianceFactor(.identity(2), eigenvalueFloor: .nan)
    }
  }

  private func expectLowerTriangle(_ lower: Matrix) {
    for row in 0..<lower.rows {
      #expect(lower[row, row] >= 0)
      for column in (row + 1)..<max(lower.columns, row + 1) { #expect(lower[row, column] == 0) }
    }
  }
}
