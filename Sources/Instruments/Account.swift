/// One margin account: what it holds, what it owes and what it has traded.
public struct Account: Hashable, Sendable {
  /// The account's name; unique within a study.
  public let id: String
  /// What the account is meant to show, in a sentence; may be empty.
  public let purpose: String
  /// The moment the account describes; `nil` leaves it to the study.
  public let asOf: Timestamp?
  /// What it holds and owes; isolated margin is not among these.
  public let balances: [Balance]
  /// What it has traded.
  public let positions: [Position]

  /// Makes an account.
  ///
  /// - Parameters:
  ///   - id: the account's name.
  ///   - purpose: what the account is meant to show.
  ///   - asOf: the moment it describes; `nil` leaves it to the study.
  ///   - balances: what it holds and owes, without isolated margin.
  ///   - positions: what it has traded.
  public init(
    id: String, purpose: String = "", asOf: Timestamp? = nil, balances: [Balance], positions: [Position]
  ) {
    self.id = id
    self.purpose = purpose
    self.asOf = asOf
    self.balances = balances
    self.positions = positions
  }
}
