public import CSV
import Instruments
import Margin
public import Studies

/// `requirement.csv`: what every regime demands.
///
/// ```csv
/// study,account,regime,family,pool,view,metric,value,se_simulation,se_calibration,unit
/// demo,carry,cross,crossCollateral,(all),asHeld,initial_margin,6000,,,USD
/// ```
/// Key: `study`, `account`, `regime` (with its `family`), `pool`, `view`, `metric`. `pool` is a pool of the regime, or
/// `(all)` for the account as a whole. `view` is the collateral: `asHeld`, `cashAtRequirement` or `ownAtRequirement`.
///
/// | metric | where | meaning |
/// |---|---|---|
/// | `equity` | pools, all | equity as the regime counts it, USD |
/// | `market_value` | pools, all | net market value, USD |
/// | `initial_margin`, `maintenance_margin` | pools, all | the requirements, USD; errors for the whole account |
/// | `headroom` | pools, all | equity less initial margin, USD |
/// | `utilisation` | pools, all | maintenance margin over equity, of the worst pool for all; missing without equity |
/// | `status` | pools, all | 0 healthy, 1 restricted, 2 margin call, 3 liquidation |
/// | `venue_ratio` | all | the venue's own ratio of the worst pool |
/// | `initial_margin_difference` | all | initial margin less the reference regime's, USD |
/// | `collateral_value` | both views at the requirement | market value of the collateral needed, USD |
/// | `collateral_scale` | `ownAtRequirement` | what own collateral is multiplied by |
/// | `capital_efficiency` | both views at the requirement | 1 − collateral value / that of the reference regime |
///
/// `se_simulation` is one standard error from the number of scenarios, `se_calibration` one from the length of history.
public enum RequirementCSV: ResultCSV {
  /// `requirement.csv`.
  public static let fileName = "requirement.csv"
  /// Keys, value, its two errors, unit.
  public static let columns =
    RegimeComparison.keyColumns
    + ["regime", "family", "pool", "view", "metric", "value", "se_simulation", "se_calibration", "unit"]

  /// Regime by regime: the whole account, its pools, the collateral views.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.results.flatMap { result in
      let key = comparison.keyCells + [.text(result.regime.id), .text(result.regime.family.rawValue)]
      return (account(result) + result.assessment.pools.flatMap(pool) + result.needs.flatMap(need))
        .map { key + $0.cells }
    }
  }

  /// The pool name of facts about the account as a whole.
  static let wholeAccount = "(all)"

  private struct Fact {
    let pool: String
    let view: CollateralView
    let metric: String
    let estimate: Estimate?
    let unit: String

    var cells: [CSVCell] {
      [.text(pool), .text(view.rawValue), .text(metric)] + (estimate?.cells ?? [.empty, .empty, .empty])
        + [.text(unit)]
    }
  }

  private static func fact(
    _ metric: String, _ value: Double?, _ unit: String = "USD", pool: String = wholeAccount,
    view: CollateralView = .asHeld
  ) -> Fact {
    Fact(pool: pool, view: view, metric: metric, estimate: value.map { Estimate(value: $0) }, unit: unit)
  }

  private static func fact(_ metric: String, _ estimate: Estimate?) -> Fact {
    Fact(pool: wholeAccount, view: .asHeld, metric: metric, estimate: estimate, unit: "USD")
  }

  private static func status(_ status: MarginStatus, pool: String = wholeAccount) -> Fact {
    fact(
      "status", Double(status.rawValue), "0 healthy; 1 restricted; 2 margin call; 3 liquidation", pool: pool)
  }

  private static func account(_ result: RegimeResult) -> [Fact] {
    let assessment = result.assessment
    let headroom = Estimate(
      value: assessment.equity - result.initial.value, simulationError: result.initial.simulationError,
      calibrationError: result.initial.calibrationError)
    return [
      fact("equity", assessment.equity),
      fact("market_value", assessment.pools.reduce(0) { $0 + $1.marketValue }),
      fact("initial_margin", result.initial),
      fact("maintenance_margin", result.maintenance),
      fact("headroom", headroom),
      fact("utilisation", assessment.utilisation, "ratio"),
      status(assessment.status),
      fact("venue_ratio", assessment.venueRatio, "ratio"),
      fact("initial_margin_difference", result.differenceToReference),
    ]
  }

  private static func pool(_ pool: PoolAssessment) -> [Fact] {
    [
      fact("equity", pool.equity, pool: pool.name),
      fact("market_value", pool.marketValue, pool: pool.name),
      fact("initial_margin", pool.initial, pool: pool.name),
      fact("maintenance_margin", pool.maintenance, pool: pool.name),
      fact("headroom", pool.equity - pool.initial, pool: pool.name),
      fact("utilisation", pool.utilisation, "ratio", pool: pool.name),
      status(pool.status, pool: pool.name),
    ]
  }

  private static func need(_ need: CollateralNeed) -> [Fact] {
    let scale = need.scale.map { [fact("collateral_scale", $0, "ratio", view: need.view)] } ?? []
    return [fact("collateral_value", need.value, view: need.view)] + scale
      + [fact("capital_efficiency", need.capitalEfficiency, "ratio", view: need.view)]
  }
}
