public import CSV
public import Studies

/// `crossings.csv`: the strengths at which the initial margins of two regimes change places.
///
/// ```csv
/// study,account,shock,against,mode,above,below,strength,se_simulation,initial_margin,unit
/// pair,carry,to-zero,,recalibrated,var-99,cross,0.617,0.004,6000,USD
/// ```
/// Key: `study`, `account`, `shock`, `against`, `mode`, `above` (the regime that demands more beyond `strength`), `below`,
/// `strength`. `initial_margin` is what both demand there.
public enum CrossingsCSV: ResultCSV {
  /// `crossings.csv`.
  public static let fileName = "crossings.csv"
  /// Keys, strength, error, amount, unit.
  public static let columns =
    StressResult.keyColumns
    + ["mode", "above", "below", "strength", "se_simulation", "initial_margin", "unit"]

  /// In the order in which they were found.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.crossings.map { crossing in
      result.keyCells + [
        .text(crossing.mode.rawValue), .text(crossing.above), .text(crossing.below),
        .number(crossing.strength), CSVCell(crossing.standardError), .number(crossing.initial),
        .text("USD"),
      ]
    }
  }
}
