import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import TestSupport
import Testing

@Suite struct HistoricalScenariosTests {
  private let coin: Asset
  private let other: Asset

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
  }

  @Test func theMovesOfAWindowAsTheyWere() throws {
    let history = try dailyHistory([(coin, [100, 110, 99, 198]), (other, [8, 4, 2, 3])])
    let set = try source(history).scenarios(for: .historical(lastMoves(2)))
    #expect(set.factors.factors == [.spot(coin), .spot(other)])
    let expected: [Double] = [99.0 / 110 - 1, 1]
    #expect(set.moves == Matrix(rows: [expected, [-0.5, 0.5]]))
    #expect(set.labels == .moves(starts: [day(1), day(2)], ends: [day(2), day(3)]))
    #expect(set.labels.text(0) == "2024-01-02 → 2024-01-03")
    #expect(set.coverage.allSatisfy { $0.isComplete && $0.source == .history })
    #expect(set.coverage[0].history?.observations == 2)
    #expect(set.calibration == nil)
    #expect(set.clippedMoves == 0)
    #expect(set.count == 2)
  }

  /// Hull, Risk management and financial institutions: four indices in USD, 4,000, 3,000, 1,000 and 2,000 thousand USD of
  /// them, the levels of scenario 1 and the losses of three scenarios; the levels are printed to the cent.
  @Test("HULL-SC: three scenarios") func referenceHULLSC() throws {
    let levels: [[Double]] = [
      [11_219.38, 11_173.59, 11_076.18, 11_124.37], [11_131.84, 11_096.28, 11_185.35, 11_016.71],
      [6_373.89, 6_378.16, 6_474.04, 6_357.49], [131.77, 134.38, 135.94, 135.44],
    ]
    let assets = try ["DJIA", "FTSE", "CAC", "NIKKEI"].map { try Asset($0) }
    let history = try dailyHistory(zip(assets, levels).map { ($0, $1.map(Optional.some)) })
    let moves = try source(history).scenarios(for: .historical(lastMoves(3))).moves
    let today = [11_022.06, 9_599.90, 6_200.40, 112.82]
    let printed = [10_977.08, 9_569.23, 6_204.55, 115.05]
    for index in 0..<4 {
      #expect(isClose(today[index] * (1 + moves[index, 0]), printed[index], absolute: 0.006))
    }
    for (scenario, loss) in [-14.334, -27.481, 53.264].enumerated() {
      let amounts = [4_000.0, 3_000, 1_000, 2_000]
      let own = (0..<4).reduce(0) { $0 - amounts[$1] * moves[$1, scenario] }
      #expect(isClose(own, loss, absolute: 0.1))
    }
  }

  @Test func overlappingMovesOfALongerHorizon() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 4])])
    let set = try source(history).scenarios(for: .historical(lastMoves(2, days: 3)))
    #expect(set.moves == Matrix(rows: [[7, 1]]))
    #expect(set.labels == .moves(starts: [day(0), day(1)], ends: [day(3), day(4)]))
  }

  @Test func squareRootScalingMultipliesOneStepMoves() throws {
    let history = try dailyHistory([(coin, [100, 110, 99, 108.9])])
    let oneDay = try source(history).scenarios(for: .historical(lastMoves(3)))
    let fourDays = try source(history).scenarios(for: .historical(lastMoves(3, days: 4, .squareRoot)))
    #expect(fourDays.moves == oneDay.moves.scaled(by: 2))
    #expect(fourDays.labels == oneDay.labels)
    #expect(try source(history).scenarios(for: .historical(lastMoves(3, .squareRoot))).moves == oneDay.moves)
  }

  @Test func squareRootScalingFromHourlyAndHalfHourlyRows() throws {
    let prices: [Double?] = [1, 2, 4, 3, 9, 18, 16]
    for stepSeconds in [3_600, 1_800] {
      let history = try PriceHistory(
        times: prices.indices.map { day(0).advanced(bySeconds: $0 * stepSeconds) },
        series: [PriceSeries(asset: coin, prices: prices)])
      let request = HistoricalRequest(lookBack: .observations(2), horizon: .days(1), scaling: .squareRoot)
      let moves = try source(history).scenarios(for: .historical(request)).moves
      let hourly = stepSeconds == 3_600 ? [1, 16.0 / 18 - 1] : [18.0 / 3 - 1, 16.0 / 9 - 1]
      #expect(moves == Matrix(rows: [hourly]).scaled(by: 24.0.squareRoot()))
    }
  }

  @Test(arguments: HorizonScaling.allCases)
  func aHorizonIsAWholeNumberOfSteps(_ scaling: HorizonScaling) throws {
    let source = try source(randomHistory(["BTC"], days: 30))
    for hours in [1, 36, 60] {
      let request = HistoricalRequest(
        lookBack: .observations(5), horizon: Horizon(hours: hours), scaling: scaling)
      #expect(
        throws: ScenarioError.marketData(.horizonNotAMultiple(hours: hours, stepSeconds: 86_400))
      ) { try source.scenarios(for: .historical(request)) }
    }
  }

  @Test func aWindowThatIsTooLongIsRefused() throws {
    let source = try source(randomHistory(["BTC"], days: 30))
    #expect(
      throws: ScenarioError.marketData(.lookBackTooLong(observations: 30, available: 29, asOf: day(29)))
    ) { try source.scenarios(for: .historical(lastMoves(30))) }
  }

  @Test func gapsAreFlaggedAndNeverSilent() throws {
    let history = try dailyHistory([(coin, [1, 2, 4, 8, 16]), (other, [nil, 5, 6, nil, 7])])
    let set = try source(history).scenarios(for: .historical(lastMoves(4)))
    #expect(set.coverage[0].isComplete)
    #expect(!set.coverage[1].isComplete)
    #expect(set.coverage[1].missing == [0, 2, 3])
    #expect(set.coverage[1].source == .history)
    #expect(set.coverage[1].history?.observations == 1)
    let restricted = set.restricted(toCover: [1])
    #expect(restricted.count == 1)
    #expect(restricted.coverage[1].isComplete)
    let expected: Double = 6.0 / 5 - 1
    #expect(restricted.moves == Matrix(rows: [[1], [expected]]))
  }

  @Test func dustIsFlaggedToo() throws {
    let history = try dailyHistory([(coin, [80, 1, 0.0005, 0.002, 1])])
    let models = ScenarioModels(dustFloor: 0.001)
    let set = try source(history, models: models).scenarios(for: .historical(lastMoves(4)))
    #expect(set.coverage[0].missing == [2])
    #expect(set.coverage[0].history?.dust == 1)
    let expected: [Double] = [1.0 / 80 - 1, 0.0005 - 1, 0, 1 / 0.002 - 1]
    #expect(set.moves.row(0) == expected)
  }

  @Test func aProxyStandsInForAnAssetWithoutEnoughHistory() throws {
    let history = try dailyHistory([(coin, [100, 110, 99, 198]), (other, [nil, nil, 2, 3])])
    let models = ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 1.5)])
    let set = try source(history, models: models).scenarios(for: .historical(lastMoves(3)))
    let own = set.moves.row(0)
    #expect(set.moves.row(1) == own.map { 1.5 * $0 })
    #expect(set.coverage[1].source == .proxy(coin, beta: 1.5))
    #expect(set.coverage[1].isComplete)
    #expect(set.coverage[1].history?.observations == 1)
    #expect(set.coverage[1].source.description == "proxy BTC × 1.5")
  }

  @Test func aProxyIsNotUsedForAnAssetThatHasItsHistory() throws {
    let history = try dailyHistory([(coin, [100, 110, 99, 198]), (other, [nil, nil, 2, 3])])
    let models = ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 1.5)])
    let set = try source(history, models: models).scenarios(for: .historical(lastMoves(1)))
    #expect(set.moves.row(1) == [0.5])
    #expect(set.coverage[1].source == .history)
  }

  @Test func theGapsOfAStandInAreFlagged() throws {
    let history = try dailyHistory([(coin, [100, nil, 99, 198]), (other, [nil, nil, 2, 3])])
    let models = ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 1)])
    let set = try source(history, models: models).scenarios(for: .historical(lastMoves(3)))
    #expect(set.coverage[1].missing == [0, 1])
  }

  @Test func movesBelowMinusOneAreSetToItAndCounted() throws {
    let history = try dailyHistory([(coin, [100, 60, 90, 30]), (other, [nil, nil, 2, 3])])
    let models = ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 2)])
    let set = try source(history, models: models).scenarios(for: .historical(lastMoves(3)))
    let expected: [Double] = [2 * (0.6 - 1), 1, -1]
    #expect(set.moves.row(1) == expected)
    #expect(set.clippedMoves == 1)
    let scaled = try source(history, models: models).scenarios(
      for: .historical(lastMoves(3, days: 9, .squareRoot)))
    #expect(scaled.moves.row(0) == [-1, 1.5, -1])
    #expect(scaled.clippedMoves == 4)
  }

  @Test func modelsOfAssetsOutsideTheHistoryAreRefused() throws {
    let history = try dailyHistory([(coin, [1, 2])])
    let absent: [ScenarioModels] = [
      ScenarioModels(basis: [BasisModel(asset: other, style: .linear, dailyVolatility: 0.01)]),
      ScenarioModels(proxies: [Proxy(asset: other, standIn: coin, beta: 1)]),
      ScenarioModels(proxies: [Proxy(asset: coin, standIn: other, beta: 1)]),
      ScenarioModels(
        correlation: SuppliedCorrelation(assets: [other], matrix: .identity(1), repair: .refuse)),
    ]
    for models in absent {
      #expect(throws: ScenarioError.unknownAsset(other)) { try source(history, models: models) }
    }
  }

  @Test func nothingAfterTheAsOfDateIsUsed() throws {
    let full = try randomHistory(["BTC", "ETH"], days: 60)
    let models = ScenarioModels(basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.01)])
    let changed = try dailyHistory(
      full.series.map { series in
        (
          series.asset,
          series.prices.enumerated().map { $0.offset <= 40 ? $0.element : 3 * Double($0.offset) }
        )
      })
    let cut = try dailyHistory(full.series.map { ($0.asset, Array($0.prices.prefix(41))) })
    let requests: [ScenarioRequest] = [
      .historical(lastMoves(20)), .historical(lastMoves(10, days: 3, .squareRoot)),
      draws(.gaussian, from: lastMoves(30)),
      draws(.studentT(degreesOfFreedom: 4), from: lastMoves(30), .judge),
    ]
    for request in requests {
      let expected = try source(full, asOf: day(40), models: models).scenarios(for: request)
      for history in [changed, cut] {
        let set = try source(history, asOf: day(40), models: models).scenarios(for: request)
        #expect(set.moves == expected.moves)
        #expect(set.coverage == expected.coverage)
        #expect(set.labels == expected.labels)
      }
    }
  }
}

@Suite struct BasisResponseTests {
  private let coin: Asset
  private let history: PriceHistory

  init() throws {
    coin = try Asset("BTC")
    history = try randomHistory(["BTC", "ETH"], days: 80)
  }

  private func models(_ volatility: Double) -> ScenarioModels {
    ScenarioModels(basis: [
      BasisModel(asset: coin, style: .inverse, dailyVolatility: volatility),
      BasisModel(asset: coin, style: .linear, dailyVolatility: 2 * volatility),
    ])
  }

  private func set(
    _ request: ScenarioRequest, asOf: Timestamp = day(70), volatility: Double = 0.01, seed: UInt64 = 7
  ) throws -> ScenarioSet {
    try source(history, asOf: asOf, models: models(volatility), seed: seed).scenarios(for: request)
  }

  @Test func modelledFactorsFollowTheSpotFactorsInDeclaredOrder() throws {
    let set = try set(draws(.gaussian, from: lastMoves(40)))
    #expect(set.factors.factors.dropFirst(2) == [.basis(coin, .inverse), .basis(coin, .linear)])
    #expect(set.coverage[2].source == .model("independent normal, 0.01 per √day"))
    #expect(set.coverage[3].source.description == "model independent normal, 0.02 per √day")
    #expect(set.coverage[2].isComplete)
    #expect(set.coverage[2].history == nil)
  }

  /// What was drawn is not history, and would make a historical figure depend on the seed.
  @Test func historyAndWhatFollowedKeepTheBasis() throws {
    let requests: [ScenarioRequest] = [
      .historical(lastMoves(20)), .historical(lastMoves(20, days: 9, .squareRoot)),
      .realised(RealisedRequest(horizon: .days(1), observations: 5)),
    ]
    for request in requests {
      let set = try set(request)
      for factor in 2...3 {
        #expect(set.moves.row(factor).allSatisfy { $0 == 0 })
        #expect(set.coverage[factor] == FactorCoverage(source: .constant))
      }
      #expect(try self.set(request, seed: 8).moves == set.moves)
    }
  }

  @Test func theModelGrowsWithTheSquareRootOfTime() throws {
    for (request, days) in [
      (lastMoves(40), 1.0), (lastMoves(40, days: 9), 9), (lastMoves(40, days: 9, .squareRoot), 9),
    ] {
      let covariance = try #require(try set(draws(.gaussian, from: request)).calibration?.covariance)
      #expect(isClose(covariance[2, 2], 0.01 * 0.01 * days, relative: 1e-12))
      #expect(isClose(covariance[3, 3], 0.02 * 0.02 * days, relative: 1e-12))
      #expect((0..<2).allSatisfy { covariance[2, $0] == 0 && covariance[3, $0] == 0 })
    }
  }

  @Test func aModelWithoutVolatilityMovesNothing() throws {
    #expect(try set(draws(.gaussian, from: lastMoves(40)), volatility: 0).moves.row(2).allSatisfy { $0 == 0 })
  }
}

@Suite struct RealisedScenariosTests {
  @Test func theMovesThatFollowed() throws {
    let coin = try Asset("BTC")
    let history = try dailyHistory([(coin, [1, 2, 4, 12, 36, 9])])
    let source = try source(history, asOf: day(2))
    let set = try source.scenarios(for: .realised(RealisedRequest(horizon: .days(1), observations: 2)))
    #expect(set.moves == Matrix(rows: [[2, 2]]))
    #expect(set.labels == .moves(starts: [day(2), day(3)], ends: [day(3), day(4)]))
    let all = try source.scenarios(for: .realised(RealisedRequest(horizon: .days(1), observations: 99)))
    #expect(all.moves == Matrix(rows: [[2, 2, -0.75]]))
  }

  @Test func aHistoryThatEndsAtTheDateHasNone() throws {
    let set = try source(randomHistory(["BTC"], days: 10)).scenarios(
      for: .realised(RealisedRequest(horizon: .days(1), observations: 5)))
    #expect(set.count == 0)
  }

  @Test func aHorizonIsAWholeNumberOfSteps() throws {
    let source = try source(randomHistory(["BTC"], days: 10), asOf: day(5))
    #expect(throws: ScenarioError.marketData(.horizonNotAMultiple(hours: 5, stepSeconds: 86_400))) {
      try source.scenarios(for: .realised(RealisedRequest(horizon: Horizon(hours: 5), observations: 1)))
    }
  }
}
