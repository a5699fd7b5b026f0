internal import RealModule

/// The generalised Pareto law of excesses over a threshold: `P(Y > y) = (1 + ξ·y/β)^(−1/ξ)`, for ξ = 0 `exp(−y/β)`.
///
/// Pickands: Statistical inference using extreme order statistics (1975).
public struct GeneralisedParetoDistribution: Hashable, Sendable {
  /// The shape ξ: above 0 a power tail of index 1/ξ, 0 an exponential tail, below 0 a largest excess of −β/ξ.
  public let shape: Double

  /// The scale β > 0, in the unit of the excesses.
  public let scale: Double

  /// The law.
  ///
  /// - Parameters:
  ///   - shape: ξ, finite.
  ///   - scale: β, positive and finite.
  /// - Throws: `EstimationError.parameterOutOfRange` naming the first outside its domain, NaN included.
  public init(shape: Double, scale: Double) throws(EstimationError) {
    guard shape.isFinite else { throw .parameterOutOfRange(.shape, shape) }
    guard scale > 0, scale.isFinite else { throw .parameterOutOfRange(.scale, scale) }
    self.init(unchecked: shape, scale: scale)
  }

  init(unchecked shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }

  /// The largest excess of the law, infinity for ξ ≥ 0.
  public var largestExcess: Double { shape < 0 ? -scale / shape : .infinity }

  /// The mean excess β/(1 − ξ); `nil` where it is infinite, ξ ≥ 1.
  public var mean: Double? { shape < 1 ? scale / (1 - shape) : nil }

  /// The logarithm of the density at an excess y ≥ 0; −∞ beyond the largest.
  public func logDensity(_ excess: Double) -> Double {
    precondition(excess >= 0, "an excess is not negative")
    guard excess <= largestExcess else { return -.infinity }
    let growth = logGrowth(excess)
    return -.log(scale) - growth - hazard(excess, growth)
  }

  /// The probability of an excess above y ≥ 0.
  public func survival(_ excess: Double) -> Double {
    precondition(excess >= 0, "an excess is not negative")
    guard excess < largestExcess else { return 0 }
    return .exp(-hazard(excess, logGrowth(excess)))
  }

  /// The probability of an excess at or below y ≥ 0.
  public func cumulative(_ excess: Double) -> Double {
    precondition(excess >= 0, "an excess is not negative")
    guard excess < largestExcess else { return 1 }
    return -.expMinusOne(-hazard(excess, logGrowth(excess)))
  }

  /// The excess that is exceeded with a given probability: `β·(p^(−ξ) − 1)/ξ`.
  ///
  /// - Parameter probability: in (0, 1].
  /// - Returns: an excess, at least 0.
  public func upperQuantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability <= 1, "a quantile needs a probability in (0, 1]")
    return scale * boxCox(-.log(probability), shape)
  }

  /// log(1 + ξ·y/β).
  private func logGrowth(_ excess: Double) -> Double { .log(onePlus: shape * excess / scale) }

  /// log(1 + ξ·y/β)/ξ, and its limit y/β.
  private func hazard(_ excess: Double, _ growth: Double) -> Double {
    shape == 0 ? excess / scale : growth / shape
  }
}

/// `(e^(ξt) − 1)/ξ`, and its limit t.
func boxCox(_ t: Double, _ shape: Double) -> Double {
  shape == 0 ? t : .expMinusOne(shape * t) / shape
}

/// The derivative of `(e^(ξt) − 1)/ξ` by ξ: `t²·(e^s·(s − 1) + 1)/s²` with s = ξt.
func boxCoxByShape(_ t: Double, _ shape: Double) -> Double {
  let s = shape * t
  guard abs(s) < 0.05 else { return t * t * (.exp(s) * (s - 1) + 1) / (s * s) }
  // Σ sʲ·(j + 1)/(j + 2)!
  var term = 0.5
  var sum = 0.5
  for j in 1..<12 {
    let order = Double(j)
    term *= s * (order + 1) / (order * (order + 2))
    sum += term
  }
  return t * t * sum
}
