import LinearAlgebra
import Valuation

/// Rates on borrowed balances.
public struct LoanTerm: Hashable, Sendable {
  /// Initial margin for one USD of debt.
  public let initialRate: Double
  /// Maintenance margin for one USD of debt.
  public let maintenanceRate: Double

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - initialRate: initial margin for one USD of debt; at least the maintenance rate.
  ///   - maintenanceRate: maintenance margin for one USD of debt; 0 to 1.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(initialRate: Double, maintenanceRate: Double) throws(MarginError) {
    guard (0...1).contains(maintenanceRate), initialRate >= maintenanceRate, initialRate <= 1 else {
      throw .invalidTable(
        name: "loan", problem: "rates lie between 0 and 1, the initial rate not below the maintenance rate")
    }
    self.initialRate = initialRate
    self.maintenanceRate = maintenanceRate
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    // The gross amount: what is borrowed and held again in the same asset is still borrowed.
    let prices = batch.states.settlementPrices
    var debts = [Double](repeating: 0, count: batch.states.count)
    for row in batch.rows(where: { $0.kind == .balance }) {
      let borrowed = batch.states.rows[row].borrowed
      for state in debts.indices {
        debts[state] += max(-batch.states.values[row, state], borrowed * prices[row, state])
      }
    }
    return TermAmounts(
      initial: debts.map { $0 * initialRate }, maintenance: debts.map { $0 * maintenanceRate })
  }
}
