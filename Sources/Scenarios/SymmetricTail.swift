import NumericalMethods
import RealModule

/// The tail probabilities of a standard normal or Student-t variable, tabulated.
///
/// The table holds the logarithm of P(T > t) against asinh(t/2), in which it is smooth and in a power tail straight; its
/// relative error is below 1e-8 for every ν > 2 and every probability above 1e-25 (against the distributions themselves).
package struct SymmetricTail: Sendable {
  private let logarithms: CubicTable

  /// The tail of a Student-t variable that is not rescaled.
  ///
  /// - Parameter degreesOfFreedom: ν > 0, finite.
  package init(degreesOfFreedom: Double) {
    let law = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
    self.init(survival: law.survival, density: law.density)
  }

  /// The tail of a standard normal variable.
  package static let normal = SymmetricTail(survival: { normalDistribution(-$0) }, density: normalDensity)

  private init(survival: (Double) -> Double, density: (Double) -> Double) {
    logarithms = CubicTable(over: 0...20, spacing: 1.0 / 128) { arc in
      let t = 2 * Double.sinh(arc)
      let probability = survival(t)
      guard probability > 1e-280 else { return nil }
      return (.log(probability), -density(t) * (4 + t * t).squareRoot() / probability)
    }
  }

  /// P(T > t).
  ///
  /// - Parameter t: not negative, finite.
  /// - Returns: above 0, at most ½.
  @inline(__always)
  package func probability(beyond t: Double) -> Double {
    let half = 0.5 * t
    let logarithm = logarithms(.log(half + (half * half + 1).squareRoot()))
    return max(.leastNormalMagnitude, min(0.5, .exp(logarithm)))
  }
}

/// The Student-t variable at the same quantile as a standard normal one.
package struct StudentTQuantileMap: Sendable {
  private let arcs: CubicTable

  /// Tabulates asinh(T/2) against the normal variable; the relative error is below 1e-8.
  ///
  /// - Parameter degreesOfFreedom: ν > 2, finite; the Student-t variable is not rescaled.
  package init(degreesOfFreedom: Double) {
    self.init(degreesOfFreedom: degreesOfFreedom, upTo: 8.25, spacing: 1.0 / 64)
  }

  /// Tabulates asinh(T/2) more coarsely, for as far as the ranks of a sample go; the relative error is below 1e-5.
  ///
  /// - Parameter degreesOfFreedom: ν > 2, finite.
  /// - Returns: the map; within ±5.5, beyond what a sample of ten million reaches.
  package static func forRanks(degreesOfFreedom: Double) -> StudentTQuantileMap {
    StudentTQuantileMap(degreesOfFreedom: degreesOfFreedom, upTo: 5.5, spacing: 1.0 / 16)
  }

  private init(degreesOfFreedom: Double, upTo end: Double, spacing: Double) {
    let law = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
    arcs = CubicTable(over: 0...end, spacing: spacing) { z in
      let t = z == 0 ? 0 : -law.quantile(normalDistribution(-z))
      let arc = Double.log(0.5 * t + (0.25 * t * t + 1).squareRoot())
      return (arc, normalDensity(z) / law.density(t) / (4 + t * t).squareRoot())
    }
  }

  /// t_ν⁻¹(Φ(z)).
  ///
  /// - Parameter normal: z; within ±8.21.
  /// - Returns: the quantile; odd in z.
  @inline(__always)
  package func callAsFunction(_ normal: Double) -> Double {
    let growth = Double.exp(arcs(abs(normal)))
    let magnitude = growth - 1 / growth
    return normal < 0 ? -magnitude : magnitude
  }
}

/// The scale √((ν − 2)/W) of a Student-t draw from a standard normal variable at the quantile of W.
package struct MixingScaleMap: Sendable {
  private let logarithms: CubicTable

  /// Tabulates the logarithm of the scale against the normal variable; the relative error is below 1e-7.
  ///
  /// - Parameter degreesOfFreedom: ν > 2, finite.
  package init(degreesOfFreedom: Double) {
    let law = ChiSquaredDistribution(degreesOfFreedom: degreesOfFreedom)
    logarithms = CubicTable(over: -8.25...8.25, spacing: 1.0 / 64) { z in
      let tails = TailProbabilities(lower: normalDistribution(z), upper: normalDistribution(-z))
      let mixing = 2 * inverseRegularisedIncompleteGamma(shape: 0.5 * degreesOfFreedom, tails)
      return (
        0.5 * .log((degreesOfFreedom - 2) / mixing), -0.5 * normalDensity(z) / law.density(mixing) / mixing
      )
    }
  }

  /// √((ν − 2)/W) with W at the quantile Φ(z) of the chi-squared law.
  ///
  /// - Parameter normal: z; within ±8.21.
  /// - Returns: the scale; above 0, falling in z.
  @inline(__always)
  package func callAsFunction(_ normal: Double) -> Double { .exp(logarithms(normal)) }
}
