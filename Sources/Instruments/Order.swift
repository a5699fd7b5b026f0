/// An open order: a promise to trade that takes up margin before it trades.
public struct Order: Hashable, Sendable {
  /// The contract.
  public let contract: Contract
  /// Contracts ordered: positive buys, negative sells, in units of `multiplier`.
  public let quantity: Double
  /// What one contract stands for: base units when linear, face amount of the quote asset when inverse.
  public let multiplier: Double
  /// The limit, in the quote asset; `nil` takes the mark.
  public let price: Double?
  /// The leverage its owner chose; at least one.
  public let leverage: Double

  /// Makes an order.
  ///
  /// - Parameters:
  ///   - contract: the contract.
  ///   - quantity: contracts ordered, finite and not zero; negative sells.
  ///   - multiplier: what one contract stands for; positive.
  ///   - price: the limit in the quote asset, positive; `nil` takes the mark.
  ///   - leverage: the leverage its owner chose; at least one.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  public init(
    contract: Contract, quantity: Double, multiplier: Double = 1, price: Double? = nil, leverage: Double = 1
  ) throws(InstrumentError) {
    guard leverage >= 1, leverage.isFinite else {
      throw .outOfDomain(field: "leverage", value: leverage, allowed: "a finite number of at least one")
    }
    self.contract = contract
    self.quantity = try Domain.traded(quantity, "quantity")
    self.multiplier = try Domain.positive(multiplier, "multiplier")
    self.price = try price.map { value throws(InstrumentError) in try Domain.positive(value, "price") }
    self.leverage = leverage
  }
}
