public import CSV
import Margin
import Scenarios
import Statistics
public import Studies

/// `estimates.csv`: value at risk and expected shortfall of the whole account under every estimator.
///
/// ```csv
/// study,account,estimator,family,scenarios,level,measure,value,se_simulation,se_calibration,lower,upper,interval_needs,…
/// demo,carry,gaussian-sobol,monteCarlo,"gaussian 1 d, …",0.99,value_at_risk,5214,2.1,310,,,,98304,98304,0.0004,,,USD
/// ```
/// Key: `study`, `account`, `estimator`, `level`, `measure` (`value_at_risk` or `expected_shortfall`). Losses are positive.
///
/// - `se_simulation`: from the number of draws; missing where nothing was drawn.
/// - `se_calibration`: from the length of history; missing where it has none.
/// - `lower`, `upper`: a 95 % interval; where the sample is too small for a finite one, `interval_needs` says how many
///   scenarios it takes.
/// - `scenario_count`, `effective_size`: scenarios, and how many independent ones of equal weight say as much.
/// - `deviation`: the figure over the exact one of the same law and sensitivities, less one.
/// - `meets_target`: whether the printed simulation error meets the target, where there is one.
/// - `reason`: why there is no figure.
public enum EstimatesCSV: ResultCSV {
  /// `estimates.csv`.
  public static let fileName = "estimates.csv"
  /// Keys, value, errors, interval, size, flags, unit.
  public static let columns =
    TailEstimates.keyColumns
    + [
      "estimator", "family", "scenarios", "level", "measure", "value", "se_simulation", "se_calibration",
      "lower", "upper", "interval_needs", "scenario_count", "effective_size", "deviation", "meets_target",
      "reason", "unit",
    ]

  /// Estimator by estimator, level by level.
  ///
  /// - Parameter estimates: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of estimates: TailEstimates) -> [[CSVCell]] {
    estimates.rows.map { row in
      let key: [CSVCell] = [
        .text(row.estimator), .text(row.family.rawValue), .text(row.scenarios),
        .number(row.confidence.value), .text(row.measure.column),
      ]
      let figure: [CSVCell] = [
        CSVCell(row.estimate?.value), CSVCell(row.estimate?.simulationError),
        CSVCell(row.estimate?.calibrationError), CSVCell(row.interval?.lowerBound),
        CSVCell(row.interval?.upperBound), row.intervalNeeds.map { .integer($0) } ?? .empty,
      ]
      let flags: [CSVCell] = [
        row.scenarioCount.map { .integer($0) } ?? .empty, CSVCell(row.effectiveSampleSize),
        CSVCell(row.deviation), row.meetsTarget.map { .text($0 ? "true" : "false") } ?? .empty,
        row.reason.map { .text(ErrorProse.text(of: $0)) } ?? .empty, .text("USD"),
      ]
      return estimates.keyCells + key + figure + flags
    }
  }
}

/// `fits.csv`: the numbers that estimators fitted, with their errors.
///
/// ```csv
/// study,account,estimator,factor,parameter,value,se
/// demo,carry,hull-white-garch,spot:BTC,reaction,0.07,0.03
/// ```
/// Key: `study`, `account`, `estimator`, `factor` (missing for a number that belongs to all), `parameter`.
public enum FitsCSV: ResultCSV {
  /// `fits.csv`.
  public static let fileName = "fits.csv"
  /// Keys, value, error.
  public static let columns = TailEstimates.keyColumns + ["estimator", "factor", "parameter", "value", "se"]

  /// Estimator by estimator, in the order of the fits.
  ///
  /// - Parameter estimates: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of estimates: TailEstimates) -> [[CSVCell]] {
    estimates.fits.map { fit in
      estimates.keyCells + [
        .text(fit.estimator), fit.parameter.factor.map { .text($0) } ?? .empty, .text(fit.parameter.name),
        .number(fit.parameter.value), CSVCell(fit.parameter.standardError),
      ]
    }
  }
}

/// `filters.csv`: correlations of the factors the account depends on, before and after every filter.
///
/// ```csv
/// study,account,estimator,factor_i,factor_j,before,after,effective_observations
/// demo,carry,hull-white-ewma,spot:BTC,spot:ETH,0.83,0.79,65.7
/// ```
/// Key: `study`, `account`, `estimator`, `factor_i`, `factor_j`; every pair once.
public enum FiltersCSV: ResultCSV {
  /// `filters.csv`.
  public static let fileName = "filters.csv"
  /// Keys, correlations, observations.
  public static let columns =
    TailEstimates.keyColumns + [
      "estimator", "factor_i", "factor_j", "before", "after", "effective_observations",
    ]

  /// Estimator by estimator, pair by pair.
  ///
  /// - Parameter estimates: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of estimates: TailEstimates) -> [[CSVCell]] {
    estimates.filters.map { pair in
      estimates.keyCells + [
        .text(pair.estimator), .text(pair.first), .text(pair.second), .number(pair.before),
        .number(pair.after), .number(pair.effectiveObservations),
      ]
    }
  }
}

/// Every CSV file of a table of estimates.
public enum EstimatesFiles {
  /// The plain names of the files, in the order in which they are made.
  public static let names = [EstimatesCSV.fileName, FitsCSV.fileName, FiltersCSV.fileName]

  /// The files; one without rows still has its header.
  ///
  /// - Parameter estimates: the results.
  /// - Throws: ``ReportError/csv(file:_:)`` where a number is not finite.
  /// - Returns: names and bytes.
  public static func files(of estimates: TailEstimates) throws(ReportError) -> [ReportFile] {
    [
      try EstimatesCSV.file(of: estimates), try FitsCSV.file(of: estimates),
      try FiltersCSV.file(of: estimates),
    ]
  }
}

extension TailEstimates {
  /// The key columns every file of estimates begins with.
  static let keyColumns = ["study", "account"]

  /// The cells under ``keyColumns``.
  var keyCells: [CSVCell] { [.text(study), .text(account)] }
}

extension TailRiskTerm.Measure {
  /// The measure as a column of a file names it.
  var column: String { self == .valueAtRisk ? "value_at_risk" : "expected_shortfall" }
}
