internal import NumericalMethods
internal import RealModule

/// The exact interval for a probability, from the number of events in independent trials.
///
/// It covers the true probability at least as often as its level, however rare the event. With no event in n trials
/// the two-sided upper end is `1 − (α/2)^(1/n)`.
///
/// Clopper, Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial (1934).
public struct ClopperPearsonInterval: Hashable, Sendable {
  /// The number of events.
  public let events: Int

  /// The number of trials.
  public let trials: Int

  /// The level of the interval.
  public let coverage: Confidence

  /// The lower end, 0 without an event.
  public let lower: Double

  /// The upper end, 1 when every trial was an event.
  public let upper: Double

  /// The two-sided, equal-tailed interval.
  ///
  /// - Parameters:
  ///   - events: 0 … trials.
  ///   - trials: at least 1.
  ///   - coverage: the level.
  /// - Throws: `StatisticsError.countOutOfRange` for impossible counts.
  public init(events: Int, trials: Int, coverage: Confidence = .ninetyFivePercent) throws(StatisticsError) {
    try Self.check(events, trials)
    self.events = events
    self.trials = trials
    self.coverage = coverage
    lower = Self.lowerEnd(events, trials, miss: 0.5 * coverage.tailProbability)
    upper = Self.upperEnd(events, trials, miss: 0.5 * coverage.tailProbability)
  }

  /// The share of trials that were events.
  public var estimate: Double { Double(events) / Double(trials) }

  /// The one-sided upper bound.
  ///
  /// - Parameters:
  ///   - events: 0 … trials.
  ///   - trials: at least 1.
  ///   - coverage: the level.
  /// - Returns: a probability that the true one does not exceed, at this level.
  /// - Throws: `StatisticsError.countOutOfRange` for impossible counts.
  public static func upperBound(
    events: Int, trials: Int, coverage: Confidence = .ninetyFivePercent
  ) throws(StatisticsError) -> Double {
    try check(events, trials)
    return upperEnd(events, trials, miss: coverage.tailProbability)
  }

  /// The one-sided lower bound.
  ///
  /// - Parameters:
  ///   - events: 0 … trials.
  ///   - trials: at least 1.
  ///   - coverage: the level.
  /// - Returns: a probability that the true one does not fall below, at this level.
  /// - Throws: `StatisticsError.countOutOfRange` for impossible counts.
  public static func lowerBound(
    events: Int, trials: Int, coverage: Confidence = .ninetyFivePercent
  ) throws(StatisticsError) -> Double {
    try check(events, trials)
    return lowerEnd(events, trials, miss: coverage.tailProbability)
  }

  private static func check(_ events: Int, _ trials: Int) throws(StatisticsError) {
    guard trials >= 1 else { throw .countOutOfRange(trials, allowed: 1...Int.max) }
    guard (0...trials).contains(events) else { throw .countOutOfRange(events, allowed: 0...trials) }
  }

  private static func upperEnd(_ events: Int, _ trials: Int, miss: Double) -> Double {
    guard events < trials else { return 1 }
    if events == 0 { return -Double.expMinusOne(.log(miss) / Double(trials)) }
    return BetaDistribution(Double(events) + 1, Double(trials - events)).upperQuantile(miss)
  }

  private static func lowerEnd(_ events: Int, _ trials: Int, miss: Double) -> Double {
    guard events > 0 else { return 0 }
    if events == trials { return .exp(.log(miss) / Double(trials)) }
    return BetaDistribution(Double(events), Double(trials - events) + 1).quantile(miss)
  }
}
