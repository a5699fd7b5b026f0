/// What a comparison is busy with, for whoever shows progress.
public enum ComparisonStep: String, Hashable, Sendable, CaseIterable {
  /// Making the scenarios.
  case scenarios
  /// Today's requirements.
  case requirements
  /// The same at replicated evidence.
  case errors
  /// What collateral each regime needs.
  case collateral
  /// How far prices may move before each regime acts.
  case distances
  /// What happens after every judged move.
  case safety
  /// Tails of the whole account.
  case tails
  /// Trades and swaps.
  case changes
}
