internal import NumericalMethods
internal import RealModule

/// Closed forms for the tail of a loss with mean zero and standard deviation one.
///
/// A portfolio linear in elliptically distributed factors has such a loss once divided by its standard deviation, so
/// these are multipliers: value at risk = multiplier × standard deviation. The Student-t law is rescaled to unit
/// variance by √((ν − 2)/ν).
///
/// The expected shortfall of the t law is `f(q)/(1−c) · (ν + q²)/(ν − 1)`. Dobrev, Nesmith, Oh: Accurate evaluation of
/// expected shortfall for linear portfolios with elliptically distributed risk factors (2017), who correct an earlier
/// formula that is often cited and understates it.
public struct EllipticalTail: Hashable, Sendable {
  private enum Law: Hashable, Sendable {
    case normal
    case studentT(degreesOfFreedom: Double)
  }

  private let law: Law

  /// The normal law.
  public static let normal = EllipticalTail(law: .normal)

  /// The Student-t law, rescaled to unit variance.
  ///
  /// - Parameter degreesOfFreedom: ν > 2, finite, not necessarily whole.
  /// - Returns: the law.
  /// - Throws: `StatisticsError.degreesOfFreedomOutOfRange` where the variance does not exist.
  public static func studentT(degreesOfFreedom: Double) throws(StatisticsError) -> EllipticalTail {
    guard degreesOfFreedom > 2, degreesOfFreedom.isFinite else {
      throw .degreesOfFreedomOutOfRange(degreesOfFreedom)
    }
    return EllipticalTail(law: .studentT(degreesOfFreedom: degreesOfFreedom))
  }

  private init(law: Law) {
    self.law = law
  }

  /// The degrees of freedom of a Student-t law, `nil` for the normal one.
  public var degreesOfFreedom: Double? {
    guard case .studentT(let degreesOfFreedom) = law else { return nil }
    return degreesOfFreedom
  }

  /// The value at risk, in standard deviations.
  ///
  /// - Parameter confidence: the level.
  /// - Returns: the quantile of the law.
  public func valueAtRisk(at confidence: Confidence) -> Double {
    switch law {
    case .normal: normalQuantile(confidence.value)
    case .studentT(let freedom):
      Self.scale(freedom) * StudentTDistribution(degreesOfFreedom: freedom).quantile(confidence.value)
    }
  }

  /// The expected shortfall, in standard deviations.
  ///
  /// - Parameter confidence: the level.
  /// - Returns: the mean beyond the quantile.
  public func expectedShortfall(at confidence: Confidence) -> Double {
    switch law {
    case .normal:
      return normalDensity(normalQuantile(confidence.value)) / confidence.tailProbability
    case .studentT(let freedom):
      let standard = StudentTDistribution(degreesOfFreedom: freedom)
      let quantile = standard.quantile(confidence.value)
      let spread = (freedom + quantile * quantile) / (freedom - 1)
      return Self.scale(freedom) * standard.density(quantile) * spread / confidence.tailProbability
    }
  }

  /// The density at a loss.
  ///
  /// - Parameter loss: a loss, in standard deviations.
  /// - Returns: the density, per standard deviation.
  public func density(at loss: Double) -> Double {
    switch law {
    case .normal:
      return normalDensity(loss)
    case .studentT(let freedom):
      let scale = Self.scale(freedom)
      return StudentTDistribution(degreesOfFreedom: freedom).density(loss / scale) / scale
    }
  }

  /// The large-sample standard error of the value at risk of independent draws, `√(c(1−c)/n) / f(q)`.
  ///
  /// - Parameters:
  ///   - confidence: the level.
  ///   - sampleSize: the number n ≥ 1 of draws.
  /// - Returns: the error, in standard deviations of the loss.
  public func valueAtRiskStandardError(at confidence: Confidence, sampleSize: Int) -> Double {
    asymptoticValueAtRiskStandardError(
      at: confidence, sampleSize: sampleSize, density: density(at: valueAtRisk(at: confidence)))
  }

  /// The large-sample standard error of the expected shortfall of independent draws, `√(Var((L−q)⁺)/n) / (1−c)`.
  ///
  /// - Parameters:
  ///   - confidence: the level.
  ///   - sampleSize: the number n ≥ 1 of draws.
  /// - Returns: the error, in standard deviations of the loss.
  public func expectedShortfallStandardError(at confidence: Confidence, sampleSize: Int) -> Double {
    precondition(sampleSize >= 1, "an error needs a sample")
    let tail = confidence.tailProbability
    let quantile = valueAtRisk(at: confidence)
    let mean = tail * (expectedShortfall(at: confidence) - quantile)
    // E[(L−q)²; L>q] = E[L²; L>q] − 2q·E[L; L>q] + q²·P(L>q)
    let square =
      secondMoment(beyond: quantile, tail) - 2 * quantile * tail * expectedShortfall(at: confidence)
      + quantile * quantile * tail
    return ((square - mean * mean) / Double(sampleSize)).squareRoot() / tail
  }

  /// `E[L²; L > q]`, by parts from `x·f(x) = −d/dx [(ν + x²)/(ν − 1) · f(x)]`.
  private func secondMoment(beyond quantile: Double, _ tail: Double) -> Double {
    switch law {
    case .normal:
      return tail + quantile * normalDensity(quantile)
    case .studentT(let freedom):
      let q = quantile / Self.scale(freedom)
      let density = StudentTDistribution(degreesOfFreedom: freedom).density(q)
      // Times (ν − 2)/ν for unit variance.
      return (q * (freedom + q * q) * density + freedom * tail) / freedom
    }
  }

  private static func scale(_ degreesOfFreedom: Double) -> Double {
    ((degreesOfFreedom - 2) / degreesOfFreedom).squareRoot()
  }
}

/// The large-sample standard error of a quantile of independent losses, `√(c(1−c)/n) / f(q)`.
///
/// - Parameters:
///   - confidence: the level c.
///   - sampleSize: the number n ≥ 1 of losses.
///   - density: the losses' density f(q) at the quantile, positive, per unit of loss.
/// - Returns: the error, in the unit of the losses.
public func asymptoticValueAtRiskStandardError(
  at confidence: Confidence, sampleSize: Int, density: Double
) -> Double {
  precondition(sampleSize >= 1, "an error needs a sample")
  precondition(density > 0, "the density at the quantile must be positive")
  return (confidence.value * confidence.tailProbability / Double(sampleSize)).squareRoot() / density
}
