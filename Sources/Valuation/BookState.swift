public import Instruments
public import MarketData

/// One account at one moment as plain columns, one row a balance or a position.
///
/// Every margin rule reads these columns and nothing else: it never sees a contract, nor where a price came from.
public struct BookState: Hashable, Sendable {
  /// What does not change with the market, one entry a row.
  public let rows: [BookRow]
  /// USD value counted into equity: market value of a balance or an option, unrealised P&L of a perpetual or future.
  public let values: [Double]
  /// Signed USD notional of a position; zero for a balance.
  public let notionals: [Double]
  /// USD price of one unit of the row's settlement asset.
  public let settlementPrices: [Double]
  /// USD price of one unit of the row's asset.
  public let spotPrices: [Double]
  /// Amounts the account's venue states, by name, in USD.
  public let stated: [String: Double]
  /// What options were priced from, one column; `nil` for a book without options.
  let options: OptionColumns?

  /// Makes a state from its columns.
  ///
  /// - Parameters:
  ///   - rows: what does not change with the market.
  ///   - values: USD value counted into equity, one a row.
  ///   - notionals: signed USD notional, one a row; zero for a balance.
  ///   - settlementPrices: USD price of the settlement asset, one a row; positive.
  ///   - spotPrices: USD price of the row's asset, one a row; the settlement prices where left out.
  public init(
    rows: [BookRow], values: [Double], notionals: [Double], settlementPrices: [Double],
    spotPrices: [Double]? = nil
  ) {
    self.init(
      rows: rows, values: values, notionals: notionals, settlementPrices: settlementPrices,
      spotPrices: spotPrices ?? settlementPrices, stated: [:], options: nil)
  }

  init(
    rows: [BookRow], values: [Double], notionals: [Double], settlementPrices: [Double],
    spotPrices: [Double], stated: [String: Double], options: OptionColumns?
  ) {
    precondition(
      values.count == rows.count && notionals.count == rows.count && settlementPrices.count == rows.count
        && spotPrices.count == rows.count,
      "columns of different lengths")
    self.rows = rows
    self.values = values
    self.notionals = notionals
    self.settlementPrices = settlementPrices
    self.spotPrices = spotPrices
    self.stated = stated
    self.options = options
  }

  /// The sum of the values of all rows, in USD.
  public var netMarketValue: Double { values.reduce(0, +) }

  /// Whether the book holds options, whose value is not linear in the factors.
  public var hasOptions: Bool { options != nil }

  /// The spot prices the book depends on, by symbol: enough to move it along an axis or a grid without a study.
  public var spotFactors: FactorSpace {
    FactorSpace(Set(rows.flatMap { [$0.asset, $0.settlement] }).sorted().map { .spot($0) })
  }

  /// The sum of the absolute notionals of all rows, in USD.
  public var grossNotional: Double { notionals.reduce(0) { $0 + abs($1) } }
}

extension BookState {
  /// Values an account in a market.
  ///
  /// With Q units, entry P₀, mark P, settlement price q and spot S in USD: a linear position has value Q·(P − P₀)·q and
  /// notional Q·P·q; an inverse one of face Q has value Q·(S/P₀ − S/P) and notional Q·S/P. A missing mark is the spot
  /// price of the underlying. Isolated margin becomes a balance row of its own.
  ///
  /// - Parameters:
  ///   - account: what is held, owed and traded.
  ///   - market: USD prices at the as-of date; the account's own prices replace them.
  /// - Throws: ``ValuationError/noPrice(_:asOf:)``, ``ValuationError/expired(contract:expiry:asOf:)``,
  ///   ``ValuationError/inverseFaceNotUSD(contract:)``, ``ValuationError/noImpliedVolatility(contract:)``.
  public init(of account: Account, in market: MarketSnapshot) throws(ValuationError) {
    var builder = BookBuilder(account, market: market)
    for balance in account.balances { try builder.append(balance) }
    for position in account.positions { try builder.append(position) }
    for order in account.orders { try builder.append(order) }
    self = builder.state
  }
}
