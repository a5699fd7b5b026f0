public import CSV
import Margin
public import Studies

/// `refusals.csv`: the regimes that have no number for the account, and why.
///
/// ```csv
/// study,account,regime,family,reason
/// demo,alt,var-99,valueAtRisk,"SOL1 has 385 of the 500 observations this regime needs; …"
/// ```
/// Key: `study`, `account`, `regime`. A regime stands either here or in `requirement.csv`.
public enum RefusalsCSV: ResultCSV {
  /// `refusals.csv`.
  public static let fileName = "refusals.csv"
  /// Keys and reason.
  public static let columns = RegimeComparison.keyColumns + ["regime", "family", "reason"]

  /// In the study's order.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.refusals.map { refusal in
      comparison.keyCells + [
        .text(refusal.regime.id), .text(refusal.regime.family.rawValue),
        .text(ErrorProse.text(of: refusal.reason)),
      ]
    }
  }
}
