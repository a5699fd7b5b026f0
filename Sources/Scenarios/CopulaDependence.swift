package import LinearAlgebra
import NumericalMethods
import RealModule
import Statistics

/// The degrees of freedom of a Student-t copula, fitted to the ranks of a sample.
///
/// With u the ranks over n + 1 (ties share theirs), x = t_ν⁻¹(u) and P the correlations, the logarithm of the copula's density
/// is log Γ((ν + d)/2) + (d − 1)·log Γ(ν/2) − d·log Γ((ν + 1)/2) − ½·log|P| − ½(ν + d)·log(1 + x′P⁻¹x/ν)
/// + ½(ν + 1)·Σ log(1 + x_j²/ν). Its sum over the observations is maximal in ν; P stays as the draws use it. Genest, Ghoudi,
/// Rivest: A semiparametric estimation procedure of dependence parameters in multivariate families of distributions (1995).
package struct CopulaDependence: Hashable, Sendable {
  /// The estimate of ν.
  package let degreesOfFreedom: Double
  /// One standard error, from the curvature of the likelihood; `nil` at an end of the domain.
  package let standardError: Double?

  /// Where ν is looked for; at the upper end the copula is as good as normal.
  package static let domain = 2.01...50.0
  /// The least ratio of an eigenvalue of the correlations to the largest: what is closer to singular says nothing of tails.
  static let eigenvalueFloor = 1e-3

  /// Fits the degrees of freedom.
  ///
  /// - Parameters:
  ///   - observations: factor × observation; at least two factors and two observations.
  ///   - correlation: P, factor × factor.
  /// - Throws: `LinearAlgebraError` where P has no spectrum.
  package init(_ observations: Matrix, correlation: Matrix) throws(LinearAlgebraError) {
    let likelihood = try CopulaLikelihood(observations, correlation)
    // In 1/ν the likelihood is close to a parabola.
    let ends = (1 / Self.domain.upperBound)...(1 / Self.domain.lowerBound)
    let best = brentMinimum(in: ends, tolerance: 1e-5) { -likelihood(degreesOfFreedom: 1 / $0) }
    let degrees = 1 / best.argument
    degreesOfFreedom = degrees
    let step = 0.02 * degrees
    guard degrees - step > Self.domain.lowerBound, degrees + step < Self.domain.upperBound else {
      standardError = nil
      return
    }
    let rise = likelihood(degreesOfFreedom: degrees - step) + likelihood(degreesOfFreedom: degrees + step)
    let curvature = (-2 * best.value - rise) / (step * step)
    standardError = curvature > 0 ? 1 / curvature.squareRoot() : nil
  }
}

/// The likelihood of a Student-t copula in its degrees of freedom.
private struct CopulaLikelihood {
  /// Φ⁻¹(u), factor after factor.
  private let normalScores: [Double]
  private let factors: Int
  private let observations: Int
  private let cholesky: Cholesky
  private let logDeterminant: Double

  init(_ sample: Matrix, _ correlation: Matrix) throws(LinearAlgebraError) {
    factors = sample.rows
    observations = sample.columns
    let ends = 2 * Double(sample.columns + 1)
    normalScores = (0..<sample.rows).flatMap { row in
      Self.doubledRanks(sample.row(row)).map { normalQuantile(Double($0) / ends) }
    }
    let floored = try CovarianceFactor(correlation, eigenvalueFloor: CopulaDependence.eigenvalueFloor)
    cholesky = try Cholesky(floored.reconstructed())
    logDeterminant = 2 * cholesky.lower.diagonal.reduce(0) { $0 + .log($1) }
  }

  /// Ranks from 1 on, doubled so that shared ones are whole.
  private static func doubledRanks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = start + end + 2 }
      start = end + 1
    }
    return ranks
  }

  func callAsFunction(degreesOfFreedom degrees: Double) -> Double {
    let quantile = StudentTQuantileMap.forRanks(degreesOfFreedom: degrees)
    let scores = normalScores.map { quantile($0) }
    var margins = CompensatedSum()
    for score in scores { margins += .log(onePlus: score * score / degrees) }
    let white = cholesky.whitened(Matrix(rows: factors, columns: observations, elements: scores))
    var squares = [Double](repeating: 0, count: observations)
    for row in 0..<factors {
      white.withRow(row) { span in
        for column in span.indices { squares[column] += span[column] * span[column] }
      }
    }
    var joint = CompensatedSum()
    for square in squares { joint += .log(onePlus: square / degrees) }
    let size = Double(factors)
    let constant =
      Double.logGamma(0.5 * (degrees + size)) + (size - 1) * Double.logGamma(0.5 * degrees)
      - size * Double.logGamma(0.5 * (degrees + 1)) - 0.5 * logDeterminant
    return Double(observations) * constant - 0.5 * (degrees + size) * joint.value
      + 0.5 * (degrees + 1) * margins.value
  }
}
