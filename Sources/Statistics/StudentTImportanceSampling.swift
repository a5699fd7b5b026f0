public import LinearAlgebra
internal import NumericalMethods
internal import RealModule

/// Draws of multivariate Student-t variables that make large losses common, each with the ratio of its true density to the
/// one it was drawn from.
///
/// The loss is Q = k + Σ bⱼ·Xⱼ + Σ λⱼ·Xⱼ² with Xⱼ = Zⱼ/√w, w = Y/(ν − 2), Z independent standard normals and one chi-squared
/// Y of ν degrees of freedom for all: X is Student-t with unit variances, uncorrelated. Q has no moment generating function,
/// and with x the threshold the draws are twisted by Qₓ = w·(Q − x) instead, which is above zero where Q is above x. With
/// α(θ) = −θ·(x − k) + ½·Σ θ²bⱼ²/(1 − 2θλⱼ) its cumulant function is
/// ψ(θ) = −(ν/2)·log(1 − 2α(θ)/(ν − 2)) − ½·Σ log(1 − 2θλⱼ), and θ is the one with ψ′(θ) = 0. Under the density twisted by
/// exp(θQₓ − ψ(θ)) Y is a chi-squared variable over 1 − 2α(θ)/(ν − 2), and given it Zⱼ ~ N(θbⱼ√w/(1 − 2θλⱼ), 1/(1 − 2θλⱼ)).
///
/// The ratio is at most exp(ψ(θ)) where Q exceeds x, and the error of a probability is finite. That of a tail mean takes a loss
/// with a variance: where squares open upwards, more than four degrees of freedom.
///
/// Glasserman, Heidelberger, Shahabuddin: Portfolio value-at-risk with heavy-tailed risk factors (2002).
public struct StudentTImportanceSampling: Hashable, Sendable {
  /// The coefficients k, b and λ of the loss Q that guides the draws; of unit-variance Student-t variables here.
  public let law: QuadraticGaussian
  /// ν.
  public let degreesOfFreedom: Double
  /// The loss that divides the draws of Q, in the unit of the law.
  public let threshold: Double
  /// θ > 0, per unit of the law.
  public let twist: Double

  private let cumulants: WeightedExcessCumulants
  private let standardTwist: Double
  private let standardCumulant: Double

  /// Twists a loss about a threshold.
  ///
  /// - Parameters:
  ///   - law: the coefficients of the loss.
  ///   - degreesOfFreedom: ν > 2, finite.
  ///   - threshold: above k + Σλ·(ν − 2)/ν, which is near the mean of the loss, and below the largest it can take.
  /// - Throws: ``ImportanceSamplingError/notFinite``, ``ImportanceSamplingError/degreesOfFreedomOutOfRange(_:)``,
  ///   ``ImportanceSamplingError/thresholdNotAboveMean(threshold:mean:)``,
  ///   ``ImportanceSamplingError/thresholdBeyondSupport(threshold:largest:)``, ``ImportanceSamplingError/notConverged``.
  public init(
    _ law: QuadraticGaussian, degreesOfFreedom: Double, threshold: Double
  ) throws(ImportanceSamplingError) {
    guard degreesOfFreedom > 2, degreesOfFreedom.isFinite else {
      throw .degreesOfFreedomOutOfRange(degreesOfFreedom)
    }
    guard threshold.isFinite else { throw .notFinite }
    let centre = Self.centre(law, degreesOfFreedom)
    guard threshold > centre else { throw .thresholdNotAboveMean(threshold: threshold, mean: centre) }
    let largest = law.support.upper
    guard threshold < largest else { throw .thresholdBeyondSupport(threshold: threshold, largest: largest) }
    let cumulants = WeightedExcessCumulants(law, degreesOfFreedom, threshold: threshold)
    standardTwist = try cumulants.stationaryArgument()
    standardCumulant = cumulants.values(at: standardTwist).value
    twist = standardTwist / law.standardDeviation
    guard twist.isFinite, standardCumulant.isFinite else { throw .notFinite }
    self.law = law
    self.degreesOfFreedom = degreesOfFreedom
    self.threshold = threshold
    self.cumulants = cumulants
  }

  /// Twists a loss about its own value at risk, as the saddlepoint approximation of P(Qₓ > 0) has it.
  ///
  /// Any threshold in the tail gives draws without bias: the approximation costs a little variance at most.
  ///
  /// - Parameters:
  ///   - law: the coefficients of the loss.
  ///   - degreesOfFreedom: ν > 2, finite.
  ///   - confidence: the level.
  /// - Throws: ``ImportanceSamplingError``.
  public init(
    _ law: QuadraticGaussian, degreesOfFreedom: Double, at confidence: Confidence
  ) throws(ImportanceSamplingError) {
    guard degreesOfFreedom > 2, degreesOfFreedom.isFinite else {
      throw .degreesOfFreedomOutOfRange(degreesOfFreedom)
    }
    let centre = Self.centre(law, degreesOfFreedom)
    let largest = law.support.upper
    /// The threshold at a distance in (0, 1): the whole line, or what lies below the largest loss.
    func threshold(_ place: Double) -> Double {
      largest.isFinite
        ? centre + (largest - centre) * place : centre + law.standardDeviation * place / (1 - place)
    }
    var lower = 0.0
    var upper = 1.0
    // The probability falls with the threshold; where it cannot be had the threshold is at an end of its domain.
    for _ in 0..<40 {
      let middle = 0.5 * (lower + upper)
      guard let sampling = try? Self(law, degreesOfFreedom: degreesOfFreedom, threshold: threshold(middle))
      else {
        if middle < 0.5 { lower = middle } else { upper = middle }
        continue
      }
      if sampling.approximateExceedance > confidence.tailProbability {
        lower = middle
      } else {
        upper = middle
      }
    }
    try self.init(law, degreesOfFreedom: degreesOfFreedom, threshold: threshold(0.5 * (lower + upper)))
  }

  /// The threshold at which nothing is twisted: the loss with E[w·(Q − x)] = 0.
  private static func centre(_ law: QuadraticGaussian, _ degreesOfFreedom: Double) -> Double {
    law.constant + law.quadratic.reduce(0, +) * ((degreesOfFreedom - 2) / degreesOfFreedom)
  }

  /// P(Qₓ > 0) after Lugannani and Rice (1980), the twist being the saddlepoint.
  var approximateExceedance: Double {
    let (value, _, second) = cumulants.values(at: standardTwist)
    let normal = (2 * max(0, 0 - value)).squareRoot()
    let spread = standardTwist * second.squareRoot()
    // Next to the centre the difference of two large terms is rounding.
    guard normal > 1e-3, spread > 1e-3 else { return 0.5 }
    return 0.5 * .erfc(normal / 2.0.squareRoot()) + normalDensity(normal) * (1 / spread - 1 / normal)
  }

  /// The twisted draws that standard normals and chi-squared variables become.
  ///
  /// - Parameters:
  ///   - normals: independent standard normals, variable × scenario; as many variables as the law has.
  ///   - chiSquared: independent chi-squared variables of ν degrees of freedom, one a scenario; above zero.
  /// - Returns: the variables X, the likelihood ratios and Q in every scenario.
  public func sample(normals: Matrix, chiSquared: [Double]) -> ImportanceSample {
    precondition(normals.rows == law.linear.count, "one row of normals a variable")
    let count = normals.columns
    precondition(chiSquared.count == count, "one chi-squared variable a scenario")
    let theta = standardTwist
    let shrinking = cumulants.weightScale(at: theta)
    let weights = chiSquared.map { $0 / shrinking / (degreesOfFreedom - 2) }
    let scales = weights.map { 1 / $0.squareRoot() }
    var variables = normals
    var losses = [Double](repeating: 0, count: count)
    for (row, (b, lambda)) in zip(law.linear, law.quadratic).enumerated() {
      let spread = 1 / (1 - 2 * theta * (lambda / law.standardDeviation))
      // The mean of Xⱼ = Zⱼ/√w does not depend on w.
      let mean = theta * (b / law.standardDeviation) * spread
      let deviation = spread.squareRoot()
      variables.withMutableRow(row) { values in
        for scenario in values.indices {
          let value = mean + deviation * values[scenario] * scales[scenario]
          values[scenario] = value
          losses[scenario] += value * (b + lambda * value)
        }
      }
    }
    var ratios = losses
    for scenario in 0..<count {
      losses[scenario] += law.constant
      let excess = (losses[scenario] - threshold) / law.standardDeviation
      ratios[scenario] = .exp(standardCumulant - theta * weights[scenario] * excess)
    }
    return ImportanceSample(variables: variables, likelihoodRatios: ratios, losses: losses)
  }
}

/// ψ, the cumulant function of w·(Q − x) over the standard deviation that Q would have with normal variables.
private struct WeightedExcessCumulants: Hashable, Sendable {
  private let linear: [Double]
  private let quadratic: [Double]
  private let degreesOfFreedom: Double
  /// x − k.
  private let distance: Double

  init(_ law: QuadraticGaussian, _ degreesOfFreedom: Double, threshold: Double) {
    linear = law.linear.map { $0 / law.standardDeviation }
    quadratic = law.quadratic.map { $0 / law.standardDeviation }
    self.degreesOfFreedom = degreesOfFreedom
    distance = (threshold - law.constant) / law.standardDeviation
  }

  /// α and its first two derivatives.
  private func exponent(at theta: Double) -> (value: Double, first: Double, second: Double) {
    var value = 0 - theta * distance
    var first = 0 - distance
    var second = 0.0
    for (b, lambda) in zip(linear, quadratic) {
      let inverse = 1 / (1 - 2 * theta * lambda)
      let square = b * b * inverse
      value += 0.5 * theta * theta * square
      first += theta * (1 - theta * lambda) * square * inverse
      second += square * inverse * inverse
    }
    return (value, first, second)
  }

  /// 1 − 2α/(ν − 2), which divides the chi-squared variable; not above zero outside the domain.
  func weightScale(at theta: Double) -> Double { 1 - 2 * exponent(at: theta).value / (degreesOfFreedom - 2) }

  /// ψ and its first two derivatives inside the domain.
  func values(at theta: Double) -> (value: Double, first: Double, second: Double) {
    let alpha = exponent(at: theta)
    let freedom = degreesOfFreedom
    let scale = 1 - 2 * alpha.value / (freedom - 2)
    let share = freedom / (freedom - 2)
    let slope = alpha.first / scale
    var value = -0.5 * freedom * .log(scale)
    var first = share * slope
    var second = share * (alpha.second / scale + 2 / (freedom - 2) * slope * slope)
    for lambda in quadratic where lambda != 0 {
      let rest = 1 - 2 * theta * lambda
      value -= 0.5 * .log(rest)
      first += lambda / rest
      second += 2 * (lambda / rest) * (lambda / rest)
    }
    return (value, first, second)
  }

  /// θ > 0 with ψ′(θ) = 0; ψ is convex and falls at zero.
  func stationaryArgument() throws(ImportanceSamplingError) -> Double {
    let largest = quadratic.max() ?? 0
    let bound = largest > 0 ? 0.5 / largest : .infinity
    func slope(_ theta: Double) -> Double? {
      guard weightScale(at: theta) > 0 else { return nil }
      let first = values(at: theta).first
      return first.isFinite ? first : nil
    }
    var lower = 0.0
    var upper = bound.isFinite ? 0.5 * bound : 1
    // A place outside the domain lies beyond the root, where ψ′ has grown without limit.
    var outside = bound
    for _ in 0..<200 {
      guard let first = slope(upper) else {
        outside = upper
        upper = 0.5 * (lower + upper)
        continue
      }
      if first >= 0 { break }
      lower = upper
      upper = outside.isFinite ? 0.5 * (upper + outside) : 2 * upper
    }
    guard let end = slope(upper), end >= 0 else { throw .notConverged }
    do throws(RootError) {
      return try brentRoot(in: lower...upper) { values(at: $0).first }
    } catch {
      throw .notConverged
    }
  }
}
