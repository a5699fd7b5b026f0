import Instruments
import LinearAlgebra
public import Valuation

/// One line of the derivation of a requirement.
public struct ExplanationLine: Hashable, Sendable {
  /// The pool.
  public let pool: String
  /// The term, or `equity`.
  public let term: String
  /// The balance or position; empty for what belongs to all of them together.
  public let row: String
  /// What the number is, such as `maintenance` or `marketValue`.
  public let quantity: String
  /// How much.
  public let amount: Double
  /// `USD`, the symbol of an asset, or `1` for a ratio.
  public let unit: String
  /// How it came about, in words and numbers.
  public let detail: String
}

/// Every term of a regime's numbers, down to the position.
///
/// The lines of one term and quantity in one pool add up to what the term contributes to the requirement; the last lines
/// of a pool are its components.
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: lines, pool by pool.
public func explanation(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> [ExplanationLine] {
  let assessment = try requirement(of: regime, for: state, given: evidence)
  var lines: [ExplanationLine] = []
  for batch in regime.batches(of: BookStates(state), given: evidence) {
    let schedule =
      batch.pool.isIsolated(in: batch.states) ? CollateralSchedule.marketValue : regime.collateral
    lines += schedule.explanation(of: batch.pool, in: state)
    for term in regime.terms {
      lines += try term.explanation(in: batch, path: term.name).map { $0.line(inPool: batch.pool.name) }
    }
    lines += assessment.components.filter { $0.pool == batch.pool.name }.map { component in
      ExplanationLine(
        pool: batch.pool.name, term: "requirement", row: component.name,
        quantity: component.requirement.rawValue, amount: component.amount, unit: "USD",
        detail: component.isBinding ? "binds" : "")
    }
    if let pool = assessment.pools.first(where: { $0.name == batch.pool.name }) {
      lines += regime.summary(of: pool, in: batch)
    }
  }
  return lines + (regime.autoExchange?.explanation(for: state) ?? [])
}

extension MarginRegime {
  /// What a pool comes to: equity, margins, what is free for new risk in all and in units of each asset, the venue's ratio.
  fileprivate func summary(of pool: PoolAssessment, in batch: PoolBatch) -> [ExplanationLine] {
    func line(_ row: String, _ quantity: String, _ amount: Double, _ unit: String, _ detail: String = "")
      -> ExplanationLine
    {
      ExplanationLine(
        pool: pool.name, term: "pool", row: row, quantity: quantity, amount: amount, unit: unit,
        detail: detail)
    }
    let available = pool.equity - pool.initial
    var lines = [
      line("", "equity", pool.equity, "USD"), line("", "initial", pool.initial, "USD"),
      line("", "maintenance", pool.maintenance, "USD"),
      line("", "available", available, "USD", "equity less initial margin"),
    ]
    if let ratio = levels.ratio(equity: pool.equity, maintenance: pool.maintenance) {
      lines.append(line("", "ratio", ratio, "1", levels.stage(at: ratio).map(\.words) ?? pool.status.name))
    }
    var seen: Set<Asset> = []
    for row in batch.rows(where: { $0.kind == .balance }) {
      let asset = batch.states.rows[row].asset
      guard seen.insert(asset).inserted else { continue }
      let rate = collateral.terms(of: asset).debtRatio * batch.states.settlementPrices[row, 0]
      lines.append(line(asset.symbol, "available", available / rate, asset.symbol, "at its debt rate"))
    }
    return lines
  }
}

extension MarginStage {
  /// The venue's name and what it does.
  fileprivate var words: String { "\(name): \(action)" }
}

extension AutoExchange {
  /// What the venue would sell of an account as it stands.
  fileprivate func explanation(for state: BookState) -> [ExplanationLine] {
    sales(for: state).map { sale in
      ExplanationLine(
        pool: "account", term: "autoExchange", row: sale.sold.symbol, quantity: "sold", amount: sale.value,
        unit: "USD", detail: "covers \(sale.covered) USD of debt in \(sale.debt)")
    }
  }
}
