/// An amount of an asset held in an account, or owed by it.
public struct Balance: Hashable, Sendable {
  /// The asset.
  public let asset: Asset
  /// How much of it, in units of the asset; negative is borrowed.
  public let quantity: Double
  /// The amount borrowed, in units of the asset and already taken off ``quantity``; `nil` where only a negative quantity
  /// is borrowed.
  public let borrowed: Double?
  /// The name of the sleeve to which the owner assigned it, if any.
  public let sleeve: String?

  /// Makes a balance.
  ///
  /// - Parameters:
  ///   - asset: the asset.
  ///   - quantity: units of the asset, finite; negative is borrowed.
  ///   - borrowed: the gross loan, in units of the asset, already taken off `quantity`; not negative.
  ///   - sleeve: the name of the sleeve to which the owner assigned it, if any.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  public init(asset: Asset, quantity: Double, borrowed: Double? = nil, sleeve: String? = nil)
    throws(InstrumentError)
  {
    self.asset = asset
    self.quantity = try Domain.finite(quantity, "quantity")
    self.borrowed = try borrowed.map { value throws(InstrumentError) in
      try Domain.notNegative(value, "borrowed")
    }
    self.sleeve = sleeve
  }

  /// The balance with more or less of its asset.
  ///
  /// - Parameter quantity: units of the asset, finite.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  /// - Returns: a balance that differs in this alone.
  public func with(quantity: Double) throws(InstrumentError) -> Balance {
    try Balance(asset: asset, quantity: quantity, borrowed: borrowed, sleeve: sleeve)
  }
}
