import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct NearestCorrelationTests {
  private let methods: [NearestCorrelation.Method] = [
    .newton, .alternatingProjections, .andersonAccelerated(memory: 2), .andersonAccelerated(memory: 5),
  ]

  @Test func newtonProjectionsAndAndersonAgree() throws {
    var generator = SeededGenerator(seed: 31)
    var inputs = [
      Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]]),
      Matrix(rows: [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]]),
    ]
    for order in [3, 5, 8, 13, 50] { inputs.append(randomSymmetric(order, &generator)) }
    inputs.append(randomSymmetric(6, size: 3, &generator))
    for input in inputs {
      let newton = try NearestCorrelation(to: input)
      #expect(newton.hasConverged && newton.iterations <= 10)
      for method in methods.dropFirst() {
        let other = try NearestCorrelation(to: input, method: method)
        expectValid(other.correlation)
        #expect(other.hasConverged)
        let difference = other.correlation.matrix.maximumAbsoluteDifference(from: newton.correlation.matrix)
        #expect(difference <= 1e-10, "\(method) at order \(input.rows)")
        #expect(isClose(other.frobeniusDistance, newton.frobeniusDistance, relative: 1e-12))
      }
    }
  }

  @Test(arguments: [100, 200])
  func newtonNeedsFewStepsAtLargeOrders(order: Int) throws {
    var generator = SeededGenerator(seed: 32)
    let random = try NearestCorrelation(to: randomSymmetric(order, &generator))
    #expect(random.hasConverged && random.iterations <= 15)
    let estimate = randomCorrelation(order, rank: 2 * order, &generator)
    let disturbed = estimate + randomSymmetric(order, size: 0.1, &generator)
    let repaired = try NearestCorrelation(to: disturbed)
    #expect(repaired.hasConverged && repaired.iterations <= 15)
    expectValid(repaired.correlation)
  }

  /// X is nearest exactly where `X = A + Diag(y) + Z` with Z positive semidefinite and `X·Z = 0`.
  @Test(arguments: [0, 0.01, 0.3, 1])
  func theConditionsOfTheMinimumHold(minimumEigenvalue: Double) throws {
    var generator = SeededGenerator(seed: 33)
    for order in [2, 4, 9, 20] {
      let input = randomSymmetric(order, size: 1.2, &generator)
      let repaired = try NearestCorrelation(to: input, minimumEigenvalue: minimumEigenvalue)
      expectValid(repaired.correlation)
      #expect(repaired.hasConverged)
      #expect(repaired.correlation.smallestEigenvalue >= minimumEigenvalue - 1e-14)
      guard minimumEigenvalue < 1 else {
        #expect(repaired.correlation.matrix == .identity(order))
        continue
      }
      let shift = Matrix.identity(order).scaled(by: minimumEigenvalue)
      let above = repaired.correlation.matrix - shift
      let change = above - (input - shift)
      let multipliers = multiply(above, change).diagonal.map { $0 / (1 - minimumEigenvalue) }
      let slack = change - .diagonal(multipliers)
      #expect(try SymmetricEigen(slack).values[0] >= -1e-12)
      #expect(multiply(above, slack).maximumAbsoluteElement <= 1e-11)
    }
  }

  @Test func aMinimumEigenvalueAgreesWithDykstra() throws {
    var generator = SeededGenerator(seed: 34)
    let input = randomSymmetric(5, &generator)
    let repaired = try NearestCorrelation(to: input, minimumEigenvalue: 0.05)
    let twin = try dykstra(
      input, onto: [{ try projectedOntoSemidefinite($0, floor: 0.05) }, { withUnitDiagonal($0) }],
      rounds: 1_000)
    #expect(repaired.correlation.matrix.maximumAbsoluteDifference(from: twin) <= 1e-12)
    let again = try NearestCorrelation(to: repaired.correlation.matrix, minimumEigenvalue: 0.05)
    #expect(again.iterations == 0 && again.correlation == repaired.correlation)
  }

  /// Whatever comes in, a correlation matrix comes out: 10,000 matrices of twelve kinds.
  @Test func everyOutputIsACorrelationMatrix() throws {
    var generator = SeededGenerator(seed: 35)
    var converged = 0
    for index in 0..<10_000 {
      let order = index % 2_500 == 0 ? 50 : 1 + Int(generator.next() % (index % 25 == 0 ? 12 : 5))
      let input = adversarial(kind: index % 12, order: order, &generator)
      let repaired = try NearestCorrelation(to: input)
      converged += repaired.hasConverged ? 1 : 0
      let matrix = repaired.correlation.matrix
      let values = try SymmetricEigen.values(of: matrix)
      let floor = -Double(order) * .ulpOfOne * (values.last ?? 0)
      guard matrix.isSymmetric(), matrix.diagonal.allSatisfy({ $0 == 1 }),
        matrix.elements.allSatisfy({ abs($0) <= 1 }), values[0] >= floor,
        repaired.frobeniusDistance.isFinite
      else {
        Issue.record("kind \(index % 12), order \(order): \(matrix), from \(input)")
        return
      }
    }
    #expect(converged == 10_000)
  }

  private func adversarial(kind: Int, order: Int, _ generator: inout SeededGenerator) -> Matrix {
    func disturbed(_ matrix: Matrix, _ size: Double) -> Matrix {
      matrix + (randomSymmetric(order, size: size, &generator) - .identity(order))
    }
    let ones = Matrix(rows: order, columns: order, repeating: 1)
    switch kind {
    case 0: return randomSymmetric(order, &generator)
    case 1: return randomSymmetric(order, size: 1e3, &generator)
    case 2: return randomSymmetric(order, size: 1e300, &generator)
    case 3: return randomSymmetric(order, size: 1e-300, &generator) - .identity(order)
    case 4: return disturbed(ones, 1e-15)
    case 5: return disturbed(ones, 1e-6)
    case 6: return disturbed(randomCorrelation(order, rank: 1, &generator), 1e-12)
    case 7: return disturbed(randomCorrelation(order, rank: max(1, order / 2), &generator), 1e-9)
    case 8: return Matrix(rows: order, columns: order) { $0 == $1 ? 1 : -1 }
    case 9: return Matrix(rows: order, columns: order, repeating: 0)
    case 10:
      let signs = (0..<order).map { _ in generator.uniform() < 0.5 ? -1.0 : 1.0 }
      return randomSymmetric(order, &generator).map { $0 < 0 ? -1 : 1 }.scaled(rows: signs, columns: signs)
    default: return disturbed(.identity(order).scaled(by: -5), 1e-8)
    }
  }

  /// Reference NCM-H3: Higham, IMA Journal of Numerical Analysis 22 (2002) prints .7607, .1573 and .5278.
  @Test func referenceNCMH3() throws {
    let repaired = try NearestCorrelation(to: Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]]))
    expectValid(repaired.correlation)
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
    expectValid(repaired.correlation)
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
    expectValid(repaired.correlation)
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
    expectValid(repaired.correlation)
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
    for method in methods {
      let repaired = try NearestCorrelation(
        to: randomPseudoCorrelation(10, seed: 9), method: method, maximumIterations: 1)
      expectValid(repaired.correlation)
      #expect(!repaired.hasConverged && repaired.iterations == 1)
    }
  }

  @Test func matricesFarFromCorrelationsAreRepaired() throws {
    for matrix in [
      Matrix(rows: 3, columns: 3, repeating: 0), .diagonal([-1, -2, -3]),
      Matrix(rows: [[1, 5], [5, 1]]), Matrix(rows: [[1, -1e6], [-1e6, 1]]),
    ] {
      let repaired = try NearestCorrelation(to: matrix)
      expectValid(repaired.correlation)
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
    await #expect(processExitsWith: .failure) {
      _ = try NearestCorrelation(to: .identity(2), maximumIterations: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = try NearestCorrelation(to: .identity(2), minimumEigenvalue: 1.1)
    }
    await #expect(processExitsWith: .failure) {
      _ = try NearestCorrelation(
        to: Matrix(rows: [[1, 2], [2, 1]]), method: .andersonAccelerated(memory: 0))
    }
  }
}
