/// A trading venue whose instrument names can be read and printed.
public enum Venue: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Binance: USDⓈ-M and COIN-M futures, European options.
  case binance
  /// Bybit: the unified trading account.
  case bybit
  /// OKX.
  case okx
  /// Deribit.
  case deribit

  /// The venue's plain name.
  public var description: String {
    switch self {
    case .binance: "Binance"
    case .bybit: "Bybit"
    case .okx: "OKX"
    case .deribit: "Deribit"
    }
  }
}

/// A contract as one venue names it.
///
/// The venue is required, since one string means different contracts: `BTC-27JUN25-100000-C` settles in BTC at Deribit
/// and in USDC at Bybit; `BTC-27JUN25` is an inverse future at Deribit and a USDC future at Bybit. Names stand for
/// derivatives only: `BTCUSDT`, which Binance and Bybit give to a spot pair as well, is read as the perpetual. Every
/// expiry is 08:00 UTC.
///
/// | venue | perpetual | dated future | option |
/// |---|---|---|---|
/// | Binance | `BTCUSDT`, `BTCUSD_PERP` | `BTCUSDT_250627`, `BTCUSD_250627` | `BTC-250627-100000-C` (USDT) |
/// | Bybit | `BTCUSDT`, `BTCPERP` (USDC), `BTCUSD` | `BTCUSDT-27JUN25`, `BTC-27JUN25` (USDC), `BTCUSDM25` | `BTC-27JUN25-100000-C` (USDC), `…-C-USDT` |
/// | OKX | `BTC-USDT-SWAP`, `BTC-USD-SWAP` | `BTC-USDT-250627`, `BTC-USD-250627` | `BTC-USD-250627-100000-C` |
/// | Deribit | `SOL_USDC-PERPETUAL`, `BTC-PERPETUAL` | `SOL_USDC-27JUN25`, `BTC-27JUN25` | `XRP_USDC-27JUN25-0d625-C`, `BTC-27JUN25-100000-C` |
///
/// A quote of USD means settlement in the coin. Bybit's inverse futures carry a month code (H, M, U, Z) and settle on
/// the last Friday of that month.
public struct VenueInstrument: Hashable, Sendable, CustomStringConvertible {
  /// Whose name it is.
  public let venue: Venue
  /// The contract the name stands for.
  public let contract: Contract
  /// The name, in the one form in which the venue prints it.
  public let symbol: String

  /// Reads a venue's name of a contract.
  ///
  /// - Parameters:
  ///   - symbol: the venue's own name; a day may have a leading zero.
  ///   - venue: whose name it is.
  /// - Throws: ``VenueInstrumentError`` saying which part cannot be read and what is allowed.
  public init(symbol: String, on venue: Venue) throws(VenueInstrumentError) {
    try self.init(contract: VenueSymbolReader(symbol: symbol, venue: venue).contract(), on: venue)
  }

  /// Names a contract as a venue does.
  ///
  /// - Parameters:
  ///   - contract: the contract.
  ///   - venue: whose name is wanted.
  /// - Throws: ``VenueInstrumentError/notNamed(contract:venue:allowed:)`` where the venue has no name for it: another
  ///   settlement asset, an expiry other than 08:00 UTC of a day in 2000 to 2099, a date its month codes cannot say.
  public init(contract: Contract, on venue: Venue) throws(VenueInstrumentError) {
    guard let symbol = contract.symbol(on: venue),
      let readBack = try? VenueSymbolReader(symbol: symbol, venue: venue).contract(), readBack == contract
    else { throw .notNamed(contract: contract.name, venue: venue, allowed: venue.nameForms) }
    self.venue = venue
    self.contract = contract
    self.symbol = symbol
  }

  /// The venue's name of the contract.
  public var description: String { symbol }
}
