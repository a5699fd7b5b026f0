/// The chi-squared law.
public struct ChiSquaredDistribution: Hashable, Sendable {
  /// The degrees of freedom k, positive and finite, not necessarily whole.
  public let degreesOfFreedom: Double

  /// The chi-squared law.
  ///
  /// - Parameter degreesOfFreedom: k > 0, finite.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "the degrees of freedom must be positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The density at `x` > 0.
  public func density(_ x: Double) -> Double {
    precondition(x > 0, "the density is given for positive arguments")
    let half = 0.5 * degreesOfFreedom
    return half * SaddlePointDensity.poisson(half, mean: 0.5 * x) / x
  }

  /// The probabilities at or below and above `x` ≥ 0.
  public func tails(_ x: Double) -> TailProbabilities {
    regularisedIncompleteGamma(shape: 0.5 * degreesOfFreedom, 0.5 * x)
  }

  /// The probability of a value at or below `x` ≥ 0.
  public func cumulative(_ x: Double) -> Double { tails(x).lower }

  /// The probability of a value above `x` ≥ 0, without cancellation: the p-value of a statistic.
  public func survival(_ x: Double) -> Double { tails(x).upper }

  /// The value with this probability at or below it.
  ///
  /// - Parameter probability: in the open interval (0, 1).
  /// - Returns: the quantile.
  public func quantile(_ probability: Double) -> Double {
    2
      * inverseRegularisedIncompleteGamma(
        shape: 0.5 * degreesOfFreedom, TailProbabilities(lower: probability))
  }
}
