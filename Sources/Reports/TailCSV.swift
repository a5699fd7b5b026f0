public import CSV
import Statistics
public import Studies

/// `tail.csv`: value at risk and expected shortfall of the whole account under every set of scenarios in use.
///
/// ```csv
/// study,account,scenarios,used_by,level,measure,method,value,se_simulation,lower,upper,interval_needs,sample_size,…
/// demo,carry,"gaussian 1 d, …",var-99;judge,0.99,value_at_risk,sample,5200,61.5,5080,5330,,100000,100000,draw 17,USD
/// ```
/// Key: `study`, `account`, `scenarios`, `level`, `measure` (`value_at_risk` or `expected_shortfall`), `method`
/// (`sample`, or `closed_form` for a linear book under a law that has one). Losses are positive. `used_by` joins the
/// regimes with `;`; `judge` is the judge. `lower` and `upper` are a distribution-free 95 % interval of the value at
/// risk; where the sample is too small for a finite one they are missing and `interval_needs` says how many scenarios
/// it takes; all three are missing where scenarios are not independent. `effective_sample_size` is how many equally weighted
/// independent scenarios carry as much information. `binding_scenario` is the scenario that is the value at risk.
public enum TailCSV: ResultCSV {
  /// `tail.csv`.
  public static let fileName = "tail.csv"
  /// Keys, value, error, interval, sample, unit.
  public static let columns =
    RegimeComparison.keyColumns
    + [
      "scenarios", "used_by", "level", "measure", "method", "value", "se_simulation", "lower", "upper",
      "interval_needs", "sample_size", "effective_sample_size", "binding_scenario", "unit",
    ]

  /// Set by set, level by level.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.tails.flatMap { tail in
      let key =
        comparison.keyCells
        + [.text(tail.scenarios), joined(tail.usedBy), .number(tail.confidence.value)]
      return measures(of: tail).map { key + $0 + [.text("USD")] }
    }
  }

  private static func measures(of report: TailReport) -> [[CSVCell]] {
    let interval: [CSVCell] =
      switch report.valueAtRiskInterval {
      case .bounded(let bounds): [.number(bounds.lowerBound), .number(bounds.upperBound), .empty]
      case .sampleTooSmall(let needed): [.empty, .empty, .integer(needed)]
      case nil: [.empty, .empty, .empty]
      }
    let size: [CSVCell] = [.integer(report.sampleSize), .number(report.effectiveSampleSize)]
    let sampled: [[CSVCell]] = [
      [
        .text("value_at_risk"), .text("sample"), .number(report.valueAtRisk.value),
        CSVCell(report.valueAtRisk.simulationError),
      ] + interval + size + [.text(report.bindingScenario)],
      [
        .text("expected_shortfall"), .text("sample"), .number(report.expectedShortfall.value),
        CSVCell(report.expectedShortfall.simulationError), .empty, .empty, .empty,
      ] + size + [.empty],
    ]
    let exact = [
      ("value_at_risk", report.closedFormValueAtRisk),
      ("expected_shortfall", report.closedFormExpectedShortfall),
    ]
    return sampled
      + exact.compactMap { measure, value in
        value.map {
          [.text(measure), .text("closed_form"), .number($0)] + [CSVCell](repeating: .empty, count: 7)
        }
      }
  }
}
