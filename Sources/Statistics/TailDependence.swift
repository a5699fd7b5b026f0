internal import NumericalMethods

/// How often one of two variables with a t copula is extreme given that the other is, in the limit: Student-t's λ.
///
/// `λ = 2·t_{ν+1}(−√((ν + 1)(1 − ρ)/(1 + ρ)))`, the same in both tails; a normal copula (ν → ∞) has none below ρ = 1.
///
/// Embrechts, McNeil, Straumann: Correlation and dependence in risk management: properties and pitfalls (2002).
///
/// - Parameters:
///   - correlation: ρ in [−1, 1].
///   - degreesOfFreedom: ν > 0, finite.
/// - Returns: a probability, 0 at ρ = −1 and 1 at ρ = 1.
public func studentTTailDependence(correlation: Double, degreesOfFreedom: Double) -> Double {
  precondition(abs(correlation) <= 1, "a correlation lies between −1 and 1; have \(correlation)")
  precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "the degrees of freedom must be positive")
  guard correlation > -1 else { return 0 }
  let limit = ((degreesOfFreedom + 1) * (1 - correlation) / (1 + correlation)).squareRoot()
  return 2 * StudentTDistribution(degreesOfFreedom: degreesOfFreedom + 1).survival(limit)
}
