/// A confidence level of a loss: a probability in the open interval (0.5, 1).
///
/// Losses are positive, so 99 % names the loss that is exceeded in 1 % of the cases. Levels at or below one half
/// are refused: they are nearly always a tail probability given where a confidence was meant.
public struct Confidence: Hashable, Comparable, Sendable {
  /// The probability of a loss no larger than the quantile, in (0.5, 1).
  public let value: Double

  /// A checked confidence level.
  ///
  /// - Parameter value: a probability in the open interval (0.5, 1).
  /// - Throws: `StatisticsError.confidenceOutOfRange` for every other number, NaN included.
  public init(_ value: Double) throws(StatisticsError) {
    guard value > 0.5, value < 1 else { throw .confidenceOutOfRange(value) }
    self.value = value
  }

  private init(unchecked value: Double) {
    self.value = value
  }

  /// 95 %.
  public static let ninetyFivePercent = Confidence(unchecked: 0.95)

  /// 97.5 %.
  public static let ninetySevenPointFivePercent = Confidence(unchecked: 0.975)

  /// 99 %.
  public static let ninetyNinePercent = Confidence(unchecked: 0.99)

  /// The probability of a loss beyond the quantile, `1 − value`, in (0, 0.5); the subtraction is exact.
  public var tailProbability: Double { 1 - value }

  /// Orders levels by their probability.
  public static func < (left: Confidence, right: Confidence) -> Bool {
    left.value < right.value
  }
}

extension Confidence: CustomStringConvertible {
  /// The level in percent, written with the digits it was given: "99 %", "97.5 %".
  public var description: String {
    // Moving the decimal point of the shortest decimal form avoids 0.9973 · 100 = 99.72999….
    let digits = "\(value)".dropFirst(2)
    let percent = digits.prefix(2) + (digits.count == 1 ? "0" : "")
    let rest = digits.dropFirst(2)
    return rest.isEmpty ? "\(percent) %" : "\(percent).\(rest) %"
  }
}
