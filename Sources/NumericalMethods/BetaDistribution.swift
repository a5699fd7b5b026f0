/// The beta law on [0, 1] with density proportional to `x^(a−1) · (1 − x)^(b−1)`.
public struct BetaDistribution: Hashable, Sendable {
  /// The first shape a, positive and finite.
  public let a: Double

  /// The second shape b, positive and finite.
  public let b: Double

  /// The beta law.
  ///
  /// - Parameters:
  ///   - a: the first shape, positive and finite.
  ///   - b: the second shape, positive and finite.
  public init(_ a: Double, _ b: Double) {
    precondition(a > 0 && a.isFinite && b > 0 && b.isFinite, "the shapes must be positive and finite")
    self.a = a
    self.b = b
  }

  /// The density at `x` in the open interval (0, 1).
  public func density(_ x: Double) -> Double {
    precondition(x > 0 && x < 1, "the density is given inside (0, 1)")
    return IncompleteBeta.density(a, b, x, 1 - x) / (x * (1 - x))
  }

  /// The probabilities at or below and above `x` in [0, 1].
  public func tails(_ x: Double) -> TailProbabilities {
    regularisedIncompleteBeta(a, b, x)
  }

  /// The probability of a value at or below `x` in [0, 1].
  public func cumulative(_ x: Double) -> Double { tails(x).lower }

  /// The probability of a value above `x` in [0, 1].
  public func survival(_ x: Double) -> Double { tails(x).upper }

  /// The value with this probability at or below it.
  ///
  /// - Parameter probability: in the open interval (0, 1).
  /// - Returns: the quantile.
  public func quantile(_ probability: Double) -> Double {
    inverseRegularisedIncompleteBeta(a, b, TailProbabilities(lower: probability)).x
  }

  /// The value with this probability above it, to all digits of a small probability.
  ///
  /// - Parameter probability: in the open interval (0, 1).
  /// - Returns: the quantile of 1 − probability.
  public func upperQuantile(_ probability: Double) -> Double {
    inverseRegularisedIncompleteBeta(a, b, TailProbabilities(upper: probability)).x
  }
}
