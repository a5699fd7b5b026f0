public import CSV
import LinearAlgebra
import Scenarios
import Statistics
public import Studies

/// `correlation.csv`: the correlations of every calibration before a shock, as it asked for them, and as they are used.
///
/// ```csv
/// study,account,shock,strength,against,against_strength,draw,scenarios,used_by,metric,factor_i,factor_j,value
/// pair,carry,to-zero,1,,,0,"gaussian 1 d, …",var-99,repaired,spot:BTC,spot:ETH,0
/// ```
/// Key: the point as in `sweep.csv`, `scenarios` (with the regimes in `used_by`, joined with `;`), `metric`, `factor_i`,
/// `factor_j`.
///
/// - `input`, `shocked`, `repaired`: a correlation before the shock, as the shock asked for it, as it is used; the pairs of factors
///   that move, each once. Of a mixture those of its stressed law.
/// - `repair_distance`: the Frobenius distances of all repairs, added up; zero where none was needed.
/// - `distance`: the Frobenius distance between what is used and the input.
/// - `smallest_eigenvalue`: of what is used, over the factors that move.
/// - `mahalanobis`, `likelihood_ratio`: how far the correlations of spot prices that are used lie from the input, in the input's own
///   sampling error; the first has `degrees_of_freedom` of a chi-squared law, and `plausibility` is the probability of one as
///   large. The first is missing where the input is singular, the second where what is used is.
/// - `effective_scenarios`: how many equally likely observations the shock's views leave; missing without views.
///
/// Of a sweep the first and the last point and quarters of the way are given, of random matrices the first.
public enum StressCorrelationCSV: ResultCSV {
  /// `correlation.csv`.
  public static let fileName = "correlation.csv"
  /// Keys and value.
  public static let columns =
    StressResult.pointColumns + ["scenarios", "used_by", "metric", "factor_i", "factor_j", "value"]

  /// Point by point, calibration by calibration.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.correlations.flatMap { stressed in
      let key =
        result.cells(at: stressed.strengths, draw: stressed.draw)
        + [.text(stressed.scenarios), joined(stressed.usedBy)]
      return (pairs(of: stressed) + figures(of: stressed)).map { key + $0 }
    }
  }

  private static func pairs(of stressed: StressedCorrelation) -> [[CSVCell]] {
    let record = stressed.record
    let matrices = [("input", record.input), ("shocked", record.asked), ("repaired", record.used.matrix)]
    return matrices.flatMap { name, matrix in
      stressed.moving.enumerated().flatMap { place, row in
        stressed.moving[..<place].map { column in
          [
            .text(name), .text(stressed.factors[column]), .text(stressed.factors[row]),
            .number(matrix[row, column]),
          ]
        }
      }
    }
  }

  private static func figures(of stressed: StressedCorrelation) -> [[CSVCell]] {
    let record = stressed.record
    let plausibility = record.plausibility
    let figures: [(String, Double?)] = [
      ("repair_distance", record.repairDistance), ("distance", record.distance),
      ("smallest_eigenvalue", record.used.smallestEigenvalue),
      ("mahalanobis", plausibility?.mahalanobis), ("likelihood_ratio", plausibility?.likelihoodRatio),
      ("degrees_of_freedom", plausibility.map { Double($0.degreesOfFreedom) }),
      ("plausibility", plausibility?.probability), ("effective_scenarios", stressed.effectiveScenarios),
    ]
    return figures.map { [.text($0), .empty, .empty, CSVCell($1)] }
  }
}
