public import CSV
public import Studies

/// `breaks.csv`: the smallest strength of a shock at which each regime breaks.
///
/// ```csv
/// study,account,shock,against,regime,mode,event,target,strength,lower,upper,reason
/// pair,carry,to-zero,,var-99,unaware,lossBeyondMargin,0.01,0.214,0.2,0.23,
/// ```
/// Key: `study`, `account`, `shock`, `against`, `regime`, `mode`, `event`.
///
/// - `lossBeyondMargin`: the probability of a loss beyond the posted initial margin exceeds `target`.
/// - `callWithinHorizon`: the probability of a margin call within the horizon exceeds it.
/// - `callToday`, `liquidationToday`: the regime acts on the account as it stands; they have no target.
///
/// `strength` lies between two points of the sweep; `lower` and `upper` are what the 95 % intervals of the probabilities
/// allow. It is missing where the event never happens, with the `reason`.
public enum BreaksCSV: ResultCSV {
  /// `breaks.csv`.
  public static let fileName = "breaks.csv"
  /// Keys, target, strength, interval, reason.
  public static let columns =
    StressResult.keyColumns + ["regime", "mode", "event", "target", "strength", "lower", "upper", "reason"]

  /// Regime by regime, mode by mode, event by event.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.breaks.map { found in
      result.keyCells + [
        .text(found.regime), .text(found.mode.rawValue), .text(found.event.rawValue),
        found.event.hasTarget ? .number(result.plan.target) : .empty, CSVCell(found.strength),
        CSVCell(found.lower), CSVCell(found.upper), CSVCell(found.reason),
      ]
    }
  }
}

extension StressEvent {
  /// Whether the event is a matter of a probability.
  var hasTarget: Bool { self == .lossBeyondMargin || self == .callWithinHorizon }
}
