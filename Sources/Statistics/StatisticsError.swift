/// Why a statistic cannot be given.
public enum StatisticsError: Error, Hashable, Sendable {
  /// A confidence level outside the open interval (0.5, 1), or not a number.
  case confidenceOutOfRange(Double)

  /// The value at this position is NaN or infinite.
  case notFinite(index: Int)

  /// A function of estimates is NaN or infinite.
  case resultNotFinite

  /// The sample holds `count` values; the statistic needs `needed`.
  case sampleTooSmall(count: Int, needed: Int)

  /// A Student-t law without finite variance (`degreesOfFreedom` must exceed 2), or not a number.
  case degreesOfFreedomOutOfRange(Double)

  /// A count outside its domain: events in trials, block length in dates, replicates.
  case countOutOfRange(Int, allowed: ClosedRange<Int>)

  /// The covariance gives these exposures a negative variance: it is not positive semidefinite.
  case negativeVariance(Double)
}
