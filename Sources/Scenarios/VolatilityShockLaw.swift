/// How far a venue shocks the volatility of an option, by the days it has to expiry.
///
/// With m = (30/max(days, floor))^p, p the short-term power below 30 days and the long-term power from there on:
/// σ_up = max(minimumUp, σ·(1 + up·m) + pointsUp) and σ_down = max(0, σ·max(0, 1 − down·m) − pointsDown). Venues differ in
/// which power belongs to 30 days itself, where m is one with either.
public struct VolatilityShockLaw: Hashable, Sendable {
  /// The relative shock upwards at 30 days; not negative.
  public let up: Double
  /// The relative shock downwards at 30 days; not negative.
  public let down: Double
  /// The least volatility per year after a shock upwards; not negative.
  public let minimumUp: Double
  /// What is added to volatility upwards, per year; not negative.
  public let pointsUp: Double
  /// What is taken from volatility downwards, per year; not negative.
  public let pointsDown: Double
  /// How relative shocks fade with the days to expiry.
  public let tenor: TenorScaling

  /// Makes a law.
  ///
  /// - Parameters:
  ///   - up: the relative shock upwards at 30 days; not negative, finite.
  ///   - down: the relative shock downwards at 30 days; not negative, finite.
  ///   - minimumUp: the least volatility per year after a shock upwards; not negative, finite.
  ///   - shortTermPower: the power below 30 days; not negative, finite.
  ///   - longTermPower: the power from 30 days on; not negative, finite.
  ///   - floorDays: the least number of days that counts; positive, finite.
  ///   - pointsUp: what is added to volatility upwards, per year; not negative, finite.
  ///   - pointsDown: what is taken from volatility downwards, per year; not negative, finite.
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)``.
  public init(
    up: Double, down: Double, minimumUp: Double, shortTermPower: Double, longTermPower: Double,
    floorDays: Double, pointsUp: Double = 0, pointsDown: Double = 0
  ) throws(ScenarioError) {
    let fields = [
      ("up", up), ("down", down), ("minimumUp", minimumUp), ("pointsUp", pointsUp),
      ("pointsDown", pointsDown),
    ]
    for (field, value) in fields
    where !(value >= 0 && value.isFinite) {
      throw .outOfDomain(field: field, value: value, allowed: "a finite number that is not negative")
    }
    self.up = up
    self.down = down
    self.minimumUp = minimumUp
    self.pointsUp = pointsUp
    self.pointsDown = pointsDown
    tenor = try TenorScaling(
      shortTermPower: shortTermPower, longTermPower: longTermPower, floorDays: floorDays)
  }

  /// The factor m on the relative shocks; one at 30 days, falling with the days.
  ///
  /// - Parameter days: to expiry, with the fraction of the day; not negative, finite.
  /// - Returns: m; positive.
  public func multiplier(days: Double) -> Double { tenor.multiplier(days: days) }

  /// The volatility after the shock upwards.
  ///
  /// - Parameters:
  ///   - volatility: per year; not negative, finite.
  ///   - days: to expiry; not negative, finite.
  /// - Returns: σ_up per year; at least ``minimumUp``.
  public func raised(_ volatility: Double, days: Double) -> Double {
    precondition(volatility >= 0 && volatility.isFinite, "a volatility of \(volatility)")
    return max(minimumUp, volatility * (1 + up * multiplier(days: days)) + pointsUp)
  }

  /// The volatility after the shock downwards.
  ///
  /// - Parameters:
  ///   - volatility: per year; not negative, finite.
  ///   - days: to expiry; not negative, finite.
  /// - Returns: σ_down per year; not negative.
  public func lowered(_ volatility: Double, days: Double) -> Double {
    precondition(volatility >= 0 && volatility.isFinite, "a volatility of \(volatility)")
    return max(0, volatility * max(0, 1 - down * multiplier(days: days)) - pointsDown)
  }
}
