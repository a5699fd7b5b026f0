import LinearAlgebra
public import Valuation

/// What a regime demands of an account.
///
/// The one central function: today's margin, the margin after a move, with other collateral or under shocked
/// correlations are this call with another state or other evidence.
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: equity as the regime counts it, initial and maintenance margin, and what decides them.
public func requirement(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> MarginAssessment {
  let pools = try evaluatedPools(of: regime, for: BookStates(state), given: evidence)
  let assessed = pools.map { pool in
    let initial = pool.initial[0]
    let maintenance = pool.maintenance[0]
    return PoolAssessment(
      name: pool.name, equity: pool.equity[0], marketValue: pool.marketValue[0], initial: initial,
      maintenance: maintenance,
      status: regime.levels.status(equity: pool.equity[0], initial: initial, maintenance: maintenance))
  }
  let assessment = MarginAssessment(
    regime: regime.id, pools: assessed, components: pools.flatMap(\.components),
    venueRatio: nil)
  let ratio = assessment.worstPool.flatMap {
    regime.levels.ratio(equity: $0.equity, maintenance: $0.maintenance)
  }
  return MarginAssessment(
    regime: assessment.regime, pools: assessed, components: assessment.components, venueRatio: ratio)
}

/// What a regime demands in every one of many states of one book: ``requirement(of:for:given:)-1`` along a batch.
///
/// - Parameters:
///   - regime: the rules.
///   - states: the states.
///   - evidence: the scenario sets or laws the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: equity, initial and maintenance margin of every pool in every state.
public func requirements(
  of regime: MarginRegime, for states: BookStates, given evidence: Evidence
) throws(MarginError) -> RequirementBatch {
  let pools = try evaluatedPools(of: regime, for: states, given: evidence)
  return RequirementBatch(
    pools: pools.map {
      RequirementBatch.Pool(
        name: $0.name, equity: $0.equity, marketValue: $0.marketValue, initial: $0.initial,
        maintenance: $0.maintenance)
    }, count: states.count)
}

/// One pool with everything its requirement is made of.
private struct EvaluatedPool {
  let name: String
  let equity: [Double]
  let marketValue: [Double]
  let result: TermResult

  var initial: [Double] { result.initial }
  var maintenance: [Double] { result.maintenance }

  /// The addends of both requirements of the first state.
  var components: [MarginComponent] {
    result.initialParts.map { component($0, .initial) }
      + result.maintenanceParts.map { component($0, .maintenance) }
  }

  private func component(
    _ part: ExpressionPart, _ requirement: MarginComponent.Requirement
  ) -> MarginComponent {
    MarginComponent(
      requirement: requirement, pool: name, name: part.label, amount: part.value, isBinding: part.decides,
      scenario: part.term.flatMap(result.binding(of:)) ?? "")
  }
}

private func evaluatedPools(
  of regime: MarginRegime, for states: BookStates, given evidence: Evidence
) throws(MarginError) -> [EvaluatedPool] {
  var evaluated: [EvaluatedPool] = []
  for batch in regime.batches(of: states, given: evidence) {
    try regime.requireWordForEveryPosition(in: batch)
    evaluated.append(
      EvaluatedPool(
        name: batch.pool.name, equity: regime.equity(of: batch),
        marketValue: batch.sum(of: states.values, over: batch.pool.rows),
        result: try regime.rules.result(in: batch)))
  }
  return evaluated
}

extension MarginRegime {
  /// The pools of a book, each with what its rules may read.
  func batches(of states: BookStates, given evidence: Evidence) -> [PoolBatch] {
    let pools = pooling.pools(of: states.rows)
    let shared = pools.filter { !$0.isIsolated(in: states) }
    return pools.map { pool in
      let scope: StatedScope =
        if pool.isIsolated(in: states) {
          .none
        } else if shared.count == 1 {
          .account
        } else {
          .wallet(pool.name, isFirst: pool.name == shared[0].name)
        }
      return PoolBatch(pool: pool, states: states, evidence: evidence, statedScope: scope)
    }
  }

  /// Equity as the regime counts it; the margin of an isolated position is no collateral for others and has no haircut.
  fileprivate func equity(of batch: PoolBatch) -> [Double] {
    batch.pool.isIsolated(in: batch.states)
      ? batch.sum(of: batch.states.values, over: batch.pool.rows) : collateral.equity(of: batch)
  }

  /// Refuses a pool with a position on which no term is charged: it would go without margin.
  fileprivate func requireWordForEveryPosition(in batch: PoolBatch) throws(MarginError) {
    for index in batch.pool.rows {
      let row = batch.states.rows[index]
      guard row.kind.isPosition, !terms.contains(where: { $0.term.covers(row) }) else { continue }
      let term = terms.first?.name ?? ""
      throw row.kind == .option
        ? .optionsNotCovered(term: term, row: row.name) : .positionNotCovered(row: row.name)
    }
  }
}

extension MarginPool {
  /// Whether the pool is an isolated position.
  func isIsolated(in states: BookStates) -> Bool {
    rows.first.map { states.rows[$0].isolated != nil } ?? false
  }
}
