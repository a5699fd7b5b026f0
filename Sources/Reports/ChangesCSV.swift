public import CSV
public import Studies

/// `changes.csv`: what each trade or swap, on its own, does to every regime's initial margin and equity.
///
/// ```csv
/// study,account,change,regime,metric,value,se_simulation,se_calibration,unit
/// demo,carry,trade -0.5 BTC/USDT:USDT,cross,initial_margin_difference,250,,,USD
/// ```
/// Key: `study`, `account`, `change`, `regime`, `metric` (`initial_margin_after`, `initial_margin_difference` or
/// `equity_difference`; a difference is after less before, equity as the regime counts it). The value is missing where the regime has no number after the change.
public enum ChangesCSV: ResultCSV {
  /// `changes.csv`.
  public static let fileName = "changes.csv"
  /// Keys, value, its two errors, unit.
  public static let columns =
    RegimeComparison.keyColumns
    + ["change", "regime", "metric", "value", "se_simulation", "se_calibration", "unit"]

  /// Change by change, regime by regime.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.changes.flatMap { effect -> [[CSVCell]] in
      let key = comparison.keyCells + [.text(effect.change), .text(effect.regime)]
      let missing: [CSVCell] = [.empty, .empty, .empty]
      return [
        key + [.text("initial_margin_after"), CSVCell(effect.after), .empty, .empty, .text("USD")],
        key + [.text("initial_margin_difference")] + (effect.difference?.cells ?? missing) + [.text("USD")],
        key + [.text("equity_difference"), CSVCell(effect.equityDifference), .empty, .empty, .text("USD")],
      ]
    }
  }
}
