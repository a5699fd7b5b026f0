import LinearAlgebra
import Valuation

/// What collateral loses to haircuts, as a requirement: for regimes in which haircuts gate new risk alone.
///
/// Market value less counted value of the pool. Source: Deribit, Cross collateral (haircuts apply to the initial margin).
public struct HaircutTerm: Hashable, Sendable {
  /// What collateral would count for.
  public let schedule: CollateralSchedule

  /// Makes a term.
  ///
  /// - Parameter schedule: what collateral would count for.
  public init(schedule: CollateralSchedule) {
    self.schedule = schedule
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    let counted = schedule.equity(of: batch)
    let value = batch.sum(of: batch.states.values, over: batch.pool.rows)
    return TermAmounts(value.indices.map { max(0, value[$0] - counted[$0]) })
  }
}
