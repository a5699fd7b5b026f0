/// What can be wrong with an instrument, a balance, a position or an account.
public enum InstrumentError: Error, Hashable, Sendable {
  /// A symbol that is empty or holds a character other than `A–Z`, `0–9`.
  case invalidSymbol(String)
  /// A calendar date or time that cannot be read or does not exist.
  case invalidTimestamp(String)
  /// A contract name that does not follow `BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]]`.
  case invalidContractName(String)
  /// A contract that settles in neither its quote asset (linear) nor its base asset (inverse).
  case quanto(name: String)
  /// A number outside its domain; `allowed` says in words what would be accepted.
  case outOfDomain(field: String, value: Double, allowed: String)
}
