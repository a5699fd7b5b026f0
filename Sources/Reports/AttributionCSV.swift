public import CSV
import Margin
public import Studies

/// `attribution.csv`: what every regime demands, allocated to the rows of the account and to risk factors.
///
/// ```csv
/// study,account,regime,requirement,part,pool,name,metric,value,se_simulation,se_calibration,unit
/// demo,carry,var-99,initial,position,account,BTC/USDT:USDT,component,-1200.5,18.2,95.1,USD
/// demo,carry,var-99,initial,factor,,spot:BTC,component,5400.0,60.3,410.0,USD
/// ```
/// Key: `study`, `account`, `regime`, `requirement`, `part`, `pool`, `name`, `metric`.
///
/// - `part`: `collateral`, `position`, `order` and `account` (what belongs to no row) add up to the requirement; `factor`,
///   `nonLinear` and `otherTerms` add up to it once more.
/// - `component`: the share; negative for a hedge.
/// - `marginal`: the share for one USD of the row's notional, or of a balance's value.
/// - `incremental`: the requirement less that of the account without the row.
/// - `difference_to_reference`: the component less that in the reference regime, under common random numbers.
public enum AttributionCSV: ResultCSV {
  /// `attribution.csv`.
  public static let fileName = "attribution.csv"
  /// Keys, value, errors, unit.
  public static let columns =
    RegimeComparison.keyColumns
    + [
      "regime", "requirement", "part", "pool", "name", "metric", "value", "se_simulation", "se_calibration",
      "unit",
    ]

  /// Regime by regime, initial margin first.
  ///
  /// - Parameter attribution: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of attribution: StudyAttribution) -> [[CSVCell]] {
    attribution.regimes.flatMap { one in
      one.shares.flatMap { share -> [[CSVCell]] in
        let key: [CSVCell] = [
          .text(attribution.study), .text(attribution.account), .text(one.regime.id),
          .text(share.requirement.rawValue), .text(share.part.rawValue), .text(share.pool), .text(share.name),
        ]
        return metrics(of: share).map { key + $0 }
      }
    }
  }

  private static func metrics(of share: AttributedShare) -> [[CSVCell]] {
    var metrics = [[.text("component")] + share.component.cells + [.text("USD")]]
    if let marginal = share.marginal {
      metrics.append([.text("marginal"), .number(marginal), .empty, .empty, .text("1")])
    }
    if let incremental = share.incremental {
      metrics.append([.text("incremental"), .number(incremental), .empty, .empty, .text("USD")])
    }
    if let difference = share.differenceToReference {
      metrics.append([.text("difference_to_reference")] + difference.cells + [.text("USD")])
    }
    return metrics
  }
}
