/// What can be wrong with a venue's name of a contract.
public enum VenueInstrumentError: Error, Hashable, Sendable {
  /// A name of none of the venue's forms; `allowed` shows one example of each.
  case unknownForm(symbol: String, venue: Venue, allowed: [String])
  /// A part of a name that cannot be read; `allowed` says in words what would be accepted.
  case unreadable(part: VenueSymbolPart, text: String, symbol: String, venue: Venue, allowed: String)
  /// The name of a spot pair, which is a balance and not a contract; `allowed` shows the names of contracts.
  case spotPair(symbol: String, venue: Venue, allowed: [String])
  /// A contract, by its unified name, for which the venue has no name; `allowed` shows what it can name.
  case notNamed(contract: String, venue: Venue, allowed: [String])
}

/// A part of a venue's name.
public enum VenueSymbolPart: String, Hashable, Sendable {
  /// The asset the contract is written on.
  case base
  /// The asset it is quoted in.
  case quote
  /// The day it ends.
  case expiry
  /// The strike of an option.
  case strike
  /// Call or put.
  case kind
}

extension Venue {
  /// One example of each form of name the venue has.
  public var nameForms: [String] {
    switch self {
    case .binance:
      ["BTCUSDT", "BTCUSD_PERP", "BTCUSDT_250627", "BTCUSD_250627", "BTC-250627-100000-C"]
    case .bybit:
      [
        "BTCUSDT", "BTCPERP", "BTCUSD", "BTCUSDT-27JUN25", "BTC-27JUN25", "BTCUSDM25", "BTC-27JUN25-100000-C",
        "BTC-27JUN25-100000-C-USDT",
      ]
    case .okx:
      ["BTC-USDT-SWAP", "BTC-USD-SWAP", "BTC-USDT-250627", "BTC-USD-250627", "BTC-USD-250627-100000-C"]
    case .deribit:
      [
        "BTC-PERPETUAL", "SOL_USDC-PERPETUAL", "BTC-27JUN25", "SOL_USDC-27JUN25", "BTC-27JUN25-100000-C",
        "XRP_USDC-27JUN25-0d625-C",
      ]
    }
  }

  /// The quote assets of the venue's linear contracts.
  var linearQuotes: [String] {
    switch self {
    case .binance, .bybit, .okx: ["USDT", "USDC"]
    case .deribit: ["USDC", "USDT"]
    }
  }
}
