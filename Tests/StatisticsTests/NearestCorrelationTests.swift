import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct NearestCorrelationTests {
  /// Reference NCM-H3: Higham, IMA Journal of Numerical Analysis 22 (2002) prints .7607, .1573 and .5278.
  @Test func referenceNCMH3() throws {
    let repaired = try NearestCorrelation(to: Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]]))
    expectValid(repaired)
    #expect(repaired.hasConverged)
    #expect(isClose(repaired.correlation[0, 1], 0.760689853402, absolute: 1e-11))
    #expect(isClose(repaired.correlation[1, 2], 0.760689853402, absolute: 1e-11))
    #expect(isClose(repaired.correlation[0, 2], 0.157298106138, absolute: 1e-11))
    #expect(isClose(repaired.frobeniusDistance, 0.527790463582, absolute: 1e-11))
  }

  /// Reference NCM-H4: tridiag(−1, 2, −1); QuantLib, test-suite/matrices.cpp prints -0.8084124981, .1915875019,
  /// .106775049 and -.6562326948.
  @Test func referenceNCMH4() throws {
    let repaired = try NearestCorrelation(
      to: Matrix(rows: [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]]))
    expectValid(repaired)
    #expect(repaired.hasConverged)
    for (row, column, value) in [
      (0, 1, -0.808412498149), (2, 3, -0.808412498149), (0, 2, 0.191587501851), (1, 3, 0.191587501851),
      (0, 3, 0.106775049026), (1, 2, -0.656232694807),
    ] {
      #expect(isClose(repaired.correlation[row, column], value, absolute: 1e-11))
    }
    #expect(isClose(repaired.frobeniusDistance, 2.133729108709, absolute: 1e-11))
  }

  /// Reference NCM-RJ: Rebonato, Jäckel, The most general methodology to create a valid correlation matrix (1999).
  ///
  /// The nearest matrix is .00973 away, the spectral repair, eigenvalues cut and scaled back, .01002.
  @Test func referenceNCMRJ() throws {
    let broken = Matrix(rows: [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]])
    let repaired = try NearestCorrelation(to: broken)
    expectValid(repaired)
    #expect(repaired.hasConverged)
    #expect(isClose(repaired.frobeniusDistance, 0.00973, absolute: 5e-6))
    let cut = try SymmetricEigen(broken).applying { max($0, 0) }
    let scale = cut.diagonal.map { 1 / $0.squareRoot() }
    let spectral = cut.scaled(rows: scale, columns: scale)
    #expect(isClose((spectral - broken).frobeniusNorm, 0.01002, absolute: 5e-6))
  }

  @Test func aValidMatrixIsLeftAlone() throws {
    let valid = try CovarianceEstimator.sample.estimate(correlatedObservations(dates: 50, assets: 6, seed: 8))
    let repaired = try NearestCorrelation(to: valid.correlation.matrix)
    #expect(repaired.correlation == valid.correlation)
    #expect(repaired.iterations == 0 && repaired.frobeniusDistance == 0 && repaired.hasConverged)
  }

  @Test(arguments: [3, 6, 12], [1, 2, 3] as [UInt64])
  func repairsAreValidAndNoNeighbourIsNearer(order: Int, seed: UInt64) throws {
    let broken = randomPseudoCorrelation(order, seed: seed)
    let repaired = try NearestCorrelation(to: broken)
    expectValid(repaired)
    #expect(repaired.hasConverged)
    #expect(try NearestCorrelation(to: broken) == repaired)
    let again = try NearestCorrelation(to: repaired.correlation.matrix)
    #expect(again.correlation == repaired.correlation)

    // The set is convex: on the way to any other correlation matrix the distance can only grow.
    let others = [
      Matrix.identity(order), Matrix(rows: order, columns: order, repeating: 1),
      try CovarianceEstimator.sample.estimate(correlatedObservations(dates: 40, assets: order, seed: seed))
        .correlation.matrix,
    ]
    for other in others {
      let near = repaired.correlation.matrix.scaled(by: 0.999) + other.scaled(by: 0.001)
      #expect((near - broken).frobeniusNorm >= repaired.frobeniusDistance * (1 - 1e-9))
    }
  }

  @Test func aRepairCutShortIsStillValid() throws {
    let repaired = try NearestCorrelation(to: randomPseudoCorrelation(10, seed: 9), maximumIterations: 1)
    expectValid(repaired)
    #expect(!repaired.hasConverged && repaired.iterations == 1)
  }

  @Test func matricesFarFromCorrelationsAreRepaired() throws {
    for matrix in [
      Matrix(rows: 3, columns: 3, repeating: 0), .diagonal([-1, -2, -3]),
      Matrix(rows: [[1, 5], [5, 1]]), Matrix(rows: [[1, -1e6], [-1e6, 1]]),
    ] {
      let repaired = try NearestCorrelation(to: matrix)
      expectValid(repaired)
    }
    let zero = try NearestCorrelation(to: Matrix(rows: 3, columns: 3, repeating: 0))
    #expect(zero.correlation.matrix == .identity(3))
    #expect(
      try isClose(
        NearestCorrelation(to: Matrix(rows: [[1, 5], [5, 1]])).correlation[0, 1], 1, absolute: 1e-12))
  }

  @Test func badMatricesAreNamed() {
    #expect(throws: CovarianceError.notSquare(rows: 1, columns: 2)) {
      try NearestCorrelation(to: Matrix(rows: [[1, 2]]))
    }
    #expect(throws: CovarianceError.notFinite(row: 1, column: 1)) {
      try NearestCorrelation(to: Matrix(rows: [[1, 0], [0, .nan]]))
    }
    #expect(throws: CovarianceError.notSymmetric(row: 1, column: 0)) {
      try NearestCorrelation(to: Matrix(rows: [[1, 0], [0.1, 1]]))
    }
  }

  @Test func impossibleLimitsStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = try NearestCorrelation(to: .identity(2), tolerance: 0) }
    await #expect(processExitsWith: .failure) {
      _ = try NearestCorrelation(to: .identity(2), maximumIterations: 0)
    }
  }

  /// Exact ones, exact symmetry, and no eigenvalue below rounding.
  private func expectValid(_ repaired: NearestCorrelation) {
    let matrix = repaired.correlation.matrix
    #expect(matrix.isSymmetric())
    #expect(matrix.diagonal.allSatisfy { $0 == 1 })
    #expect(throws: Never.self) { try CorrelationMatrix(matrix) }
  }
}
