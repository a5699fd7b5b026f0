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

@Suite struct ReverseStressCorrelationTests {
  private let asOf = day(299)
  private let pairHistory: PriceHistory
  private let tripleHistory: PriceHistory

  init() throws {
    let history = try syntheticHistory(seed: 22, days: 320)
    pairHistory = try PriceHistory(times: history.times, series: Self.series(of: [btc, eth], in: history))
    tripleHistory = try PriceHistory(
      times: history.times, series: Self.series(of: [btc, eth, sol], in: history))
  }

  private static func series(of assets: [Asset], in history: PriceHistory) throws -> [PriceSeries] {
    try assets.map { try #require(history.series(of: $0)) }
  }

  /// Long bitcoin and short ether by inverse contracts on dollars, so that two prices alone move the account.
  private func pair(cash: Double, _ history: PriceHistory, sol third: Double? = nil) throws -> Account {
    func inverse(_ name: String, _ face: Double, _ coin: Asset) throws -> Position {
      try Position(
        contract: contract(name), quantity: face,
        entryPrice: try price(of: coin, in: history, at: asOf), leverage: 10)
    }
    return Account(
      id: "pair", balances: [try Balance(asset: .usd, quantity: cash)],
      positions: [
        try inverse("BTC/USD:BTC", 100_000, btc), try inverse("ETH/USD:ETH", -80_000, eth),
      ] + (try third.map { [try inverse("SOL/USD:SOL", $0, sol)] } ?? []))
  }

  private func study(
    _ account: Account, _ regimes: [MarginRegime], _ history: PriceHistory, scenarios: Int = 2_000
  ) -> ComparisonStudy {
    ComparisonStudy(
      name: "reverse", account: account, regimes: regimes, history: history,
      settings: settings(asOf: asOf, scenarios: scenarios, reference: regimes[0].id))
  }

  private func answers(_ study: ComparisonStudy) throws -> [ReverseStress] {
    try study.reverseStress().filter { $0.question == .correlation }
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

  private func gaussianLaw() -> ScenarioRequest {
    .law(MonteCarloRequest(law: .gaussian, sample: sample(250), estimator: .sample))
  }

  /// Exposures times volatilities, the correlations, and the tail's multiple of the deviation.
  private struct Pieces {
    let weights: [Double]
    let correlation: Matrix
    let multiple: Double

    func variance(_ correlation: Matrix) -> Double {
      zip(weights, multiply(correlation, weights)).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// What the account's tail is when all of its risks move alike.
    var most: Double { multiple * weights.reduce(0) { $0 + abs($1) } }
  }

  private func pieces(_ account: Account, _ history: PriceHistory) throws -> Pieces {
    let regimes = [try tailRegime("law", gaussianLaw())]
    let bench = try Bench(history, study(account, regimes, history).settings, regimes)
    let set = try bench.source.scenarios(for: gaussianLaw())
    let covariance = try #require(set.calibration?.covariance)
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    let state = try bench.state(of: account)
    let exposures = try BookStates(state).exposures(to: set.factors, of: Array(state.rows.indices)).column(0)
    return Pieces(
      weights: zip(exposures, deviations).map { $0 * $1 },
      correlation: Matrix(rows: covariance.rows, columns: covariance.rows) {
        $0 == $1 ? 1 : covariance[$0, $1] / (deviations[$0] * deviations[$1])
      }, multiple: EllipticalTail.normal.valueAtRisk(at: .ninetyNinePercent))
  }

  @Test("EULER-2: the correlation at which the value at risk of a pair is its equity")
  func aPairIsSolvedByHand() throws {
    let free = try pieces(try pair(cash: 0, pairHistory), pairHistory)
    let today = free.multiple * free.variance(free.correlation).squareRoot()
    // Equity between today's tail and that of risks that move alike.
    let cash = 0.5 * (today + free.most)
    let all = try answers(
      study(try pair(cash: cash, pairHistory), [try tailRegime("law", gaussianLaw())], pairHistory))
    #expect(all.map(\.event) == [.marginCall, .liquidation])
    let (w1, w2) = (free.weights[0], free.weights[1])
    let deviation = cash / free.multiple
    let wanted = (deviation * deviation - w1 * w1 - w2 * w2) / (2 * w1 * w2)
    for answer in try all.map(found) {
      #expect(answer.method == .projection && answer.hasConverged)
      let correlation = try #require(answer.correlation)
      #expect(isClose(correlation[0, 1], wanted, relative: 1e-5))
      #expect(
        isClose(answer.distance, 2.0.squareRoot() * abs(wanted - free.correlation[0, 1]), relative: 1e-5))
      #expect(answer.factors == [.spot(btc), .spot(eth)])
      #expect(answer.status == .liquidation && answer.statusBefore < .marginCall)
      #expect(isClose(answer.maintenance, cash, relative: 1e-5) && answer.maintenance >= cash)
      let probability = try #require(answer.probability)
      #expect(probability >= 0 && probability < 1)
    }
  }

  @Test func noCorrelationOfSameTailIsNearer() throws {
    let free = try pieces(try pair(cash: 0, tripleHistory, sol: -30_000), tripleHistory)
    let today = free.multiple * free.variance(free.correlation).squareRoot()
    let cash = 0.6 * today + 0.4 * free.most
    let account = try pair(cash: cash, tripleHistory, sol: -30_000)
    let answer = try found(
      try answers(study(account, [try tailRegime("law", gaussianLaw())], tripleHistory))[0])
    let used = try #require(answer.correlation)
    #expect(used.smallestEigenvalue >= -1e-12)
    #expect(isClose(free.multiple * free.variance(used.matrix).squareRoot(), cash, relative: 1e-5))
    // Random correlation matrices about the answer: none with the tail is nearer to the estimate.
    var generator = SeededGenerator(seed: 3)
    var tried = 0
    for _ in 0..<20_000 {
      var candidate = used.matrix
      for row in 0..<3 {
        for column in 0..<row {
          let moved = candidate[row, column] + 0.05 * generator.normal()
          candidate[row, column] = moved
          candidate[column, row] = moved
        }
      }
      guard let valid = try? CorrelationMatrix(candidate) else { continue }
      guard free.multiple * free.variance(valid.matrix).squareRoot() >= cash else { continue }
      tried += 1
      let distance = (valid.matrix - free.correlation).elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(distance >= answer.distance * (1 - 1e-5))
    }
    #expect(tried > 500)
  }

  @Test func beyondRisksThatMoveAlikeThereIsNothing() throws {
    let free = try pieces(try pair(cash: 0, pairHistory), pairHistory)
    let all = try answers(
      study(
        try pair(cash: 1.01 * free.most, pairHistory), [try tailRegime("law", gaussianLaw())], pairHistory))
    #expect(all.allSatisfy { reason($0)?.contains("even with all its risks aligned") ?? false })
    let reached = try answers(
      study(
        try pair(cash: 0.999 * free.most, pairHistory), [try tailRegime("law", gaussianLaw())], pairHistory))
    #expect(try found(reached[0]).status == .liquidation)
  }

  @Test func aRegimeWithoutCorrelationsSaysSo() throws {
    let regimes = [
      try regime("brackets", [try brackets()], initial: "brackets", maintenance: "brackets"),
      try tailRegime("law", gaussianLaw()),
    ]
    let all = try answers(study(try pair(cash: 20_000, pairHistory), regimes, pairHistory))
    #expect(all[0].regime == "brackets")
    #expect(all[0...1].allSatisfy { reason($0)?.contains("does not depend on correlations") ?? false })
    let single = Account(
      id: "single", balances: [try Balance(asset: .usd, quantity: 20_000)],
      positions: [
        try Position(
          contract: contract("BTC/USD:BTC"), quantity: 100_000,
          entryPrice: try price(of: btc, in: pairHistory, at: asOf), leverage: 10)
      ])
    let alone = try answers(study(single, [try tailRegime("law", gaussianLaw())], pairHistory))
    #expect(alone.allSatisfy { reason($0)?.contains("no two risks") ?? false })
  }

  @Test func drawsAndHistoryAreVerifiedByTheEngine() throws {
    let free = try pieces(try pair(cash: 0, pairHistory), pairHistory)
    let today = free.multiple * free.variance(free.correlation).squareRoot()
    let cash = 0.5 * (today + free.most)
    let regimes = [
      try tailRegime("law", gaussianLaw()), try tailRegime("drawn", monteCarlo(.gaussian)),
      try tailRegime("historical", .historical(sample(250)), .expectedShortfall),
    ]
    let all = try answers(study(try pair(cash: cash, pairHistory), regimes, pairHistory, scenarios: 20_000))
    let exact = try found(all[0])
    let drawn = try found(all[2])
    let historical = try found(all[4])
    #expect(drawn.method == .projection && historical.method == .projectionFamily)
    for answer in [drawn, historical] {
      #expect(answer.hasConverged && answer.status >= .marginCall && answer.statusBefore < .marginCall)
      #expect(isClose(answer.maintenance, cash, relative: 1e-4))
      #expect(answer.iterations <= 40)
    }
    // Draws have the law's tail to within five standard errors of a quantile of 20,000.
    let (own, law) = (try #require(drawn.correlation), try #require(exact.correlation))
    #expect(abs(own[0, 1] - law[0, 1]) < 0.1)
  }

  @Test func theCallComesBeforeTheLiquidation() throws {
    let free = try pieces(try pair(cash: 0, pairHistory), pairHistory)
    let today = free.multiple * free.variance(free.correlation).squareRoot()
    let cash = 0.4 * today + 0.6 * free.most
    let plain = try tailRegime("law", gaussianLaw())
    let callAt = 0.5 * (1 + today / cash)
    let early = MarginRegime(
      id: "early", summary: "", family: .valueAtRisk, source: "", pooling: .single,
      collateral: .marketValue, rules: plain.rules, levels: try MarginLevels(callAt: callAt, liquidationAt: 1)
    )
    let all = try answers(study(try pair(cash: cash, pairHistory), [early], pairHistory)).map(found)
    #expect(all[0].distance < all[1].distance)
    #expect(all[0].status == .marginCall && all[1].status == .liquidation)
    #expect(isClose(all[0].maintenance, callAt * cash, relative: 1e-5))
    #expect(isClose(all[1].maintenance, cash, relative: 1e-5))
  }

  @Test func aBookWithOptionsIsBentAlongItsDeltas() throws {
    let bitcoin = try price(of: btc, in: pairHistory, at: asOf)
    let ether = try price(of: eth, in: pairHistory, at: asOf)
    func account(cash: Double) throws -> Account {
      Account(
        id: "options", balances: [try Balance(asset: .usd, quantity: cash)],
        positions: [
          try Position(
            contract: contract("BTC/USD:BTC-200528-18000-P"), quantity: -30, entryPrice: 0.05,
            markPrice: bitcoin, impliedVolatility: 0.6),
          try Position(
            contract: contract("ETH/USD:ETH"), quantity: -20_000, entryPrice: ether, leverage: 10),
        ])
    }
    let rules = try tailRegime("historical", .historical(sample(120)), .expectedShortfall)
    // Enough dollars for today's tail, and a little more.
    var cash = 500.0
    var answer: ReverseAnswer?
    while answer == nil, cash < 60_000 {
      let outcome = try answers(study(try account(cash: cash), [rules], pairHistory))[0].outcome
      if case .found(let found) = outcome { answer = found }
      cash *= 1.05
    }
    let reached = try #require(answer)
    #expect(reached.method == .projectionFamily && reached.hasConverged)
    #expect(reached.status >= .marginCall && reached.statusBefore < .marginCall)
    let correlation = try #require(reached.correlation)
    #expect(abs(correlation[0, 1]) <= 1)
  }
}
