import LinearAlgebra
import RealModule
import Statistics
import TestSupport
import Testing

@Suite struct NearestCorrelationKeepingTests {
  /// Two broken correlations around one that is kept: the two give way.
  @Test func aKeptPairStaysAndTheOthersMove() throws {
    let broken = Matrix(rows: [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]])
    let repaired = try NearestCorrelation(to: broken, keeping: [CorrelationPair(2, 0)])
    expectValid(repaired.correlation)
    #expect(repaired.hasConverged)
    #expect(repaired.correlation[0, 2] == 0.7)
    let free = try NearestCorrelation(to: broken)
    #expect(repaired.frobeniusDistance > free.frobeniusDistance)
    let none = try NearestCorrelation(to: broken, keeping: [])
    #expect(none.correlation.matrix.maximumAbsoluteDifference(from: free.correlation.matrix) <= 1e-14)
  }

  @Test(arguments: [3, 5], [1, 2, 3] as [UInt64])
  func agreesWithDykstra(order: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let base = randomCorrelation(order, rank: order, &generator)
    var broken = randomSymmetric(order, &generator)
    var pairs: Set<CorrelationPair> = []
    for first in 0..<order {
      for second in 0..<first where generator.uniform() < 0.4 {
        pairs.insert(CorrelationPair(first, second))
        broken[first, second] = base[first, second]
        broken[second, first] = base[first, second]
      }
    }
    let repaired = try NearestCorrelation(to: broken, keeping: pairs)
    expectValid(repaired.correlation)
    #expect(repaired.hasConverged)
    for pair in pairs {
      #expect(repaired.correlation[pair.first, pair.second] == broken[pair.first, pair.second])
    }
    let twin = try dykstra(
      broken,
      onto: [
        { try projectedOntoSemidefinite($0) }, { withUnitDiagonal($0, keeping: pairs, of: broken) },
      ], rounds: 1_500)
    #expect(repaired.correlation.matrix.maximumAbsoluteDifference(from: twin) <= 1e-9)
    #expect(try NearestCorrelation(to: broken, keeping: pairs) == repaired)
  }

  /// A block and a minimum eigenvalue at once: the distance can only be longer.
  @Test func aKeptBlockWithAMinimumEigenvalue() throws {
    var generator = SeededGenerator(seed: 9)
    let base = randomCorrelation(12, rank: 30, &generator)
    var broken = randomSymmetric(12, &generator)
    var pairs: Set<CorrelationPair> = []
    for first in 0..<5 {
      for second in 0..<first {
        pairs.insert(CorrelationPair(first, second))
        broken[first, second] = base[first, second]
        broken[second, first] = base[first, second]
      }
    }
    let plain = try NearestCorrelation(to: broken, keeping: pairs)
    let lifted = try NearestCorrelation(to: broken, keeping: pairs, minimumEigenvalue: 0.02)
    for repaired in [plain, lifted] {
      expectValid(repaired.correlation)
      #expect(repaired.hasConverged)
      for pair in pairs {
        #expect(repaired.correlation[pair.first, pair.second] == broken[pair.first, pair.second])
      }
    }
    #expect(isClose(lifted.correlation.smallestEigenvalue, 0.02, absolute: 1e-12))
    #expect(lifted.frobeniusDistance > plain.frobeniusDistance)
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(to: broken, keeping: pairs, minimumEigenvalue: 0.9)
    }
  }

  /// Of two variables kept at 1, the correlations with a third are the mean of what was asked for.
  @Test func aPerfectPairInClosedForm() throws {
    for (first, second, expected) in [(0.9, -0.3, 0.3), (0.2, 0.4, 0.3), (1.4, 1, 1), (-3, 0, -1)] {
      let broken = Matrix(rows: [[1, 1, first], [1, 1, second], [first, second, 1]])
      let repaired = try NearestCorrelation(to: broken, keeping: [CorrelationPair(0, 1)])
      expectValid(repaired.correlation)
      #expect(repaired.hasConverged && repaired.correlation[0, 1] == 1)
      #expect(isClose(repaired.correlation[0, 2], expected, absolute: 1e-14))
      #expect(repaired.correlation[0, 2] == repaired.correlation[1, 2])
      let turned = try NearestCorrelation(
        to: broken.scaled(rows: [1, -1, 1], columns: [1, -1, 1]), keeping: [CorrelationPair(0, 1)])
      #expect(turned.correlation[0, 1] == -1)
      #expect(isClose(turned.correlation[1, 2], -expected, absolute: 1e-14))
    }
  }

  /// Three kept variables in a plane, and a fourth: its correlations are `U·v`, v the best in the unit circle.
  @Test func aKeptBlockOfRankTwoInClosedForm() throws {
    let angles = [0.0, 0.7, 2.0]
    let plane = angles.map { [Double.cos($0), .sin($0)] }
    for asked in [[0.9, 0.2, -0.1], [1, 1, 1], [0.3, -0.9, 0.8], [-0.2, 0.1, 0.2]] {
      var broken = Matrix.identity(4)
      var pairs: Set<CorrelationPair> = []
      for first in 0..<3 {
        for second in 0..<first {
          pairs.insert(CorrelationPair(first, second))
          broken[first, second] = .cos(angles[first] - angles[second])
          broken[second, first] = broken[first, second]
        }
        broken[first, 3] = asked[first]
        broken[3, first] = asked[first]
      }
      let repaired = try NearestCorrelation(to: broken, keeping: pairs)
      expectValid(repaired.correlation)
      #expect(repaired.hasConverged)
      let best = bestInCircle(Matrix(rows: plane), asked)
      for row in 0..<3 {
        let expected = plane[row][0] * best[0] + plane[row][1] * best[1]
        #expect(isClose(repaired.correlation[row, 3], expected, absolute: 1e-11))
        for column in 0..<3 {
          #expect(isClose(repaired.correlation[row, column], broken[row, column], absolute: 1e-14))
        }
      }
    }
  }

  /// The v of length at most 1 that minimises ‖U·v − a‖: `(UᵀU + μ)⁻¹·Uᵀ·a` with the least μ ≥ 0 that serves.
  private func bestInCircle(_ plane: Matrix, _ asked: [Double]) -> [Double] {
    let (gram, right) = (symmetricProduct(columnsOf: plane), multiply(transposed: plane, asked))
    func point(_ shift: Double) -> [Double] {
      let (a, b, d) = (gram[0, 0] + shift, gram[0, 1], gram[1, 1] + shift)
      let determinant = a * d - b * b
      return [
        (d * right[0] - b * right[1]) / determinant, (a * right[1] - b * right[0]) / determinant,
      ]
    }
    func length(_ vector: [Double]) -> Double { vector[0] * vector[0] + vector[1] * vector[1] }
    guard length(point(0)) > 1 else { return point(0) }
    var (low, high) = (0.0, 1e3)
    for _ in 0..<200 {
      let middle = 0.5 * (low + high)
      if length(point(middle)) > 1 { low = middle } else { high = middle }
    }
    return point(high)
  }

  /// X is nearest exactly where `⟨A − X, Y − X⟩ ≤ 0` for every other matrix Y that keeps the same.
  @Test func noMatrixThatKeepsAPerfectGroupIsNearer() throws {
    var generator = SeededGenerator(seed: 10)
    var broken = randomSymmetric(6, &generator)
    var pairs: Set<CorrelationPair> = []
    for (first, second, value) in [(0, 3, 1.0), (3, 5, -1), (1, 2, 0.4)] {
      broken[first, second] = value
      broken[second, first] = value
      pairs.insert(CorrelationPair(first, second))
    }
    let repaired = try NearestCorrelation(to: broken, keeping: pairs)
    expectValid(repaired.correlation)
    #expect(repaired.hasConverged && repaired.correlation[0, 3] == 1 && repaired.correlation[3, 5] == -1)
    #expect(isClose(repaired.correlation[1, 2], 0.4, absolute: 1e-14))
    let nearest = repaired.correlation.matrix
    for _ in 0..<1_000 {
      var loadings = (0..<6).map { _ in direction(4, &generator) }
      loadings[3] = loadings[0]
      loadings[5] = loadings[0].map { -$0 }
      // A direction at the kept angle to the second variable's.
      let along = zip(loadings[1], loadings[2]).reduce(0) { $0 + $1.0 * $1.1 }
      let across = zip(loadings[2], loadings[1]).map { $0 - along * $1 }
      let size = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
      loadings[2] = zip(loadings[1], across).map { 0.4 * $0 + (1 - 0.16).squareRoot() * $1 / size }
      let other = symmetricProduct(rowsOf: Matrix(rows: loadings))
      let product = zip((broken - nearest).elements, (other - nearest).elements).reduce(0) {
        $0 + $1.0 * $1.1
      }
      #expect(product <= 1e-10)
    }
  }

  /// A random vector of length 1.
  private func direction(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    let vector = (0..<count).map { _ in 2 * generator.uniform() - 1 }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
  }

  @Test func contradictionsAreNamed() throws {
    let broken = Matrix(rows: [[1, 0.9, -0.9, 0], [0.9, 1, 0.9, 0], [-0.9, 0.9, 1, 0], [0, 0, 0, 1]])
    let triangle: Set = [CorrelationPair(0, 1), CorrelationPair(1, 2), CorrelationPair(0, 2)]
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(to: broken, keeping: triangle)
    }
    // A square whose corners are kept, but not its diagonals: arccosines .1 + .1 + .1 do not reach 3.
    var square = Matrix.identity(4)
    var sides: Set<CorrelationPair> = []
    for (first, second, value) in [(0, 1, 0.995), (1, 2, 0.995), (2, 3, 0.995), (0, 3, -0.99)] {
      square[first, second] = value
      square[second, first] = value
      sides.insert(CorrelationPair(first, second))
    }
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(to: square, keeping: sides)
    }
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(to: Matrix(rows: [[1, 1.5], [1.5, 1]]), keeping: [CorrelationPair(0, 1)])
    }
    let perfect = Matrix(rows: [[1, 1, 0.2], [1, 1, 0.3], [0.2, 0.3, 1]])
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(
        to: perfect, keeping: [CorrelationPair(0, 1), CorrelationPair(0, 2), CorrelationPair(1, 2)])
    }
    let signs = Matrix(rows: [[1, 1, 1], [1, 1, -1], [1, -1, 1]])
    #expect(throws: CovarianceError.keptCorrelationsContradict) {
      try NearestCorrelation(
        to: signs, keeping: [CorrelationPair(0, 1), CorrelationPair(0, 2), CorrelationPair(1, 2)])
    }
    #expect(throws: CovarianceError.notFinite(row: 0, column: 1)) {
      try NearestCorrelation(to: Matrix(rows: [[1, .nan], [.nan, 1]]), keeping: [])
    }
  }

  /// Where the kept correlations just fit, as PSD-INT's at the end of their interval, there is one matrix.
  @Test func correlationsThatJustFitAreKept() throws {
    let third = 0.27 + (0.19 * 0.91).squareRoot()
    let matrix = Matrix(rows: [
      [1, 0.9, third, 0.9], [0.9, 1, 0.3, -0.9], [third, 0.3, 1, 0], [0.9, -0.9, 0, 1],
    ])
    let repaired = try NearestCorrelation(
      to: matrix, keeping: [CorrelationPair(0, 1), CorrelationPair(0, 2), CorrelationPair(1, 2)])
    expectValid(repaired.correlation)
    #expect(isClose(repaired.correlation[0, 2], third, absolute: 1e-14))
  }

  @Test func aPairIsOfTwoVariables() async {
    #expect(CorrelationPair(3, 1) == CorrelationPair(1, 3) && CorrelationPair(3, 1).first == 1)
    #expect(CorrelationPair(0, 4) < CorrelationPair(1, 2) && CorrelationPair(1, 2) < CorrelationPair(1, 3))
    await #expect(processExitsWith: .failure) { _ = CorrelationPair(1, 1) }
    await #expect(processExitsWith: .failure) {
      _ = try NearestCorrelation(to: .identity(2), keeping: [CorrelationPair(0, 2)])
    }
  }
}
