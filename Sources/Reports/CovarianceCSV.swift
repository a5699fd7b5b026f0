public import CSV
import LinearAlgebra
import Scenarios
public import Studies

/// `covariance.csv`: every covariance in use, element by element, and its spectrum.
///
/// ```csv
/// study,account,law,used_by,metric,factor_i,factor_j,value,unit
/// demo,carry,"gaussian 1 d, …",var-99,covariance,spot:BTC,spot:ETH,0.00118,move²
/// demo,carry,"gaussian 1 d, …",var-99,smallest_eigenvalue,,,0.012,1
/// ```
/// Key: `study`, `account`, `law` (with the regimes in `used_by`, joined with `;`), `metric`, `factor_i`, `factor_j`.
///
/// - `covariance`: of simple moves over the horizon, in squared moves; every pair in both orders.
/// - `correlation`: missing where a factor does not move.
/// - `smallest_eigenvalue`, `largest_eigenvalue`: of the correlations.
/// - `repair_distance`: how far, in the Frobenius norm, a repair moved the correlations; zero without a repair.
/// - `effective_observations`: how many equally weighted observations the estimate is worth.
public enum CovarianceCSV: ResultCSV {
  /// `covariance.csv`.
  public static let fileName = "covariance.csv"
  /// Keys, value, unit.
  public static let columns =
    RegimeComparison.keyColumns + ["law", "used_by", "metric", "factor_i", "factor_j", "value", "unit"]

  /// Law by law: covariances, correlations, spectrum.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.covariances.flatMap { report in
      let key = comparison.keyCells + [.text(report.law), joined(report.usedBy)]
      let pairs =
        pairs("covariance", "move²", report) { .number(report.covariance[$0, $1]) }
        + pairs("correlation", "1", report) { CSVCell(report.correlation($0, $1)) }
      return (pairs + spectrum(of: report)).map { key + $0 }
    }
  }

  private static func pairs(
    _ metric: String, _ unit: String, _ report: CovarianceReport, _ value: (Int, Int) -> CSVCell
  ) -> [[CSVCell]] {
    report.factors.indices.flatMap { row in
      report.factors.indices.map { column in
        [
          .text(metric), .text(report.factors[row]), .text(report.factors[column]), value(row, column),
          .text(unit),
        ]
      }
    }
  }

  private static func spectrum(of report: CovarianceReport) -> [[CSVCell]] {
    let spectrum = report.spectrum
    let metrics = [
      ("smallest_eigenvalue", spectrum.smallest, "1"), ("largest_eigenvalue", spectrum.largest, "1"),
      ("repair_distance", spectrum.repairDistance, "1"),
      ("effective_observations", spectrum.effectiveObservations, "observations"),
    ]
    return metrics.map { [.text($0), .empty, .empty, .number($1), .text($2)] }
  }
}

extension CovarianceReport {
  /// The correlation of two factors; `nil` where one of them does not move.
  func correlation(_ row: Int, _ column: Int) -> Double? {
    let scale = (covariance[row, row] * covariance[column, column]).squareRoot()
    guard scale > 0 else { return nil }
    return row == column ? 1 : min(1, max(-1, covariance[row, column] / scale))
  }
}
