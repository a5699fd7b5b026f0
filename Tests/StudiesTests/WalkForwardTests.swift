import Instruments
import Loading
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct WalkForwardTests {
  /// One coin whose daily moves are independent and normal with a known deviation, and a dollar coin at rest.
  private func gaussianMarket(seed: UInt64, days: Int, deviation: Double = 0.03) throws -> PriceHistory {
    var generator = SeededGenerator(seed: seed)
    var level = 20_000.0
    var prices: [Double?] = []
    for _ in 0..<days {
      prices.append(level)
      level *= 1 + deviation * generator.normal()
    }
    return try PriceHistory(
      times: (0..<days).map(day),
      series: [
        PriceSeries(asset: btc, prices: prices),
        PriceSeries(asset: usdt, prices: [Double?](repeating: 1, count: days)),
      ])
  }

  /// A short perpetual of 100,000 USD on cash.
  private func shortAccount(_ history: PriceHistory, at moment: Timestamp) throws -> Account {
    let spot = try price(of: btc, in: history, at: moment)
    return Account(
      id: "short", balances: [try Balance(asset: usdt, quantity: 30_000)],
      positions: [
        try Position(contract: contract("BTC/USDT:USDT"), quantity: -100_000 / spot, entryPrice: spot)
      ])
  }

  private func study(
    _ history: PriceHistory, _ regimes: [MarginRegime], account: Account? = nil, asOf: Timestamp? = nil,
    models: ScenarioModels = ScenarioModels(), parallelism: Parallelism = .sequential
  ) throws -> ComparisonStudy {
    let asOf = asOf ?? history.times[history.times.count - 1]
    return ComparisonStudy(
      name: "walk", account: try account ?? shortAccount(history, at: asOf), regimes: regimes,
      history: history,
      settings: settings(asOf: asOf, models: models, reference: regimes[0].id, parallelism: parallelism))
  }

  private func test(_ walk: WalkForward, _ regime: String) throws -> ValueAtRiskTest {
    try #require(walk.regimes.first { $0.regime.id == regime }?.tests.first)
  }

  #if DEBUG
    private static let longWalk = 450
  #else
    private static let longWalk = 3_000
  #endif

  @Test("a right value at risk is exceeded as its level says, a halved one is rejected")
  func calibration() throws {
    let history = try gaussianMarket(seed: 5, days: Self.longWalk)
    let regimes = [
      try tailRegime("right", monteCarlo(.gaussian)),
      try tailRegime("history", .historical(sample(250)), at: .ninetyFivePercent),
      try tailRegime("tails", monteCarlo(.gaussian), .expectedShortfall, at: .ninetySevenPointFivePercent),
    ]
    let walk = try study(history, regimes).walkForward()
    for (regime, confidence) in [("right", 0.99), ("history", 0.95), ("tails", 0.975)] {
      let test = try test(walk, regime)
      #expect(test.days.tested == Self.longWalk - 1 - 250)
      // The estimated deviation has a relative error of 1/√500: it adds a little to the binomial's own width. A band of 5.5
      // deviations has a false-alarm rate below 1e-6.
      let expected = Double(test.days.tested) * (1 - confidence)
      let band = 5.5 * (expected * confidence).squareRoot() * 1.2
      #expect(abs(Double(test.exceedances) - expected) < band, "\(regime): \(test.exceedances)")
    }
    // A value at risk of half the size, on the same days.
    let days = try test(walk, "right").record
    let halved = try ChristoffersenTest(
      days.map { $0.loss > 0.5 * $0.valueAtRisk }, at: .ninetyNinePercent)
    #expect(halved.unconditional.exactPValue < 1e-6)
    // And through the walk itself: a margin of half the value at risk.
    let margin = try #require(walk.regimes[0].margin)
    let half = try study(history, [tailRegime("half", monteCarlo(.gaussian), multiple: "0.5")]).walkForward()
    let record = try #require(half.regimes[0].margin)
    let rejected = try KupiecTest(
      exceedances: record.breaches.count, observations: record.record.count, at: .ninetyNinePercent)
    #expect(rejected.exactPValue < 1e-6)
    #expect(
      try TrafficLight(
        exceedances: record.breaches.count, observations: record.record.count, at: .ninetyNinePercent
      ).zone == .red)
    #expect(record.breaches.count > margin.breaches.count)
  }

  @Test("the tests are those of the recorded days, and every day is accounted for")
  func record() throws {
    let history = try syntheticHistory(seed: 3, days: 420, solStarts: 90)
    let asOf = day(400)
    let walk = try study(
      history, everyRegime(), account: mixedAccount(history, at: asOf, isolated: true), asOf: asOf
    ).walkForward()
    #expect(walk.refusals.isEmpty)
    #expect(walk.regimes.map(\.tests.count) == [0, 0, 0, 2, 2, 2])
    for walked in walk.regimes {
      for test in walked.tests {
        let days = test.days
        #expect(days.total == 419)
        #expect(
          days.tested + days.withoutLookBack + days.withoutPrices + days.notComputed == days.total)
        // Look-backs of 250 are filled from row 250 on, and hold SOL alone from row 340 on.
        #expect(days.withoutLookBack == 250 && days.withoutPrices == 90 && days.tested == 79)
        #expect(test.record.count == days.tested)
        #expect(test.record.first?.asOf == day(340) && test.record.last?.asOf == day(418))
        let exceeded = test.record.map { $0.loss > $0.valueAtRisk }
        #expect(test.exceedances == exceeded.count { $0 })
        #expect(try test.sequence == ChristoffersenTest(exceeded, at: test.confidence))
        #expect(
          try test.trafficLight
            == TrafficLight(
              exceedances: test.exceedances, observations: days.tested, at: test.confidence))
      }
      let margin = try #require(walked.margin)
      #expect(margin.record.count == 79 && walk.commonDays == 79)
      #expect(margin.record.map(\.asOf) == (340..<419).map(day))
      #expect(margin.breaches.count == margin.record.count { $0.shortfall > 0 })
      #expect(margin.worstShortfall == margin.record.map(\.shortfall).max())
    }
    for constant in walk.regimes.prefix(3) {
      let margin = try #require(constant.margin)
      #expect(margin.procyclicality.peakToTrough == 1 && margin.procyclicality.largestRise(over: 1) == 0)
    }
  }

  @Test(
    "on the as-of date the walk demands what a comparison demands, and the book loses what really followed")
  func comparison() throws {
    let history = try syntheticHistory(seed: 11, days: 320)
    let asOf = day(300)
    let regimes = try everyRegime()
    let own = try study(history, regimes, account: mixedAccount(history, at: asOf), asOf: asOf)
    let walk = try own.walkForward()
    let comparison = try own.compare()
    let bench = try Bench(history, own.settings, regimes)
    let state = try bench.state(of: own.account)
    let followed = try bench.source.scenarios(
      for: .realised(RealisedRequest(horizon: .days(1), observations: 1)))
    let gain = try state.accountProfitAndLoss(under: followed, parallelism: .sequential)[0]
    for walked in walk.regimes {
      let today = try #require(walked.margin?.record.first { $0.asOf == asOf })
      let assessed = try comparison.result(walked.regime.id).assessment
      let error = try comparison.result(walked.regime.id).initial.simulationError ?? 0
      #expect(isClose(today.initial, assessed.initial, relative: 1e-12, absolute: 6 * error))
      #expect(
        isClose(
          today.cover, today.initial + assessed.pools.reduce(0) { $0 + $1.marketValue - $1.equity },
          relative: 1e-9))
      // Wallets without a position or a debt are left out of the losses.
      if walked.regime.id != "segregated" { #expect(isClose(today.loss, -gain, relative: 1e-9)) }
    }
    // History has no draws: its value at risk is the tail's own to the last digit.
    let tail = try #require(
      comparison.tails.first {
        $0.usedBy == ["historical"] && $0.confidence == .ninetyNinePercent
      })
    let found = try #require(try test(walk, "historical").record.first { $0.asOf == asOf })
    #expect(isClose(found.valueAtRisk, tail.valueAtRisk.value, relative: 1e-12))
    // Laws are had in closed form, without an error of simulation.
    let exact = comparison.tails.first {
      $0.usedBy == ["gaussian"] && $0.confidence == .ninetyNinePercent
    }?.closedFormValueAtRisk
    let law = try #require(try test(walk, "gaussian").record.first { $0.asOf == asOf })
    #expect(try isClose(law.valueAtRisk, #require(exact), relative: 1e-12))
    #expect(try test(walk, "gaussian").method == .closedForm)
  }

  @Test("prices after a day change nothing that was demanded on it")
  func noLookAhead() throws {
    let history = try syntheticHistory(seed: 4, days: 330)
    let asOf = day(290)
    let account = try mixedAccount(history, at: asOf)
    let changed = try PriceHistory(
      times: history.times,
      series: history.series.map { series in
        PriceSeries(
          asset: series.asset,
          prices: series.prices.enumerated().map { row, price in
            row > 300 ? price.map { $0 * (1 + 0.05 * Double(row % 3)) } : price
          })
      })
    let regimes = try everyRegime()
    let walks = try [history, changed].map { history in
      try study(history, regimes, account: account, asOf: asOf).walkForward()
    }
    for (one, other) in zip(walks[0].regimes, walks[1].regimes) {
      for (left, right) in zip(one.tests, other.tests) {
        let days = zip(left.record, right.record).filter { $0.0.asOf <= day(300) }
        #expect(days.count == 51)
        #expect(days.allSatisfy { $0.0.valueAtRisk == $0.1.valueAtRisk })
        // The move of the last of them ends among the changed prices.
        #expect(days.dropLast().allSatisfy { $0.0.loss == $0.1.loss })
        #expect(left.record.last != right.record.last)
      }
      let left = try #require(one.margin).record.filter { $0.asOf <= day(300) }
      let right = try #require(other.margin).record.filter { $0.asOf <= day(300) }
      #expect(left.map(\.initial) == right.map(\.initial))
    }
  }

  @Test("the same bits for any number of threads, twice, and for any day whose estimate is not renewed")
  func determinism() throws {
    let history = try syntheticHistory(seed: 8, days: 300)
    let account = try mixedAccount(history, at: day(280))
    let regimes = try everyRegime()
    func digits(_ parallelism: Parallelism, every: Int = 1) throws -> [String] {
      let walk = try study(
        history, regimes, account: account, asOf: day(280), parallelism: parallelism
      ).walkForward(WalkForwardSettings(recalibratedEvery: every))
      return walk.regimes.flatMap { walked in
        walked.tests.map { "\($0.record) \($0.days)" } + ["\(String(describing: walked.margin))"]
      }
    }
    let one = try digits(.sequential)
    #expect(try digits(.sequential) == one)
    #expect(try digits(.threads(2)) == one)
    #expect(try digits(.threads(7)) == one)
    #expect(try digits(.sequential, every: 10) != one)
  }

  @Test("an estimate stands until it is renewed, on absolute days")
  func recalibration() throws {
    let history = try gaussianMarket(seed: 2, days: 320)
    let regimes = [try tailRegime("tail", monteCarlo(.gaussian))]
    let daily = try test(study(history, regimes).walkForward(), "tail").record
    let rare = try test(
      study(history, regimes).walkForward(WalkForwardSettings(recalibratedEvery: 7)), "tail"
    ).record
    // The first multiple of seven from row 250 on is 252.
    #expect(rare.first?.asOf == day(252))
    for found in rare {
      let row = (found.asOf.seconds - day(0).seconds) / 86_400
      let then = daily.first { $0.asOf == day(row - row % 7) }
      #expect(found.valueAtRisk == then?.valueAtRisk)
      #expect(found.loss == daily.first { $0.asOf == found.asOf }?.loss)
    }
  }

  @Test("moves of several days do not overlap")
  func horizons() throws {
    let history = try gaussianMarket(seed: 6, days: 331)
    let request = ScenarioRequest.historical(
      HistoricalRequest(lookBack: .observations(200), horizon: .days(5), scaling: .overlapping))
    let walk = try study(history, [tailRegime("five", request, at: .ninetyFivePercent)]).walkForward()
    let test = try test(walk, "five")
    #expect(test.days.total == 66)
    #expect(
      zip(test.record, test.record.dropFirst()).allSatisfy { $1.asOf.seconds - $0.asOf.seconds == 5 * 86_400 }
    )
    let spot = try price(of: btc, in: history, at: day(330))
    let move =
      try price(of: btc, in: history, at: day(330)) / price(of: btc, in: history, at: day(325)) - 1
    let last = try #require(test.record.last)
    #expect(last.asOf == day(325) && spot > 0)
    #expect(isClose(last.loss, 100_000 * move, relative: 1e-9))
    #expect(walk.notes.contains { $0.contains("without overlap") })
  }

  @Test("laws without a closed form for the book are drawn")
  func draws() throws {
    let history = try gaussianMarket(seed: 7, days: 275)
    let spot = try price(of: btc, in: history, at: day(270))
    let account = Account(
      id: "options", balances: [try Balance(asset: usdt, quantity: 30_000)],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT-201231-\(Int(spot))-P"), quantity: 1, entryPrice: 500,
          impliedVolatility: 0.6)
      ])
    let walk = try study(
      history, [tailRegime("gaussian", monteCarlo(.gaussian))], account: account, asOf: day(270)
    ).walkForward(WalkForwardSettings(recalibratedEvery: 5, draws: 500))
    let test = try test(walk, "gaussian")
    #expect(test.method == .draws(500))
    #expect(test.record.allSatisfy { $0.valueAtRisk > 0 })
    #expect(walk.notes.contains { $0.contains("time to expiry") })
    #expect(walk.notes.contains { $0.contains("500 times a day") })
  }

  @Test("a history too short, an unknown day and a regime without rules for the book")
  func failures() throws {
    let history = try gaussianMarket(seed: 1, days: 120)
    let tooShort = StudyError.scenarios(
      .marketData(.lookBackTooLong(observations: 250, available: 118, asOf: day(118))))
    #expect(throws: tooShort) {
      try study(history, [tailRegime("tail", monteCarlo(.gaussian))]).walkForward()
    }
    // Beside a regime that has an answer it is a refusal with the same reason.
    let walk = try study(history, [crossRegime(), tailRegime("tail", monteCarlo(.gaussian))]).walkForward()
    #expect(walk.regimes.map(\.regime.id) == ["cross"] && walk.commonDays == 119)
    #expect(walk.refusals.map(\.reason) == [tooShort])
    var unknown = try study(history, [crossRegime()])
    unknown.settings.asOf = day(500)
    #expect(throws: StudyError.marketData(.noRow(at: day(500), first: day(0), last: day(119)))) {
      try unknown.walkForward()
    }
    var uneven = try study(history, [crossRegime()])
    uneven.settings.judge = JudgeModel(
      law: .gaussian, sample: HistoricalRequest(lookBack: .observations(50), horizon: Horizon(hours: 30)),
      estimator: .sample)
    #expect(throws: StudyError.marketData(.horizonNotAMultiple(hours: 30, stepSeconds: 86_400))) {
      try uneven.walkForward()
    }
  }

  @Test("wallets do not help each other, and one that cannot owe has nothing to cover")
  func pools() throws {
    let history = try syntheticHistory(seed: 21, days: 40)
    let asOf = day(30)
    let bitcoin = try price(of: btc, in: history, at: asOf)
    let tether = try price(of: usdt, in: history, at: asOf)
    let account = Account(
      id: "wallets",
      balances: [try Balance(asset: usdt, quantity: 1_000), try Balance(asset: eth, quantity: 10)],
      positions: [
        try Position(
          contract: contract("BTC/USDT:USDT"), quantity: 10_000 / bitcoin,
          entryPrice: bitcoin / tether, leverage: 25)
      ])
    let walk = try study(history, [segregatedRegime()], account: account, asOf: asOf).walkForward()
    let margin = try #require(walk.regimes[0].margin)
    #expect(margin.breaches.count > 0)
    for today in margin.record {
      let row = (today.asOf.seconds - day(0).seconds) / 86_400
      let moves = try [btc, usdt].map { asset in
        try price(of: asset, in: history, at: day(row + 1)) / price(of: asset, in: history, at: day(row)) - 1
      }
      // The coins in the other wallet, ten times as much at stake, do not enter.
      let loss = -(10_000 * (moves[0] - moves[1]) + 1_000 * tether * moves[1])
      #expect(isClose(today.loss, loss, relative: 1e-9, absolute: 1e-6))
      #expect(isClose(today.shortfall, max(0, loss - today.initial), absolute: 1e-6))
    }
  }
}
