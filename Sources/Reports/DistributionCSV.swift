public import CSV
public import Studies

/// `distribution.csv`: the initial margin of every regime over random correlation matrices.
///
/// ```csv
/// study,account,shock,strength,against,against_strength,draw,regime,metric,value,se_simulation,lower,upper,unit
/// cloud,carry,lkj-cloud,1,,,0,var-99,mean,58158.7,310.2,,,USD
/// ```
/// Key: the point as in `sweep.csv` (`draw` is 0), `regime`, `metric`.
///
/// - `mean`, with one standard error from the number of matrices; `standard_deviation`; `quantile_0` to `quantile_100`, in
///   percent: of the initial margin recalibrated to each matrix, USD.
/// - `broken`: the share of the matrices at which the probability of a loss beyond the margin of the base calibration
///   exceeds the target, with its exact 95 % interval.
public enum DistributionCSV: ResultCSV {
  /// `distribution.csv`.
  public static let fileName = "distribution.csv"
  /// Keys, value, error, interval, unit.
  public static let columns =
    StressResult.pointColumns + ["regime", "metric", "value", "se_simulation", "lower", "upper", "unit"]

  /// Point by point, regime by regime.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.distributions.flatMap { distribution in
      let key = result.cells(at: distribution.strengths, draw: 0) + [.text(distribution.regime)]
      return (amounts(of: distribution) + [share(of: distribution)]).map { key + $0 }
    }
  }

  private static func amounts(of distribution: StressDistribution) -> [[CSVCell]] {
    let quantiles = zip(StressDistribution.levels, distribution.quantiles).map { level, amount in
      ("quantile_\(Int((100 * level).rounded()))", Estimate(value: amount))
    }
    let deviation = Estimate(value: distribution.standardDeviation)
    let metrics = [("mean", distribution.mean), ("standard_deviation", deviation)] + quantiles
    return metrics.map { name, estimate in
      [
        .text(name), .number(estimate.value), CSVCell(estimate.simulationError), .empty, .empty, .text("USD"),
      ]
    }
  }

  private static func share(of distribution: StressDistribution) -> [CSVCell] {
    let broken = distribution.broken
    return [
      .text("broken"), .number(broken.probability), .empty, .number(broken.lower), .number(broken.upper),
      .text("probability"),
    ]
  }
}
