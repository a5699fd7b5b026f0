import Instruments
import LinearAlgebra
import Valuation

/// Rates on what is borrowed.
public struct LoanTerm: Hashable, Sendable {
  /// What counts as borrowed.
  public enum Debt: String, Hashable, Sendable, CaseIterable {
    /// The gross loan of a balance, at least what is negative of it.
    case balance
    /// What is negative of all that settles in an asset together, unrealised profit and loss included: venues that borrow
    /// by themselves for a loss.
    case equity
  }

  /// Initial margin for one USD of debt.
  public let initialRate: Double
  /// Maintenance margin for one USD of debt.
  public let maintenanceRate: Double
  /// What counts as borrowed.
  public let debt: Debt

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - initialRate: initial margin for one USD of debt; at least the maintenance rate.
  ///   - maintenanceRate: maintenance margin for one USD of debt; 0 to 1.
  ///   - debt: what counts as borrowed.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    initialRate: Double, maintenanceRate: Double, debt: Debt = .balance
  ) throws(MarginError) {
    guard (0...1).contains(maintenanceRate), initialRate >= maintenanceRate, initialRate <= 1 else {
      throw .invalidTable(
        name: "loan", problem: "rates lie between 0 and 1, the initial rate not below the maintenance rate")
    }
    self.initialRate = initialRate
    self.maintenanceRate = maintenanceRate
    self.debt = debt
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    let debts = debt == .balance ? borrowedBalances(in: batch) : negativeEquity(in: batch)
    return TermAmounts(
      initial: debts.map { $0 * initialRate }, maintenance: debts.map { $0 * maintenanceRate })
  }

  /// What is borrowed and held again in the same asset is still borrowed.
  private func borrowedBalances(in batch: PoolBatch) -> [Double] {
    let states = batch.states
    var debts = [Double](repeating: 0, count: states.count)
    for row in batch.rows(where: { $0.kind == .balance }) {
      let borrowed = states.rows[row].borrowed
      for state in debts.indices {
        debts[state] += max(0, -states.values[row, state], borrowed * states.settlementPrices[row, state])
      }
    }
    return debts
  }

  private func negativeEquity(in batch: PoolBatch) -> [Double] {
    let assets = Dictionary(grouping: batch.pool.rows) { batch.states.rows[$0].settlement }
    var debts = [Double](repeating: 0, count: batch.states.count)
    for (_, rows) in assets.sorted(by: { $0.key < $1.key }) {
      let equity = batch.sum(of: batch.states.values, over: rows)
      for state in debts.indices { debts[state] += max(0, -equity[state]) }
    }
    return debts
  }
}
