public import CSV
import Instruments
import LinearAlgebra
import Margin
import MarketData
import Statistics
public import Studies

/// `reverse.csv`: the nearest correlations, and the most plausible market move, at which each regime acts.
///
/// ```csv
/// study,account,regime,event,question,outcome,method,metric,factor_i,factor_j,value,unit,reason
/// pair,carry,var-99,marginCall,correlation,found,projection,correlation,spot:BTC,spot:ETH,0.12,1,
/// pair,carry,var-99,marginCall,marketMove,found,piecewiseClosedForm,move,spot:BTC,,-0.21,relative,
/// ```
/// Key: `study`, `account`, `regime`, `event` (`marginCall` or `liquidation`), `question` (`correlation` or `marketMove`),
/// `metric`, `factor_i`, `factor_j`. `outcome` is `found`, `already` (it happens today) or `unreachable` (with the `reason`).
///
/// - `correlation`, `change`: between two factors at the answer, and less today's; the pairs of factors that move, each once.
/// - `move`: the simple move of a factor.
/// - `distance` (where the method is not `projection`, that of correlations is an upper bound): the Frobenius distance to today's correlations, or the Mahalanobis distance of the move under the judge's law.
/// - `probability`: how plausible the answer is: of correlations in the sampling error of the estimate, of a move the probability
///   of a loss in its direction as far out.
/// - `equity`, `initial_margin`, `maintenance_margin`, `status`, `status_before`: by the engine at the answer, and the status
///   a little nearer to today; USD, and 0 healthy to 3 liquidation.
/// - `iterations`, `converged`: how the answer was found.
public enum ReverseCSV: ResultCSV {
  /// `reverse.csv`.
  public static let fileName = "reverse.csv"
  /// Keys, outcome, value, unit, reason.
  public static let columns = [
    "study", "account", "regime", "event", "question", "outcome", "method", "metric", "factor_i", "factor_j",
    "value", "unit", "reason",
  ]

  /// Regime by regime, event by event, question by question.
  ///
  /// - Parameter result: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of result: StressResult) -> [[CSVCell]] {
    result.reverse.flatMap { reverse in
      let key: [CSVCell] = [
        .text(result.study), .text(result.account.id), .text(reverse.regime), .text(reverse.event.rawValue),
        .text(reverse.question.rawValue),
      ]
      return facts(of: reverse.outcome).map { key + $0 }
    }
  }

  private static func facts(of outcome: ReverseStress.Outcome) -> [[CSVCell]] {
    switch outcome {
    case .already: [[.text("already"), .empty, .text("status")] + nothing(reason: nil)]
    case .unreachable(let reason):
      [[.text("unreachable"), .empty, .text("status")] + nothing(reason: reason)]
    case .found(let answer):
      (pairs(of: answer) + moves(of: answer) + figures(of: answer)).map {
        [.text("found"), .text(answer.method.rawValue)] + $0 + [.empty]
      }
    }
  }

  private static func nothing(reason: String?) -> [CSVCell] {
    [.empty, .empty, .empty, .empty, CSVCell(reason)]
  }

  private static func pairs(of answer: ReverseAnswer) -> [[CSVCell]] {
    guard let correlation = answer.correlation, let today = answer.today else { return [] }
    return answer.factors.indices.flatMap { row in
      (0..<row).flatMap { column -> [[CSVCell]] in
        let names: [CSVCell] = [
          .text(answer.factors[column].description), .text(answer.factors[row].description),
        ]
        let there = correlation[row, column]
        return [
          [.text("correlation")] + names + [.number(there), .text("1")],
          [.text("change")] + names + [.number(there - today[row, column]), .text("1")],
        ]
      }
    }
  }

  private static func moves(of answer: ReverseAnswer) -> [[CSVCell]] {
    guard let moves = answer.moves else { return [] }
    return zip(answer.factors, moves).map { factor, move in
      [.text("move"), .text(factor.description), .empty, .number(move), .text("relative")]
    }
  }

  private static func figures(of answer: ReverseAnswer) -> [[CSVCell]] {
    let statuses = "0 healthy; 1 restricted; 2 margin call; 3 liquidation"
    let figures: [(String, Double?, String)] = [
      ("distance", answer.distance, "1"), ("probability", answer.probability, "probability"),
      ("equity", answer.equity, "USD"), ("initial_margin", answer.initial, "USD"),
      ("maintenance_margin", answer.maintenance, "USD"),
      ("status", Double(answer.status.rawValue), statuses),
      ("status_before", Double(answer.statusBefore.rawValue), statuses),
      ("iterations", Double(answer.iterations), "1"), ("converged", answer.hasConverged ? 1 : 0, "1"),
    ]
    return figures.map { [.text($0), .empty, .empty, CSVCell($1), .text($2)] }
  }
}
