import LinearAlgebra
import Scenarios
import Statistics
import Valuation

extension TailRiskTerm {
  /// What each row of a pool loses where its tail is measured, in USD.
  ///
  /// In the binding scenario for a value at risk, on the weighted average of the tail's scenarios for an expected
  /// shortfall: the losses of the rows add up to the term.
  func losses(
    ofRowsIn pool: MarginPool, _ state: BookState, given evidence: Evidence, for name: String
  ) throws(MarginError) -> [Double] {
    let set = try evidence.sampled(scenarios, for: name)
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
