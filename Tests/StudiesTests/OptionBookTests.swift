import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct OptionBookTests {
  private let asOf = day(299)
  private let history: PriceHistory
  private let models: ScenarioModels

  init() throws {
    history = try syntheticHistory(seed: 16, days: 320)
    models = ScenarioModels(
      basis: [BasisModel(asset: btc, style: .linear, dailyVolatility: 0.001)],
      volatility: [
        VolatilityModel(
          asset: btc, onFall: 1.5, onRise: -0.3, dailyVolatility: 0.03,
          tenor: try TenorScaling(shortTermPower: 0.5, longTermPower: 0.5, floorDays: 1))
      ])
  }

  private func option(_ name: String, _ quantity: Double) throws -> Position {
    try Position(
      contract: contract(name), quantity: quantity, entryPrice: 1_000,
      markPrice: try price(of: btc, in: history, at: asOf), impliedVolatility: 0.6)
  }

  /// Bitcoin under short calls and long puts, linear and inverse, with a perpetual.
  private func collar() throws -> Account {
    let bitcoin = try price(of: btc, in: history, at: asOf)
    return Account(
      id: "collar",
      balances: [
        try Balance(asset: btc, quantity: 20_000 / bitcoin), try Balance(asset: usdt, quantity: 10_000),
      ],
      positions: [
        try option("BTC/USDT:USDT-251226-22000-C", -2), try option("BTC/USD:BTC-200528-18000-P", 1),
        try Position(
          contract: contract("BTC/USDT:USDT"), quantity: 40_000 / bitcoin, entryPrice: bitcoin * 1.01,
          leverage: 5),
      ])
  }

  private func holding(_ positions: [Position], cash: Double = 30_000) throws -> Account {
    Account(id: "holding", balances: [try Balance(asset: usdt, quantity: cash)], positions: positions)
  }

  private func optionRegimes() throws -> [MarginRegime] {
    [
      try gridRegime(), try tailRegime("historical", .historical(sample(60))),
      try tailRegime("gaussian", monteCarlo(.gaussian)),
    ]
  }

  private func settings(
    _ scenarios: Int = 100, realised: Int = 0, models: ScenarioModels? = nil,
    parallelism: Parallelism = .sequential
  ) -> ComparisonSettings {
    var chosen = StudiesTests.settings(
      asOf: asOf, scenarios: scenarios, realised: realised, reference: "historical", parallelism: parallelism)
    chosen.models = models ?? self.models
    return chosen
  }

  private func compare(
    _ account: Account, _ settings: ComparisonSettings, _ regimes: [MarginRegime]? = nil
  ) throws -> RegimeComparison {
    try ComparisonStudy(
      name: "options", account: account, regimes: regimes ?? optionRegimes(), history: history,
      settings: settings
    ).compare()
  }

  /// The counts of every scenario on its own: the requirement of the moved account.
  private func counts(
    _ rules: MarginRegime, _ state: BookState, _ set: ScenarioSet, _ evidence: Evidence, states: Int
  ) throws -> (restricted: Int, liquidation: Int, uncovered: Double) {
    var restricted = 0
    var liquidation = 0
    var uncovered = 0.0
    for scenario in 0..<states {
      let moved = try state.moved(by: set, scenarios: scenario..<(scenario + 1)).state(at: 0)
      let assessment = try requirement(of: rules, for: moved, given: evidence)
      if assessment.pools.contains(where: { $0.status >= .restricted }) { restricted += 1 }
      if assessment.pools.contains(where: { $0.status == .liquidation }) { liquidation += 1 }
      uncovered += max(0, -moved.netMarketValue)
    }
    return (restricted, liquidation, uncovered / Double(states))
  }

  @Test("after every move history and grids are exact, laws estimated anew")
  func asHeld() throws {
    let account = try collar()
    let set = settings(realised: 5)
    let comparison = try compare(account, set)
    let bench = try Bench(history, set, optionRegimes())
    let state = try bench.state(of: account)
    for rules in try optionRegimes() {
      let safety = try comparison.result(rules.id).safety(.model, .asHeld)
      let twin = try counts(rules, state, bench.judge, bench.evidence, states: 100)
      #expect(safety.restricted.count == twin.restricted, "\(rules.id)")
      #expect(safety.liquidation.count == twin.liquidation, "\(rules.id)")
      #expect(isClose(safety.uncoveredLoss.value, twin.uncovered, relative: 1e-9, absolute: 1e-9))
      #expect(safety.restricted.scenarios == 100)
      #expect(try comparison.result(rules.id).safety(.realised, .asHeld).restricted.scenarios == 5)
    }
  }

  @Test("in cash, options keep their value and the account is worth its initial margin")
  func cashView() throws {
    let set = settings()
    for (account, name) in [
      (try collar(), "collar"), (try holding([option("BTC/USDT:USDT-251226-22000-C", -2)]), "short"),
    ] {
      let comparison = try compare(account, set)
      let bench = try Bench(history, set, optionRegimes())
      let market = try MarketSnapshot(of: history, at: asOf)
      for rules in try optionRegimes().filter({ $0.id != "grid" }) {
        let need = try comparison.result(rules.id).need(.cashAtRequirement)
        // The same account from its positions alone: perpetuals entered at their marks, the premiums settled in cash.
        let positions = try account.positions.map { held in
          if case .option = held.contract { return held }
          let mark = try #require(market.price(of: btc)) / (try #require(market.price(of: usdt)))
          return try held.with(quantity: held.quantity, entryPrice: mark, leverage: held.leverage)
        }
        let bare = try bench.state(of: Account(id: "bare", balances: [], positions: positions))
        let funded = bare.appending(cash: need.value - bare.netMarketValue)
        let assessment = try requirement(of: rules, for: funded, given: bench.evidence)
        #expect(isClose(assessment.initial, need.value, relative: 1e-9), "\(name) \(rules.id)")
        #expect(isClose(assessment.equity, need.value, relative: 1e-9), "\(name) \(rules.id)")
        let safety = try comparison.result(rules.id).safety(.model, .cashAtRequirement)
        let twin = try counts(rules, funded, bench.judge, bench.evidence, states: 100)
        #expect(safety.liquidation.count == twin.liquidation, "\(name) \(rules.id)")
        #expect(isClose(safety.uncoveredLoss.value, twin.uncovered, relative: 1e-6, absolute: 1e-6))
      }
    }
  }

  @Test("an option worth more than its margin needs no cash")
  func longOption() throws {
    let account = try holding([option("BTC/USD:BTC-251226-40000-P", 1)])
    let rules = try tailRegime("historical", .historical(sample(250)))
    let result = try compare(account, settings(), [rules]).result("historical")
    #expect(try result.need(.cashAtRequirement).value > 0)
    let safety = try result.safety(.model, .cashAtRequirement)
    #expect(safety.bankruptcy.count == 0 && safety.liquidation.count == 0)
  }

  @Test("own collateral alone is scaled, the options stay")
  func ownView() throws {
    let account = try holding([option("BTC/USDT:USDT-251226-22000-C", -2)])
    let set = settings()
    let comparison = try compare(account, set)
    let bench = try Bench(history, set, optionRegimes())
    let state = try bench.state(of: account)
    for rules in try optionRegimes() {
      let scale = try #require(try comparison.result(rules.id).need(.ownAtRequirement).scale)
      func headroom(_ factor: Double) throws -> Double {
        let values = state.rows.indices.map {
          state.isOwnCollateral($0) ? factor * state.values[$0] : state.values[$0]
        }
        let assessment = try requirement(
          of: rules, for: state.replacing(values: values), given: bench.evidence)
        return assessment.equity - assessment.initial
      }
      #expect(abs(try headroom(scale)) < 1e-6 * state.values[0], "\(rules.id)")
      #expect(try headroom(scale * 0.99) < 0)
    }
  }

  @Test("the page says which model moves volatility, or that nothing does")
  func whichModel() throws {
    let moving = try compare(collar(), settings())
    #expect(
      moving.notes.contains(
        "implied volatility of BTC: response to BTC: +1.5 on falls, −0.3 on rises; in drawn sets also an independent "
          + "normal move, 0.03 per √day; stated at 30 days, at others times (30/days) to the power 0.5 below, 0.5 above"
      ))
    let reports = moving.coverage.filter { $0.factor == "volatility:BTC" }
    #expect(
      reports.map(\.coverage.source.description) == [
        "model response to BTC: +1.5 on falls, −0.3 on rises",
        "model response to BTC: +1.5 on falls, −0.3 on rises; independent normal, 0.03 per √day",
        "model response to BTC: +1.5 on falls, −0.3 on rises; independent normal, 0.03 per √day",
      ])
    let still = try compare(collar(), settings(models: ScenarioModels()))
    #expect(
      still.notes == [
        "basis held constant for BTC: the study names no basis model",
        "implied volatility held constant for BTC: the study names no volatility model",
      ])
    let constant = still.coverage.filter { $0.factor == "volatility:BTC" }
    #expect(constant.count == 3 && constant.allSatisfy { $0.coverage.source == .constant })
    for id in ["historical", "gaussian"] {
      #expect(try moving.result(id).initial.value != still.result(id).initial.value)
    }
    // A grid has shocks of its own.
    #expect(try moving.result("grid").initial.value == still.result("grid").initial.value)
  }

  @Test("a book without options does not see a volatility model")
  func linearBook() throws {
    var comparisons: [RegimeComparison] = []
    for models in [models, ScenarioModels(basis: models.basis)] {
      comparisons.append(
        try compare(mixedAccount(history, at: asOf), settings(1_000, models: models), everyRegime()))
    }
    #expect(comparisons[0].notes == comparisons[1].notes)
    for result in comparisons[0].results {
      let other = try comparisons[1].result(result.regime.id)
      #expect(isClose(result.initial.value, other.initial.value, relative: 1e-12))
      #expect(result.safety.map(\.liquidation) == other.safety.map(\.liquidation))
      #expect(result.notes == other.notes)
    }
  }

  @Test("a law has no error of calibration for options, and its differences have none")
  func errors() throws {
    let comparison = try compare(collar(), settings())
    let gaussian = try comparison.result("gaussian")
    #expect(gaussian.initial.simulationError != nil && gaussian.initial.calibrationError == nil)
    #expect(gaussian.differenceToReference?.simulationError != nil)
    #expect(gaussian.differenceToReference?.calibrationError == nil)
    #expect(try comparison.result("historical").initial.calibrationError != nil)
    let grid = try comparison.result("grid")
    #expect(grid.differenceToReference?.calibrationError != nil)
    #expect(
      comparison.results.filter { $0.notes.contains { $0.hasPrefix("no error of calibration") } }
        .map(\.regime.id) == ["gaussian"])
  }

  @Test("every digit is the same for any number of threads")
  func threads() throws {
    let alone = try compare(collar(), settings(realised: 5))
    for threads in [2, 3] {
      let shared = try compare(collar(), settings(realised: 5, parallelism: .threads(threads)))
      #expect(shared.everyDigit == alone.everyDigit)
    }
  }

  #if !DEBUG
    @Test("laws are judged on a stated number of states, by a stated number of draws")
    func fewStates() throws {
      let account = try holding([option("BTC/USDT:USDT-251226-22000-C", -2)])
      let rules = try [
        tailRegime("historical", .historical(sample(250))), tailRegime("gaussian", monteCarlo(.gaussian)),
      ]
      let set = settings(5_000)
      let comparison = try compare(account, set, rules)
      let bench = try Bench(history, set, rules)
      let gaussian = try comparison.result("gaussian")
      #expect(
        gaussian.notes == [
          "own collateral, and the requirement after a move, by the first 2500 of its draws: the book holds options, "
            + "for which the law has no closed form",
          "no error of calibration: the book holds options, for which a law estimated anew has no closed form",
          "judged on the first 1000 of 5000 model scenarios: after each of them the book's options are valued anew in "
            + "every scenario of the regime",
        ])
      let safety = try gaussian.safety(.model, .asHeld)
      let twin = try counts(
        rules[1], bench.state(of: account), bench.judge, bench.evidence.sections(2)[0], states: 1_000)
      #expect(safety.restricted.scenarios == 1_000)
      #expect(safety.restricted.count == twin.restricted)
      #expect(safety.liquidation.count == twin.liquidation)
      // The reference is judged on all: differences are those of the states both were judged on.
      #expect(try comparison.result("historical").safety(.model, .asHeld).restricted.scenarios == 5_000)
      #expect(safety.differenceToReference != nil)
    }

    @Test("a budget of revaluations bounds the states, by counts alone")
    func budget() throws {
      let positions = try (0..<20).map { try option("BTC/USDT:USDT-251226-\(18_000 + 500 * $0)-C", -0.1) }
      let rules = try tailRegime("historical", .historical(sample(250)))
      let comparison = try compare(holding(positions), settings(5_000), [rules])
      let result = try comparison.result("historical")
      // 20,000,000 ÷ (20 options · 251 scenarios).
      #expect(try result.safety(.model, .asHeld).restricted.scenarios == 3_984)
      #expect(result.notes.contains { $0.hasPrefix("judged on the first 3984 of 5000 model scenarios") })
    }
  #endif
}
