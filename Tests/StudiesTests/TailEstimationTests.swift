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

@Suite struct TailEstimationTests {
  private let asOf = day(399)
  private let history: PriceHistory

  init() throws {
    history = try syntheticHistory(seed: 21, days: 420)
  }

  private func comparison(
    _ account: Account, scenarios: Int = 4_096, models: ScenarioModels = ScenarioModels(),
    parallelism: Parallelism = .sequential, replicates: Int = 3
  ) -> ComparisonStudy {
    var settings = settings(
      asOf: asOf, seed: 7, scenarios: scenarios,
      bootstrap: CalibrationBootstrap(replicates: replicates, blockLength: 5), models: models,
      judgeLookBack: 380, parallelism: parallelism)
    settings.levels = [.ninetyFivePercent, .ninetyNinePercent]
    return ComparisonStudy(
      name: "estimates", account: account, regimes: [], history: history, settings: settings)
  }

  private func linear(isolated: Bool = false) throws -> Account {
    try mixedAccount(history, at: asOf, isolated: isolated)
  }

  /// Short options on bitcoin, whose P&L bends downwards.
  private func options() throws -> Account {
    let bitcoin = try price(of: btc, in: history, at: asOf)
    func option(_ name: String, _ quantity: Double) throws -> Position {
      try Position(
        contract: contract(name), quantity: quantity, entryPrice: 1_000, markPrice: bitcoin,
        impliedVolatility: 0.6)
    }
    let strike = Int((bitcoin / 1_000).rounded()) * 1_000
    return Account(
      id: "options", balances: [try Balance(asset: usdt, quantity: 60_000)],
      positions: [
        try option("BTC/USDT:USDT-200626-\(strike)-C", -2),
        try option("BTC/USDT:USDT-200626-\(strike)-P", -2),
        try Position(
          contract: contract("ETH/USDT:USDT"), quantity: 4_000 / (try price(of: eth, in: history, at: asOf)),
          entryPrice: try price(of: eth, in: history, at: asOf), leverage: 5),
      ])
  }

  private func estimates(
    _ study: ComparisonStudy, only names: Set<String>? = nil, targetError: Double? = nil
  ) throws -> TailEstimates {
    let menu = TailEstimator.menu(for: study).filter { names?.contains($0.name) ?? true }
    return try TailEstimationStudy(study, estimators: menu, targetError: targetError).estimate()
  }

  @Test("every estimator has a figure or a reason, on linear and on option accounts")
  func everyRow() throws {
    for account in [try linear(), try options()] {
      let found = try estimates(comparison(account, scenarios: 1_024))
      for row in found.rows {
        #expect((row.estimate == nil) == (row.reason != nil), "\(row.estimator)")
        guard let estimate = row.estimate else { continue }
        #expect(estimate.value > 0 && estimate.value.isFinite, "\(account.id) \(row.estimator)")
        #expect(estimate.simulationError.map { $0 >= 0 && $0.isFinite } ?? true, "\(row.estimator)")
        #expect(estimate.calibrationError.map { $0 > 0 && $0.isFinite } ?? true, "\(row.estimator)")
        if row.family == .monteCarlo { #expect(estimate.simulationError != nil, "\(row.estimator)") }
      }
      let refused = Set(found.rows.filter { $0.reason != nil }.map(\.estimator))
      #expect(refused.isSubset(of: ["delta-gamma-cornish-fisher"]), "\(account.id): \(refused)")
      // A measure's expected shortfall is no smaller than its value at risk, and figures are of one size.
      for row in found.rows where row.measure == .valueAtRisk {
        let shortfall = found.rows.first {
          $0.estimator == row.estimator && $0.confidence == row.confidence && $0.measure == .expectedShortfall
        }
        if let shortfall = shortfall?.estimate, let value = row.estimate {
          #expect(shortfall.value >= value.value * (1 - 1e-12), "\(row.estimator)")
        }
      }
    }
  }

  @Test("of a linear account inversion is the closed form, and shortcuts are left out")
  func linearClosedForm() throws {
    let study = comparison(try linear())
    let found = try estimates(
      study, only: ["delta-normal", "delta-student-t", "delta-gamma-exact", "delta-gamma-normal"])
    #expect(Set(found.rows.map(\.estimator)) == ["delta-normal", "delta-student-t", "delta-gamma-exact"])
    let state = try BookState(of: study.account, in: MarketSnapshot(of: history, at: asOf))
    let source = try ScenarioSource(
      history: history, asOf: asOf, models: study.settings.models, seed: 7, count: 100,
      parallelism: .sequential)
    let set = try source.scenarios(
      for: .law(MonteCarloRequest(law: .gaussian, sample: sample(380), estimator: .sample)))
    let law = try #require(set.calibration?.law)
    let exposures = try BookStates(state).exposures(to: set.factors, of: Array(state.rows.indices))
    let deviation = law.standardDeviations(of: exposures)[0]
    for row in found.rows {
      let tail: EllipticalTail =
        row.estimator == "delta-student-t" ? try .studentT(degreesOfFreedom: 4) : .normal
      let multiplier =
        row.measure == .valueAtRisk
        ? tail.valueAtRisk(at: row.confidence) : tail.expectedShortfall(at: row.confidence)
      #expect(isClose(try #require(row.estimate).value, deviation * multiplier, relative: 1e-9))
      #expect(abs(try #require(row.deviation)) < 1e-9, "\(row.estimator)")
    }
  }

  /// Four standard errors on each of a dozen figures, with a fixed seed: no false alarm once it passes.
  @Test("draws of a linear account find the closed form within four printed errors")
  func drawnLinear() throws {
    let drawn = [
      "gaussian", "gaussian-antithetic", "gaussian-sobol", "gaussian-importance", "student-t",
      "student-t-importance",
    ]
    let found = try estimates(comparison(try linear(), scenarios: 32_768), only: Set(drawn))
    for row in found.rows {
      let estimate = try #require(row.estimate)
      let error = try #require(estimate.simulationError)
      let exact = estimate.value / (1 + (try #require(row.deviation)))
      #expect(abs(estimate.value - exact) < 4 * error, "\(row.estimator) \(row.confidence)")
      #expect(estimate.calibrationError != nil)
      #expect(row.scenarioCount == 32_768)
    }
    func error(_ name: String) throws -> Double {
      let row = found.rows.first {
        $0.estimator == name && $0.measure == .valueAtRisk && $0.confidence == .ninetyNinePercent
      }
      return try #require(row?.estimate?.simulationError)
    }
    #expect(try error("gaussian-importance") < 0.3 * error("gaussian"))
    #expect(try error("student-t-importance") < 0.3 * error("student-t"))
  }

  /// The exact law of the quadratic, and full revaluation of twisted and of plain draws: the two samplings agree within five
  /// joint errors, and with the quadratic within what its third order leaves out.
  @Test("an option account: twisted draws agree with plain ones, shortcuts say how far they are off")
  func optionAccount() throws {
    let found = try estimates(
      comparison(try options(), scenarios: 16_384),
      only: [
        "delta-normal", "delta-gamma-exact", "delta-gamma-normal", "delta-gamma-saddlepoint",
        "delta-gamma-cornish-fisher", "gaussian", "gaussian-importance", "student-t",
        "student-t-importance",
      ])
    func row(_ name: String, _ measure: TailRiskTerm.Measure = .valueAtRisk) throws -> TailEstimateRow {
      try #require(
        found.rows.first {
          $0.estimator == name && $0.measure == measure && $0.confidence == .ninetyNinePercent
        })
    }
    let exact = try #require(try row("delta-gamma-exact").estimate)
    for law in ["gaussian", "student-t"] {
      for measure in TailRiskTerm.Measure.allCases {
        let plain = try #require(try row(law, measure).estimate)
        let twisted = try #require(try row("\(law)-importance", measure).estimate)
        let plainError = try #require(plain.simulationError)
        let twistedError = try #require(twisted.simulationError)
        let joint = (plainError * plainError + twistedError * twistedError).squareRoot()
        #expect(abs(plain.value - twisted.value) < 5 * joint, "\(law) \(measure): \(plain) \(twisted)")
        #expect(twistedError < 0.5 * plainError, "\(law) \(measure)")
        #expect(try row(law, measure).deviation == nil)
      }
    }
    #expect(isClose(try #require(try row("gaussian-importance").estimate).value, exact.value, relative: 0.2))
    #expect(try row("delta-gamma-exact").deviation == 0)
    for name in ["delta-normal", "delta-gamma-normal", "delta-gamma-saddlepoint"] {
      let one = try row(name)
      let value = try #require(one.estimate).value
      #expect(isClose(try #require(one.deviation), value / exact.value - 1, absolute: 1e-12), "\(name)")
    }
    #expect(abs(try #require(try row("delta-gamma-saddlepoint").deviation)) < 0.02)
    #expect(abs(try #require(try row("delta-normal").deviation)) > 0.1)
    #expect(
      !found.rows.contains { $0.estimator == "delta-gamma-saddlepoint" && $0.measure == .expectedShortfall })
  }

  /// Volatility that falls by twice a rise and rises by twice a fall, and by 5 % a day by itself.
  ///
  /// Twisted draws are full
  /// revaluations and agree with plain ones; the quadratic that knows of the answer is nearer to both than one that does not.
  @Test("laws in closed form let implied volatility answer prices")
  func volatilityAnswers() throws {
    let names: Set = ["delta-gamma-exact", "gaussian", "gaussian-importance"]
    func found(_ models: ScenarioModels) throws -> TailEstimates {
      try estimates(comparison(try options(), scenarios: 16_384, models: models), only: names)
    }
    func value(_ found: TailEstimates, _ name: String) throws -> Estimate {
      let row = found.rows.first {
        $0.estimator == name && $0.measure == .valueAtRisk && $0.confidence == .ninetyNinePercent
      }
      return try #require(row?.estimate)
    }
    let model = VolatilityModel(asset: btc, onFall: 2, onRise: -2, dailyVolatility: 0.05)
    let constant = try found(ScenarioModels())
    let answering = try found(ScenarioModels(volatility: [model]))
    let plain = try value(answering, "gaussian")
    let twisted = try value(answering, "gaussian-importance")
    let plainError = try #require(plain.simulationError)
    let twistedError = try #require(twisted.simulationError)
    let joint = (plainError * plainError + twistedError * twistedError).squareRoot()
    #expect(abs(plain.value - twisted.value) < 5 * joint)
    let exact = try value(answering, "delta-gamma-exact").value
    let blind = try value(constant, "delta-gamma-exact").value
    #expect(abs(exact - twisted.value) < 0.25 * abs(blind - twisted.value), "\(exact) \(blind) \(twisted)")
    #expect(answering.notes.contains { $0.hasPrefix("laws in closed form move implied volatilities") })
    #expect(constant.notes.contains { $0.hasPrefix("the study has no model of implied volatility") })
  }

  /// A volatility no row depends on has no part in the account's tail.
  @Test("volatility models leave linear accounts alone")
  func linearAccountsHaveNoVolatility() throws {
    let names: Set = ["delta-normal", "delta-student-t", "delta-gamma-exact"]
    let model = VolatilityModel(asset: btc, onFall: 2, onRise: -1, dailyVolatility: 0.05)
    let without = try estimates(comparison(try linear()), only: names)
    let with = try estimates(
      comparison(try linear(), models: ScenarioModels(volatility: [model])), only: names)
    #expect(without.rows.count == with.rows.count)
    for (one, other) in zip(without.rows, with.rows) {
      let (one, other) = (try #require(one.estimate), try #require(other.estimate))
      #expect(isClose(one.value, other.value, relative: 1e-12))
    }
  }

  @Test("draws are doubled until the printed error meets the target; history is not touched")
  func targetError() throws {
    let names: Set = ["historical", "gaussian", "gaussian-importance", "gaussian-sobol"]
    let study = comparison(try linear(), scenarios: 1_024)
    let free = try estimates(study, only: names)
    let met = try estimates(study, only: names, targetError: 0.02)
    #expect(free.rows.allSatisfy { $0.meetsTarget == nil })
    for row in met.rows {
      let estimate = try #require(row.estimate)
      guard row.family == .monteCarlo else {
        #expect(row.meetsTarget == nil && row.scenarioCount == 380)
        continue
      }
      #expect(row.meetsTarget == true, "\(row.estimator)")
      #expect(try #require(estimate.simulationError) <= 0.02 * estimate.value, "\(row.estimator)")
      let count = try #require(row.scenarioCount)
      #expect(count >= 1_024 && count & (count - 1) == 0, "\(row.estimator): \(count)")
    }
    let plain = met.rows.first { $0.estimator == "gaussian" }?.scenarioCount ?? 0
    let twisted = met.rows.first { $0.estimator == "gaussian-importance" }?.scenarioCount ?? 0
    #expect(plain > twisted)
  }

  @Test("the same study gives the same bits whatever works at once")
  func determinism() throws {
    let names: Set = [
      "historical", "age-weighted-0.98", "hull-white-ewma", "filtered-ewma", "delta-gamma-exact", "gaussian",
      "gaussian-importance", "student-t", "student-t-importance",
    ]
    for account in [try linear(), try options()] {
      let alone = try estimates(comparison(account, scenarios: 5_000), only: names)
      let together = try estimates(
        comparison(account, scenarios: 5_000, parallelism: .threads(2)), only: names)
      #expect(alone == together)
    }
  }

  @Test("short samples say how many scenarios an interval takes")
  func shortSample() throws {
    var study = comparison(try linear())
    study.settings.judge = JudgeModel(law: .gaussian, sample: sample(250), estimator: .sample)
    let found = try estimates(study, only: ["historical", "harrell-davis"])
    for row in found.rows where row.measure == .valueAtRisk {
      let isShort = row.confidence == .ninetyNinePercent
      #expect(row.intervalNeeds == (isShort ? 368 : nil))
      #expect((row.interval == nil) == isShort)
    }
    #expect(
      found.rows.filter { $0.estimator == "harrell-davis" }.allSatisfy {
        $0.measure == .valueAtRisk
      })
  }

  @Test("overlapping moves have no order-statistic interval and count for less")
  func overlappingMoves() throws {
    var study = comparison(try linear())
    study.settings.judge = JudgeModel(
      law: .gaussian, sample: HistoricalRequest(lookBack: .observations(300), horizon: .days(5)),
      estimator: .sample)
    let row = try #require(try estimates(study, only: ["historical"]).rows.first)
    #expect(row.effectiveSampleSize == 60)
    #expect(row.interval == nil)
    // Sixty independent moves are too few at this level, and that is said.
    #expect(
      row.intervalNeeds
        == OrderStatisticInterval.requiredSampleSize(quantile: row.confidence, coverage: .ninetyFivePercent))
    #expect(row.estimate?.calibrationError != nil)
  }

  @Test("fits and filters are reported for the factors of the account")
  func fitsAndFilters() throws {
    let found = try estimates(
      comparison(try linear()),
      only: ["peaks-over-threshold", "hull-white-ewma", "hull-white-garch", "covariance-scaled"])
    #expect(found.fits.contains { $0.parameter.name == "tail shape" && $0.parameter.standardError != nil })
    for name in ["hull-white-ewma", "hull-white-garch", "covariance-scaled"] {
      let pairs = found.filters.filter { $0.estimator == name }
      // BTC, ETH, SOL, USDT: six pairs; LUNA is not the account's.
      #expect(pairs.count == 6, "\(name): \(pairs.count)")
      #expect(pairs.allSatisfy { abs($0.before) <= 1 && abs($0.after) <= 1 && $0.effectiveObservations > 0 })
    }
    #expect(!found.filters.contains { $0.first.contains("LUNA") || $0.second.contains("LUNA") })
  }

  @Test("isolated positions have no closed form; draws know their cap")
  func isolated() throws {
    let found = try estimates(
      comparison(try linear(isolated: true)),
      only: ["delta-normal", "delta-gamma-exact", "gaussian", "historical"])
    for row in found.rows {
      #expect((row.reason == .isolatedPositions) == (row.family == .parametric), "\(row.estimator)")
      #expect(row.deviation == nil)
    }
  }

  @Test("an estimator that fails does not stop the others; an account that cannot be valued does")
  func failures() throws {
    var study = comparison(try linear())
    study.settings.judge = JudgeModel(law: .gaussian, sample: sample(5_000), estimator: .sample)
    let found = try estimates(study)
    #expect(found.rows.allSatisfy { $0.reason != nil && $0.estimate == nil })
    let tooFew = try TailEstimationStudy(
      comparison(try linear()),
      estimators: [
        TailEstimator(
          "short", .peaksOverThreshold(.historical(sample(60)), tailShare: 0.1)),
        TailEstimator("historical", .scenarios(.historical(sample(60)), .lowerQuantile)),
      ]
    ).estimate()
    #expect(tooFew.rows.filter { $0.estimator == "short" }.allSatisfy { $0.reason != nil })
    #expect(tooFew.rows.filter { $0.estimator == "historical" }.allSatisfy { $0.estimate != nil })
    let stranger = Account(
      id: "stranger", balances: [try Balance(asset: asset("XYZ"), quantity: 1)], positions: [])
    #expect(throws: StudyError.self) { try estimates(comparison(stranger)) }
  }
}
