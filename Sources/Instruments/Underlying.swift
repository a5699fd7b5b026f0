/// What a contract is written on: a base asset priced in a quote asset.
public struct Underlying: Hashable, Sendable, CustomStringConvertible {
  /// The asset whose price moves the contract; also its risk unit.
  public let base: Asset
  /// The asset in which the price is quoted.
  public let quote: Asset

  /// Makes an underlying.
  ///
  /// - Parameters:
  ///   - base: the asset whose price moves the contract.
  ///   - quote: the asset in which the price is quoted.
  public init(base: Asset, quote: Asset) {
    self.base = base
    self.quote = quote
  }

  /// `BASE/QUOTE`.
  public var description: String { "\(base)/\(quote)" }
}
