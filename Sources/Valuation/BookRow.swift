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
  /// An open order: it has a notional, no value, and gains nothing until it trades. An order for options has no notional:
  /// no rule here charges it.
  case order

  /// Whether it is a contract that was traded.
  public var isPosition: Bool { self == .linear || self == .inverse || self == .option }
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
  /// How much of it: units of an asset, base units of a linear contract or an option, USD of face of an inverse contract;
  /// signed.
  public let units: Double
  /// The amount of a balance that is borrowed, in units of its asset; zero for all else.
  public let borrowed: Double
  /// The price at which a position was entered, in the quote asset; zero for all else.
  public let entryPrice: Double
  /// How far the venue trusts its own price, 0 to 1.
  public let confidence: Double
  /// When a contract ends; `nil` for a balance or a perpetual.
  public let expiry: Timestamp?
  /// Time to expiry in years of 365 days; zero for what has none.
  public let years: Double
  /// The leverage its owner chose; one for a balance.
  public let leverage: Double
  /// The number of the isolated position to which the row belongs; `nil` for all rows that share margin.
  public let isolated: Int?
  /// The name of the sleeve to which the owner assigned it, if any.
  public let sleeve: String?
  /// What an option needs to be revalued; `nil` for every other kind.
  public let option: OptionTerms?

  /// Makes a row.
  ///
  /// - Parameters:
  ///   - name: the row's name for people.
  ///   - kind: what kind of thing it is; options are made by ``BookState/init(of:in:)`` alone.
  ///   - asset: the asset of a balance, or the base asset of a contract.
  ///   - settlement: the asset in which its value is paid.
  ///   - units: how much of it, signed.
  ///   - borrowed: the amount of a balance that is borrowed, in units of its asset; not negative.
  ///   - entryPrice: the price at which a position was entered, in the quote asset.
  ///   - confidence: how far the venue trusts its own price; 0 to 1.
  ///   - expiry: when a contract ends.
  ///   - years: time to expiry in years; not negative.
  ///   - leverage: the leverage its owner chose; at least one.
  ///   - isolated: the number of the isolated position to which the row belongs.
  ///   - sleeve: the name of the sleeve to which the owner assigned it.
  public init(
    name: String, kind: RowKind, asset: Asset, settlement: Asset, units: Double = 0, borrowed: Double = 0,
    entryPrice: Double = 0, confidence: Double = 1, expiry: Timestamp? = nil, years: Double = 0,
    leverage: Double = 1,
    isolated: Int? = nil, sleeve: String? = nil
  ) {
    precondition(kind != .option, "an option row needs its terms")
    self.init(
      name: name, kind: kind, asset: asset, settlement: settlement, units: units, borrowed: borrowed,
      entryPrice: entryPrice, confidence: confidence, expiry: expiry, years: years, leverage: leverage,
      isolated: isolated,
      sleeve: sleeve, option: nil)
  }

  init(
    name: String, kind: RowKind, asset: Asset, settlement: Asset, units: Double, borrowed: Double,
    entryPrice: Double, confidence: Double, expiry: Timestamp?, years: Double, leverage: Double,
    isolated: Int?,
    sleeve: String?, option: OptionTerms?
  ) {
    self.name = name
    self.kind = kind
    self.asset = asset
    self.settlement = settlement
    self.units = units
    self.borrowed = borrowed
    self.entryPrice = entryPrice
    self.confidence = confidence
    self.expiry = expiry
    self.years = years
    self.leverage = leverage
    self.isolated = isolated
    self.sleeve = sleeve
    self.option = option
  }
}

/// What an option needs to be revalued that does not change over the horizon.
public struct OptionTerms: Hashable, Sendable {
  /// Call or put.
  public let kind: OptionKind
  /// How it pays.
  public let style: SettlementStyle
  /// Base units, signed.
  public let units: Double
  /// In the quote asset.
  public let strike: Double
  /// To expiry, of 365 days; positive.
  public let years: Double
  /// Today's worth of one unit of the quote asset at expiry; positive.
  public let discountFactor: Double

  /// To expiry, with the fraction of the day.
  public var days: Double { years * 365 }
}
