/// A confidence interval, where the sample is large enough for a finite one.
public enum IntervalEstimate: Hashable, Sendable {
  /// The interval's ends.
  case bounded(ClosedRange<Double>)

  /// No finite interval exists at this sample size; the smallest one at which it does.
  case sampleTooSmall(needed: Int)

  /// The interval's ends, or `nil` where there is no finite interval.
  public var bounds: ClosedRange<Double>? {
    guard case .bounded(let bounds) = self else { return nil }
    return bounds
  }
}
