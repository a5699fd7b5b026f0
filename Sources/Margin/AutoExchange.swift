public import Instruments
import LinearAlgebra
public import Valuation

/// When a venue sells an account's assets to cover a debt in another, and at what rates.
///
/// An asset whose balance is below −`trigger` USD is bought with the positive balances of others, pro rata to their
/// values; what is sold of an asset counts at its rate. Source: Binance, Multi-Assets Mode (auto-exchange), 2022.
public struct AutoExchange: Hashable, Sendable {
  /// How far below zero a balance must be, in USD.
  public let trigger: Double
  /// What one USD of an asset sold covers; assets not named are not sold.
  public let rates: [Asset: Double]

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - trigger: how far below zero a balance must be, in USD; not negative.
  ///   - rates: what one USD of an asset sold covers; above 0, at most 1.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(trigger: Double, rates: [Asset: Double]) throws(MarginError) {
    guard trigger >= 0, trigger.isFinite, rates.values.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
      throw .invalidTable(
        name: "autoExchange", problem: "the trigger is not negative, a rate lies above 0 and at most at 1")
    }
    self.trigger = trigger
    self.rates = rates
  }

  /// One sale: how much of which asset covers how much of which debt.
  public struct Sale: Hashable, Sendable {
    /// The asset sold.
    public let sold: Asset
    /// Its value, in USD.
    public let value: Double
    /// The asset in which the debt is.
    public let debt: Asset
    /// What of the debt is covered, in USD.
    public let covered: Double
  }

  /// What the venue would do with an account as it stands.
  ///
  /// - Parameter state: the account in a market; isolated margin stays out.
  /// - Returns: sales in the order of debts and then of assets by symbol; none where no balance is far enough below zero.
  public func sales(for state: BookState) -> [Sale] {
    var values: [Asset: Double] = [:]
    for (index, row) in state.rows.enumerated() where row.kind == .balance && row.isolated == nil {
      values[row.asset, default: 0] += state.values[index]
    }
    var sales: [Sale] = []
    for debt in values.keys.sorted() {
      let owed = -(values[debt] ?? 0)
      guard owed > trigger else { continue }
      let sellable = rates.keys.filter { $0 != debt && (values[$0] ?? 0) > 0 }.sorted()
      let held = sellable.reduce(0) { $0 + (values[$1] ?? 0) }
      guard held > 0 else { continue }
      // The share of every asset that, at its rate, covers the debt; all of it where that is not enough.
      let worth = sellable.reduce(0) { $0 + (values[$1] ?? 0) * (rates[$1] ?? 1) }
      let share = min(1, owed / worth)
      for asset in sellable {
        let value = share * (values[asset] ?? 0)
        let covered = value * (rates[asset] ?? 1)
        sales.append(Sale(sold: asset, value: value, debt: debt, covered: covered))
        values[asset, default: 0] -= value
        values[debt, default: 0] += covered
      }
    }
    return sales
  }
}
