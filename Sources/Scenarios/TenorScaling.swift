import RealModule

/// How a move of implied volatility fades with the days an option has to expiry.
///
/// m = (30/max(days, floor))^p, p the short-term power below 30 days and the long-term power from there on. Venues differ
/// in which power belongs to 30 days itself, where m is one with either.
public struct TenorScaling: Hashable, Sendable {
  /// The power below 30 days.
  public let shortTermPower: Double
  /// The power from 30 days on.
  public let longTermPower: Double
  /// The least number of days that counts; positive.
  public let floorDays: Double

  /// The days at which a move has its stated size.
  public static let referenceDays = 30.0

  /// Every expiry moves alike.
  public static let flat = TenorScaling(power: 0)

  private init(power: Double) {
    shortTermPower = power
    longTermPower = power
    floorDays = 1
  }

  /// Makes a scaling.
  ///
  /// - Parameters:
  ///   - shortTermPower: the power below 30 days; not negative, finite.
  ///   - longTermPower: the power from 30 days on; not negative, finite.
  ///   - floorDays: the least number of days that counts; positive, finite.
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)``.
  public init(shortTermPower: Double, longTermPower: Double, floorDays: Double) throws(ScenarioError) {
    for (field, value) in [("shortTermPower", shortTermPower), ("longTermPower", longTermPower)]
    where !(value >= 0 && value.isFinite) {
      throw .outOfDomain(field: field, value: value, allowed: "a finite number that is not negative")
    }
    guard floorDays > 0, floorDays.isFinite else {
      throw .outOfDomain(field: "floorDays", value: floorDays, allowed: "a positive finite number")
    }
    self.shortTermPower = shortTermPower
    self.longTermPower = longTermPower
    self.floorDays = floorDays
  }

  /// What a move at 30 days is multiplied by.
  ///
  /// - Parameter days: to expiry, with the fraction of the day; not negative, finite.
  /// - Returns: m; positive, one at 30 days, falling with the days.
  public func multiplier(days: Double) -> Double {
    precondition(days >= 0 && days.isFinite, "an expiry in \(days) days")
    let power = days < Self.referenceDays ? shortTermPower : longTermPower
    return .pow(Self.referenceDays / max(days, floorDays), power)
  }
}
