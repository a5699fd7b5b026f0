import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct BootstrapScenariosTests {
  private let coin: Asset
  private let other: Asset
  private let history: PriceHistory
  private static let average = VolatilityDynamics.exponentiallyWeighted(decay: 0.94)

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
    history = try randomHistory(["BTC", "ETH"], days: 260)
  }

  private func request(
    _ observations: Int = 200, days: Int = 1, _ dynamics: VolatilityDynamics? = nil, floorShare: Double = 0,
    blocks: Int = 1
  ) -> ScenarioRequest {
    .bootstrap(
      BootstrapRequest(
        steps: lastMoves(observations), horizon: .days(days), dynamics: dynamics, floorShare: floorShare,
        blockLength: blocks))
  }

  /// The dates of one path: blocks begin at uniform dates, go on in circles, and are cut to the path.
  private func dates(
    _ scenario: Int, of count: Int, length: Int, blocks: Int, seed: UInt64 = 7
  ) -> [Int] {
    let stream = DrawStream(seed: seed, stream: 1)
    return (0..<length).map { place in
      let name = stableIdentifier(of: "date of block \(place / blocks)")
      let first = Int(stream.uniform(factor: name, scenario: scenario) * Double(count))
      return (first + place % blocks) % count
    }
  }

  @Test func oneStepWithoutDynamicsIsADateOfHistory() throws {
    let plain = try source(history).scenarios(for: .historical(lastMoves(200)))
    let set = try source(history).scenarios(for: request())
    #expect(set.count == 1_000)
    #expect(set.labels == .draws(Array(0..<1_000)))
    #expect(set.coverage == plain.coverage)
    #expect(set.filtering == nil)
    var seen: Set<Int> = []
    for scenario in 0..<set.count {
      let date = try #require((0..<200).first { plain.moves[0, $0] == set.moves[0, scenario] })
      #expect(set.moves[1, scenario] == plain.moves[1, date])
      seen.insert(date)
    }
    // Of 200 dates 1.3 are missed on average in 1,000 draws; more than 15 in fewer than one case in 10⁹.
    #expect(seen.count >= 185)
  }

  @Test(arguments: [(1, 1), (5, 1), (5, 3), (4, 10)])
  func pathsWithoutDynamicsCompoundTheMovesOfTheirDates(days: Int, blocks: Int) throws {
    let moves = try source(history).scenarios(for: .historical(lastMoves(200))).moves
    let set = try source(history, count: 5_000).scenarios(for: request(days: days, blocks: blocks))
    for scenario in [0, 1, 17, 4_095, 4_096, 4_999] {
      let dates = dates(scenario, of: 200, length: days, blocks: blocks)
      for row in 0..<2 {
        let expected = dates.reduce(1) { $0 * (1 + moves[row, $1]) } - 1
        #expect(set.moves[row, scenario] == expected)
      }
    }
  }

  @Test(arguments: [0, 0.9], [average, .garch])
  func filteredPathsFollowTheRecursion(floorShare: Double, dynamics: VolatilityDynamics) throws {
    let moves = try source(history).scenarios(for: .historical(lastMoves(200))).moves
    let request = request(days: 6, dynamics, floorShare: floorShare, blocks: 2)
    let set = try source(history).scenarios(for: request)
    for row in 0..<2 {
      let recursion: VolatilityRecursion
      var presample: Double?
      switch dynamics {
      case .exponentiallyWeighted(let decay): recursion = try .exponentiallyWeighted(decay: decay)
      case .garch:
        let fit = try GARCHFit(moves.row(row))
        recursion = fit.recursion
        presample = fit.presampleVariance
      }
      let filter = try VolatilityFilter(
        moves.row(row), recursion: recursion, presampleVariance: presample, floorShare: floorShare)
      let bare = try VolatilityFilter(moves.row(row), recursion: recursion, presampleVariance: presample)
      let floor = floorShare * filter.longRunVolatility
      for scenario in [0, 3, 999] {
        let path = recursion.path(
          shocks: dates(scenario, of: 200, length: 6, blocks: 2).map { filter.residuals[$0] },
          from: bare.nextVolatility * bare.nextVolatility, leastVariance: floor * floor)
        let expected = path.reduce(1) { $0 * (1 + $1) } - 1
        #expect(isClose(set.moves[row, scenario], expected, absolute: 1e-14))
      }
    }
  }

  /// One step from today's average volatility is a move rescaled after Hull and White.
  @Test func oneFilteredStepIsARescaledMove() throws {
    let filter = HistoricalFilter.volatility(Self.average, floorShare: 0)
    let rescaled = try source(history).scenarios(for: .historical(filtered(200, by: filter)))
    let set = try source(history).scenarios(for: request(200, Self.average))
    for scenario in 0..<set.count {
      let date = dates(scenario, of: 200, length: 1, blocks: 1)[0]
      for row in 0..<2 {
        #expect(isClose(set.moves[row, scenario], rescaled.moves[row, date], absolute: 1e-16 + 1e-14))
      }
    }
    let report = try #require(set.filtering)
    let expected = try #require(rescaled.filtering)
    #expect(report == expected)
  }

  @Test func theFitsStandInTheCalibration() throws {
    let set = try source(history).scenarios(for: request(days: 5, .garch))
    let calibration = try #require(set.calibration)
    #expect(calibration.law == nil && calibration.covariance == nil && calibration.spectrum == nil)
    let plain = try source(history).scenarios(for: .historical(lastMoves(200)))
    #expect(calibration.observations == plain.moves)
    #expect(calibration.dates == (60..<260).map { day($0) })
    let fit = try GARCHFit(calibration.observations.row(1))
    let expected = [
      ("constant", fit.recursion.constant, fit.robustStandardErrors?.constant),
      ("reaction", fit.recursion.reaction, fit.robustStandardErrors?.reaction),
      ("decay", fit.recursion.decay, fit.robustStandardErrors?.decay),
    ].map { FittedParameter(factor: "spot:ETH", name: $0, value: $1, standardError: $2) }
    #expect(Array(calibration.fits.suffix(3)) == expected)
    #expect(calibration.fits.count == 6)
    #expect(try source(history).scenarios(for: request(days: 5, Self.average)).calibration?.fits == [])
  }

  /// The same dates give the set itself; other dates the paths through their residuals, with the recursion as it was.
  @Test(arguments: [nil, average])
  func aSetIsRemadeFromChosenDates(dynamics: VolatilityDynamics?) throws {
    let set = try source(history, count: 5_000).scenarios(for: request(days: 3, dynamics))
    let calibration = try #require(set.calibration)
    guard case .drawn(let same) = try calibration.remade(fromObservations: Array(0..<200)) else {
      Issue.record("a law")
      return
    }
    #expect(same.count == 4_096)
    #expect(same.moves == set.selecting(Array(0..<4_096)).moves)
    #expect(same.coverage == set.coverage)
    guard case .drawn(let one) = try calibration.remade(fromObservations: [11]) else {
      Issue.record("a law")
      return
    }
    #expect(Set(one.moves.row(0)).count == 1)
    if dynamics == nil {
      let move = 1 + calibration.observations[0, 11]
      #expect(one.moves[0, 0] == move * move * move - 1)
    }
    #expect(throws: ScenarioError.covariance(.tooFewObservations(count: 0, needed: 1))) {
      try calibration.remade(fromObservations: [])
    }
  }

  @Test func theSeedAndTheNumberAreAllADrawDependsOn() throws {
    for dynamics in [nil, Self.average] {
      let request = request(days: 5, dynamics, blocks: 2)
      let set = try source(history, count: 9_000).scenarios(for: request)
      let two = try source(history, count: 9_000, parallelism: .threads(2)).scenarios(for: request)
      #expect(two.moves == set.moves)
      let fewer = try source(history, count: 500).scenarios(for: request)
      #expect(set.selecting(Array(0..<500)).moves == fewer.moves)
      #expect(try source(history, seed: 8, count: 500).scenarios(for: request).moves != fewer.moves)
      // Another factor, and another order of them, moves no draw.
      let more = try randomHistory(["BTC", "ETH", "SOL"], days: 260)
      let reversed = try dailyHistory(more.series.reversed().map { ($0.asset, $0.prices) })
      let wider = try source(reversed, count: 500).scenarios(for: request)
      #expect(wider.moves.row(2) == fewer.moves.row(0) && wider.moves.row(1) == fewer.moves.row(1))
    }
  }

  @Test func nothingAfterTheAsOfDateIsUsed() throws {
    let changed = try dailyHistory(
      history.series.map { one in
        (one.asset, one.prices.indices.map { $0 <= 230 ? one.prices[$0] : 7 * Double($0) })
      })
    for dynamics in [nil, Self.average, .garch] {
      let request = request(days: 2, dynamics)
      let set = try source(history, asOf: day(230)).scenarios(for: request)
      #expect(try source(changed, asOf: day(230)).scenarios(for: request).moves == set.moves)
    }
  }

  /// Daily steps of an hourly history, and nothing shared between neighbours.
  @Test func stepsAreSeparate() throws {
    let hourly = try PriceHistory(
      times: (0..<260).map { day(0).advanced(bySeconds: $0 * 3_600) }, series: history.series)
    let steps = HistoricalRequest(lookBack: .observations(60), horizon: Horizon(hours: 4))
    let set = try source(hourly).scenarios(
      for: .bootstrap(BootstrapRequest(steps: steps, horizon: Horizon(hours: 12), dynamics: nil)))
    let calibration = try #require(set.calibration)
    #expect(calibration.dates == (0..<60).map { day(0).advanced(bySeconds: (259 - 4 * (59 - $0)) * 3_600) })
    let prices = history.series[0].prices
    #expect(calibration.observations[0, 59] == (prices[259] ?? 0) / (prices[255] ?? 0) - 1)
  }

  @Test func volatilitiesRespondAndTheBasisStaysWhereItIs() throws {
    let models = ScenarioModels(
      basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.01)],
      volatility: [VolatilityModel(asset: coin, onFall: 2, onRise: -0.5, dailyVolatility: 0.1)])
    let set = try source(history, models: models).scenarios(for: request(days: 2, Self.average))
    let model = models.volatility[0]
    #expect(set.moves.row(2).allSatisfy { $0 == 0 })
    #expect(zip(set.moves.row(3), set.moves.row(0)).allSatisfy { $0 == model.move(spot: $1) })
    #expect(set.coverage[2].source == .constant)
    #expect(set.coverage[3].source == .model(model.responseName))
  }

  @Test func aFactorWithGapsDoesNotMoveAndIsMissing() throws {
    var gappy = history.series[1].prices
    gappy[200] = nil
    let holed = try dailyHistory([(coin, history.series[0].prices), (other, gappy)])
    for dynamics in [nil, Self.average, .garch] {
      let set = try source(holed).scenarios(for: request(days: 2, dynamics))
      let whole = try source(history).scenarios(for: request(days: 2, dynamics))
      #expect(set.moves.row(1).allSatisfy { $0 == 0 })
      #expect(set.coverage[1].missing == [140, 141])
      #expect(set.moves.row(0) == whole.moves.row(0))
      #expect(set.restricted(toCover: [1]).count == set.count)
      #expect(try source(holed).coverage(of: request(days: 2, dynamics)) == set.coverage)
    }
  }

  @Test func movesBelowMinusOneAreCountedThroughPaths() throws {
    var price = 1e6
    let moves = (0..<120).map { $0 == 60 ? -0.6 : ($0 > 100 ? 0.5 : 0.02) * ($0 % 2 == 0 ? 1 : -0.6) }
    let prices =
      [price]
      + moves.map { move -> Double in
        price *= 1 + move
        return price
      }
    let history = try dailyHistory([(coin, prices.map(Optional.some))])
    let steps = BootstrapRequest(
      steps: lastMoves(120), horizon: .days(4), dynamics: .exponentiallyWeighted(decay: 0.9))
    let set = try source(history).scenarios(for: .bootstrap(steps))
    #expect(set.clippedMoves > 0)
    #expect(set.moves.row(0).count { $0 == -1 } == set.clippedMoves)
  }

  @Test func failures() throws {
    #expect(
      throws: ScenarioError.horizonNotAMultiple(of: .days(2), horizon: .days(5))
    ) {
      try source(history).scenarios(
        for: .bootstrap(BootstrapRequest(steps: lastMoves(50, days: 2), horizon: .days(5), dynamics: nil)))
    }
    for request in [request(50, days: 2, .garch)] {
      let expected = ScenarioError.estimation(.sampleTooSmall(count: 50, needed: 100), factor: "spot:BTC")
      #expect(throws: expected) { try source(history).scenarios(for: request) }
      #expect(throws: expected) { try source(history).coverage(of: request) }
    }
    #expect(
      throws: ScenarioError.marketData(.lookBackTooLong(observations: 300, available: 259, asOf: day(259)))
    ) { try source(history).scenarios(for: request(300)) }
    let error = try #require(throws: ScenarioError.self) {
      try source(history).scenarios(for: request(200, .exponentiallyWeighted(decay: 1)))
    }
    guard case .outOfDomain("decay", _, _) = error else { throw error }
  }

  /// Forty calm days before a jump make a residual of hundreds, and volatilities that feed on it grow without end.
  @Test func volatilitiesBeyondAllNumbersAreNamed() throws {
    let prices = (0...200).map { Double(100 << ($0 / 40)) }
    let history = try dailyHistory([(coin, prices.map(Optional.some))])
    func set(floorShare: Double) throws -> ScenarioSet {
      let steps = BootstrapRequest(
        steps: lastMoves(200), horizon: .days(2_000), dynamics: .exponentiallyWeighted(decay: 0.8),
        floorShare: floorShare)
      return try source(history, count: 200).scenarios(for: .bootstrap(steps))
    }
    let error = try #require(throws: ScenarioError.self) { try set(floorShare: 0) }
    guard case .estimation(.notFinite, factor: "spot:BTC") = error else { throw error }
  }

  /// The steps of a bootstrap are moves as they were: a filter or weights on them are a mistake of the caller.
  @Test func stepsHaveNeitherFilterNorWeights() async {
    await #expect(processExitsWith: .failure) {
      let steps = HistoricalRequest(
        lookBack: .observations(50), horizon: .days(1), weighting: .decaying(0.98))
      _ = try source(randomHistory(["BTC"], days: 100)).scenarios(
        for: .bootstrap(BootstrapRequest(steps: steps, horizon: .days(1), dynamics: nil)))
    }
  }
}
