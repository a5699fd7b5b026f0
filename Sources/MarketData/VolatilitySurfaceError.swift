public import Instruments

/// What can be wrong with a volatility surface.
public enum VolatilitySurfaceError: Error, Hashable, Sendable {
  /// A surface without slices.
  case noSlices
  /// A slice without points.
  case noPoints(expiry: Timestamp)
  /// A slice that is not after the surface's moment.
  case expired(expiry: Timestamp, asOf: Timestamp)
  /// Expiries that do not ascend strictly; this is the first that does not.
  case unsortedExpiries(expiry: Timestamp)
  /// Strikes, or their log-moneyness, that do not ascend strictly; this is the first that does not.
  case unsortedStrikes(expiry: Timestamp, strike: Double)
  /// A number outside its domain; `allowed` says in words what would be accepted.
  case outOfDomain(expiry: Timestamp, field: String, value: Double, allowed: String)
}
