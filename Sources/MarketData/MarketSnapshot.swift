public import Instruments

/// USD prices at one moment.
public struct MarketSnapshot: Hashable, Sendable {
  /// The moment.
  public let asOf: Timestamp
  private let prices: [Asset: Double]

  /// Makes a snapshot from prices.
  ///
  /// - Parameters:
  ///   - asOf: the moment.
  ///   - prices: USD prices, positive and finite.
  /// - Throws: ``MarketDataError/invalidPrice(asset:time:value:)``.
  public init(asOf: Timestamp, prices: [Asset: Double]) throws(MarketDataError) {
    for (asset, price) in prices.sorted(by: { $0.key < $1.key }) {
      guard price > 0, price.isFinite else { throw .invalidPrice(asset: asset, time: asOf, value: price) }
    }
    self.asOf = asOf
    self.prices = prices
  }

  /// Takes the row of a history at a moment; an asset without a price there has none in the snapshot.
  ///
  /// - Parameters:
  ///   - history: where the prices come from.
  ///   - moment: the moment asked for.
  /// - Throws: ``MarketDataError/noRow(at:first:last:)``.
  public init(of history: PriceHistory, at moment: Timestamp) throws(MarketDataError) {
    let row = try history.row(at: moment)
    let present = history.series.compactMap { series in series.prices[row].map { (series.asset, $0) } }
    try self.init(asOf: moment, prices: Dictionary(uniqueKeysWithValues: present))
  }

  /// The USD price of an asset, or `nil` when the market has none; that of USD is one.
  ///
  /// - Parameter asset: the asset to look up.
  /// - Returns: USD for one unit.
  public func price(of asset: Asset) -> Double? {
    asset == .usd ? 1 : prices[asset]
  }

  /// The assets with a price, by symbol, without USD.
  public var assets: [Asset] { prices.keys.sorted() }
}
