import LinearAlgebra
import Scenarios
import Statistics
import Valuation

extension TailRiskTerm {
  /// Whether the term is one order statistic, or the mean beyond it, of all moves.
  var isPlain: Bool {
    guard case .whole = reading else { return false }
    return measure == .expectedShortfall || quantile == .lowerQuantile
  }

  /// What each row of a pool loses where a plain tail is measured, in USD.
  ///
  /// In the binding scenario for a value at risk, on the weighted average of the tail's scenarios for an expected
  /// shortfall: the losses of the rows add up to the term.
  func losses(
    ofRowsIn pool: MarginPool, _ state: BookState, under set: ScenarioSet, _ evidence: Evidence
  ) throws(MarginError) -> [Double] {
    let gains = try valuation { () throws(ValuationError) in
      try state.profitAndLoss(
        under: set, of: [pool.rows] + pool.rows.map { [$0] }, parallelism: evidence.parallelism)
    }
    let tail = try statistics { () throws(StatisticsError) in
      try TailRisk(ofProfitAndLoss: gains.row(0), at: confidence)
    }
    return pool.rows.indices.map { place in
      switch measure {
      case .valueAtRisk: 0 - gains[place + 1, tail.bindingScenario]
      case .expectedShortfall:
        zip(tail.members, tail.weights).reduce(0) { $0 - $1.1 * gains[place + 1, $1.0] }
      }
    }
  }
}
