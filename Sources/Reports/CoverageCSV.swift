public import CSV
import Instruments
import MarketData
import Scenarios
public import Studies

/// `coverage.csv`: how far the data covers every factor the account depends on.
///
/// ```csv
/// study,account,scenarios,factor,source,observations,missing,dust,without_move,first,last
/// demo,carry,"historical 1 d, 500 observations",spot:SOL1,history,385,115,0,115,2021-10-12,2022-10-31
/// ```
/// Key: `study`, `account`, `scenarios`, `factor`. `observations` counts the moves of the asset's own history inside the
/// window, `missing` those without a price at either end, `dust` those that start below the dust floor; `first` and
/// `last` are the ends of the first and last move that counts. All five are missing for a factor without history: it follows
/// a model that `source` names, as implied volatility its `response to BTC: …`, or nothing moves it, `constant`.
/// `without_move` counts the scenarios, or the observations behind a law, in which the factor has no move once a proxy
/// has stepped in: a regime that needs the factor takes zero only.
public enum CoverageCSV: ResultCSV {
  /// `coverage.csv`.
  public static let fileName = "coverage.csv"
  /// Keys, source, counts, dates.
  public static let columns =
    RegimeComparison.keyColumns
    + ["scenarios", "factor", "source", "observations", "missing", "dust", "without_move", "first", "last"]

  /// Set by set, in the order of the study's factors.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.coverage.map { report in
      let history = report.coverage.history
      return comparison.keyCells + [
        .text(report.scenarios), .text(report.factor), .text(report.coverage.source.description),
        CSVCell(history?.observations), CSVCell(history?.missing), CSVCell(history?.dust),
        .integer(report.coverage.missing.count), CSVCell(history?.first?.description),
        CSVCell(history?.last?.description),
      ]
    }
  }
}
