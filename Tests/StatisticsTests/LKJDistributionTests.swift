import Foundation
import LinearAlgebra
import NumericalMethods
import Sampling
import Statistics
import TestSupport
import Testing

@Suite struct LKJDistributionTests {
  private static func matrices(
    _ law: LKJDistribution, matrices: Int, seed: UInt64
  ) throws -> [CorrelationMatrix] {
    let normalDraws = normals(
      stream: DrawStream(seed: seed, stream: 1), factors: (0..<law.normalCount).map(UInt64.init),
      scenarios: 0..<matrices)
    let chiSquaredDraws = law.degreesOfFreedom.enumerated().map { row, degrees in
      var draws = [Double](repeating: 0, count: matrices)
      var span = draws.mutableSpan
      fillChiSquared(
        degreesOfFreedom: degrees, stream: DrawStream(seed: seed, stream: UInt32(2 + row)), firstScenario: 0,
        into: &span)
      return draws
    }
    return try (0..<matrices).map { matrix in
      try law.correlation(
        normals: (0..<law.normalCount).map { normalDraws[$0 * matrices + matrix] },
        chiSquareds: chiSquaredDraws.map { $0[matrix] })
    }
  }

  /// Bernstein's bound for the mean of independent numbers within [0, 1] of known variance: an honest sample lies
  /// further out with probability at most 2·exp(−20) = 4e-9, for every sample size.
  private static func bernsteinBound(variance: Double, count: Int) -> Double {
    // n·t² = 40·(v + t/3), solved for t.
    let scale = 40 / Double(count)
    let half = scale / 6
    return half + (half * half + scale * variance).squareRoot()
  }

  /// LKJ-VAR: the false alarms of 20 correlations, three bounds of 4e-9 each, add up to less than 3e-7.
  @Test(
    "LKJ-VAR: mean 0, variance 1/(2η + n − 1), a beta law for each correlation",
    arguments: [(5, 1.0), (4, 2.5), (3, 0.5), (2, 4)])
  func marginalLaws(count: Int, shape: Double) throws {
    let law = LKJDistribution(count: count, shape: shape)
    let size = 3_000
    let drawn = try Self.matrices(law, matrices: size, seed: 11)
    let variance = 1 / (2 * shape + Double(count) - 1)
    #expect(law.correlationVariance == variance)
    let beta = BetaDistribution(shape - 1 + Double(count) / 2, shape - 1 + Double(count) / 2)
    // Of a symmetric beta law with variance v: E r⁴ = 3v²/(1 + 2v).
    let squareVariance = 3 * variance * variance / (1 + 2 * variance) - variance * variance
    for row in 0..<count {
      for column in 0..<row {
        let sample = drawn.map { $0[row, column] }
        let mean = sample.reduce(0, +) / Double(size)
        // (1 + r)/2 lies within [0, 1] and has a quarter of the variance.
        #expect(abs(mean) <= 2 * Self.bernsteinBound(variance: variance / 4, count: size))
        let square = sample.reduce(0) { $0 + $1 * $1 } / Double(size)
        #expect(abs(square - variance) <= Self.bernsteinBound(variance: squareVariance, count: size))
        var distance = 0.0
        for (rank, value) in sample.sorted().enumerated() {
          let probability = beta.cumulative((1 + value) / 2)
          distance = max(
            distance, Double(rank + 1) / Double(size) - probability, probability - Double(rank) / Double(size)
          )
        }
        // Dvoretzky, Kiefer, Wolfowitz with Massart's constant: 2·exp(−2nd²) at 2nd² = 20.
        #expect(2 * Double(size) * distance * distance < 20)
      }
    }
  }

  @Test("LKJ-VAR: one in six at n = 5 and η = 1") func printedVariance() {
    #expect(isClose(LKJDistribution(count: 5, shape: 1).correlationVariance, 1.0 / 6, relative: 1e-15))
  }

  /// η = 1 is uniform over all correlation matrices.
  ///
  /// Its determinants follow those of points drawn uniformly from the cube and kept where they make a correlation
  /// matrix. Two samples with a false alarm of 4e-9 each.
  @Test("the plain twin at η = 1: points of the cube that are correlation matrices") func uniformTwin() throws
  {
    let size = 3_000
    let drawn = try Self.matrices(LKJDistribution(count: 3, shape: 1), matrices: size, seed: 12)
    func determinant(_ a: Double, _ b: Double, _ c: Double) -> Double {
      1 + 2 * a * b * c - a * a - b * b - c * c
    }
    let determinants = drawn.map { determinant($0[0, 1], $0[0, 2], $0[1, 2]) }.sorted()
    var generator = SeededGenerator(seed: 13)
    var kept: [Double] = []
    while kept.count < size {
      let value = determinant(
        2 * generator.uniform() - 1, 2 * generator.uniform() - 1, 2 * generator.uniform() - 1)
      if value > 0 { kept.append(value) }
    }
    kept.sort()
    var distance = 0.0
    var below = 0
    for (rank, value) in determinants.enumerated() {
      while below < size, kept[below] <= value { below += 1 }
      distance = max(distance, abs(Double(rank + 1) - Double(below)) / Double(size))
    }
    // Each empirical law is within √(20/2n) of the true one.
    #expect(distance < 2 * (20 / (2 * Double(size))).squareRoot())
  }

  @Test(
    "every matrix is a correlation matrix, however close to singular", arguments: [0.01, 0.5, 1, 30, 1e6])
  func validity(shape: Double) throws {
    for count in [1, 2, 7, 25] {
      let law = LKJDistribution(count: count, shape: shape)
      for correlation in try Self.matrices(law, matrices: 4, seed: 14) {
        #expect(correlation.count == count)
        #expect(correlation.matrix.isSymmetric())
        #expect(correlation.matrix.diagonal.allSatisfy { $0 == 1 })
        #expect(throws: Never.self) { try CorrelationMatrix(correlation.matrix) }
      }
    }
  }

  @Test("extreme draws, and normals that are all zero") func extremes() throws {
    let law = LKJDistribution(count: 8, shape: 0.3)
    for chiSquared in [0, 1e-300, 1, 1e300] {
      for normal in [0, 8.2, -1e300, 1e-300] {
        let correlation = try law.correlation(
          normals: [Double](repeating: normal, count: law.normalCount),
          chiSquareds: [Double](repeating: chiSquared, count: law.degreesOfFreedom.count))
        #expect(throws: Never.self) { try CorrelationMatrix(correlation.matrix) }
      }
    }
  }

  @Test("by hand: (3, 4) over 5, and what the rows take") func byHand() throws {
    let pair = LKJDistribution(count: 2, shape: 1.5)
    #expect(pair.degreesOfFreedom == [3])
    #expect(pair.normalCount == 1)
    #expect(isClose(try pair.correlation(normals: [-3], chiSquareds: [16])[0, 1], -0.6, relative: 1e-15))
    #expect(LKJDistribution(count: 4, shape: 0.5).degreesOfFreedom == [3, 2, 1])
    let single = LKJDistribution(count: 1, shape: 2)
    #expect(try single.correlation(normals: [], chiSquareds: []) == .identity(1))
  }

  @Test("a large shape leaves the identity, the draws decide bitwise") func limits() throws {
    let law = LKJDistribution(count: 6, shape: 1e10)
    for correlation in try Self.matrices(law, matrices: 5, seed: 15) {
      #expect(correlation.matrix.maximumAbsoluteDifference(from: .identity(6)) < 1e-4)
    }
    let some = LKJDistribution(count: 6, shape: 1)
    #expect(try Self.matrices(some, matrices: 3, seed: 16) == Self.matrices(some, matrices: 3, seed: 16))
    #expect(try Self.matrices(some, matrices: 3, seed: 16) != Self.matrices(some, matrices: 3, seed: 17))
  }

  @Test func impossibleLawsAndDrawsStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = LKJDistribution(count: 0, shape: 1) }
    await #expect(processExitsWith: .failure) { _ = LKJDistribution(count: 2, shape: 0) }
    await #expect(processExitsWith: .failure) { _ = LKJDistribution(count: 2, shape: .nan) }
    await #expect(processExitsWith: .failure) {
      _ = try LKJDistribution(count: 2, shape: 1).correlation(normals: [0], chiSquareds: [-1])
    }
    await #expect(processExitsWith: .failure) {
      _ = try LKJDistribution(count: 2, shape: 1).correlation(normals: [.nan], chiSquareds: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = try LKJDistribution(count: 3, shape: 1).correlation(normals: [0], chiSquareds: [1])
    }
  }
}
