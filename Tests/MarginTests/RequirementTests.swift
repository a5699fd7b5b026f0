import Instruments
import LinearAlgebra
import Margin
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

/// Every kind of term in every kind of pooling.
func everyRegime() throws -> [MarginRegime] {
  let brackets = NamedTerm(name: "brackets", term: .rateSum(try smallBrackets()))
  let loan = NamedTerm(name: "loan", term: .loan(try LoanTerm(initialRate: 0.1, maintenanceRate: 0.04)))
  let grid = NamedTerm(name: "grid", term: .scenarioGrid(ScenarioGridTerm(grid: smallGrid)))
  let gross = NamedTerm(name: "gross", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.004)))
  let net = NamedTerm(name: "net", term: .charge(try ChargeTerm(base: .largestNetNotional, rate: 0.02)))
  let history = NamedTerm(name: "history", term: tailTerm())
  let shortfall = NamedTerm(
    name: "shortfall", term: tailTerm(.expectedShortfall, at: .ninetySevenPointFivePercent))
  return [
    try regime([brackets], initial: "brackets", pooling: .settlementAsset),
    try regime([brackets, loan], initial: "brackets + loan", collateral: smallSchedule()),
    try regime(
      [brackets], initial: "1.1 * brackets",
      pooling: .allocated([
        Allocation(
          name: "alts", collateral: RowSelector(assets: [sol, eth]),
          positions: RowSelector(maximumLeverage: 15))
      ]), collateral: smallSchedule(.atMarketValue)),
    try regime([grid, gross, net], initial: "1.3 * (grid + gross)", maintenance: "max(grid + gross, net)"),
    try regime(
      [history, shortfall, gross], initial: "max(1.2 * history, 0.5 * shortfall, gross)",
      maintenance: "min(history, shortfall) + gross"),
    try unitRegime(),
  ]
}

/// Risk units with nested terms, rates that rise with size, a haircut on the initial margin alone.
private func unitRegime() throws -> MarginRegime {
  let worst = NamedTerm(
    name: "worst",
    term: .scenarioGrid(
      ScenarioGridTerm(
        grid: smallGrid, profitUnit: .settlementAsset,
        gains: [usdt: try GainRule(offset: 0.4, maximum: 50_000)])))
  let roll = NamedTerm(name: "roll", term: .rollCharge(try RollCharge(annualRate: 0.1, minimumRate: 0.01)))
  let hedged = NamedTerm(name: "hedged", term: .charge(try ChargeTerm(base: .hedgedDelta, rate: 0.01)))
  let tiers = try TierMultiplier([.init(upTo: 500, multiplier: 1), .init(upTo: nil, multiplier: 2)])
  let reduction = NamedTerm(
    name: "reduction", term: .charge(try ChargeTerm(base: .grossDelta, rate: 0.004, multiplier: tiers)))
  let rules = try TermRules(
    terms: [worst, roll, hedged, reduction],
    initial: CombineExpression(parsing: "1.3 * maintenance"),
    maintenance: CombineExpression(parsing: "max(worst + roll + hedged, reduction)"))
  let affine = try AffineRate(initialRate: 0.02, maintenanceRate: 0.01, slope: 0.00005)
  return try regime(
    [
      NamedTerm(
        name: "units", term: .riskUnits(RiskUnits(spot: .netDelta, groups: [.init(assets: [], rules: rules)]))
      ),
      NamedTerm(
        name: "rates",
        term: .rateSum(RateSum(initialRule: .maximumLeverage, laws: [:], others: .affine(affine)))),
      NamedTerm(name: "haircut", term: .haircut(HaircutTerm(schedule: try smallSchedule()))),
    ], initial: "max(units, rates) + haircut", maintenance: "max(units, rates)")
}

@Suite struct RequirementTests {
  private func evidence(_ generator: inout SeededGenerator) -> Evidence {
    Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 500), .grid(smallGrid): gridSet(smallGrid)],
      parallelism: .threads(2))
  }

  @Test("a batch of states is the single requirement, state by state")
  func batchIsSingle() throws {
    var generator = SeededGenerator(seed: 16)
    let given = evidence(&generator)
    let state = Ledger.random(&generator).state
    // 300 states: several blocks of the tail's product, the last one short.
    let states = try state.moved(by: randomMoves(&generator, count: 300), scenarios: 0..<300)
    for rules in try everyRegime() {
      let batch = try requirements(of: rules, for: states, given: given)
      #expect(batch.count == 300)
      for index in 0..<states.count {
        let single = try requirement(of: rules, for: states.state(at: index), given: given)
        #expect(batch.pools.map(\.name) == single.pools.map(\.name))
        let scale = states.state(at: index).grossNotional
        for (one, pool) in zip(single.pools, batch.pools) {
          #expect(one.equity == pool.equity[index] && one.marketValue == pool.marketValue[index])
          #expect(isClose(pool.initial[index], one.initial, absolute: 1e-12 * scale))
          #expect(isClose(pool.maintenance[index], one.maintenance, absolute: 1e-12 * scale))
        }
      }
    }
  }

  @Test("the same bits for any number of threads")
  func threads() throws {
    var generator = SeededGenerator(seed: 17)
    let given = evidence(&generator)
    let state = Ledger.random(&generator).state
    let states = try state.moved(by: randomMoves(&generator, count: 200), scenarios: 0..<200)
    for rules in try everyRegime() {
      let one = try requirements(of: rules, for: states, given: given.at(.sequential))
      let two = try requirements(of: rules, for: states, given: given.at(.threads(2)))
      #expect(one.pools.map(\.initial) == two.pools.map(\.initial))
      #expect(one.pools.map(\.maintenance) == two.pools.map(\.maintenance))
      #expect(
        try requirement(of: rules, for: state, given: given.at(.sequential))
          == requirement(of: rules, for: state, given: given.at(.threads(2))))
    }
  }

  @Test("the order of rows does not matter")
  func orderOfRows() throws {
    var generator = SeededGenerator(seed: 18)
    let given = evidence(&generator)
    for _ in 0..<20 {
      let state = Ledger.random(&generator).state
      let shuffled = state.reordered(state.rows.indices.shuffled(using: &generator))
      for rules in try everyRegime() {
        let one = try requirement(of: rules, for: state, given: given)
        let other = try requirement(of: rules, for: shuffled, given: given)
        for pool in one.pools {
          let twin = try #require(other.pools.first { $0.name == pool.name })
          #expect(
            isClose(twin.equity, pool.equity, absolute: 1e-12 * (state.grossNotional + abs(pool.equity))))
          #expect(isClose(twin.initial, pool.initial, absolute: 1e-12 * state.grossNotional))
          #expect(isClose(twin.maintenance, pool.maintenance, absolute: 1e-12 * state.grossNotional))
          #expect(twin.status == pool.status)
        }
        #expect(one.status == other.status)
      }
    }
  }

  @Test("components of every pool and requirement add up to it, and the account is the sum of its pools")
  func componentsAddUp() throws {
    var generator = SeededGenerator(seed: 19)
    let given = evidence(&generator)
    for _ in 0..<20 {
      let state = Ledger.random(&generator).state
      for rules in try everyRegime() {
        let assessment = try requirement(of: rules, for: state, given: given)
        for pool in assessment.pools {
          for (kind, total) in [
            (MarginComponent.Requirement.initial, pool.initial), (.maintenance, pool.maintenance),
          ] {
            let parts = assessment.components.filter { $0.pool == pool.name && $0.requirement == kind }
            let gross = parts.reduce(0) { $0 + abs($1.amount) }
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - total) <= 1e-12 * gross)
            #expect(parts.count(where: \.isBinding) == 1)
            #expect(total >= 0)
          }
        }
        #expect(assessment.initial == assessment.pools.reduce(0) { $0 + $1.initial })
        #expect(
          isClose(assessment.pools.reduce(0) { $0 + $1.marketValue }, state.netMarketValue, relative: 1e-12))
        #expect(assessment.status == assessment.pools.map(\.status).max())
      }
    }
  }

  @Test("a regime of value at risk counts collateral at market value, and its haircut never as well")
  func collateralAtMarketValue() throws {
    var ledger = Ledger()
    ledger.balance(sol, worth: 100_000, price: 30)
    var generator = SeededGenerator(seed: 20)
    let given = evidence(&generator)
    let rules = try everyRegime()[4]
    let assessment = try requirement(of: rules, for: ledger.state, given: given)
    #expect(assessment.equity == 100_000)
    // The collateral alone is at risk.
    #expect(assessment.initial > 0.05 * 100_000)
  }

  @Test("an account of cash in the numeraire needs nothing")
  func cash() throws {
    var ledger = Ledger()
    ledger.balance(.usd, worth: 1_000)
    var generator = SeededGenerator(seed: 21)
    let given = evidence(&generator)
    for rules in try everyRegime() {
      let assessment = try requirement(of: rules, for: ledger.state, given: given)
      #expect(assessment.equity == 1_000 && assessment.initial == 0 && assessment.maintenance == 0)
      #expect(assessment.status == .healthy && assessment.binding.isEmpty)
    }
    let empty = BookState(rows: [], values: [], notionals: [], settlementPrices: [])
    let nothing = try requirement(of: try everyRegime()[0], for: empty, given: given)
    #expect(nothing.pools.isEmpty && nothing.status == .healthy && nothing.worstPool == nil)
  }
}
