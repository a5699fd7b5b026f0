import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct ReverseStressMoveTests {
  private let asOf = day(299)
  private let history: PriceHistory

  init() throws {
    history = try syntheticHistory(seed: 21, days: 320)
  }

  private func study(
    _ account: Account, _ regimes: [MarginRegime], models: ScenarioModels = ScenarioModels(),
    parallelism: Parallelism = .sequential
  ) -> ComparisonStudy {
    ComparisonStudy(
      name: "reverse", account: account, regimes: regimes, history: history,
      settings: settings(
        asOf: asOf, models: models, reference: regimes[0].id, parallelism: parallelism))
  }

  private func answers(
    _ study: ComparisonStudy, _ question: ReverseQuestion = .marketMove
  ) throws -> [ReverseStress] {
    try study.reverseStress().filter { $0.question == question }
  }

  private func found(_ stress: ReverseStress) throws -> ReverseAnswer {
    guard case .found(let answer) = stress.outcome else {
      throw StudyError.unknownReference("\(stress.outcome)", known: [])
    }
    return answer
  }

  private func reason(_ stress: ReverseStress) -> String? {
    if case .unreachable(let reason) = stress.outcome { reason } else { nil }
  }

  /// One rate on every size.
  private func flat(
    _ rate: Double, levels: MarginLevels = .classic
  ) throws -> MarginRegime {
    let term = NamedTerm(
      name: "rate",
      term: .rateSum(
        RateSum(
          initialRule: .chosenLeverage, laws: [:],
          others: .brackets(
            try BracketSchedule([Bracket(upTo: nil, maintenanceRate: rate, maximumLeverage: 10)])))))
    let rules = try regime("flat", [term], initial: "rate", maintenance: "rate")
    return MarginRegime(
      id: rules.id, summary: "", family: .crossCollateral, source: "", pooling: .single,
      collateral: .marketValue, rules: rules.rules, levels: levels)
  }

  /// Long bitcoin against short ether on dollars.
  private func pair(cash: Double = 30_000) throws -> Account {
    let bitcoin = try price(of: btc, in: history, at: asOf)
    let ether = try price(of: eth, in: history, at: asOf)
    return Account(
      id: "pair", balances: [try Balance(asset: .usd, quantity: cash)],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT"), quantity: 100_000 / bitcoin, entryPrice: bitcoin, leverage: 10),
        try Position(
          contract: contract("ETH/USDT:USDT"), quantity: -70_000 / ether, entryPrice: ether, leverage: 10),
      ])
  }

  /// The judge's covariance and the places of bitcoin, ether and tether.
  private func judgeCovariance(_ study: ComparisonStudy) throws -> (covariance: Matrix, places: [Int]) {
    let set = try Bench(history, study.settings, []).judge
    let covariance = try #require(set.calibration?.covariance)
    let places = try [btc, eth, usdt].map { try #require(set.factors.index(of: .spot($0))) }
    return (covariance, places)
  }

  @Test func withinOneTierTheAnswerIsTheClosedForm() throws {
    let rate = 0.02
    let study = study(try pair(), [try flat(rate)])
    let (covariance, places) = try judgeCovariance(study)
    // Equity less maintenance margin is its amount today + a·x with a the exposures less rate times size.
    let state = try BookState(
      of: study.account, in: MarketSnapshot(of: history, at: asOf))
    let (long, short) = (state.notionals[1], state.notionals[2])
    let slopes = [
      long - rate * abs(long), short - rate * abs(short),
      state.values[1] - long + state.values[2] - short,
    ]
    let headroom = state.netMarketValue - rate * (abs(long) + abs(short))
    let weighted = places.indices.map { row in
      places.indices.reduce(0.0) { $0 + covariance[places[row], places[$1]] * slopes[$1] }
    }
    let variance = zip(slopes, weighted).reduce(0) { $0 + $1.0 * $1.1 }
    let all = try answers(study)
    #expect(all.map(\.event) == [.marginCall, .liquidation])
    for answer in try all.map(found) {
      #expect(answer.method == .piecewiseClosedForm && answer.hasConverged)
      #expect(isClose(answer.distance, headroom / variance.squareRoot(), relative: 1e-9))
      let moves = try #require(answer.moves)
      #expect(answer.factors == [btc, eth, usdt].map { .spot($0) })
      for (move, own) in zip(moves, weighted) {
        #expect(isClose(move, -headroom * own / variance, relative: 1e-6, absolute: 1e-12))
      }
      #expect(answer.status == .liquidation && answer.statusBefore < .marginCall)
      #expect(isClose(answer.equity, answer.maintenance, relative: 1e-9))
      let tail = try EllipticalTail.studentT(degreesOfFreedom: 3)
      #expect(answer.probability == tail.probability(beyond: answer.distance))
    }
  }

  /// Fails where a random move nearer than the answer brings the event about.
  private func expectNoNearer(
    _ answer: ReverseAnswer, _ event: MarginStatus, _ study: ComparisonStudy, _ regime: MarginRegime,
    count: Int
  ) throws {
    let bench = try Bench(history, study.settings, study.regimes)
    let judge = try bench.judge
    let places = try answer.factors.map { try #require(judge.factors.index(of: $0)) }
    let covariance = try #require(judge.calibration?.covariance)
    let own = Matrix(rows: places.count, columns: places.count) { covariance[places[$0], places[$1]] }
    let factor = try Cholesky(own).lower
    var generator = SeededGenerator(seed: 5)
    var moves = Matrix(rows: judge.factors.count, columns: count, repeating: 0)
    for column in 0..<count {
      let normals = places.map { _ in generator.normal() }
      let length = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // Near the shell of the answer, where a nearer point would be.
      let radius = answer.distance * (1 - 1e-6) * (1 - 0.05 * generator.uniform())
      for (row, move) in multiply(factor, normals.map { $0 * radius / length }).enumerated() {
        moves[places[row], column] = max(-0.999, move)
      }
    }
    let set = ScenarioSet(
      factors: judge.factors, moves: moves, labels: .draws(Array(0..<count)), coverage: judge.coverage)
    let state = try bench.state(of: study.account)
    let states = try state.moved(by: set, scenarios: 0..<count)
    let batch = try requirements(of: regime, for: states, given: bench.evidence.inClosedForm())
    var nearer = 0
    for pool in batch.pools {
      for state in 0..<count {
        let status = regime.levels.status(
          equity: pool.equity[state], initial: pool.initial[state], maintenance: pool.maintenance[state])
        if status >= event { nearer += 1 }
      }
    }
    #expect(nearer == 0, "\(regime.id)")
  }

  /// The mixed account with more dollars, so that no regime has acted yet.
  private func funded(isolated: Bool) throws -> Account {
    let mixed = try mixedAccount(history, at: asOf, isolated: isolated)
    return Account(
      id: "funded",
      balances: mixed.balances + [
        try Balance(asset: .usd, quantity: 40_000), try Balance(asset: usdt, quantity: 20_000),
      ],
      positions: mixed.positions)
  }

  @Test func noRandomMoveThatIsNearerFails() throws {
    let tails = [
      try tailRegime("gaussian", monteCarlo(.gaussian)),
      try tailRegime("student", monteCarlo(.studentT(degreesOfFreedom: 4)), .expectedShortfall),
    ]
    try expectNoNearer([try crossRegime()], isolated: true)
    try expectNoNearer([try crossRegime(), try gridRegime()] + tails, isolated: false)
  }

  private func expectNoNearer(_ regimes: [MarginRegime], isolated: Bool) throws {
    let study = study(try funded(isolated: isolated), regimes)
    let all = try answers(study)
    for (place, regime) in regimes.enumerated() {
      let answer = try found(all[2 * place])
      #expect(all[2 * place].regime == regime.id && answer.hasConverged, "\(regime.id)")
      #expect(answer.status >= .marginCall && answer.statusBefore < .marginCall, "\(regime.id)")
      try expectNoNearer(answer, .marginCall, study, regime, count: regime.id == "cross" ? 100_000 : 20_000)
    }
  }

  @Test func aHistoricalTailIsSearchedAlongItsEdges() throws {
    let regimes = [try tailRegime("historical", .historical(sample(100)))]
    let study = study(try pair(), regimes)
    let answer = try found(try answers(study)[0])
    #expect(answer.status >= .marginCall && answer.statusBefore < .marginCall)
    try expectNoNearer(answer, .marginCall, study, regimes[0], count: 20_000)
  }

  @Test func theCallComesBeforeTheLiquidation() throws {
    let levels = try MarginLevels(convention: .equityOverMaintenance, callAt: 1.5, liquidationAt: 1.1)
    let all = try answers(study(try pair(), [try flat(0.03, levels: levels)])).map(found)
    #expect(all[0].distance < all[1].distance)
    #expect(all[0].status == .marginCall && all[1].status == .liquidation)
    #expect(all[1].statusBefore == .marginCall)
    #expect(isClose(all[0].equity, 1.5 * all[0].maintenance, relative: 1e-9))
    #expect(isClose(all[1].equity, 1.1 * all[1].maintenance, relative: 1e-9))
  }

  @Test func anAnswerLiesBeyondTheBracketItCrosses() throws {
    // A size of 45,000 that must grow beyond 50,000, where the next rate begins, before the account fails.
    let bitcoin = try price(of: btc, in: history, at: asOf)
    let account = Account(
      id: "short", balances: [try Balance(asset: .usd, quantity: 12_000)],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT"), quantity: -45_000 / bitcoin, entryPrice: bitcoin, leverage: 5)
      ])
    let regimes = [
      try regime("brackets", [try brackets()], initial: "brackets", maintenance: "brackets")
    ]
    let study = study(account, regimes)
    let answer = try found(try answers(study)[0])
    let move = try #require(answer.moves)[try #require(answer.factors.firstIndex(of: .spot(btc)))]
    #expect(45_000 * (1 + move) > 50_000)
    #expect(answer.method == .piecewiseClosedForm)
    #expect(isClose(answer.equity, answer.maintenance, relative: 1e-9))
    try expectNoNearer(answer, .marginCall, study, regimes[0], count: 20_000)
  }

  @Test func aCashAndCarryFailsWhereItsPoolsAreApart() throws {
    let bitcoin = try price(of: btc, in: history, at: asOf)
    let account = Account(
      id: "carry",
      balances: [
        try Balance(asset: btc, quantity: 100_000 / bitcoin), try Balance(asset: usdt, quantity: 15_000),
      ],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT"), quantity: -100_000 / bitcoin, entryPrice: bitcoin, leverage: 10
        )
      ])
    let regimes = [
      try segregatedRegime(), try crossRegime(), try tailRegime("gaussian", monteCarlo(.gaussian)),
    ]
    let all = try answers(study(account, regimes)).filter { $0.event == .liquidation }
    // Wallets apart fail as bitcoin rises; one account first under haircuts, and under risk of the whole hardly at all.
    let segregated = try found(all[0])
    let rise = try #require(segregated.moves)[try #require(segregated.factors.firstIndex(of: .spot(btc)))]
    #expect(rise > 0)
    if case .found(let cross) = all[1].outcome { #expect(cross.distance > segregated.distance) }
    if case .found(let gaussian) = all[2].outcome { #expect(gaussian.distance > segregated.distance) }
  }

  @Test func aBookWithOptionsIsSearchedSparingly() throws {
    let models = ScenarioModels(
      volatility: [VolatilityModel(asset: btc, onFall: 1.5, onRise: -0.3, dailyVolatility: 0)])
    let bitcoin = try price(of: btc, in: history, at: asOf)
    let account = Account(
      id: "options", balances: [try Balance(asset: usdt, quantity: 12_000)],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT-251226-22000-C"), quantity: -2, entryPrice: 1_000,
          markPrice: bitcoin, impliedVolatility: 0.6)
      ])
    let regimes = [try gridRegime(), try tailRegime("historical", .historical(sample(60)))]
    let study = study(account, regimes, models: models)
    for stress in try answers(study) where stress.event == .liquidation {
      switch stress.outcome {
      case .already: break
      case .unreachable(let reason): #expect(!reason.isEmpty)
      case .found(let answer):
        #expect(answer.status >= .liquidation && answer.statusBefore < .liquidation)
        #expect(answer.factors.contains(.volatility(btc)))
      }
    }
  }

  @Test func withoutPositionsNothingBringsItAbout() throws {
    let holding = Account(id: "holding", balances: [try Balance(asset: btc, quantity: 1)], positions: [])
    let cash = Account(id: "cash", balances: [try Balance(asset: .usd, quantity: 1)], positions: [])
    let held = try answers(study(holding, [try flat(0.02)]))
    #expect(held.allSatisfy { reason($0)?.contains("holds no position") ?? false })
    let paid = try answers(study(cash, [try flat(0.02)]))
    #expect(paid.allSatisfy { reason($0)?.contains("nothing the account depends on") ?? false })
  }

  @Test func whatHasHappenedIsNotSearchedFor() throws {
    let all = try study(try pair(cash: 2_000), [try flat(0.02)]).reverseStress()
    #expect(all.count == 4)
    #expect(all.allSatisfy { if case .already = $0.outcome { true } else { false } })
  }

  @Test func theSameBitsForAnyNumberOfThreads() throws {
    let account = try funded(isolated: true)
    let regimes = [
      try crossRegime(), try segregatedRegime(), try tailRegime("gaussian", monteCarlo(.gaussian)),
    ]
    func digits(_ parallelism: Parallelism) throws -> [String] {
      try study(account, regimes, parallelism: parallelism).reverseStress().map { "\($0)" }
    }
    #expect(try digits(.sequential) == digits(.allCores))
  }
}
