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
    regime: regime.id, pools: assessed, components: pools.flatMap { $0.components(under: regime) },
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
  let terms: [String: TermAmounts]
  let initial: [Double]
  let maintenance: [Double]

  /// The addends of both requirements of the first state.
  func components(under regime: MarginRegime) -> [MarginComponent] {
    components(of: regime.initial, as: .initial) { terms[$0]?.initial[0] ?? 0 }
      + components(of: regime.maintenance, as: .maintenance) { terms[$0]?.maintenance[0] ?? 0 }
  }

  private func components(
    of expression: CombineExpression, as requirement: MarginComponent.Requirement,
    _ amount: (String) -> Double
  ) -> [MarginComponent] {
    var parts = expression.parts(amount)
    let total = parts.reduce(0) { $0 + $1.value }
    if total < 0 {
      parts = parts.map(\.undecided) + [ExpressionPart(label: "uplift to zero", value: -total)]
    }
    return parts.map { part in
      MarginComponent(
        requirement: requirement, pool: name, name: part.label, amount: part.value, isBinding: part.decides,
        scenario: part.term.flatMap { terms[$0]?.binding } ?? "")
    }
  }
}

private func evaluatedPools(
  of regime: MarginRegime, for states: BookStates, given evidence: Evidence
) throws(MarginError) -> [EvaluatedPool] {
  var evaluated: [EvaluatedPool] = []
  for pool in regime.pooling.pools(of: states.rows) {
    let batch = PoolBatch(pool: pool, states: states, evidence: evidence)
    var terms: [String: TermAmounts] = [:]
    for term in regime.terms { terms[term.name] = try term.amounts(in: batch) }
    func combined(_ expression: CombineExpression, _ amounts: (TermAmounts) -> [Double]) -> [Double] {
      expression.values(terms.mapValues(amounts), count: states.count).map { max(0, $0) }
    }
    evaluated.append(
      EvaluatedPool(
        name: pool.name, equity: regime.collateral.equity(of: batch),
        marketValue: batch.sum(of: states.values, over: pool.rows), terms: terms,
        initial: combined(regime.initial, \.initial), maintenance: combined(regime.maintenance, \.maintenance)
      ))
  }
  return evaluated
}
