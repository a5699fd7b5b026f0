public import Instruments

/// What can be wrong with market data, or missing from it.
public enum MarketDataError: Error, Hashable, Sendable {
  /// Times that do not ascend strictly; `index` is the first that does not.
  case unsortedTimes(index: Int)
  /// A price that is not a positive finite number.
  case invalidPrice(asset: Asset, time: Timestamp, value: Double)
  /// The same asset twice.
  case duplicateAsset(Asset)
  /// A history without rows, or with one row only.
  case tooShort(rows: Int)
  /// No row at the moment asked for.
  case noRow(at: Timestamp, first: Timestamp, last: Timestamp)
  /// A look-back that reaches before the first row.
  case lookBackTooLong(observations: Int, available: Int, asOf: Timestamp)
  /// A period that is not wholly inside the data at or before the as-of date.
  case periodOutside(from: Timestamp, to: Timestamp, first: Timestamp, asOf: Timestamp)
  /// A horizon that is not a whole number of the history's steps.
  case horizonNotAMultiple(hours: Int, stepSeconds: Int)
  /// Rows that are not evenly spaced, so that a horizon has no meaning.
  case unevenSpacing(at: Timestamp)
}
