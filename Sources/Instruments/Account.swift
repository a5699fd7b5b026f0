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
  /// What it has offered to trade.
  public let orders: [Order]
  /// USD prices its venue values it at, which replace those of the market at the account's moment.
  public let prices: [Asset: Double]
  /// Amounts its venue states and nobody else can compute, by name, such as a market maker's protection margin.
  public let stated: [String: Double]

  /// Makes an account.
  ///
  /// - Parameters:
  ///   - id: the account's name.
  ///   - purpose: what the account is meant to show.
  ///   - asOf: the moment it describes; `nil` leaves it to the study.
  ///   - balances: what it holds and owes, without isolated margin.
  ///   - positions: what it has traded.
  ///   - orders: what it has offered to trade.
  ///   - prices: USD prices its venue values it at; positive.
  ///   - stated: amounts its venue states, by name; finite.
  public init(
    id: String, purpose: String = "", asOf: Timestamp? = nil, balances: [Balance], positions: [Position],
    orders: [Order] = [], prices: [Asset: Double] = [:], stated: [String: Double] = [:]
  ) {
    self.id = id
    self.purpose = purpose
    self.asOf = asOf
    self.balances = balances
    self.positions = positions
    self.orders = orders
    self.prices = prices
    self.stated = stated
  }

  /// The account with other holdings.
  ///
  /// - Parameters:
  ///   - balances: what it holds and owes.
  ///   - positions: what it has traded.
  /// - Returns: an account that differs in these alone.
  public func with(balances: [Balance], positions: [Position]) -> Account {
    Account(
      id: id, purpose: purpose, asOf: asOf, balances: balances, positions: positions, orders: orders,
      prices: prices, stated: stated)
  }
}
