/// A multiplier on an amount in marginal tiers of the amount itself: what lies above an edge counts more often.
public struct TierMultiplier: Hashable, Sendable {
  /// One tier.
  public struct Tier: Hashable, Sendable {
    /// Where the tier ends, in USD; `nil` for no end.
    public let upTo: Double?
    /// How often one USD inside it counts.
    public let multiplier: Double

    /// Makes a tier.
    ///
    /// - Parameters:
    ///   - upTo: where the tier ends, in USD; `nil` for no end.
    ///   - multiplier: how often one USD inside it counts; not negative.
    public init(upTo: Double?, multiplier: Double) {
      self.upTo = upTo
      self.multiplier = multiplier
    }
  }

  /// The tiers, ascending, the last without end.
  public let tiers: [Tier]

  /// Makes a multiplier.
  ///
  /// - Parameter tiers: ascending, the last without end; multipliers that are not negative.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(_ tiers: [Tier]) throws(MarginError) {
    try requireAscending(tiers.map(\.upTo), name: "multipliers")
    guard tiers.allSatisfy({ $0.multiplier >= 0 && $0.multiplier.isFinite }) else {
      throw .invalidTable(
        name: "multipliers", problem: "a multiplier is a finite number that is not negative")
    }
    self.tiers = tiers
  }

  /// The amount after the multipliers.
  ///
  /// - Parameter amount: in USD, not negative.
  /// - Returns: Σ over tiers of the amount inside times the multiplier.
  public func applied(to amount: Double) -> Double {
    var sum = 0.0
    var start = 0.0
    for tier in tiers {
      let end = tier.upTo ?? .infinity
      guard amount > start else { break }
      sum += (min(amount, end) - start) * tier.multiplier
      start = end
    }
    return sum
  }
}
