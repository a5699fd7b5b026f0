/// What one point of a grid does to the implied volatility of an option.
public enum VolatilityShock: Hashable, Sendable {
  /// A relative move; zero leaves it alone.
  case relative(Double)
  /// An absolute move, in units of volatility per year.
  case points(Double)
  /// Upwards by the grid's law.
  case up
  /// Downwards by the grid's law.
  case down

  /// No move.
  public static let unchanged = VolatilityShock.relative(0)

  /// The volatility after the shock.
  ///
  /// - Parameters:
  ///   - volatility: per year; not negative.
  ///   - days: to expiry, with the fraction of the day; not negative.
  ///   - law: how far `up` and `down` go; needed for these alone.
  /// - Returns: per year; not negative.
  public func applied(to volatility: Double, days: Double, law: VolatilityShockLaw?) -> Double {
    switch self {
    case .relative(let move): return volatility * max(0, 1 + move)
    case .points(let points): return max(0, volatility + points)
    case .up, .down:
      guard let law else { preconditionFailure("a shock by a law without the law") }
      return self == .up ? law.raised(volatility, days: days) : law.lowered(volatility, days: days)
    }
  }
}

extension VolatilityShock: ExpressibleByFloatLiteral, CustomStringConvertible {
  /// A relative move written as a number.
  ///
  /// - Parameter value: the relative move; above −1.
  public init(floatLiteral value: Double) { self = .relative(value) }

  /// Such as `volatility up` or `volatility +40 %`; empty where nothing moves.
  public var description: String {
    switch self {
    case .relative(let move): move == 0 ? "" : "volatility \(percentText(move))"
    case .points(let points): "volatility \(percentText(points)) points"
    case .up: "volatility up"
    case .down: "volatility down"
    }
  }
}

/// The move one point of a grid stands for: what a venue names when it prints a vector of profits and losses.
public struct GridMove: Hashable, Sendable, CustomStringConvertible {
  /// The relative move of the underlying's spot price; above −1.
  public let spot: Double
  /// What happens to implied volatility.
  public let volatility: VolatilityShock

  /// Makes a move.
  ///
  /// - Parameters:
  ///   - spot: the relative move of the underlying's spot price; above −1, finite.
  ///   - volatility: what happens to implied volatility.
  public init(spot: Double, volatility: VolatilityShock = .unchanged) {
    precondition(spot > -1 && spot.isFinite, "a spot move of \(spot)")
    if case .relative(let move) = volatility {
      precondition(move > -1 && move.isFinite, "a volatility move of \(move)")
    }
    self.spot = spot
    self.volatility = volatility
  }

  /// Such as `spot -15 %, volatility up`.
  public var description: String {
    let spotText = "spot \(percentText(spot))"
    let volatilityText = volatility.description
    return volatilityText.isEmpty ? spotText : "\(spotText), \(volatilityText)"
  }
}

/// A fraction as a signed percentage, to a tenth.
private func percentText(_ fraction: Double) -> String {
  let tenths = (fraction * 1_000).rounded() / 10
  let text = Int(exactly: tenths).map(String.init) ?? "\(tenths)"
  return (fraction > 0 ? "+" : "") + text + " %"
}
