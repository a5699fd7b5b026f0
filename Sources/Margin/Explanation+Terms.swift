import Instruments
import LinearAlgebra
import Scenarios
import Statistics
import Valuation

extension CollateralSchedule {
  /// What each settlement asset of a pool counts for.
  func explanation(of pool: MarginPool, in state: BookState) -> [ExplanationLine] {
    let assets = Dictionary(grouping: pool.rows) { state.rows[$0].settlement }.sorted { $0.key < $1.key }
    return assets.flatMap { asset, rows -> [ExplanationLine] in
      let terms = terms(of: asset)
      let apart = unrealised == .atMarketValue ? rows.filter { state.rows[$0].kind.isPosition } : []
      let tiered = rows.filter { !apart.contains($0) }.reduce(0) { $0 + state.values[$1] }
      let counted = tiered.isZero ? 0 : terms.countedValue(of: tiered, price: state.settlementPrices[rows[0]])
      let atMarket = apart.reduce(0) { $0 + state.values[$1] }
      let values = rows.map { row in
        ExplanationLine(
          pool: pool.name, term: "equity", row: state.rows[row].name, quantity: "marketValue",
          amount: state.values[row], detail: state.rows[row].kind.rawValue)
      }
      let detail = tiered < 0 ? "debt × \(terms.debtRatio)" : "tiered collateral value of \(asset)"
      return values + [
        ExplanationLine(
          pool: pool.name, term: "equity", row: asset.symbol, quantity: "counted", amount: counted + atMarket,
          detail: detail)
      ]
    }
  }
}

extension NamedTerm {
  /// The lines of one term in one pool.
  func explanation(
    of pool: MarginPool, in state: BookState, given evidence: Evidence
  ) throws(MarginError) -> [ExplanationLine] {
    func line(_ row: String, _ quantity: String, _ amount: Double, _ detail: String) -> ExplanationLine {
      ExplanationLine(
        pool: pool.name, term: name, row: row, quantity: quantity, amount: amount, detail: detail)
    }
    if case .bracketSum(let brackets) = term {
      return pool.rows.filter { state.rows[$0].kind.isPosition }.flatMap { index in
        brackets.explanation(of: state.rows[index], notional: abs(state.notionals[index]), line)
      }
    }
    let batch = PoolBatch(pool: pool, states: BookStates(state), evidence: evidence)
    let amounts = try amounts(in: batch)
    let detail = term.detail + (amounts.binding.isEmpty ? "" : "; binding: \(amounts.binding)")
    if case .tailRisk(let tail) = term {
      let losses = try tail.losses(ofRowsIn: pool, state, given: evidence, for: name)
      let place = tail.measure == .valueAtRisk ? "loss in the binding scenario" : "mean loss in the tail"
      return [line("", "amount", amounts.initial[0], detail)]
        + zip(pool.rows, losses).map { line(state.rows[$0].name, "loss", $1, place) }
    }
    guard amounts.initial[0] != amounts.maintenance[0] else {
      return [line("", "amount", amounts.initial[0], detail)]
    }
    return [
      line("", "initial", amounts.initial[0], detail),
      line("", "maintenance", amounts.maintenance[0], detail),
    ]
  }
}

extension BracketSum {
  fileprivate func explanation(
    of row: BookRow, notional: Double, _ line: (String, String, Double, String) -> ExplanationLine
  ) -> [ExplanationLine] {
    let schedule = schedule(of: row.asset)
    let most = schedule.maximumLeverage(of: notional)
    return [
      line(row.name, "notional", notional, row.kind.rawValue),
      line(
        row.name, "initial", initial(of: notional, leverage: row.leverage, schedule: schedule),
        "leverage \(row.leverage), at most \(most) in its bracket"),
      line(
        row.name, "maintenance", schedule.maintenance(of: notional),
        "marginal over \(schedule.brackets.count) brackets"),
    ]
  }
}

extension MarginTerm {
  /// The rule in words and numbers.
  var detail: String {
    switch self {
    case .bracketSum(let term): "brackets, initial margin by \(term.initialRule.rawValue)"
    case .loan(let term): "debt × \(term.initialRate) initial, × \(term.maintenanceRate) maintenance"
    case .tailRisk(let term): "\(term.measure.rawValue) at \(term.confidence)"
    case .scenarioGrid(let term):
      "worst of \(term.grid.points.count) points a unit, spot \(term.spot.rawValue)"
    case .charge(let term): "\(term.rate) × \(term.base.rawValue)"
    }
  }
}
