public import CSV
import Margin
public import Studies

/// `components.csv`: the addends of every requirement, and which of them binds.
///
/// ```csv
/// study,account,regime,pool,requirement,component,amount,unit,is_binding,scenario
/// demo,carry,var-99,account,initial,historical,5200,USD,true,2020-03-11 → 2020-03-12
/// ```
/// Key: `study`, `account`, `regime`, `pool`, `requirement` (`initial` or `maintenance`), `component`. The amounts of a
/// pool and requirement add up to the requirement; a cap that acts is negative. `scenario` names the scenario that
/// decided a component and is missing where none did.
public enum ComponentsCSV: ResultCSV {
  /// `components.csv`.
  public static let fileName = "components.csv"
  /// Keys, amount, unit, what decides.
  public static let columns =
    RegimeComparison.keyColumns
    + ["regime", "pool", "requirement", "component", "amount", "unit", "is_binding", "scenario"]

  /// Regime by regime, in the order in which the regime adds up.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.results.flatMap { result in
      result.assessment.components.map { component in
        comparison.keyCells + [
          .text(result.regime.id), .text(component.pool), .text(component.requirement.rawValue),
          .text(component.name), .number(component.amount), .text("USD"),
          .text(component.isBinding ? "true" : "false"), .text(component.scenario),
        ]
      }
    }
  }
}
