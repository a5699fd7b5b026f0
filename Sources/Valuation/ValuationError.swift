public import Instruments
public import MarketData

/// Why a book cannot be valued.
public enum ValuationError: Error, Hashable, Sendable {
  /// The market has no USD price for an asset at the as-of date.
  case noPrice(Asset, asOf: Timestamp)
  /// A contract that has already expired at the as-of date.
  case expired(contract: String, expiry: Timestamp, asOf: Timestamp)
  /// An inverse contract whose face is not in USD: its coin value would move with a second price.
  case inverseFaceNotUSD(contract: String)
  /// An option without an implied volatility.
  case noImpliedVolatility(contract: String)
  /// An option whose price no volatility explains: not above its intrinsic value, or not below its bound.
  case priceWithoutVolatility(contract: String, price: Double, above: Double, below: Double)
  /// A factor the book depends on that the study's factor space does not hold.
  case factorOutsideStudy(RiskFactor)
  /// A factor the book depends on that the scenarios do not cover everywhere.
  case factorNotCovered(RiskFactor, missing: Int, of: Int)
}
