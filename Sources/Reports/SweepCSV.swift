public import CSV
import Instruments
import Margin
import Scenarios
public import Studies

/// `sweep.csv`: what every regime demands, and how safe it is, along a shock.
///
/// ```csv
/// study,account,shock,strength,against,against_strength,draw,regime,mode,metric,value,se_simulation,lower,upper,count,scenarios,unit
/// pair,carry,to-zero,0.5,,,0,var-99,recalibrated,initial_margin,58158.7,310.2,,,,,USD
/// pair,carry,to-zero,0.5,,,0,var-99,unaware,loss_beyond_margin,0.0123,,0.0116,0.013,1230,100000,probability
/// ```
/// Key: `study`, `account`, `shock`, `strength`, `against` and `against_strength` (of a surface), `draw` (the number of the
/// random matrix), `regime`, `mode` (`unaware`: requirement at the base calibration; `recalibrated`: at the shocked one),
/// `metric`.
///
/// | metric | meaning |
/// |---|---|
/// | `equity` | equity as the regime counts it, USD |
/// | `initial_margin`, `maintenance_margin` | the requirements, USD |
/// | `initial_margin_change` | initial margin less that without a shock, under common random numbers, USD |
/// | `initial_margin_difference` | initial margin less the reference regime's at the same point, USD |
/// | `utilisation` | maintenance margin over equity of the worst pool; missing without equity |
/// | `status` | today: 0 healthy, 1 restricted, 2 margin call, 3 liquidation |
/// | `loss_beyond_margin` | probability that a pool loses more than its initial margin and what haircuts took off |
/// | `margin_call`, `liquidation`, `bankruptcy` | probability after a move of the judge's shocked law |
/// | `uncovered_loss` | mean loss beyond the collateral, USD |
///
/// Probabilities have their exact 95 % interval from `lower` to `upper`. A regime that cannot be computed at a point has no rows
/// there.
public enum SweepCSV: ResultCSV {
  /// `sweep.csv`.
  public static let fileName = "sweep.csv"
  /// Keys, value, error, interval, counts, unit.
  public static let columns =
    StressResult.pointColumns
    + [
      "regime", "mode", "metric", "value", "se_simulation", "lower", "upper", "count", "scenarios", "unit",
    ]

  /// Point by point, regime by regime, mode by mode.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.points.flatMap { point in
      let key = result.cells(at: point.strengths, draw: point.draw)
      return point.requirements.flatMap { requirement in
        (amounts(of: requirement) + events(of: requirement.safety)).map {
          key + [.text(requirement.regime), .text(requirement.mode.rawValue)] + $0
        }
      }
    }
  }

  private static func amounts(of requirement: StressedRequirement) -> [[CSVCell]] {
    let status = Estimate(value: Double(requirement.status.rawValue))
    let metrics: [(String, Estimate?, String)] = [
      ("equity", Estimate(value: requirement.equity), "USD"),
      ("initial_margin", requirement.initial, "USD"),
      ("maintenance_margin", requirement.maintenance, "USD"),
      ("initial_margin_change", requirement.change, "USD"),
      ("initial_margin_difference", requirement.differenceToReference, "USD"),
      ("utilisation", requirement.utilisation.map { Estimate(value: $0) }, "ratio"),
      ("status", status, "0 healthy; 1 restricted; 2 margin call; 3 liquidation"),
      ("uncovered_loss", requirement.safety.uncoveredLoss, "USD"),
    ]
    return metrics.map { name, estimate, unit in
      [
        .text(name), CSVCell(estimate?.value), CSVCell(estimate?.simulationError), .empty, .empty, .empty,
        .empty, .text(unit),
      ]
    }
  }

  private static func events(of safety: StressSafety) -> [[CSVCell]] {
    let events = [
      ("loss_beyond_margin", safety.lossBeyondMargin), ("margin_call", safety.marginCall),
      ("liquidation", safety.liquidation), ("bankruptcy", safety.bankruptcy),
    ]
    return events.map { name, event in
      [
        .text(name), .number(event.probability), .empty, .number(event.lower), .number(event.upper),
        .integer(event.count), .integer(event.scenarios), .text("probability"),
      ]
    }
  }
}

extension StressResult {
  /// The key columns every file of a stress run begins with.
  static let keyColumns = ["study", "account", "shock", "against"]
  /// The columns that name a point of a sweep.
  static let pointColumns = ["study", "account", "shock", "strength", "against", "against_strength", "draw"]

  /// The cells under ``keyColumns``.
  var keyCells: [CSVCell] { [.text(study), .text(account.id), shock(0), shock(1)] }

  /// The cells under ``pointColumns``.
  func cells(at strengths: [Double], draw: Int) -> [CSVCell] {
    func strength(_ axis: Int) -> CSVCell {
      strengths.indices.contains(axis) ? .number(strengths[axis]) : .empty
    }
    return [
      .text(study), .text(account.id), shock(0), strength(0), shock(1), strength(1), .integer(draw),
    ]
  }

  private func shock(_ axis: Int) -> CSVCell {
    plan.axes.indices.contains(axis) ? .text(plan.axes[axis].shock.name) : .empty
  }
}
