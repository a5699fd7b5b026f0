import LinearAlgebra
import Statistics
import TestSupport
import Testing

@Suite struct NearestCorrelationVarianceTests {
  /// Of two variables the answer has a closed form: c = w₁² + w₂² + 2·ρ·w₁·w₂.
  @Test func aPairInClosedForm() throws {
    let base = try CorrelationMatrix(Matrix(rows: [[1, 0.8], [0.8, 1]]))
    let weights = [40_000.0, -25_000]
    for target in [0.5, 0, -0.7, -0.999, -1] {
      let variance = 4e4 * 4e4 + 2.5e4 * 2.5e4 - 2 * target * 1e9
      let nearest = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: variance)
      expectValid(nearest.correlation)
      #expect(isClose(nearest.correlation[0, 1], target, absolute: 1e-9))
      #expect(isClose(nearest.frobeniusDistance, 2.0.squareRoot() * (0.8 - target), absolute: 1e-8))
    }
  }

  @Test(arguments: [2, 3, 5], [0.2, 0.5, 0.7])
  func agreesWithDykstra(order: Int, share: Double) throws {
    var generator = SeededGenerator(seed: UInt64(order))
    let base = try CorrelationMatrix(randomCorrelation(order, rank: order, &generator))
    let weights = (0..<order).map { _ in 2 * generator.uniform() - 1 }
    let variance = between(base, weights, share)
    let nearest = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: variance)
    expectValid(nearest.correlation)
    #expect(nearest.hasConverged)
    #expect(isClose(self.variance(nearest.correlation, weights), variance, relative: 1e-13))
    let square = weights.reduce(0) { $0 + $1 * $1 }
    let twin = try dykstra(
      base.matrix,
      onto: [
        { try projectedOntoSemidefinite($0) }, { withUnitDiagonal($0) },
        { matrix in
          let short = variance - zip(weights, multiply(matrix, weights)).reduce(0) { $0 + $1.0 * $1.1 }
          guard short > 0 else { return matrix }
          return matrix
            + Matrix(rows: order, columns: order) { short * weights[$0] * weights[$1] / (square * square) }
        },
      ], rounds: 2_500)
    #expect(nearest.correlation.matrix.maximumAbsoluteDifference(from: twin) <= 1e-8)
  }

  /// `X = A + Diag(y) + λ·w·wᵀ + Z` with λ ≥ 0, Z positive semidefinite and `X·Z = 0`.
  @Test(arguments: [4, 12, 30])
  func theConditionsOfTheMinimumHold(order: Int) throws {
    var generator = SeededGenerator(seed: 40)
    for share in [0.1, 0.5, 0.9, 0.99] {
      let base = try CorrelationMatrix(randomCorrelation(order, rank: 3 * order, &generator))
      let weights = (0..<order).map { $0 % 4 == 3 ? 0 : 2 * generator.uniform() - 1 }
      let wanted = between(base, weights, share)
      let nearest = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: wanted)
      expectValid(nearest.correlation)
      #expect(nearest.hasConverged && nearest.iterations <= 40)
      let matrix = nearest.correlation.matrix
      #expect(isClose(variance(nearest.correlation, weights), wanted, relative: 1e-12))

      let change = matrix - base.matrix
      let moved = multiply(matrix, change)
      let own = zip(multiply(matrix, weights), weights).map { $0 * $1 }
      let joint = zip(weights, multiply(moved, weights)).reduce(0) { $0 + $1.0 * $1.1 }
      let square = weights.reduce(0) { $0 + $1 * $1 }
      let multiplier =
        (joint - zip(moved.diagonal, own).reduce(0) { $0 + $1.0 * $1.1 })
        / (wanted * square - own.reduce(0) { $0 + $1 * $1 })
      #expect(multiplier > 0)
      let diagonal = zip(moved.diagonal, own).map { $0 - multiplier * $1 }
      let slack =
        change - .diagonal(diagonal)
        - Matrix(rows: order, columns: order) { multiplier * (weights[$0] * weights[$1]) }
      let size = max(1, multiplier * square)
      #expect(try SymmetricEigen(slack).values[0] >= -1e-9 * size)
      #expect(multiply(matrix, slack).maximumAbsoluteElement <= 1e-9 * size)
    }
  }

  @Test(arguments: [3, 10, 30])
  func nearTheLimitAndAtIt(order: Int) throws {
    var generator = SeededGenerator(seed: 41)
    let base = try CorrelationMatrix(randomCorrelation(order, rank: 2 * order, &generator))
    for free in [false, true] {
      let weights = (0..<order).map { free && $0 % 3 == 2 ? 0 : 1e5 * (2 * generator.uniform() - 1) }
      let largest = largestVariance(weights)
      var last = 0.0
      for gap in [1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-13, 0] {
        let wanted = largest * (1 - gap)
        let nearest = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: wanted)
        expectValid(nearest.correlation)
        #expect(isClose(variance(nearest.correlation, weights), wanted, relative: 1e-9))
        #expect(nearest.frobeniusDistance >= last - 1e-6)
        last = nearest.frobeniusDistance
      }
      let limit = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: largest)
      for row in 0..<order where weights[row] != 0 {
        for column in 0..<order where weights[column] != 0 {
          let sign = weights[row] * weights[column] < 0 ? -1.0 : 1
          #expect(isClose(limit.correlation[row, column], sign, absolute: 1e-9))
        }
      }
    }
  }

  @Test func whatTheBaseGivesNeedsNoChange() throws {
    var generator = SeededGenerator(seed: 42)
    let base = try CorrelationMatrix(randomCorrelation(6, rank: 9, &generator))
    let weights = (0..<6).map { _ in generator.uniform() }
    for wanted in [-1, 0, variance(base, weights), 0.5 * variance(base, weights)] {
      let nearest = try NearestCorrelation(to: base, withVarianceOf: weights, atLeast: wanted)
      #expect(nearest.correlation == base && nearest.iterations == 0 && nearest.frobeniusDistance == 0)
    }
    let alone = try NearestCorrelation(to: base, withVarianceOf: [0, 3, 0, 0, 0, 0], atLeast: 9)
    #expect(alone.correlation == base)
  }

  @Test func unreachableVariancesAreNamed() throws {
    let base = CorrelationMatrix.identity(3)
    #expect(throws: CovarianceError.varianceOutOfReach(wanted: 37, largest: 36)) {
      try NearestCorrelation(to: base, withVarianceOf: [1, -2, 3], atLeast: 37)
    }
    #expect(throws: CovarianceError.varianceOutOfReach(wanted: 1, largest: 0)) {
      try NearestCorrelation(to: base, withVarianceOf: [0, 0, 0], atLeast: 1)
    }
    #expect(throws: CovarianceError.varianceOutOfReach(wanted: 1, largest: 0)) {
      try NearestCorrelation(to: .identity(0), withVarianceOf: [], atLeast: 1)
    }
    #expect(try NearestCorrelation(to: .identity(0), withVarianceOf: [], atLeast: 0).iterations == 0)
  }

  private func variance(_ correlation: CorrelationMatrix, _ weights: [Double]) -> Double {
    zip(weights, multiply(correlation.matrix, weights)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func largestVariance(_ weights: [Double]) -> Double {
    let gross = weights.reduce(0) { $0 + abs($1) }
    return gross * gross
  }

  private func between(_ base: CorrelationMatrix, _ weights: [Double], _ share: Double) -> Double {
    (1 - share) * variance(base, weights) + share * largestVariance(weights)
  }
}
