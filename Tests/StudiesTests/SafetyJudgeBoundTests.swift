import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import Testing
import Valuation

/// Judging with bounds of tails, beside judging with every tail in every scenario.
@Suite struct SafetyJudgeBoundTests {
  private let asOf = day(299)

  /// Every tail in every scenario, in the judge's own blocks.
  private func everyTail(
    _ rules: MarginRegime, _ state: BookState, _ set: ScenarioSet, _ evidence: Evidence, closeOutCost: Double
  ) throws -> SafetyJudge.Record {
    var records: [SafetyJudge.Record] = []
    let pools = rules.pooling.pools(of: state.rows)
    for first in stride(from: 0, to: set.count, by: 1_024) {
      let moved = try state.moved(by: set, scenarios: first..<min(first + 1_024, set.count))
      let batch = try requirements(of: rules, for: moved, given: evidence)
      records.append(
        SafetyJudge.Record(batch, levels: rules.levels, closeOutCost: closeOutCost) { pool, state in
          pools[pool].rows.reduce(0) { $0 + abs(moved.notionals[$1, state]) }
        })
    }
    var all = records[0]
    for record in records.dropFirst() { all.append(record) }
    return all
  }

  private func withLevels(_ rules: MarginRegime, _ id: String, pooling: Pooling, _ levels: MarginLevels)
    -> MarginRegime
  {
    MarginRegime(
      id: id, summary: "", family: rules.family, source: "", pooling: pooling, collateral: rules.collateral,
      rules: rules.rules, levels: levels)
  }

  private func quantileRegime(_ quantile: TailQuantile, of request: ScenarioRequest) throws -> MarginRegime {
    let term = TailRiskTerm(
      measure: .valueAtRisk, confidence: .ninetyNinePercent, scenarios: request, quantile: quantile)
    return try regime(
      "\(quantile)", [try brackets(), NamedTerm(name: "tail", term: .tailRisk(term))],
      initial: "max(1.3 * tail, brackets)", maintenance: "max(tail, 0.5 * brackets)", collateral: haircuts(),
      family: .valueAtRisk)
  }

  @Test("the same records bit for bit, at any distance from the levels", arguments: [0, 0.02])
  func sameRecords(closeOutCost: Double) throws {
    let history = try syntheticHistory(seed: 11, days: 340)
    let account = try mixedAccount(history, at: asOf, isolated: true)
    let unequal = ScenarioRequest.historical(sample(200))
    let thinned = monteCarlo(.gaussian, 200)
    var regimes = try everyRegime()
    let early = try MarginLevels(
      convention: .equityOverMaintenance, callAt: 1.4, liquidationAt: 1.1)
    for rules in regimes.suffix(3) {
      regimes.append(withLevels(rules, "\(rules.id) early", pooling: .settlementAsset, early))
    }
    for quantile in TailQuantile.allCases {
      regimes.append(try quantileRegime(quantile, of: .historical(sample(250))))
    }
    for quantile in [TailQuantile.lowerQuantile, .upperQuantile, .interpolated] {
      regimes.append(try quantileRegime(quantile, of: unequal))
    }
    regimes.append(try quantileRegime(.lowerQuantile, of: thinned))
    let bench = try Bench(history, settings(asOf: asOf, scenarios: 3_000), regimes)
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in regimes.flatMap(\.requests) { sets[request] = try bench.source.scenarios(for: request) }
    for (request, isWeighted) in [(unequal, true), (thinned, false)] {
      let made = try bench.source.scenarios(for: request)
      sets[request] = ScenarioSet(
        factors: made.factors, moves: made.moves, labels: made.labels, coverage: made.coverage,
        weights: isWeighted ? try .ageWeighted(count: made.count, decay: 0.99) : nil)
    }
    let evidence = Evidence(sets: sets, parallelism: .sequential).inClosedForm()
    let held = try bench.state(of: account)
    let set = try bench.judge
    var isPartlyHealthy = false
    for scale in [0.3, 1, 2, 6] {
      let state = BookStates(held).withCollateral(scaledBy: [scale]).state(at: 0)
      let judge = SafetyJudge(
        kind: .model, set: set, evidence: evidence, closeOutCost: closeOutCost, parallelism: .sequential)
      let records = try judge.records(of: regimes, for: state)
      for (rules, record) in zip(regimes, records) {
        let twin = try everyTail(rules, state, set, evidence, closeOutCost: closeOutCost)
        #expect(record == twin, "\(rules.id) at \(scale)")
        #expect(record.uncovered.map(\.bitPattern) == twin.uncovered.map(\.bitPattern))
        let hasBounds = evidence.bounds(of: rules, from: state) != nil
        if hasBounds && record.restricted > 0 && record.restricted < set.count { isPartlyHealthy = true }
      }
    }
    #expect(isPartlyHealthy)
  }

  @Test("any number of threads")
  func threads() throws {
    let history = try syntheticHistory(seed: 12, days: 320)
    let regimes = try everyRegime()
    let bench = try Bench(history, settings(asOf: asOf, scenarios: 3_000), regimes)
    let state = try bench.state(of: mixedAccount(history, at: asOf))
    let set = try bench.judge
    func records(_ parallelism: Parallelism) throws -> [SafetyJudge.Record] {
      try SafetyJudge(
        kind: .model, set: set, evidence: bench.evidence.inClosedForm(), closeOutCost: 0.01,
        parallelism: parallelism
      ).records(of: regimes, for: state)
    }
    #expect(try records(.sequential) == records(.threads(3)))
  }
}
