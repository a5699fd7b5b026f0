import LinearAlgebra
import Margin
import Parallel
import Scenarios
import Statistics
import Valuation

/// One regime in one mode, to be judged on the shocked scenarios.
private struct JudgedMode: Sendable {
  /// The number of the regime.
  let member: Int
  let modes: [StressMode]
  let demand: StressDemand
}

extension StressContext {
  /// Judges every regime in both modes on the shocked scenarios, with the collateral it holds.
  ///
  /// A regime that no shock reaches is judged once for both modes.
  func judged(
    _ demands: [StressedDemand], on market: StressedMarket
  ) throws(StudyError) -> [StressedMember] {
    var cases: [JudgedMode] = []
    for (place, one) in demands.enumerated() {
      if !members[place].isShocked, let both = one.unaware {
        cases.append(JudgedMode(member: place, modes: StressMode.allCases, demand: both))
        continue
      }
      if let unaware = one.unaware {
        cases.append(JudgedMode(member: place, modes: [.unaware], demand: unaware))
      }
      if let recalibrated = one.recalibrated {
        cases.append(JudgedMode(member: place, modes: [.recalibrated], demand: recalibrated))
      }
    }
    let safeties = try safeties(of: cases, on: market)
    var judged = demands.map { StressedMember(refusal: $0.refusal) }
    for (one, safety) in zip(cases, safeties) {
      let stressed = StressedMode(amounts: one.demand.amounts, safety: safety)
      if one.modes.contains(.unaware) { judged[one.member].unaware = stressed }
      if one.modes.contains(.recalibrated) { judged[one.member].recalibrated = stressed }
    }
    return judged
  }

  private func safeties(
    of cases: [JudgedMode], on market: StressedMarket
  ) throws(StudyError) -> [StressSafety] {
    let state = market.recalibrated.state
    let judge = SafetyJudge(
      kind: .model, set: market.judge, evidence: market.recalibrated.closedForm,
      closeOutCost: settings.closeOutCost, parallelism: settings.parallelism)
    let records: [SafetyJudge.Record]
    do throws(MarginError) {
      records = try judge.records(
        of: cases.map { (members[$0.member].regime, $0.demand.moved) }, for: state)
    } catch {
      throw .margin(error)
    }
    let beyond = try losses(beyondMarginOf: cases, state, market.judge)
    do throws(StatisticsError) {
      return try mapBlocks(of: cases.count, size: 1, parallelism: settings.parallelism) {
        (place, _) throws(StatisticsError) in
        try StressSafety(records[place], lossesBeyondMargin: beyond[place], of: market.judge.count)
      }
    } catch {
      throw .statistics(error)
    }
  }

  /// In how many scenarios a pool with something at stake loses more than its initial margin and what haircuts took off.
  private func losses(
    beyondMarginOf cases: [JudgedMode], _ state: BookState, _ set: ScenarioSet
  ) throws(StudyError) -> [Int] {
    let covers = cases.map { one in
      PoolCover.ofPools(members[one.member].regime, state, one.demand.amounts.assessment)
    }
    // Most regimes share their pools: each group of rows is valued once.
    var places: [[Int]: Int] = [:]
    var groups: [[Int]] = []
    for cover in covers.flatMap({ $0 }) where places[cover.rows] == nil {
      places[cover.rows] = groups.count
      groups.append(cover.rows)
    }
    let gains: Matrix
    do throws(ValuationError) {
      gains = try state.profitAndLoss(under: set, of: groups, parallelism: settings.parallelism)
    } catch {
      throw .valuation(error)
    }
    let placed = covers.map { $0.map { (group: places[$0.rows] ?? 0, amount: $0.amount) } }
    return mapBlocks(of: cases.count, size: 1, parallelism: settings.parallelism) { place, _ in
      var isBeyond = [Bool](repeating: false, count: set.count)
      for cover in placed[place] {
        gains.withRow(cover.group) { row in
          for scenario in isBeyond.indices where 0 - row[scenario] > cover.amount {
            isBeyond[scenario] = true
          }
        }
      }
      return isBeyond.reduce(0) { $1 ? $0 + 1 : $0 }
    }
  }
}

/// What secures the losses of one pool.
private struct PoolCover: Sendable {
  let rows: [Int]
  /// The initial margin and what haircuts took off, in USD.
  let amount: Double

  /// Those of the pools that may owe: with a position, an order or a debt.
  static func ofPools(
    _ regime: MarginRegime, _ state: BookState, _ assessment: MarginAssessment
  ) -> [PoolCover] {
    zip(regime.pooling.pools(of: state.rows), assessment.pools).compactMap { pool, assessed in
      guard pool.rows.contains(where: { state.rows[$0].kind != .balance || state.values[$0] < 0 }) else {
        return nil
      }
      return PoolCover(
        rows: pool.rows, amount: assessed.initial + (assessed.marketValue - assessed.equity))
    }
  }
}

extension SafetyJudge {
  /// Runs every scenario for several regimes over one state; the moves of a linear book are made once for all.
  fileprivate func records(
    of cases: [(regime: MarginRegime, moved: MovedEvidence)], for state: BookState
  ) throws(MarginError) -> [Record] {
    guard state.hasOptions else {
      return try records(
        of: cases.map { Case(regime: $0.regime, evidence: $0.moved.evidence) }, for: state)
    }
    var records: [Record] = []
    for one in cases { records += try judging(by: one.moved).records(of: [one.regime], for: state) }
    return records
  }
}

extension StressSafety {
  fileprivate init(
    _ record: SafetyJudge.Record, lossesBeyondMargin: Int, of scenarios: Int
  ) throws(StatisticsError) {
    let judged = record.uncovered.count
    self.init(
      lossBeyondMargin: try EventProbability(of: lossesBeyondMargin, in: scenarios),
      marginCall: try EventProbability(of: record.marginCall, in: judged),
      liquidation: try EventProbability(of: record.liquidation, in: judged),
      bankruptcy: try EventProbability(of: record.bankruptcy, in: judged),
      uncoveredLoss: try SafetyJudge.Record.mean(record.uncovered, .model))
  }
}
