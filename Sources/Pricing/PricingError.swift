/// What can be wrong with a price, or with the market an option is priced in.
public enum PricingError: Error, Hashable, Sendable {
  /// A number outside its domain; `allowed` says in words what would be accepted.
  case outOfDomain(field: String, value: Double, allowed: String)
  /// A price below what the option is worth without volatility: no volatility explains it.
  case belowIntrinsicValue(price: Double, intrinsicValue: Double)
  /// A price equal to what the option is worth without volatility: every small enough volatility explains it.
  case noTimeValue(price: Double)
  /// A price not below the limit for infinite volatility, the forward for a call and the strike for a put.
  case notBelowUpperBound(price: Double, upperBound: Double)
}
