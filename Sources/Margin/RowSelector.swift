public import Instruments
public import Valuation

/// A choice of rows by what margin rules may know of them; every condition given must hold.
public struct RowSelector: Hashable, Sendable {
  /// Only rows of these assets (the asset of a balance, the base asset of a position); empty allows all.
  public let assets: [Asset]
  /// No rows of these assets.
  public let excludedAssets: [Asset]
  /// Only rows whose leverage is at most this.
  public let maximumLeverage: Double?
  /// Only rows whose owner assigned them to this sleeve.
  public let sleeve: String?

  /// Makes a selector.
  ///
  /// - Parameters:
  ///   - assets: only rows of these assets; empty allows all.
  ///   - excludedAssets: no rows of these assets.
  ///   - maximumLeverage: only rows whose leverage is at most this.
  ///   - sleeve: only rows whose owner assigned them to this sleeve.
  public init(
    assets: [Asset] = [], excludedAssets: [Asset] = [], maximumLeverage: Double? = nil, sleeve: String? = nil
  ) {
    self.assets = assets
    self.excludedAssets = excludedAssets
    self.maximumLeverage = maximumLeverage
    self.sleeve = sleeve
  }

  /// Whether a row is chosen.
  ///
  /// - Parameter row: the row.
  /// - Returns: whether every condition holds.
  public func matches(_ row: BookRow) -> Bool {
    (assets.isEmpty || assets.contains(row.asset)) && !excludedAssets.contains(row.asset)
      && maximumLeverage.map { row.leverage <= $0 } ?? true && sleeve.map { row.sleeve == $0 } ?? true
  }
}
