import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct TailRiskTermBoundTests {
  /// A tail of a sample, and the sample it is read off.
  private struct Tail: CustomStringConvertible {
    let measure: TailRiskTerm.Measure
    let quantile: TailQuantile
    let isWeighted: Bool
    var request = historicalRequest

    var description: String { "\(measure) \(quantile) \(isWeighted ? "weighted" : "")" }

    var term: MarginTerm {
      .tailRisk(
        TailRiskTerm(
          measure: measure, confidence: .ninetyNinePercent, scenarios: request, quantile: quantile))
    }

    /// Every tail that has a bound.
    static var all: [Tail] {
      TailRiskTerm.Measure.allCases.flatMap { measure in
        TailQuantile.allCases.flatMap { quantile in
          [false, true].compactMap { isWeighted in
            let needsEqual = [TailQuantile.interpolated, .type7, .harrellDavis].contains(quantile)
            guard !isWeighted || !needsEqual || measure == .expectedShortfall else { return nil }
            return Tail(measure: measure, quantile: quantile, isWeighted: isWeighted)
          }
        }
      }
    }
  }

  private func weighted(_ set: ScenarioSet, decay: Double) throws -> ScenarioSet {
    ScenarioSet(
      factors: set.factors, moves: set.moves, labels: set.labels, coverage: set.coverage,
      weights: try .ageWeighted(count: set.count, decay: decay))
  }

  private func tailRules(
    _ term: MarginTerm, initial: String = "1.3 * tail + 0.5 * maintenance", maintenance: String = "tail",
    pooling: Pooling = .single, levels: MarginLevels = .classic
  ) throws -> MarginRegime {
    try regime(
      [NamedTerm(name: "tail", term: term), try freeOfCharge()], initial: initial, maintenance: maintenance,
      pooling: pooling, collateral: smallSchedule(), levels: levels)
  }

  /// The bounded margins of every state are no lower than the exact ones, and nothing else differs.
  private func check(
    _ rules: MarginRegime, _ state: BookState, _ states: BookStates, _ given: Evidence, _ name: String
  ) throws {
    let bounds = try #require(given.bounds(of: rules, from: state), "\(name)")
    let exact = try requirements(of: rules, for: states, given: given)
    let bounded = try requirements(of: rules, for: states, given: given.bounded(by: bounds))
    let mixed = try requirements(of: rules, for: states, given: given, unlessHealthyAt: bounds)
    for (place, pool) in exact.pools.enumerated() {
      let (above, partly) = (bounded.pools[place], mixed.pools[place])
      #expect(above.equity == pool.equity && above.marketValue == pool.marketValue, "\(name)")
      #expect(partly.equity == pool.equity && partly.marketValue == pool.marketValue, "\(name)")
      for state in 0..<exact.count {
        #expect(above.initial[state] >= pool.initial[state], "\(name)")
        #expect(above.maintenance[state] >= pool.maintenance[state], "\(name)")
      }
    }
    func status(_ batch: RequirementBatch, _ state: Int) -> [MarginStatus] {
      batch.pools.map {
        rules.levels.status(
          equity: $0.equity[state], initial: $0.initial[state], maintenance: $0.maintenance[state])
      }
    }
    for state in 0..<exact.count {
      #expect(status(mixed, state) == status(exact, state), "\(name)")
      guard status(exact, state).contains(where: { $0 != .healthy }) else { continue }
      for (left, right) in zip(mixed.pools, exact.pools) {
        #expect(left.initial[state] == right.initial[state], "\(name)")
        #expect(left.maintenance[state] == right.maintenance[state], "\(name)")
      }
    }
  }

  @Test("every reading of a sample, in several pools, after moves of every size")
  func samples() throws {
    var generator = SeededGenerator(seed: 21)
    let plain = randomMoves(&generator, count: 300)
    let unequal = try weighted(plain, decay: 0.99)
    for tail in Tail.all {
      let given = Evidence(
        sets: [historicalRequest: tail.isWeighted ? unequal : plain], parallelism: .sequential)
      for pooling in [Pooling.single, .settlementAsset] {
        let state = Ledger.random(&generator).state
        let rules = try tailRules(tail.term, pooling: pooling)
        let moved = try state.moved(by: randomMoves(&generator, count: 130), scenarios: 0..<130)
        try check(rules, state, moved, given, "\(tail)")
        let other = BookStates(state.resized(&generator, values: 1e6))
        try check(rules, state, other, given, "\(tail) of another book")
      }
    }
  }

  @Test("laws in closed form, and the first draws where there is none", arguments: MarginLevels.bothWays)
  func laws(levels: MarginLevels) throws {
    var generator = SeededGenerator(seed: 22)
    let source = try source(of: normalHistory(seed: 4), seed: 1, count: 2_000)
    for law in [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)] {
      let request = monteCarloRequest(law)
      let set = try source.scenarios(for: request)
      let bare = ScenarioSet(
        factors: set.factors, moves: set.moves, labels: set.labels, coverage: set.coverage)
      for made in [set, bare] {
        let given = Evidence(sets: [request: made], parallelism: .sequential).inClosedForm()
        for measure in TailRiskTerm.Measure.allCases {
          var ledger = Ledger()
          ledger.balance(usdt, worth: generator.magnitude(4, 5.5))
          ledger.position(btc, settling: usdt, notional: -generator.magnitude(4, 6))
          ledger.position(eth, settling: usdt, notional: generator.magnitude(4, 6))
          ledger.position(btc, settling: btc, notional: generator.magnitude(4, 6), unrealised: 500)
          let moved = try ledger.state.moved(by: set, scenarios: 0..<200)
          let rules = try tailRules(tailTerm(measure, of: request), levels: levels)
          try check(rules, ledger.state, moved, given, "\(law) \(measure)")
        }
      }
    }
  }

  @Test("where nothing moves the bound is the tail, but for the room left for rounding")
  func atRest() throws {
    var generator = SeededGenerator(seed: 23)
    let given = Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 400)], parallelism: .sequential)
    let state = Ledger.random(&generator).state
    let rules = try tailRules(tailTerm(), initial: "tail")
    let bounds = try #require(given.bounds(of: rules, from: state))
    let exact = try requirements(of: rules, for: BookStates(state), given: given)
    let bounded = try requirements(of: rules, for: BookStates(state), given: given.bounded(by: bounds))
    for (left, right) in zip(bounded.pools, exact.pools) {
      #expect(isClose(left.initial[0], right.initial[0], relative: 1e-7))
    }
  }

  @Test("only where no margin falls when a tail rises")
  func monotone() throws {
    var generator = SeededGenerator(seed: 24)
    let given = Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 300)], parallelism: .sequential)
    let state = Ledger.random(&generator).state
    func bounds(_ initial: String, _ maintenance: String = "tail") throws -> TailBounds? {
      given.bounds(of: try tailRules(tailTerm(), initial: initial, maintenance: maintenance), from: state)
    }
    for initial in [
      "tail", "max(1.3 * tail, free)", "min(tail, 5)", "free - 2 * free + tail", "tail + 0.1 * maintenance",
    ] {
      #expect(try bounds(initial) != nil, "\(initial)")
    }
    for initial in [
      "free - tail", "max(free, -2 * tail)", "tail - 0.1 * tail", "2 * tail - maintenance",
      "-1 * (free + tail)",
    ] {
      #expect(try bounds(initial) == nil, "\(initial)")
    }
    #expect(try bounds("tail", "free - initial") == nil)
    #expect(try bounds("free", "free - tail") == nil)
  }

  @Test(
    "no bound for readings of parts, tails of risk units, unequal weights interpolated, and without a tail")
  func refusals() throws {
    var generator = SeededGenerator(seed: 25)
    let moves = randomMoves(&generator, count: 300)
    let given = Evidence(sets: [historicalRequest: moves], parallelism: .sequential)
    let state = Ledger.random(&generator).state
    func bounds(_ term: MarginTerm, _ given: Evidence) throws -> TailBounds? {
      given.bounds(of: try tailRules(term, initial: "tail"), from: state)
    }
    for reading in [
      TailReading.eachAsset(.sum), .subsamples(count: 2, .mean), .subsamples(count: 2, .standardDeviation),
    ] {
      let term = TailRiskTerm(
        measure: .valueAtRisk, confidence: .ninetyFivePercent, scenarios: historicalRequest, reading: reading)
      #expect(try bounds(.tailRisk(term), given) == nil, "\(reading)")
    }
    let units = RiskUnits(
      spot: .included, groups: [.init(assets: [], rules: try tailRules(tailTerm()).rules)])
    #expect(try bounds(.riskUnits(units), given) == nil)
    #expect(try bounds(freeOfCharge().term, given) == nil)
    #expect(try bounds(tailTerm(), noEvidence) == nil)
    let unequal = Evidence(
      sets: [historicalRequest: try weighted(moves, decay: 0.99)], parallelism: .sequential)
    let interpolated = Tail(measure: .valueAtRisk, quantile: .interpolated, isWeighted: true)
    #expect(try bounds(interpolated.term, unequal) == nil)
    #expect(try bounds(interpolated.term, given) != nil)
  }

  @Test("two weights that change places make an interpolated quantile fall: why it has no bound")
  func interpolatedFalls() throws {
    // Losses of weights 0.1, 0.8 and 0.1. The quantile at 0.15 lies a sixteenth of the way from 10 to a heavy second loss,
    // half of the way to a light one: it falls when the last loss rises from 1 past 2.
    func quantile(_ losses: [Double]) throws -> Double {
      try WeightedTailRisk(
        ofLosses: losses, weights: SampleWeights([0.1, 0.8, 0.1]), at: Confidence(0.85), rule: .interpolated
      ).valueAtRisk
    }
    #expect(isClose(try quantile([10, 2, 1]), 9.5, relative: 1e-9))
    #expect(isClose(try quantile([10, 2, 2.001]), 6.0005, relative: 1e-9))
  }
}

extension MarginLevels {
  /// Levels that act well before liquidation, in either convention.
  fileprivate static var bothWays: [MarginLevels] {
    do {
      return [
        try MarginLevels(callAt: 0.7, liquidationAt: 1),
        try MarginLevels(convention: .equityOverMaintenance, callAt: 1.4, liquidationAt: 1.1),
      ]
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
