public import Instruments

/// What one of a venue's own figures is about.
public enum VenueScope: Hashable, Sendable {
  /// The account as a whole.
  case account
  /// The contracts written on one base asset.
  case riskUnit(Asset)
  /// What is held, owed or settled in one asset.
  case currency(Asset)
  /// One contract, by its unified name.
  case contract(String)
}

/// In what a venue's own figure is stated.
public enum VenueUnit: Hashable, Sendable {
  /// USD.
  case usd
  /// Units of an asset.
  case asset(Asset)
  /// A plain number: a ratio, a move, a place in a table.
  case number
}

/// A number the venue itself computed, in the venue's own words.
public struct VenueFigure: Hashable, Sendable {
  /// What it is about.
  public let scope: VenueScope
  /// The venue's name of it, such as `mr1` or `worst_case`.
  public let name: String
  /// The number, with the venue's sign.
  public let value: Double
  /// In what it is stated.
  public let unit: VenueUnit

  /// Keeps a figure.
  ///
  /// - Parameters:
  ///   - scope: what it is about.
  ///   - name: the venue's name of it.
  ///   - value: the number, finite, with the venue's sign.
  ///   - unit: in what it is stated.
  public init(scope: VenueScope, name: String, value: Double, unit: VenueUnit) {
    self.scope = scope
    self.name = name
    self.value = value
    self.unit = unit
  }
}
