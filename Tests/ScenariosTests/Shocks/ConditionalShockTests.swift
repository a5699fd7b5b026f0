import Instruments
import LinearAlgebra
import MarketData
import RealModule
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ConditionalShockTests {
  let rows = [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]]

  func subject(degreesOfFreedom: Double? = nil) throws -> ShockSubject {
    try Subjects.make(
      try Subjects.spots("BTC", "ETH", "SOL"), rows, volatilities: [0.04, 0.05, 0.08],
      means: [0.001, -0.002, 0.003], degreesOfFreedom: degreesOfFreedom)
  }

  func given(_ amounts: [(String, Double)]) throws -> ShockStep {
    .conditional(
      given: try amounts.map { FactorAmount(factor: try Subjects.spot($0.0), amount: $0.1) })
  }

  /// Mean m₂ + Σ₂₁Σ₁₁⁻¹(g − m₁), covariance Σ₂₂ − Σ₂₁Σ₁₁⁻¹Σ₁₂: Anderson, An introduction to multivariate statistical
  /// analysis (2003), theorem 2.5.1.
  @Test func aGivenMoveOfOneIsTheTextbookFormula() throws {
    let law = try subject().after(given([("BTC", -0.3)]))
    let moments = law.components[0].moments
    #expect(moments.means[0] == -0.3)
    #expect(moments.volatilities[0] == 0)
    #expect(isClose(moments.means[1], -0.002 + 0.8 * 0.05 / 0.04 * (-0.3 - 0.001), absolute: 1e-15))
    #expect(isClose(moments.means[2], 0.003 + 0.5 * 0.08 / 0.04 * (-0.3 - 0.001), absolute: 1e-15))
    #expect(isClose(moments.volatilities[1], 0.05 * (1 - 0.64).squareRoot(), absolute: 1e-16))
    #expect(isClose(moments.volatilities[2], 0.08 * (1 - 0.25).squareRoot(), absolute: 1e-16))
    let partial = (0.3 - 0.8 * 0.5) / (0.36 * 0.75).squareRoot()
    #expect(isClose(moments.correlation[1, 2], partial, absolute: 1e-14))
    #expect(moments.correlation[0, 1] == 0)
    #expect(law.degreesGained == 1)
    #expect(law.base == (try subject().moments))
  }

  @Test(arguments: [0.2, 0.5, 0.9, 1])
  func severalGivenMovesOnTheWay(strength: Double) throws {
    let subject = try subject()
    let amounts = [("BTC", -0.3), ("SOL", 0.1)]
    let moments = try subject.after(given(amounts), strength: strength).components[0].moments
    let sigma = subject.moments.covariance
    let block = Matrix(rows: 2, columns: 2) { sigma[2 * $0, 2 * $1] }
    let inverse = try Cholesky(block).solve(.identity(2))
    let joint = Matrix(rows: 3, columns: 2) { sigma[$0, 2 * $1] }
    let beta = multiply(joint, inverse)
    let gap = [-0.3 - 0.001, 0.1 - 0.003]
    let shift = multiply(beta, gap)
    let explained = multiply(beta, joint.transposed())
    let share = 2 * strength - strength * strength
    let expected = FactorMomentsTwin(
      means: subject.moments.means.enumerated().map { $1 + strength * shift[$0] },
      covariance: sigma - explained.scaled(by: share))
    #expect(expected.distance(from: moments) < 1e-15)
  }

  /// The shocked moves themselves: 200,000 normals; means and covariances within 6 standard errors (false alarm below 1e-7
  /// for the nine numbers).
  @Test func movesThatAreMappedHaveTheseMoments() throws {
    let (count, strength) = (200_000, 0.6)
    let subject = try subject()
    let law = try subject.after(given([("BTC", -0.3)]), strength: strength).components[0].moments
    let factor = try subject.moments.correlation.factor().lower.scaled(
      rows: subject.moments.volatilities, columns: [1, 1, 1])
    let draws = Matrix(
      rows: 3, columns: count,
      elements: normals(stream: DrawStream(seed: 9), factors: [1, 2, 3], scenarios: 0..<count))
    let moves = multiply(factor, draws)
    let beta = [1, 0.8 * 0.05 / 0.04, 0.5 * 0.08 / 0.04]
    let mapped = Matrix(rows: 3, columns: count) { row, column in
      let own = moves[0, column] + subject.moments.means[0]
      let shocked = strength * -0.3 + (1 - strength) * own
      return moves[row, column] + subject.moments.means[row] + beta[row] * (shocked - own)
    }
    let sample = try FactorMoments(factors: subject.moments.factors, observations: mapped, weights: nil)
    let size = Double(count).squareRoot()
    for row in 0..<3 {
      #expect(abs(sample.means[row] - law.means[row]) < 6 * law.volatilities[row] / size)
      for column in 0...row {
        let spread = (1 + 1) * law.volatilities[row] * law.volatilities[column]
        #expect(abs(sample.covariance[row, column] - law.covariance[row, column]) < 6 * spread / size)
      }
    }
  }

  /// The conditional t has ν + p degrees of freedom and scale S_schur·(ν + δ)/(ν + p): Kotz, Nadarajah: Multivariate t
  /// distributions and their applications (2004), 1.11; its covariance is that times (ν + p)/(ν + p − 2).
  @Test func theCovarianceOfAStudentLawDependsOnHowUnlikelyTheMoveIs() throws {
    let degrees = 5.0
    for move in [0.001, -0.02, -0.3] {
      let law = try subject(degreesOfFreedom: degrees).after(given([("BTC", move)]))
      let scaleOfGiven = 0.04 * 0.04 * (degrees - 2) / degrees
      let delta = (move - 0.001) * (move - 0.001) / scaleOfGiven
      for (row, left) in [(1, 0.36), (2, 0.75)] {
        let own = volatility(ofFactor: row) * volatility(ofFactor: row) * left * (degrees - 2) / degrees
        let expected = own * (degrees + delta) / (degrees + 1) * (degrees + 1) / (degrees + 1 - 2)
        let used = law.components[0].moments.volatilities[row]
        #expect(isClose(used * used, expected, relative: 1e-13))
      }
      #expect(law.degreesGained == 1)
    }
    // One move after the other is both at once.
    let both = try subject(degreesOfFreedom: degrees).after(given([("BTC", -0.1), ("SOL", -0.2)]))
    let turns = try subject(degreesOfFreedom: degrees).after(
      given([("BTC", -0.1)]), given([("SOL", -0.2)]))
    #expect(both.degreesGained == 2 && turns.degreesGained == 2)
    #expect(both.components[0].moments.distance(from: turns.components[0].moments) < 1e-16)
  }

  func volatility(ofFactor row: Int) -> Double { [0.04, 0.05, 0.08][row] }

  /// Numerical integration: E[y² | x] of a bivariate t by the ratio of integrals of the density.
  @Test func theConditionalStudentVarianceIsTheIntegralOfItsDensity() throws {
    let (degrees, correlation, x) = (5.0, 0.8, -2.5)
    let scale = ((degrees - 2) / degrees).squareRoot()
    var (total, first, second) = (0.0, 0.0, 0.0)
    let step = 0.002
    for index in -100_000...100_000 {
      let y = Double(index) * step
      let (u, v) = (x / scale, y / scale)
      let form = (u * u - 2 * correlation * u * v + v * v) / (1 - correlation * correlation)
      let density = Double.pow(1 + form / degrees, -(degrees + 2) / 2)
      total += density
      first += density * y
      second += density * y * y
    }
    let subject = try Subjects.make(
      try Subjects.spots("BTC", "ETH"), [[1, correlation], [correlation, 1]], volatilities: [0.1, 0.1],
      degreesOfFreedom: degrees)
    let moments = try subject.after(given([("BTC", 0.1 * x)])).components[0].moments
    let mean = first / total
    #expect(isClose(moments.means[1], 0.1 * mean, relative: 1e-9))
    let variance = second / total - mean * mean
    #expect(isClose(moments.volatilities[1], 0.1 * variance.squareRoot(), relative: 1e-6))
  }

  @Test func factorsThatAreOneTakeTheSameMoveOrNone() throws {
    let tied = try Subjects.make(
      try Subjects.spots("BTC", "ETH", "SOL"), [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]],
      volatilities: [0.04, 0.02, 0.05])
    let law = try tied.after(given([("BTC", -0.2), ("ETH", -0.1)]))
    #expect(law.degreesGained == 1)
    #expect(isClose(law.components[0].moments.means[2], 0.5 * 0.05 * -5, absolute: 1e-12))
    #expect(
      try tied.refusal(of: given([("BTC", -0.2), ("ETH", 0.1)]))
        == .contradictoryMoves(try Subjects.spots("BTC", "ETH")))
    // Told the move of one, the other has no freedom left.
    let other = try tied.after(given([("BTC", -0.2)])).components[0].moments
    #expect(isClose(other.means[1], -0.1, absolute: 1e-12) && other.volatilities[1] == 0)
  }

  @Test func movesThatCannotBeAreRefused() throws {
    let subject = try subject()
    for move in [-1, -1.5, .nan, .infinity] {
      guard case .outOfDomain(field: "given move", _, _) = try subject.refusal(of: given([("BTC", move)]))
      else {
        Issue.record("a move of \(move)")
        continue
      }
    }
    guard
      case .outOfDomain(field: "given moves", _, _) = try subject.refusal(
        of: given([("BTC", 0.1), ("BTC", 0.1)]))
    else {
      Issue.record("twice the same")
      return
    }
    // A factor whose move is given does not move any more.
    #expect(
      try subject.refusal(of: given([("BTC", 0.1)]), given([("BTC", 0.1)]))
        == .doesNotMove(Subjects.spot("BTC")))
  }
}

/// Moments worked out plainly.
struct FactorMomentsTwin {
  let means: [Double]
  let covariance: Matrix

  func distance(from moments: FactorMoments) -> Double {
    let gap = zip(means, moments.means).map { abs($0 - $1) }.max() ?? 0
    return max(gap, covariance.maximumAbsoluteDifference(from: moments.covariance))
  }
}
