import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct RecolouringTests {
  private let stream = DrawStream(seed: 11, stream: 3)

  /// Correlations of a random matrix of some rank: products of its rows scaled to length one.
  private func correlation(_ count: Int, rank: Int, _ name: String) throws -> CorrelationMatrix {
    let numbers = normals(
      stream: stream, factors: [stableIdentifier(of: name)], scenarios: 0..<(count * rank))
    let rows = (0..<count).map { row -> [Double] in
      let own = Array(numbers[(row * rank)..<((row + 1) * rank)])
      let length = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return own.map { $0 / length }
    }
    let products = symmetricProduct(rowsOf: Matrix(rows: rows))
    return try CorrelationMatrix(
      Matrix(rows: count, columns: count) { row, column in
        // What rounding takes below zero is given back.
        row == column ? 1 : max(-1, min(1, products[row, column])) * (rank < count ? 1 - 1e-15 : 1)
      })
  }

  private func moments(
    _ correlation: CorrelationMatrix, volatility: Double = 0.02, means: [Double]? = nil
  ) throws -> FactorMoments {
    let count = correlation.count
    return FactorMoments(
      factors: FactorSpace(try (0..<count).map { .spot(try Asset("A\($0)")) }),
      means: means ?? [Double](repeating: 0, count: count),
      volatilities: (0..<count).map { volatility * Double(1 + $0) }, correlation: correlation)
  }

  /// Moves whose second moments are the covariance of some moments.
  private func moves(_ moments: FactorMoments) throws -> Matrix {
    try SymmetricEigen(moments.correlation.matrix).squareRoot()
      .scaled(rows: moments.volatilities, columns: [Double](repeating: 1, count: moments.factors.count))
  }

  private func recoloured(_ base: FactorMoments, _ target: FactorMoments) throws -> Matrix {
    try Recolouring(from: try RecolouringBase(base), to: target).applied(to: try moves(base), .sequential)
  }

  private func expectCovariance(_ moves: Matrix, of target: FactorMoments, _ tolerance: Double) {
    let units = target.volatilities.map { 1 / $0 }
    let found = symmetricProduct(rowsOf: moves).scaled(rows: units, columns: units)
    #expect(found.maximumAbsoluteDifference(from: target.correlation.matrix) < tolerance)
  }

  private func allOne(_ count: Int) throws -> CorrelationMatrix {
    try CorrelationMatrix(Matrix(rows: count, columns: count, repeating: 1))
  }

  @Test("A·Σ·Aᵀ is the target, singular or not", arguments: [1, 2, 3, 5, 9, 14])
  func covariance(_ count: Int) throws {
    for round in 0..<8 {
      let base = try moments(try correlation(count, rank: count + 2, "base \(round)"))
      let targets = [
        try correlation(count, rank: count + 1, "target \(round)"),
        try correlation(count, rank: max(1, count - 2), "low \(round)"), try allOne(count), .identity(count),
      ]
      for target in targets {
        let wanted = try moments(target, volatility: 0.03)
        expectCovariance(try recoloured(base, wanted), of: wanted, 1e-10)
      }
    }
  }

  /// What observations do not span cannot be given any variance; volatilities are those of the target all the same.
  @Test func singularBase() throws {
    for count in [2, 4, 8] {
      let base = try moments(try correlation(count, rank: count - 1, "singular"))
      let target = try moments(try correlation(count, rank: count + 3, "regular"), volatility: 0.05)
      let found = symmetricProduct(rowsOf: try recoloured(base, target)).diagonal
      for (variance, volatility) in zip(found, target.volatilities) {
        #expect(isClose(variance, volatility * volatility, relative: 1e-9))
      }
    }
  }

  @Test func theOrderOfTheFactorsDoesNotMatter() throws {
    let count = 7
    let base = try moments(try correlation(count, rank: 9, "a"))
    let target = try moments(try correlation(count, rank: 8, "b"), volatility: 0.04)
    let order = [3, 6, 0, 2, 5, 1, 4]
    func permuted(_ moments: FactorMoments) throws -> FactorMoments {
      FactorMoments(
        factors: FactorSpace(order.map { moments.factors.factors[$0] }),
        means: order.map { moments.means[$0] },
        volatilities: order.map { moments.volatilities[$0] },
        correlation: try CorrelationMatrix(
          Matrix(rows: count, columns: count) { moments.correlation[order[$0], order[$1]] }))
    }
    let original = try moves(base)
    let plain = try Recolouring(from: try RecolouringBase(base), to: target).applied(
      to: original, .sequential)
    let other = try Recolouring(from: try RecolouringBase(try permuted(base)), to: try permuted(target))
      .applied(
        to: Matrix(rows: count, columns: count) { original[order[$0], $1] }, .sequential)
    for row in 0..<count {
      for column in 0..<count {
        #expect(isClose(other[row, column], plain[order[row], column], absolute: 1e-13))
      }
    }
  }

  /// On the way to all together and to a singular base's neighbour the map does not jump.
  @Test func continuity() throws {
    let base = try moments(try correlation(6, rank: 8, "c"))
    func at(_ share: Double) throws -> Matrix {
      let blend = Matrix(rows: 6, columns: 6) {
        $0 == $1 ? 1 : (1 - share) * base.correlation[$0, $1] + share
      }
      return try recoloured(base, try moments(try CorrelationMatrix(blend)))
    }
    #expect(try at(0).elements == (try moves(base)).elements)
    for share in [0.0, 0.3, 0.9, 0.999] {
      let step = 1e-7 * (1 - share)
      #expect(try at(share + step).maximumAbsoluteDifference(from: try at(share)) < 1e-6)
    }
    // The root of a vanishing variance: its slope has no bound, but it does not jump.
    #expect(try at(1 - 1e-10).maximumAbsoluteDifference(from: try at(1)) < 1e-5)
  }

  /// In standardised units no other map to the same correlations moves less; that of the triangular factors moves more.
  @Test func movesLeast() throws {
    for round in 0..<10 {
      let base = try moments(try correlation(5, rank: 6, "least \(round)"))
      let target = try moments(try correlation(5, rank: 7, "goal \(round)"))
      let start = try moves(base)
      let triangular = multiply(
        try CovarianceFactor(base.covariance).recolouring(to: try CovarianceFactor(target.covariance)), start)
      func displacement(_ moves: Matrix) -> Double {
        let units = base.volatilities.map { 1 / $0 }
        return (moves - start).scaled(rows: units, columns: [Double](repeating: 1, count: 5)).frobeniusNorm
      }
      #expect(displacement(try recoloured(base, target)) < displacement(triangular))
    }
  }

  @Test func volatilitiesAndMeansAloneScaleAndShift() throws {
    let kept = try correlation(4, rank: 6, "kept")
    let base = try moments(kept, means: [0.01, 0, -0.02, 0])
    var target = base
    target.volatilities[1] *= 3
    target.volatilities[2] = 0
    target.means = [0.01, 0.05, 0.03, 0]
    let start = try moves(base)
    let map = try Recolouring(from: try RecolouringBase(base), to: target)
    let found = map.applied(to: start, .threads(2))
    #expect(found.row(0) == start.row(0))
    #expect(found.row(3) == start.row(3))
    #expect(found.row(1) == start.row(1).map { 0.05 + 3 * $0 })
    #expect(found.row(2) == [Double](repeating: 0.03, count: 4))
    #expect(!map.isIdentity)
    #expect(try Recolouring(from: try RecolouringBase(base), to: base).isIdentity)
  }

  /// A factor that begins to move follows its regression on the others; its own part is not in observations.
  @Test func aFactorThatBeginsToMove() throws {
    let joint = try correlation(4, rank: 6, "joint")
    var base = try moments(try correlation(4, rank: 6, "before"))
    base.volatilities[3] = 0
    let target = try moments(joint)
    let start = try moves(base)
    let found = symmetricProduct(
      rowsOf: try Recolouring(from: try RecolouringBase(base), to: target).applied(to: start, .sequential))
    let wanted = target.covariance
    for row in 0..<4 {
      for column in 0..<4 where row < 3 || column < 3 {
        // The last row's root has no part of the moves of the others.
        #expect(isClose(found[row, column], wanted[row, column], absolute: 1e-14))
      }
    }
    #expect(found[3, 3] < wanted[3, 3])
  }
}
