import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing

/// A request for the last so many filtered moves.
func filtered(
  _ count: Int, days: Int = 1, _ scaling: HorizonScaling = .overlapping, by filter: HistoricalFilter
) -> HistoricalRequest {
  HistoricalRequest(
    lookBack: .observations(count), horizon: .days(days), scaling: scaling, filter: filter)
}

@Suite struct VolatilityFilteredScenariosTests {
  private let coin: Asset
  private let other: Asset
  private let history: PriceHistory
  private static let average = HistoricalFilter.volatility(
    .exponentiallyWeighted(decay: 0.94), floorShare: 0)

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
    history = try randomHistory(["BTC", "ETH"], days: 260)
  }

  private func moves(_ request: HistoricalRequest) throws -> ScenarioSet {
    try source(history).scenarios(for: .historical(request))
  }

  /// Hull and White's rescaling by a loop: the variance before the first move is the mean square of the window.
  private func rescaled(_ moves: [Double], decay: Double, floorShare: Double = 0) -> [Double] {
    let longRun = moves.reduce(0) { $0 + $1 * $1 } / Double(moves.count)
    var variances = [longRun]
    for move in moves { variances.append(decay * variances[variances.count - 1] + (1 - decay) * move * move) }
    let floored = variances.map { max($0, floorShare * floorShare * longRun).squareRoot() }
    return moves.indices.map { moves[$0] * floored[moves.count] / floored[$0] }
  }

  @Test(arguments: [0, 0.5, 1.0])
  func everyMoveIsTakenToTheVolatilityOfNow(floorShare: Double) throws {
    let plain = try moves(lastMoves(200))
    let filter = HistoricalFilter.volatility(.exponentiallyWeighted(decay: 0.94), floorShare: floorShare)
    let set = try moves(filtered(200, by: filter))
    for row in 0..<2 {
      let expected = rescaled(plain.moves.row(row), decay: 0.94, floorShare: floorShare)
      #expect(zip(set.moves.row(row), expected).allSatisfy { isClose($0, $1, relative: 1e-12) })
    }
    #expect(set.labels == plain.labels)
    #expect(set.coverage == plain.coverage)
    let report = try #require(set.filtering)
    #expect(report.flooredDates.allSatisfy { floorShare == 0 ? $0 == 0 : $0 > 0 || floorShare < 1 })
    #expect(isClose(report.effectiveObservations, 1.94 / 0.06, relative: 1e-12))
    #expect(plain.filtering == nil)
  }

  @Test func theReportHoldsCorrelationsBeforeAndAfter() throws {
    let plain = try moves(lastMoves(200))
    let set = try moves(filtered(200, by: Self.average))
    let report = try #require(set.filtering)
    let before = try CovarianceEstimator.sample.estimate(plain.moves.transposed()).correlation.matrix
    let after = try CovarianceEstimator.sample.estimate(set.moves.transposed()).correlation.matrix
    #expect(report.before == before)
    #expect(report.after.maximumAbsoluteDifference(from: after) < 1e-12)
    #expect(report.after != report.before)
    for row in 0..<2 {
      let moves = plain.moves.row(row)
      let root = (moves.reduce(0) { $0 + $1 * $1 } / 200).squareRoot()
      let last = set.moves[row, 0] / moves[0]
      #expect(isClose(report.volatilityRatios[row], last, relative: 1e-12))
      #expect(root > 0)
    }
  }

  /// Moves of one size and either sign have the same variance on every date.
  @Test func aConstantVolatilityChangesNothing() throws {
    var prices: [Double?] = [100]
    var generator = DeterministicSigns(state: 5)
    for _ in 0..<80 { prices.append((prices[prices.count - 1] ?? 0) * (generator.next() ? 1.02 : 0.98)) }
    let history = try dailyHistory([(coin, prices)])
    for days in [1, 4] {
      let plain = try source(history).scenarios(for: .historical(lastMoves(60, days: days)))
      let set = try source(history).scenarios(for: .historical(filtered(60, days: days, by: Self.average)))
      #expect(set.moves.maximumAbsoluteDifference(from: plain.moves) < 1e-13)
      #expect(isClose(try #require(set.filtering).volatilityRatios[0], 1, absolute: 1e-13))
    }
  }

  /// The steps are filtered, then compounded: 62 steps for 60 moves of three days.
  @Test func longerMovesAreCompoundedFromFilteredSteps() throws {
    let steps = try moves(filtered(62, by: Self.average)).moves
    let set = try moves(filtered(60, days: 3, by: Self.average))
    let plain = try moves(lastMoves(60, days: 3))
    #expect(set.labels == plain.labels)
    #expect(set.coverage == plain.coverage)
    for row in 0..<2 {
      for move in 0..<60 {
        let expected = (move..<(move + 3)).reduce(1) { $0 * (1 + steps[row, $1]) } - 1
        #expect(isClose(set.moves[row, move], expected, absolute: 1e-15))
      }
    }
  }

  @Test func squareRootScalingFollowsTheFilter() throws {
    let day = try moves(filtered(60, by: Self.average)).moves
    let set = try moves(filtered(60, days: 4, .squareRoot, by: Self.average))
    #expect(set.moves == day.scaled(by: 2))
  }

  @Test func aFittedVolatility() throws {
    let plain = try moves(lastMoves(200)).moves
    let set = try moves(filtered(200, by: .volatility(.garch, floorShare: 0.2)))
    for row in 0..<2 {
      let fit = try GARCHFit(plain.row(row))
      let filter = try fit.filter(plain.row(row), floorShare: 0.2)
      #expect(set.moves.row(row) == filter.rescaledReturns())
    }
  }

  /// What never moves stays where it is, and what hardly moves is a factor like any other.
  @Test func stillAndStableAssets() throws {
    let dollar = try Asset("USDT")
    let still = try Asset("USDX")
    let pegged: [Double?] = (0..<100).map { 1 + 0.0005 * ($0 % 3 == 0 ? 1 : ($0 % 7 == 0 ? -2 : 0)) }
    let history = try dailyHistory([
      (still, [Double?](repeating: 1, count: 100)), (dollar, pegged),
    ])
    let plain = try source(history).scenarios(for: .historical(lastMoves(90))).moves
    let set = try source(history).scenarios(for: .historical(filtered(90, by: Self.average)))
    #expect(set.moves.row(0).allSatisfy { $0 == 0 })
    let expected = rescaled(plain.row(1), decay: 0.94)
    #expect(zip(set.moves.row(1), expected).allSatisfy { isClose($0, $1, relative: 1e-9) })
    let report = try #require(set.filtering)
    #expect(report.volatilityRatios[0] == 1)
    #expect(report.after.row(0) == [1, 0])
  }

  @Test func gapsStayGapsAndVolatilityStandsStillOverThem() throws {
    var gappy = history.series[1].prices
    for row in [120, 121, 200] { gappy[row] = nil }
    let holed = try dailyHistory([(coin, history.series[0].prices), (other, gappy)])
    let plain = try source(holed).scenarios(for: .historical(lastMoves(200)))
    let set = try source(holed).scenarios(for: .historical(filtered(200, by: Self.average)))
    #expect(set.coverage == plain.coverage)
    #expect(set.coverage[1].missing == [60, 61, 62, 140, 141])
    let present = (0..<200).filter { !set.coverage[1].missing.contains($0) }
    let expected = rescaled(present.map { plain.moves[1, $0] }, decay: 0.94)
    for (place, scenario) in present.enumerated() {
      #expect(isClose(set.moves[1, scenario], expected[place], relative: 1e-12))
    }
    for scenario in set.coverage[1].missing { #expect(set.moves[1, scenario] == 0) }
    #expect(set.moves.row(0) == (try moves(filtered(200, by: Self.average)).moves.row(0)))
    #expect(try #require(set.filtering).before[0, 1] == 0)
    // A move of two days lacks where one of its steps does, though both its ends are there.
    let long = try source(holed).scenarios(for: .historical(filtered(199, days: 2, by: Self.average)))
    #expect(long.coverage[1].missing == [59, 60, 61, 62, 139, 140, 141])
  }

  /// Forty moves are too few for GARCH: a factor that is whole is named, one that has gaps is missing.
  @Test func tooShortForAFit() throws {
    #expect(throws: ScenarioError.estimation(.sampleTooSmall(count: 40, needed: 100), factor: "spot:BTC")) {
      try moves(filtered(40, by: .volatility(.garch, floorShare: 0)))
    }
    let young = history.series[1].prices.enumerated().map { $0.offset < 220 ? nil : $0.element }
    let set = try source(dailyHistory([(coin, history.series[0].prices), (other, young)]))
      .scenarios(for: .historical(filtered(200, by: .volatility(.garch, floorShare: 0))))
    #expect(set.coverage[1].missing == Array(0..<200))
    #expect(set.moves.row(1).allSatisfy { $0 == 0 })
    #expect(set.coverage[0].isComplete)
  }

  @Test func aFactorThatDiesOutInTheWindowIsNamed() throws {
    var prices: [Double?] = [100, 110]
    prices += [Double?](repeating: 110, count: 1_500)
    prices.append(100)
    let history = try dailyHistory([(coin, prices)])
    let error = try #require(throws: ScenarioError.self) {
      try source(history).scenarios(
        for: .historical(filtered(1_502, by: .volatility(.exponentiallyWeighted(decay: 0.5), floorShare: 0))))
    }
    guard case .estimation(.noVariation(.some), factor: "spot:BTC") = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func numbersOutsideTheirDomainAreNamed() throws {
    for decay in [0, 1, -1, 1.5, .nan] {
      let error = try #require(throws: ScenarioError.self) {
        try moves(filtered(50, by: .volatility(.exponentiallyWeighted(decay: decay), floorShare: 0)))
      }
      guard case .outOfDomain("decay", _, _) = error else { throw error }
    }
    for floor in [-0.1, 1.1, .nan] {
      let error = try #require(throws: ScenarioError.self) {
        try moves(filtered(50, by: .volatility(.garch, floorShare: floor)))
      }
      guard case .outOfDomain("floorShare", _, _) = error else { throw error }
    }
    #expect(
      throws: ScenarioError.marketData(.lookBackTooLong(observations: 300, available: 259, asOf: day(259)))
    ) { try moves(filtered(300, by: Self.average)) }
    #expect(throws: ScenarioError.marketData(.horizonNotAMultiple(hours: 36, stepSeconds: 86_400))) {
      try moves(
        HistoricalRequest(lookBack: .observations(9), horizon: Horizon(hours: 36), filter: Self.average))
    }
  }

  /// Hours from rows every half hour: the steps are separate, and end at the as-of date.
  @Test func stepsShorterThanAnHourAreJoined() throws {
    let half = try PriceHistory(
      times: (0..<260).map { day(0).advanced(bySeconds: $0 * 1_800) }, series: history.series)
    let hourly = try PriceHistory(
      times: (0..<130).map { day(0).advanced(bySeconds: (2 * $0 + 1) * 1_800) },
      series: history.series.map { one in
        PriceSeries(asset: one.asset, prices: (0..<130).map { one.prices[2 * $0 + 1] })
      })
    for hours in [1, 6] {
      let request = HistoricalRequest(
        lookBack: .observations(100), horizon: Horizon(hours: hours), filter: Self.average)
      let set = try source(half).scenarios(for: .historical(request))
      let expected = try source(hourly).scenarios(for: .historical(request))
      #expect(set.moves == expected.moves)
      #expect(set.labels == expected.labels)
    }
  }

  @Test func aStandInIsFilteredAsItself() throws {
    let young = history.series[1].prices.enumerated().map { $0.offset < 250 ? nil : $0.element }
    let models = ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 1.5)])
    let set = try source(dailyHistory([(coin, history.series[0].prices), (other, young)]), models: models)
      .scenarios(for: .historical(filtered(200, days: 1, by: Self.average)))
    #expect(set.coverage[1].source == .proxy(coin, beta: 1.5))
    #expect(set.coverage[1].isComplete)
    #expect(zip(set.moves.row(1), set.moves.row(0)).allSatisfy { isClose($0, 1.5 * $1, relative: 1e-13) })
  }

  @Test func movesBelowMinusOneAreCountedThroughLongerMoves() throws {
    // Calm days, one fall of half, then days of 40 %: the fall alone is taken below −1.
    var moves = (0..<60).map { $0 % 2 == 0 ? 0.05 : -0.05 }
    moves[30] = -0.5
    for place in 40..<60 { moves[place] = place % 2 == 0 ? 0.4 : -0.3 }
    var price = 1e6
    let prices =
      [price]
      + moves.map { move -> Double in
        price *= 1 + move
        return price
      }
    let history = try dailyHistory([(coin, prices.map(Optional.some))])
    let filter = HistoricalFilter.volatility(.exponentiallyWeighted(decay: 0.8), floorShare: 0)
    let steps = try source(history).scenarios(for: .historical(filtered(60, by: filter)))
    #expect(steps.clippedMoves == 1)
    let set = try source(history).scenarios(for: .historical(filtered(58, days: 3, by: filter)))
    #expect(set.clippedMoves == 3)
    #expect((28...30).allSatisfy { set.moves[0, $0] == -1 })
  }

  /// The sample of a drawn law is filtered before its covariance is estimated.
  @Test func lawsAreEstimatedFromFilteredMoves() throws {
    let set = try moves(filtered(200, by: Self.average))
    let drawn = try source(history).scenarios(for: draws(.gaussian, from: filtered(200, by: Self.average)))
    let covariance = try #require(drawn.calibration?.covariance)
    let estimator = CovarianceEstimator.equallyWeighted(mean: .zero)
    let expected = try estimator.estimate(set.moves.transposed()).matrix
    #expect(covariance.maximumAbsoluteDifference(from: expected) < 1e-16)
  }

  @Test func nothingAfterTheAsOfDateIsUsedAndTheParallelismChangesNothing() throws {
    let changed = try dailyHistory(
      history.series.map { one in
        (one.asset, one.prices.indices.map { $0 <= 220 ? one.prices[$0] : 7 * Double($0) })
      })
    for filter in [
      Self.average, .volatility(.garch, floorShare: 0.1),
      .covariance(volatilityDecay: 0.94, correlationDecay: 0.97),
    ] {
      let request = ScenarioRequest.historical(filtered(150, days: 2, by: filter))
      let expected = try source(history, asOf: day(220)).scenarios(for: request)
      for other in [
        try source(changed, asOf: day(220)), try source(history, asOf: day(220), seed: 99),
        try source(history, asOf: day(220), parallelism: .threads(2)),
      ] {
        let set = try other.scenarios(for: request)
        #expect(set.moves == expected.moves)
        #expect(set.filtering == expected.filtering)
      }
    }
  }
}

/// Signs that come and go, the same in every run.
private struct DeterministicSigns {
  var state: UInt64

  mutating func next() -> Bool {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 63 == 0
  }
}
