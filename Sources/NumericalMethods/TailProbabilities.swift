/// The two probabilities a point divides a law into.
///
/// Both are carried because `1 − lower` loses the digits of a small upper tail.
public struct TailProbabilities: Hashable, Sendable {
  /// The probability at or below the point.
  public let lower: Double

  /// The probability above the point.
  public let upper: Double

  /// Probabilities known separately, which add up to 1.
  ///
  /// - Parameters:
  ///   - lower: the probability at or below the point.
  ///   - upper: the probability above it.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  init(lower: Double) {
    self.init(lower: lower, upper: 1 - lower)
  }

  init(upper: Double) {
    self.init(lower: 1 - upper, upper: upper)
  }
}
