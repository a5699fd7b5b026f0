public import Instruments
public import Scenarios

/// Profits and losses a venue itself computed at the points of its grid, in the place of a revaluation.
///
/// With them a requirement shows whether the rule is right even where the venue's marks cannot be had.
public struct RecordedProfits: Hashable, Sendable {
  /// By the name of a row, in units of the row's settlement asset, gains positive.
  public let rows: [String: [GridMove: Double]]
  /// By the base asset of a risk unit, in USD, gains positive; used where rows have none of their own.
  public let units: [Asset: [GridMove: Double]]

  /// Keeps what a venue printed.
  ///
  /// - Parameters:
  ///   - rows: by the name of a row, in units of the row's settlement asset; finite.
  ///   - units: by the base asset of a risk unit, in USD; finite.
  public init(rows: [String: [GridMove: Double]] = [:], units: [Asset: [GridMove: Double]] = [:]) {
    self.rows = rows
    self.units = units
  }
}
