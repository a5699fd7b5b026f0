public import Instruments

/// One point of a stress grid.
public struct GridPoint: Hashable, Sendable {
  /// The move it stands for.
  public let move: GridMove
  /// What the profit or loss at this point is multiplied by; above 0, at most 1.
  public let weight: Double
  /// USD of loss, after the weight, that a unit bears before the point counts; zero for most.
  ///
  /// Where it is not zero, gains at the point count for nothing.
  public let dampener: Double

  /// The relative move of the underlying's spot price.
  public var spot: Double { move.spot }
  /// What happens to implied volatility.
  public var volatility: VolatilityShock { move.volatility }

  /// Makes a grid point.
  ///
  /// - Parameters:
  ///   - spot: the relative move of the underlying's spot price; above −1, finite.
  ///   - volatility: what happens to implied volatility.
  ///   - weight: what the profit or loss is multiplied by; above 0, at most 1.
  ///   - dampener: USD of loss a unit bears before the point counts; not negative, finite.
  public init(
    spot: Double, volatility: VolatilityShock = .unchanged, weight: Double = 1, dampener: Double = 0
  ) {
    precondition(weight > 0 && weight <= 1, "a weight of \(weight)")
    precondition(dampener >= 0 && dampener.isFinite, "a dampener of \(dampener)")
    move = GridMove(spot: spot, volatility: volatility)
    self.weight = weight
    self.dampener = dampener
  }
}

/// A request for a grid that moves every risk unit by the same points, each on its own.
public struct GridRequest: Hashable, Sendable {
  /// The points.
  public let points: [GridPoint]
  /// How far volatility goes `up` and `down`; `nil` where no point asks for it.
  public let volatilityLaw: VolatilityShockLaw?
  /// Assets the grid leaves alone, stablecoins as a rule.
  public let unmoved: [Asset]

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - points: the points.
  ///   - volatilityLaw: how far volatility goes `up` and `down`; needed where a point asks for it.
  ///   - unmoved: assets the grid leaves alone.
  public init(points: [GridPoint], volatilityLaw: VolatilityShockLaw? = nil, unmoved: [Asset]) {
    let usesLaw = points.contains { $0.volatility == .up || $0.volatility == .down }
    precondition(!usesLaw || volatilityLaw != nil, "points by a law without the law")
    self.points = points
    self.volatilityLaw = volatilityLaw
    self.unmoved = unmoved
  }
}
