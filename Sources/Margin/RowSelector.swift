public import Instruments
public import Valuation

/// A choice of rows by what margin rules may know of them; every condition given must hold.
public struct RowSelector: Hashable, Sendable {
  /// Only rows of these kinds; an order is of the kind its contract would be; empty allows all.
  public let kinds: [RowKind]
  /// Only rows of these assets (the asset of a balance, the base asset of a position); empty allows all.
  public let assets: [Asset]
  /// No rows of these assets.
  public let excludedAssets: [Asset]
  /// Only rows that settle in these assets; empty allows all.
  public let settlements: [Asset]
  /// Only contracts with an expiry, or only those without.
  public let isDated: Bool?
  /// Only rows whose leverage is at most this.
  public let maximumLeverage: Double?
  /// Only rows whose owner assigned them to this sleeve.
  public let sleeve: String?

  /// Makes a selector.
  ///
  /// - Parameters:
  ///   - kinds: only rows of these kinds; empty allows all.
  ///   - assets: only rows of these assets; empty allows all.
  ///   - excludedAssets: no rows of these assets.
  ///   - settlements: only rows that settle in these assets; empty allows all.
  ///   - isDated: only contracts with an expiry, or only those without; `nil` allows both.
  ///   - maximumLeverage: only rows whose leverage is at most this.
  ///   - sleeve: only rows whose owner assigned them to this sleeve.
  public init(
    kinds: [RowKind] = [], assets: [Asset] = [], excludedAssets: [Asset] = [], settlements: [Asset] = [],
    isDated: Bool? = nil, maximumLeverage: Double? = nil, sleeve: String? = nil
  ) {
    self.kinds = kinds
    self.assets = assets
    self.excludedAssets = excludedAssets
    self.settlements = settlements
    self.isDated = isDated
    self.maximumLeverage = maximumLeverage
    self.sleeve = sleeve
  }

  /// Whether a row is chosen.
  ///
  /// - Parameter row: the row.
  /// - Returns: whether every condition holds.
  public func matches(_ row: BookRow) -> Bool {
    (kinds.isEmpty || kinds.contains(row.contractKind))
      && (assets.isEmpty || assets.contains(row.asset)) && !excludedAssets.contains(row.asset)
      && (settlements.isEmpty || settlements.contains(row.settlement))
      && isDated.map { (row.expiry != nil) == $0 } ?? true
      && maximumLeverage.map { row.leverage <= $0 } ?? true && sleeve.map { row.sleeve == $0 } ?? true
  }
}

extension BookRow {
  /// The kind of the row, that of an order being the kind of its contract.
  fileprivate var contractKind: RowKind {
    guard kind == .order else { return kind }
    return settlement == asset ? .inverse : .linear
  }
}
