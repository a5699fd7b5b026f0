internal import RealModule

/// Student's t law, not rescaled: its variance is ν / (ν − 2) for ν > 2.
public struct StudentTDistribution: Hashable, Sendable {
  /// The degrees of freedom ν, positive and finite, not necessarily whole.
  public let degreesOfFreedom: Double

  /// The t law.
  ///
  /// - Parameter degreesOfFreedom: ν > 0, finite.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "the degrees of freedom must be positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The density at `x`.
  public func density(_ x: Double) -> Double {
    let half = 0.5 * degreesOfFreedom
    // log [Γ(h + ½) / (Γ(h)·√h)], through Stirling's formula and its error.
    let constant =
      half * .log(onePlus: 0.5 / half) - 0.5
      + SaddlePointDensity.stirlingError(half + 0.5) - SaddlePointDensity.stirlingError(half)
    let kernel = (half + 0.5) * .log(onePlus: x * x / degreesOfFreedom)
    return .exp(constant - kernel) / (2 * Double.pi).squareRoot()
  }

  /// The probabilities at or below and above `x`.
  public func tails(_ x: Double) -> TailProbabilities {
    let ratio = x * x / degreesOfFreedom
    let below = 1 / (1 + ratio)
    let above = ratio < 1 ? ratio * below : 1 - below
    // I of ν/(ν + x²) is the probability of both tails beyond |x|.
    let both = regularisedIncompleteBeta(0.5 * degreesOfFreedom, 0.5, below, complement: above)
    let tail = 0.5 * both.lower
    let rest = 0.5 + 0.5 * both.upper
    return x < 0 ? TailProbabilities(lower: tail, upper: rest) : TailProbabilities(lower: rest, upper: tail)
  }

  /// The probability of a value at or below `x`.
  public func cumulative(_ x: Double) -> Double { tails(x).lower }

  /// The probability of a value above `x`, without cancellation.
  public func survival(_ x: Double) -> Double { tails(x).upper }

  /// The value with this probability at or below it.
  ///
  /// - Parameter probability: in the open interval (0, 1).
  /// - Returns: the quantile.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile needs a probability inside (0, 1)")
    let tail = min(probability, 1 - probability)
    guard tail < 0.5 else { return 0 }
    let logit = IncompleteBeta.inverseLogit(
      0.5 * degreesOfFreedom, 0.5, TailProbabilities(lower: 2 * tail, upper: 1 - 2 * tail))
    let magnitude = degreesOfFreedom.squareRoot() * .exp(-0.5 * logit)
    return probability < 0.5 ? -magnitude : magnitude
  }
}
