import Instruments
import Valuation

extension MarginRegime {
  /// The moves at which sizes or balances cross an edge of the regime's tables, some assets moving alike.
  ///
  /// A USD size of N meets an edge at E after a move of E/N − 1; where sizes are added up by asset, their sum does. Edges in
  /// units of an asset are met by inverse contracts alone, whose units move against the price.
  func edgeMoves(of state: BookState, _ isMoved: (Asset) -> Bool) -> [Double] {
    var moves: [Double] = []
    for term in rules.terms { moves += term.term.edgeMoves(of: state, isMoved) }
    for row in state.rows.indices where state.rows[row].kind == .balance && isMoved(state.rows[row].asset) {
      let terms = collateral.terms(of: state.rows[row].asset)
      guard terms.unit == .usd, state.values[row] > 0 else { continue }
      moves += terms.tiers.compactMap(\.upTo).map { $0 / state.values[row] - 1 }
    }
    return moves.filter(\.isFinite)
  }
}

extension MarginTerm {
  fileprivate func edgeMoves(of state: BookState, _ isMoved: (Asset) -> Bool) -> [Double] {
    switch self {
    case .rateSum(let term): term.edgeMoves(of: state, isMoved)
    case .riskUnits(let units):
      units.groups.flatMap { $0.rules.terms.flatMap { $0.term.edgeMoves(of: state, isMoved) } }
    default: []
    }
  }
}

extension RateSum {
  fileprivate func edgeMoves(of state: BookState, _ isMoved: (Asset) -> Bool) -> [Double] {
    let rows = state.rows.indices.filter {
      state.rows[$0].kind.isLinearOrInverse && isMoved(state.rows[$0].asset)
        && self.rows.matches(state.rows[$0])
    }
    let sums = Dictionary(grouping: rows) { state.rows[$0].asset }
      .mapValues { $0.reduce(0) { $0 + abs(state.notionals[$1]) } }
    return rows.flatMap { row -> [Double] in
      guard case .brackets(let schedule) = law(of: state.rows[row].asset) else { return [] }
      let edges = schedule.brackets.compactMap(\.upTo)
      let own = abs(state.notionals[row])
      let size = tierSize == .asset ? sums[state.rows[row].asset] ?? own : own
      switch (schedule.unit, state.rows[row].kind) {
      case (.usd, .linear): return edges.map { $0 / size - 1 }
      case (.quantity, .inverse): return edges.map { size / state.spotPrices[row] / $0 - 1 }
      default: return []
      }
    }
  }
}
