/// How far gains in one settlement asset may offset losses in another within a risk unit.
public struct GainRule: Hashable, Sendable {
  /// What one USD of gain counts for; 1 nets in full, 0 counts losses alone.
  public let offset: Double
  /// The most that gains may come to, in USD; `nil` for no end.
  public let maximum: Double?

  /// Gains count in full.
  public static let full = GainRule(fullyCounted: ())

  private init(fullyCounted: Void) {
    offset = 1
    maximum = nil
  }

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - offset: what one USD of gain counts for; 0 to 1.
  ///   - maximum: the most that gains may come to, in USD; not negative.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(offset: Double, maximum: Double? = nil) throws(MarginError) {
    guard (0...1).contains(offset), maximum.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw .invalidTable(name: "gains", problem: "an offset lies between 0 and 1, a maximum is not negative")
    }
    self.offset = offset
    self.maximum = maximum
  }

  /// What a profit or loss counts for.
  func counted(_ profit: Double) -> Double {
    guard profit > 0 else { return profit }
    return min(profit * offset, maximum ?? .infinity)
  }
}
