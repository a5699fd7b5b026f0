public import Instruments

/// What kind of thing one row of a book is.
public enum RowKind: String, Hashable, Sendable, CaseIterable {
  /// An amount held or owed.
  case balance
  /// A linear perpetual or future.
  case linear
  /// An inverse perpetual or future.
  case inverse
  /// An option.
  case option
}

/// What does not change with the market about one balance or position: all that margin rules may know of it.
public struct BookRow: Hashable, Sendable {
  /// The row's name for people: the asset of a balance, the unified name of a contract.
  public let name: String
  /// What kind of thing it is.
  public let kind: RowKind
  /// The asset of a balance, or the base asset of a contract; also its risk unit.
  public let asset: Asset
  /// The asset in which its value is paid: a balance's own, a contract's settlement asset.
  public let settlement: Asset
  /// When a contract ends; `nil` for a balance or a perpetual.
  public let expiry: Timestamp?
  /// The leverage its owner chose; one for a balance.
  public let leverage: Double
  /// The number of the isolated position to which the row belongs; `nil` for all rows that share margin.
  public let isolated: Int?
  /// The name of the sleeve to which the owner assigned it, if any.
  public let sleeve: String?
  /// What an option needs to be revalued; `nil` for every other kind.
  let option: OptionTerms?

  /// Makes a row.
  ///
  /// - Parameters:
  ///   - name: the row's name for people.
  ///   - kind: what kind of thing it is; options are made by ``BookState/init(of:in:)`` alone.
  ///   - asset: the asset of a balance, or the base asset of a contract.
  ///   - settlement: the asset in which its value is paid.
  ///   - expiry: when a contract ends.
  ///   - leverage: the leverage its owner chose; at least one.
  ///   - isolated: the number of the isolated position to which the row belongs.
  ///   - sleeve: the name of the sleeve to which the owner assigned it.
  public init(
    name: String, kind: RowKind, asset: Asset, settlement: Asset, expiry: Timestamp? = nil,
    leverage: Double = 1,
    isolated: Int? = nil, sleeve: String? = nil
  ) {
    precondition(kind != .option, "an option row needs its terms")
    self.init(
      name: name, kind: kind, asset: asset, settlement: settlement, expiry: expiry, leverage: leverage,
      isolated: isolated, sleeve: sleeve, option: nil)
  }

  init(
    name: String, kind: RowKind, asset: Asset, settlement: Asset, expiry: Timestamp?, leverage: Double,
    isolated: Int?, sleeve: String?, option: OptionTerms?
  ) {
    self.name = name
    self.kind = kind
    self.asset = asset
    self.settlement = settlement
    self.expiry = expiry
    self.leverage = leverage
    self.isolated = isolated
    self.sleeve = sleeve
    self.option = option
  }
}

/// What an option needs to be revalued that does not change over the horizon.
struct OptionTerms: Hashable, Sendable {
  let kind: OptionKind
  let style: SettlementStyle
  /// Base units, signed.
  let units: Double
  /// In the quote asset.
  let strike: Double
  let years: Double
}
