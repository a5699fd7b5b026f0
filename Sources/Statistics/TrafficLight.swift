internal import NumericalMethods

/// The three zones of the Basel committee's backtest, for any number of observations and any level.
///
/// The zone follows from the probability, under a value at risk that is right, of no more exceedances than were seen:
/// green below 95 %, yellow from there, red from 99.99 %.
///
/// Basel Committee on Banking Supervision: Supervisory framework for the use of "backtesting" (1996).
public struct TrafficLight: Hashable, Sendable {
  /// A zone.
  public enum Zone: String, Hashable, Sendable, CaseIterable {
    /// Nothing speaks against the value at risk.
    case green
    /// Both a right and a wrong value at risk are plausible.
    case yellow
    /// The value at risk is almost certainly wrong.
    case red
  }

  /// The number x of observations beyond the value at risk.
  public let exceedances: Int

  /// The number n of observations.
  public let observations: Int

  /// The level c of the value at risk.
  public let confidence: Confidence

  /// The probability of at most x exceedances.
  public let cumulativeProbability: Double

  /// The probability of at least x exceedances: of a false alarm, if this count were called one.
  public let falseAlarmProbability: Double

  /// The zone.
  public let zone: Zone

  /// The increase of a multiplier of 3 that would restore the level, if losses were normal; 0 in the green and 1 in
  /// the red zone.
  ///
  /// `3·(z_assumed / z_observed − 1)` in [0, 1], with the normal quantiles of c and of the observed 1 − x/n.
  public let scalingIncrease: Double

  /// The probability from which the yellow zone begins.
  public static let yellowLevel = 0.95

  /// The probability from which the red zone begins.
  public static let redLevel = 0.9999

  /// Judges a count of exceedances.
  ///
  /// - Parameters:
  ///   - exceedances: 0 … observations.
  ///   - observations: at least 1, independent.
  ///   - confidence: the level of the value at risk.
  /// - Throws: `StatisticsError.countOutOfRange` for impossible counts.
  public init(exceedances: Int, observations: Int, at confidence: Confidence) throws(StatisticsError) {
    guard observations >= 1 else { throw .countOutOfRange(observations, allowed: 1...Int.max) }
    guard (0...observations).contains(exceedances) else {
      throw .countOutOfRange(exceedances, allowed: 0...observations)
    }
    let counts = BinomialDistribution(trials: observations, probability: confidence.tailProbability)
    let zone = Self.zone(counts.cumulative(exceedances))
    self.exceedances = exceedances
    self.observations = observations
    self.confidence = confidence
    self.zone = zone
    cumulativeProbability = counts.cumulative(exceedances)
    falseAlarmProbability = counts.survival(exceedances - 1)
    scalingIncrease =
      switch zone {
      case .green: 0
      case .yellow: Self.increase(exceedances, observations, confidence)
      case .red: 1
      }
  }

  /// The capital multiplier of the 1996 rules less 3, and that of the 2019 rules; `nil` but for 250 observations at
  /// 99 %, for which alone they are laid down.
  ///
  /// Basel Committee: the framework of 1996, table 2; Minimum capital requirements for market risk (2019), MAR99.
  public var baselMultipliers: (addOn1996: Double, multiplier2019: Double)? {
    guard observations == 250, confidence == .ninetyNinePercent else { return nil }
    return switch exceedances {
    case ...4: (0, 1.5)
    case 5: (0.4, 1.7)
    case 6: (0.5, 1.76)
    case 7: (0.65, 1.83)
    case 8: (0.75, 1.88)
    case 9: (0.85, 1.92)
    default: (1, 2)
    }
  }

  /// The counts at which the yellow and the red zone begin; above `observations` where they do not exist.
  ///
  /// - Parameters:
  ///   - observations: at least 1.
  ///   - confidence: the level of the value at risk.
  /// - Returns: 5 and 10 for 250 observations at 99 %.
  public static func zoneLimits(
    observations: Int, at confidence: Confidence
  ) -> (yellow: Int, red: Int) {
    precondition(observations >= 1, "zones need observations")
    let counts = BinomialDistribution(trials: observations, probability: confidence.tailProbability)
    let all = 0..<observations + 1
    return (
      smallestIndex(in: all) { zone(counts.cumulative($0)) != .green },
      smallestIndex(in: all) { zone(counts.cumulative($0)) == .red }
    )
  }

  private static func zone(_ cumulativeProbability: Double) -> Zone {
    cumulativeProbability < yellowLevel ? .green : cumulativeProbability < redLevel ? .yellow : .red
  }

  private static func increase(
    _ exceedances: Int, _ observations: Int, _ confidence: Confidence
  ) -> Double {
    let observed = 1 - Double(exceedances) / Double(observations)
    // At or below one half no multiple of a normal quantile restores the level.
    guard observed > 0.5 else { return 1 }
    guard observed < 1 else { return 0 }
    return min(1, max(0, 3 * (normalQuantile(confidence.value) / normalQuantile(observed) - 1)))
  }
}
