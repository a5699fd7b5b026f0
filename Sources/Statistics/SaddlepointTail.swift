internal import NumericalMethods
internal import RealModule

/// The tail of a quadratic function of normals by the formula of Lugannani and Rice.
///
/// With the saddlepoint t, `K′(t) = x`, it is `P(Q > x) ≈ 1 − Φ(w) + φ(w)·(1/u − 1/w)`, where
/// `w = sgn(t)·√(2(tx − K(t)))` and `u = t·√K″(t)`. Its relative error is usually a few per cent, far into the tail too;
/// it is exact for a normal law. `CharacteristicFunctionInversion` gives all digits.
///
/// Lugannani, Rice: Saddle point approximation for the distribution of the sum of independent random variables
/// (1980).
public struct SaddlepointTail: Hashable, Sendable {
  /// The law of the loss.
  public let law: QuadraticGaussian

  /// The tail of a law.
  ///
  /// - Parameter law: the law of the loss.
  public init(_ law: QuadraticGaussian) {
    self.law = law
  }

  /// The probability of a loss above `loss`.
  ///
  /// - Parameter loss: finite, in the unit of the law.
  /// - Returns: a probability; 0 or 1 outside the support.
  /// - Throws: `QuadraticGaussianError.notFinite`, or `.notConverged` where no saddlepoint is found, as hard by an
  ///   end of the support.
  public func exceedanceProbability(of loss: Double) throws(QuadraticGaussianError) -> Double {
    guard loss.isFinite else { throw .notFinite }
    let support = law.support
    if loss <= support.lower { return 1 }
    if loss >= support.upper { return 0 }
    let x = (loss - law.mean) / law.standardDeviation
    if x == 0 { return SaddlepointFormula(law).probability(at: 0) }
    // To the left of the mean the saddlepoint is negative: that of −Q is not.
    let formula = SaddlepointFormula(x > 0 ? law : law.negated)
    let t = try formula.argument { formula.cumulants.values(at: $0).first >= abs(x) }
    let probability = min(max(formula.probability(at: t), 0), 1)
    return x > 0 ? probability : 1 - probability
  }

  /// The loss exceeded with probability 1 − c.
  ///
  /// - Parameter confidence: the level c.
  /// - Returns: the value at risk, in the unit of the law.
  /// - Throws: `QuadraticGaussianError.notConverged`.
  public func valueAtRisk(at confidence: Confidence) throws(QuadraticGaussianError) -> Double {
    let tail = confidence.tailProbability
    let upper = SaddlepointFormula(law)
    if upper.probability(at: 0) >= tail {
      let t = try upper.argument { upper.probability(at: $0) <= tail }
      return law.mean + law.standardDeviation * upper.cumulants.values(at: t).first
    }
    let lower = SaddlepointFormula(law.negated)
    let t = try lower.argument { 1 - lower.probability(at: $0) >= tail }
    return law.mean - law.standardDeviation * lower.cumulants.values(at: t).first
  }
}

/// The formula as a function of the saddlepoint, t ≥ 0, for a standardised law.
private struct SaddlepointFormula {
  let cumulants: CumulantFunction
  private let skewness: Double
  private let excessKurtosis: Double

  init(_ law: QuadraticGaussian) {
    cumulants = CumulantFunction(law)
    skewness = law.skewness
    excessKurtosis = law.excessKurtosis
  }

  /// The probability beyond `K′(t)`.
  func probability(at t: Double) -> Double {
    let (value, first, second) = cumulants.values(at: t)
    let w = (2 * max(0, t * first - value)).squareRoot()
    return normalDistribution(-w) + normalDensity(w) * correction(t, w, t * second.squareRoot())
  }

  /// `1/u − 1/w`; near 0, where both are large, by its series.
  private func correction(_ t: Double, _ w: Double, _ u: Double) -> Double {
    guard t < 1e-4 else { return 1 / u - 1 / w }
    return -skewness / 6 + t * (5 * skewness * skewness / 24 - excessKurtosis / 8)
  }

  /// The least argument at which a condition holds that stays true once true.
  func argument(where condition: (Double) -> Bool) throws(QuadraticGaussianError) -> Double {
    if condition(0) { return 0 }
    var lower = 0.0
    var upper = cumulants.upperBound.isFinite ? 0.5 * cumulants.upperBound : 1
    for _ in 0..<60 where !condition(upper) {
      lower = upper
      upper = cumulants.upperBound.isFinite ? 0.5 * (upper + cumulants.upperBound) : 2 * upper
    }
    guard condition(upper) else { throw .notConverged }
    do throws(RootError) {
      return try bisectionRoot(in: lower...upper) { condition($0) ? 1 : -1 }
    } catch {
      throw .notConverged
    }
  }
}
