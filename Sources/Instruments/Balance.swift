/// An amount of an asset held in an account, or owed by it.
public struct Balance: Hashable, Sendable {
  /// The asset.
  public let asset: Asset
  /// How much of it, in units of the asset; negative is borrowed.
  public let quantity: Double
  /// The name of the sleeve to which the owner assigned it, if any.
  public let sleeve: String?

  /// Makes a balance.
  ///
  /// - Parameters:
  ///   - asset: the asset.
  ///   - quantity: units of the asset, finite; negative is borrowed.
  ///   - sleeve: the name of the sleeve to which the owner assigned it, if any.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  public init(asset: Asset, quantity: Double, sleeve: String? = nil) throws(InstrumentError) {
    self.asset = asset
    self.quantity = try Domain.finite(quantity, "quantity")
    self.sleeve = sleeve
  }
}
