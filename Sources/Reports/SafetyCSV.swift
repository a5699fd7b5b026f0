public import CSV
import Margin
public import Studies

/// `safety.csv`: what happens to the account at the end of the horizon under every regime.
///
/// ```csv
/// study,account,regime,judge,view,metric,value,se_simulation,se_calibration,lower,upper,count,scenarios,unit
/// demo,carry,cross,model,asHeld,margin_call,0.0123,,,0.0116,0.013,1230,100000,probability
/// ```
/// Key: `study`, `account`, `regime`, `judge` (`model` or `realised`), `view` (`asHeld`, `cashAtRequirement`,
/// `ownAtRequirement`), `metric`.
///
/// - `restricted`, `margin_call`, `liquidation`, `bankruptcy`: the frequency of the event, `count` out of `scenarios`,
///   with the exact 95 % interval (Clopper–Pearson) from `lower` to `upper`. Levels are nested: a liquidation counts as
///   a margin call and as restricted too. For `realised` the interval takes neighbouring moves as independent.
/// - `uncovered_loss`: the mean loss beyond the collateral over all scenarios, USD.
/// - `uncovered_loss_given_bankruptcy`: its mean where there is any; missing where there is none.
/// - `uncovered_loss_worst`: the largest one.
/// - `uncovered_loss_difference`: the mean less the reference regime's in the same view, scenario by scenario.
///
/// A view the regime has no answer for has no rows.
public enum SafetyCSV: ResultCSV {
  /// `safety.csv`.
  public static let fileName = "safety.csv"
  /// Keys, value, errors, interval, counts, unit.
  public static let columns =
    RegimeComparison.keyColumns
    + [
      "regime", "judge", "view", "metric", "value", "se_simulation", "se_calibration", "lower", "upper",
      "count",
      "scenarios", "unit",
    ]

  /// Regime by regime, judge by judge, view by view.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.results.flatMap { result in
      result.safety.flatMap { safety in
        let key =
          comparison.keyCells
          + [.text(result.regime.id), .text(safety.judge.rawValue), .text(safety.view.rawValue)]
        return (events(of: safety) + losses(of: safety)).map { key + $0 }
      }
    }
  }

  private static func events(of safety: SafetyAssessment) -> [[CSVCell]] {
    let events = [
      ("restricted", safety.restricted), ("margin_call", safety.marginCall),
      ("liquidation", safety.liquidation), ("bankruptcy", safety.bankruptcy),
    ]
    return events.map { name, event in
      [
        .text(name), .number(event.probability), .empty, .empty, .number(event.lower), .number(event.upper),
        .integer(event.count), .integer(event.scenarios), .text("probability"),
      ]
    }
  }

  private static func losses(of safety: SafetyAssessment) -> [[CSVCell]] {
    let metrics: [(String, Estimate?)] = [
      ("uncovered_loss", safety.uncoveredLoss),
      ("uncovered_loss_given_bankruptcy", safety.uncoveredLossGivenBankruptcy.map { Estimate(value: $0) }),
      ("uncovered_loss_worst", Estimate(value: safety.worstUncoveredLoss)),
      ("uncovered_loss_difference", safety.differenceToReference),
    ]
    return metrics.map { name, estimate in
      [.text(name)] + (estimate?.cells ?? [.empty, .empty, .empty])
        + [.empty, .empty, .empty, .integer(safety.bankruptcy.scenarios), .text("USD")]
    }
  }
}
