internal import NumericalMethods
internal import RealModule

/// A number with the largest error its computation may have left in it.
public struct BoundedValue: Hashable, Sendable {
  /// The number.
  public let value: Double
  /// What the error is at most, in the same unit; at least 0.
  public let errorBound: Double

  /// A number and its error.
  ///
  /// - Parameters:
  ///   - value: the number.
  ///   - errorBound: at least 0.
  public init(value: Double, errorBound: Double) {
    self.value = value
    self.errorBound = errorBound
  }
}

/// The tail of a quadratic function of normals to nearly all digits, by inversion of its characteristic function.
///
/// The probability beyond x is `(1/2πi)·∫ exp(K(t) − tx)/t dt` along a path from −i∞ to +i∞ that crosses the real
/// axis between 0 and the first singularity of the cumulant function K; the imaginary axis is the formula of
/// Gil-Pelaez and Imhof. Here the path crosses at the integrand's saddlepoint, so that no digits cancel however small
/// the probability is, and is bent where that makes the integrand die away without oscillating: few degrees of
/// freedom, whose characteristic function hardly decays, cost no more than many. The same sum with `1/t²` is the mean
/// excess over x, from which comes the expected shortfall. The trapezoidal rule converges geometrically on such
/// paths.
///
/// The error bound is the change at the last halving of the step, doubled (the next change would be about its
/// square), with what the rounding of every term can amount to and what was cut off.
///
/// Gil-Pelaez: Note on the inversion theorem (1951); Imhof: Computing the distribution of quadratic forms in normal
/// variables (1961); Rice: Distribution of quadratic forms in normal random variables, evaluation by numerical
/// integration (1980); Weideman, Trefethen: Parabolic and hyperbolic contours for computing the Bromwich integral
/// (2007).
public struct CharacteristicFunctionInversion: Hashable, Sendable {
  /// The law of the loss.
  public let law: QuadraticGaussian

  /// The inversion of a law.
  ///
  /// - Parameter law: the law of the loss.
  public init(_ law: QuadraticGaussian) {
    self.law = law
  }

  /// The probability of a loss above `loss`, however small.
  ///
  /// - Parameter loss: finite, in the unit of the law.
  /// - Returns: a probability; 0 or 1 outside the support.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.notConverged`.
  public func exceedanceProbability(of loss: Double) throws(QuadraticGaussianError) -> BoundedValue {
    guard loss.isFinite else { throw .notFinite }
    let support = law.support
    if loss <= support.lower { return BoundedValue(value: 1, errorBound: 0) }
    if loss >= support.upper { return BoundedValue(value: 0, errorBound: 0) }
    // The smaller tail is computed, the other is its complement.
    if loss >= law.mean { return try UpperTail(law).integrals(beyond: standardised(loss)).probability }
    let below = try UpperTail(law.negated).integrals(beyond: -standardised(loss)).probability
    return BoundedValue(value: 1 - below.value, errorBound: below.errorBound + .ulpOfOne)
  }

  /// The quantile.
  ///
  /// - Parameter probability: of a value of Q at or below the quantile, in (0, 1).
  /// - Returns: a value in the unit of the law.
  /// - Throws: `QuadraticGaussianError.probabilityOutOfRange`, `.notConverged`.
  public func quantile(_ probability: Double) throws(QuadraticGaussianError) -> BoundedValue {
    guard probability > 0, probability < 1 else { throw .probabilityOutOfRange(probability) }
    let isUpper = probability > 0.5
    let point = try UpperTail(isUpper ? law : law.negated)
      .point(exceededWith: isUpper ? 1 - probability : probability)
    let value = isUpper ? point.value : -point.value
    return try figure(value, point.errorBound)
  }

  /// The loss exceeded with probability 1 − c.
  ///
  /// - Parameter confidence: the level c.
  /// - Returns: the value at risk, in the unit of the law.
  /// - Throws: `QuadraticGaussianError.notConverged`.
  public func valueAtRisk(at confidence: Confidence) throws(QuadraticGaussianError) -> BoundedValue {
    let point = try UpperTail(law).point(exceededWith: confidence.tailProbability)
    return try figure(point.value, point.errorBound)
  }

  /// The mean loss beyond the value at risk.
  ///
  /// - Parameter confidence: the level c.
  /// - Returns: `q + E[(Q − q)⁺]/(1 − c)`, in the unit of the law.
  /// - Throws: `QuadraticGaussianError.notConverged`.
  public func expectedShortfall(at confidence: Confidence) throws(QuadraticGaussianError) -> BoundedValue {
    let tail = UpperTail(law)
    let point = try tail.point(exceededWith: confidence.tailProbability)
    let excess = try tail.integrals(beyond: point.value).excess
    let value = point.value + excess.value / confidence.tailProbability
    // An error of the point cancels to first order; it is counted in full all the same.
    let error = point.errorBound + excess.errorBound / confidence.tailProbability
    return try figure(value, error)
  }

  private func standardised(_ loss: Double) -> Double { (loss - law.mean) / law.standardDeviation }

  /// A standardised figure in the unit of the law, its error with the rounding of the scaling.
  private func figure(_ value: Double, _ error: Double) throws(QuadraticGaussianError) -> BoundedValue {
    guard error <= CharacteristicFunctionInversion.largestError else { throw .notConverged }
    let rounding = 2 * abs(value) * .ulpOfOne
    return BoundedValue(
      value: law.mean + law.standardDeviation * value,
      errorBound: law.standardDeviation * (error + rounding) + abs(law.mean) * .ulpOfOne)
  }

  /// The error, in standard deviations, beyond which a figure is no answer.
  private static let largestError = 1e-4
}

/// The upper tail of a standardised law.
private struct UpperTail {
  private let cumulants: CumulantFunction
  private let support: (lower: Double, upper: Double)

  init(_ law: QuadraticGaussian) {
    cumulants = CumulantFunction(law)
    support = law.standardised.support
  }

  func integrals(beyond x: Double) throws(QuadraticGaussianError) -> TailIntegrals {
    try InversionPath(cumulants, beyond: x).integrals()
  }

  /// The point exceeded with a probability, by Newton's method on the logarithm, kept in a bracket.
  func point(exceededWith probability: Double) throws(QuadraticGaussianError) -> BoundedValue {
    var lower = support.lower
    var upper = support.upper
    // The mean is inside the support; the normal quantile need not be.
    var x = min(-normalQuantile(probability), 0.5 * support.upper)
    for _ in 0..<100 {
      let tail = try integrals(beyond: x)
      let value = tail.probability.value
      if value > probability { lower = x } else { upper = x }
      let miss = value - probability
      let slope = tail.density
      let step = value > 0 && slope > 0 ? Double.log(value / probability) * value / slope : .nan
      if abs(miss) <= max(tail.probability.errorBound, 4 * .ulpOfOne * probability)
        || abs(step) <= 4 * .ulpOfOne * (1 + abs(x))
      {
        guard slope > 0 else { throw .notConverged }
        return BoundedValue(
          value: x, errorBound: (tail.probability.errorBound + abs(miss)) / slope + abs(x) * .ulpOfOne)
      }
      x = next(x, step, lower, upper)
    }
    throw .notConverged
  }

  /// A Newton step that stays in the bracket and does not go far at once, or bisection.
  private func next(_ x: Double, _ step: Double, _ lower: Double, _ upper: Double) -> Double {
    let limit = 2 + abs(x)
    let candidate = step.isFinite ? x + min(max(step, -limit), limit) : .nan
    if candidate > lower, candidate < upper { return candidate }
    if lower.isFinite, upper.isFinite { return lower + 0.5 * (upper - lower) }
    return lower.isFinite ? x + limit : x - limit
  }
}
