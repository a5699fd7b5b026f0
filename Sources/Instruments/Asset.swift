/// A coin, a stablecoin or a currency, named by its plain symbol.
///
/// The numeraire is ``Asset/usd``, whose price is one by definition; stablecoins are assets with a price of their own.
public struct Asset: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The plain symbol, such as `BTC`.
  public let symbol: String

  /// The numeraire in which every value is stated.
  public static let usd = Asset(trusted: "USD")

  /// Makes an asset from its symbol.
  ///
  /// - Parameter symbol: one or more of the characters `A–Z` and `0–9`.
  /// - Throws: ``InstrumentError/invalidSymbol(_:)``.
  public init(_ symbol: String) throws(InstrumentError) {
    let isPlain = symbol.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
    guard !symbol.isEmpty, isPlain else { throw .invalidSymbol(symbol) }
    self.symbol = symbol
  }

  /// Whether the asset is meant to be worth one USD: USD itself and the larger stablecoins.
  ///
  /// A word about names, for axes along which "the market" moves; no price is assumed from it.
  public var isPeggedToDollar: Bool { Self.pegged.contains(symbol) }

  private static let pegged: Set<String> = [
    "BUSD", "DAI", "FDUSD", "PYUSD", "TUSD", "USD", "USDC", "USDE", "USDP", "USDS", "USDT",
  ]

  private init(trusted symbol: String) {
    self.symbol = symbol
  }

  /// Orders assets by symbol.
  public static func < (left: Asset, right: Asset) -> Bool { left.symbol < right.symbol }

  /// The symbol.
  public var description: String { symbol }
}
