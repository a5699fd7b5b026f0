import LinearAlgebra
package import Margin
package import Parallel
package import Scenarios
import Statistics
package import Valuation

/// Judges regimes on one set of scenarios: what becomes of an account at the end of the horizon.
///
/// After each move brackets and haircut tiers are read again; calibrations stay as they were.
package struct SafetyJudge: Sendable {
  let kind: JudgeKind
  let set: ScenarioSet
  /// Evidence in closed form, so that a requirement can be had in every scenario.
  let evidence: Evidence
  let closeOutCost: Double
  let parallelism: Parallelism
  /// How many scenarios are judged, from the first.
  let count: Int
  private let blockSize: Int

  /// Judges every scenario of a set.
  ///
  /// - Parameters:
  ///   - kind: what the scenarios are.
  ///   - set: the scenarios.
  ///   - evidence: in closed form, so that a requirement can be had in every scenario.
  ///   - closeOutCost: what closing positions costs, as a share of their notional.
  ///   - parallelism: how many blocks may be at work at once.
  package init(
    kind: JudgeKind, set: ScenarioSet, evidence: Evidence, closeOutCost: Double, parallelism: Parallelism
  ) {
    self.init(
      kind: kind, set: set, evidence: evidence, closeOutCost: closeOutCost, parallelism: parallelism,
      count: set.count, blockSize: Self.blockSize)
  }

  private init(
    kind: JudgeKind, set: ScenarioSet, evidence: Evidence, closeOutCost: Double, parallelism: Parallelism,
    count: Int, blockSize: Int
  ) {
    self.kind = kind
    self.set = set
    self.evidence = evidence
    self.closeOutCost = closeOutCost
    self.parallelism = parallelism
    self.count = count
    self.blockSize = blockSize
  }

  /// Few enough states for a block's columns to stay in a core's cache.
  private static let blockSize = 1_024
  /// Few enough for all threads to have work where a requirement costs much.
  private static let costlyBlockSize = 32

  /// The same judge by a regime's own evidence after a move, on as many scenarios as that affords.
  func judging(by moved: MovedEvidence) -> SafetyJudge {
    SafetyJudge(
      kind: kind, set: set, evidence: moved.evidence, closeOutCost: closeOutCost, parallelism: parallelism,
      count: min(set.count, moved.stateLimit ?? set.count),
      blockSize: moved.stateLimit == nil ? Self.blockSize : Self.costlyBlockSize)
  }

  /// What happened in every scenario under one regime.
  package struct Record: Hashable, Sendable {
    package fileprivate(set) var restricted = 0
    package fileprivate(set) var marginCall = 0
    package fileprivate(set) var liquidation = 0
    package fileprivate(set) var bankruptcy = 0
    /// One a scenario, in USD.
    package fileprivate(set) var uncovered: [Double] = []
    /// The sum over the scenarios of bankruptcy, in USD.
    package fileprivate(set) var uncoveredInBankruptcy = 0.0
  }

  /// One regime, and what it knows of the future.
  struct Case: Sendable {
    let regime: MarginRegime
    let evidence: Evidence
  }

  /// Runs every scenario for several regimes over one state.
  ///
  /// - Parameters:
  ///   - regimes: the regimes.
  ///   - state: the account before the move.
  /// - Throws: ``MarginError``.
  /// - Returns: one record a regime.
  package func records(of regimes: [MarginRegime], for state: BookState) throws(MarginError) -> [Record] {
    try records(of: regimes.map { Case(regime: $0, evidence: evidence) }, for: state)
  }

  /// Runs every scenario for several regimes over one state, each by evidence of its own.
  ///
  /// Tails are computed only in scenarios after which a pool may not be healthy.
  func records(of cases: [Case], for state: BookState) throws(MarginError) -> [Record] {
    let bounds = cases.map { $0.evidence.at(parallelism).bounds(of: $0.regime, from: state) }
    let blocks = try mapBlocks(of: count, size: blockSize, parallelism: parallelism) {
      (_, scenarios) throws(MarginError) in
      try block(scenarios, cases, bounds, state)
    }
    var records = [Record](repeating: Record(), count: cases.count)
    for block in blocks {
      for place in cases.indices { records[place].append(block[place]) }
    }
    return records
  }

  private func block(
    _ scenarios: Range<Int>, _ cases: [Case], _ bounds: [TailBounds?], _ state: BookState
  ) throws(MarginError) -> [Record] {
    let moved: BookStates
    do throws(ValuationError) {
      moved = try state.moved(by: set, scenarios: scenarios)
    } catch {
      throw .valuation(error)
    }
    var records: [Record] = []
    for (one, bounds) in zip(cases, bounds) {
      let demanded = try requirements(
        of: one.regime, for: moved, given: one.evidence, unlessHealthyAt: bounds)
      let pools = one.regime.pooling.pools(of: moved.rows)
      records.append(
        Record(demanded, levels: one.regime.levels, closeOutCost: closeOutCost) { pool, state in
          pools[pool].rows.reduce(0) { $0 + abs(moved.notionals[$1, state]) }
        })
    }
    return records
  }
}

extension SafetyJudge.Record {
  /// What happened in every state of a batch.
  ///
  /// - Parameters:
  ///   - batch: what a regime demands in every state.
  ///   - levels: the levels at which it acts.
  ///   - closeOutCost: what closing positions costs, as a share of their notional.
  ///   - grossNotional: the sum of the absolute notionals of a pool in a state, in USD.
  package init(
    _ batch: RequirementBatch, levels: MarginLevels, closeOutCost: Double,
    grossNotional: (_ pool: Int, _ state: Int) -> Double
  ) {
    var worst = [MarginStatus](repeating: .healthy, count: batch.count)
    var isBankrupt = [Bool](repeating: false, count: batch.count)
    uncovered = [Double](repeating: 0, count: batch.count)
    for (index, pool) in batch.pools.enumerated() {
      for state in 0..<batch.count {
        let status = levels.status(
          equity: pool.equity[state], initial: pool.initial[state], maintenance: pool.maintenance[state])
        worst[state] = max(worst[state], status)
        let value = pool.marketValue[state]
        if value < 0 { isBankrupt[state] = true }
        let cost =
          status == .liquidation && closeOutCost > 0 ? closeOutCost * grossNotional(index, state) : 0
        uncovered[state] += max(0, cost - value)
      }
    }
    for state in 0..<batch.count {
      if worst[state] >= .restricted { restricted += 1 }
      if worst[state] >= .marginCall { marginCall += 1 }
      if worst[state] >= .liquidation { liquidation += 1 }
      if isBankrupt[state] {
        bankruptcy += 1
        uncoveredInBankruptcy += uncovered[state]
      }
    }
  }

  /// Adds the scenarios that follow.
  ///
  /// - Parameter other: what happened in them.
  package mutating func append(_ other: SafetyJudge.Record) {
    restricted += other.restricted
    marginCall += other.marginCall
    liquidation += other.liquidation
    bankruptcy += other.bankruptcy
    uncovered += other.uncovered
    uncoveredInBankruptcy += other.uncoveredInBankruptcy
  }

  /// The assessment, and the difference to another regime scenario by scenario.
  func assessment(
    judge: JudgeKind, view: CollateralView, reference: SafetyJudge.Record?
  ) throws(StatisticsError) -> SafetyAssessment {
    SafetyAssessment(
      judge: judge, view: view, restricted: try event(restricted), marginCall: try event(marginCall),
      liquidation: try event(liquidation), bankruptcy: try event(bankruptcy),
      uncoveredLoss: try Self.mean(uncovered, judge),
      uncoveredLossGivenBankruptcy: bankruptcy == 0 ? nil : uncoveredInBankruptcy / Double(bankruptcy),
      worstUncoveredLoss: uncovered.max() ?? 0,
      differenceToReference: try reference.map { other throws(StatisticsError) in
        try Self.mean(zip(uncovered, other.uncovered).map { $0 - $1 }, judge)
      })
  }

  private func event(_ count: Int) throws(StatisticsError) -> EventProbability {
    try EventProbability(of: count, in: uncovered.count)
  }

  /// The mean; independent draws give it an error, the days that happened to follow do not.
  static func mean(_ numbers: [Double], _ judge: JudgeKind) throws(StatisticsError) -> Estimate {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    guard judge == .model else { return Estimate(value: mean) }
    let statistics = try DescriptiveStatistics(numbers)
    return Estimate(
      value: statistics.mean,
      simulationError: statistics.standardDeviation / Double(numbers.count).squareRoot())
  }
}

extension EventProbability {
  /// How often something happened, with its exact 95 % interval.
  init(of count: Int, in scenarios: Int) throws(StatisticsError) {
    let interval = try ClopperPearsonInterval(events: count, trials: scenarios)
    self.init(count: count, scenarios: scenarios, lower: interval.lower, upper: interval.upper)
  }
}
