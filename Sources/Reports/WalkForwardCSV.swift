public import CSV
import Instruments
import Margin
import MarketData
import Statistics
public import Studies

/// `walk_forward.csv`: every regime's tail and initial margin against what followed, over the whole history.
///
/// ```csv
/// study,account,regime,pool,term,metric,value,lower,upper,unit
/// demo,carry,var-99,account,risk,exceedances,12.0,,,days
/// ```
/// Key: `study`, `account`, `regime`, `pool`, `term`, `metric`. Two kinds of rows:
///
/// - `term` names a tail of the regime. Of the `days` a test could have, `days_tested` were tested; the others lie before the
///   look-back (`days_before_look_back`), lack a price (`days_without_prices`) or were not computed (`days_not_computed`).
///   `level` is that of the value at risk, `exceedances` the days on which the loss was greater, `expected_exceedances` what
///   the level promises, `exceedance_rate` their share with its exact 95 % interval. `kupiec`, `independence` and
///   `conditional_coverage` each have a `_ratio` (likelihood ratio), a `_p_asymptotic` (chi-squared) and a `_p_exact`.
///   `cumulative_probability` is that of no more exceedances under a right value at risk; `zone` 0 is green, 1 yellow, 2 red.
/// - `term` is `initial`, over all pools, on the days on which every regime has an initial margin: `days`,
///   `mean_initial`, `breaches` (days on which a pool lost more than its initial margin and what haircuts took off), the
///   `breach_rate` with its interval, `worst_shortfall` and `mean_shortfall` beyond it, `largest_use` (the largest loss of a
///   pool as a multiple of it), `smallest_initial`, `largest_initial`, `peak_to_trough`, and for n days `rise_ratio_n` and
///   `rise_n`, the largest ratio and the largest call.
///
/// A metric without a value, as a mean of nothing, has an empty one.
public enum WalkForwardCSV: ResultCSV {
  /// `walk_forward.csv`.
  public static let fileName = "walk_forward.csv"
  /// Keys, value, interval, unit.
  public static let columns = [
    "study", "account", "regime", "pool", "term", "metric", "value", "lower", "upper", "unit",
  ]

  /// Regime by regime: its tails, then its initial margin.
  ///
  /// - Parameter walk: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of walk: WalkForward) -> [[CSVCell]] {
    walk.regimes.flatMap { walked in
      let key = walk.keyCells + [.text(walked.regime.id)]
      return tails(of: walked, key) + margin(of: walked, key)
    }
  }

  private static func tails(of walked: WalkedRegime, _ key: [CSVCell]) -> [[CSVCell]] {
    walked.tests.flatMap { test in
      let own = key + [.text(test.pool), .text(test.term)]
      return facts(of: test).map { own + $0.cells }
    }
  }

  private static func margin(of walked: WalkedRegime, _ key: [CSVCell]) -> [[CSVCell]] {
    guard let margin = walked.margin else { return [] }
    let own = key + [.empty, .text(MarginRecord.termName)]
    return facts(of: margin).map { own + $0.cells }
  }

  /// A metric with its value.
  private struct Fact {
    let metric: String
    let value: Double?
    var interval: (lower: Double, upper: Double)?
    let unit: String

    init(_ metric: String, _ value: Double?, _ unit: String, interval: (lower: Double, upper: Double)? = nil)
    {
      self.metric = metric
      self.value = value
      self.interval = interval
      self.unit = unit
    }

    var cells: [CSVCell] {
      [.text(metric), CSVCell(value), CSVCell(interval?.lower), CSVCell(interval?.upper), .text(unit)]
    }
  }

  private static func facts(of test: ValueAtRiskTest) -> [Fact] {
    let days = test.days
    let counts = [
      ("days", days.total), ("days_tested", days.tested), ("days_before_look_back", days.withoutLookBack),
      ("days_without_prices", days.withoutPrices), ("days_not_computed", days.notComputed),
      ("exceedances", test.exceedances),
    ]
    let sequence = test.sequence
    let unconditional = sequence?.unconditional
    let rate = try? ClopperPearsonInterval(events: test.exceedances, trials: days.tested)
    let facts = [
      Fact("level", test.confidence.value, "probability"),
      Fact("expected_exceedances", unconditional?.expectedExceedances, "days"),
      Fact("exceedance_rate", rate?.estimate, "probability", interval: rate.map { ($0.lower, $0.upper) }),
      Fact("kupiec_ratio", unconditional?.likelihoodRatio, "number"),
      Fact("kupiec_p_asymptotic", unconditional?.asymptoticPValue, "probability"),
      Fact("kupiec_p_exact", unconditional?.exactPValue, "probability"),
      Fact("independence_ratio", sequence?.independenceRatio, "number"),
      Fact("independence_p_asymptotic", sequence?.asymptoticIndependencePValue, "probability"),
      Fact("independence_p_exact", sequence?.exactIndependencePValue, "probability"),
      Fact("conditional_coverage_ratio", sequence?.conditionalCoverageRatio, "number"),
      Fact("conditional_coverage_p_asymptotic", sequence?.asymptoticConditionalCoveragePValue, "probability"),
      Fact("conditional_coverage_p_exact", sequence?.exactConditionalCoveragePValue, "probability"),
      Fact("cumulative_probability", test.trafficLight?.cumulativeProbability, "probability"),
      Fact("zone", test.trafficLight?.zone.number, "zone"),
    ]
    return counts.map { Fact($0, Double($1), "days") } + facts
  }

  private static func facts(of margin: MarginRecord) -> [Fact] {
    let breaches = margin.breaches
    let path = margin.procyclicality
    let facts = [
      Fact("days", Double(margin.record.count), "days"), Fact("mean_initial", margin.meanInitial, "USD"),
      Fact("breaches", Double(breaches.count), "days"),
      Fact(
        "breach_rate", breaches.probability, "probability", interval: (breaches.lower, breaches.upper)),
      Fact("worst_shortfall", margin.worstShortfall, "USD"),
      Fact("mean_shortfall", margin.meanShortfall, "USD"), Fact("largest_use", margin.largestUse, "number"),
      Fact("smallest_initial", path.smallest, "USD"), Fact("largest_initial", path.largest, "USD"),
      Fact("peak_to_trough", path.peakToTrough, "number"),
    ]
    let rises = margin.spans.flatMap { span in
      [
        Fact("rise_ratio_\(span.days)", path.largestRatio(over: span.rows), "number"),
        Fact("rise_\(span.days)", path.largestRise(over: span.rows), "USD"),
      ]
    }
    return facts + rises
  }
}

/// `walk_forward_days.csv`: every tested day.
///
/// ```csv
/// study,account,regime,pool,term,date,value_at_risk,initial,cover,loss,exceeded
/// demo,carry,var-99,account,risk,2022-11-07,5200.0,,,6100.5,1
/// ```
/// Key: `study`, `account`, `regime`, `pool`, `term`, `date`; the date is the last whose prices were known. Rows whose `term`
/// names a tail have its `value_at_risk`; rows whose `term` is `initial` have the `initial` margin and the `cover`, which
/// adds what haircuts took off the collateral. `loss` is that of the move that followed, positive for a loss; `exceeded` is 1
/// where it was greater than the value at risk, or where a pool lost more than its cover, and 0 elsewhere. Amounts in USD.
public enum WalkForwardDaysCSV: ResultCSV {
  /// `walk_forward_days.csv`.
  public static let fileName = "walk_forward_days.csv"
  /// Keys and amounts.
  public static let columns = [
    "study", "account", "regime", "pool", "term", "date", "value_at_risk", "initial", "cover", "loss",
    "exceeded",
  ]

  /// Regime by regime, term by term, day by day.
  ///
  /// - Parameter walk: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of walk: WalkForward) -> [[CSVCell]] {
    walk.regimes.flatMap { walked in
      let key = walk.keyCells + [.text(walked.regime.id)]
      return tails(of: walked, key) + margin(of: walked, key)
    }
  }

  private static func tails(of walked: WalkedRegime, _ key: [CSVCell]) -> [[CSVCell]] {
    walked.tests.flatMap { test in
      let own = key + [.text(test.pool), .text(test.term)]
      return test.record.map { day -> [CSVCell] in
        own + [
          .text(day.asOf.description), .number(day.valueAtRisk), .empty, .empty, .number(day.loss),
          .integer(day.isExceeded ? 1 : 0),
        ]
      }
    }
  }

  private static func margin(of walked: WalkedRegime, _ key: [CSVCell]) -> [[CSVCell]] {
    let own = key + [.empty, .text(MarginRecord.termName)]
    return (walked.margin?.record ?? []).map { day -> [CSVCell] in
      own + [
        .text(day.asOf.description), .empty, .number(day.initial), .number(day.cover), .number(day.loss),
        .integer(day.shortfall > 0 ? 1 : 0),
      ]
    }
  }
}

/// Every CSV file of a walk.
public enum WalkForwardFiles {
  /// The plain names of the files, in the order in which they are made.
  public static let names = [WalkForwardCSV.fileName, WalkForwardDaysCSV.fileName]

  /// The files.
  ///
  /// - Parameter walk: the results.
  /// - Throws: ``ReportError/csv(file:_:)`` where a number is not finite.
  /// - Returns: names and bytes.
  public static func files(of walk: WalkForward) throws(ReportError) -> [ReportFile] {
    [try WalkForwardCSV.file(of: walk), try WalkForwardDaysCSV.file(of: walk)]
  }
}

extension WalkForward {
  fileprivate var keyCells: [CSVCell] { [.text(study), .text(account.id)] }
}

extension MarginRecord {
  /// What stands in the column of terms for the initial margin, which no term may be called.
  fileprivate static let termName = TermRules.initialName
}

extension TrafficLight.Zone {
  fileprivate var number: Double {
    switch self {
    case .green: 0
    case .yellow: 1
    case .red: 2
    }
  }
}
