import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Scenarios
import TestSupport
import Testing

@Suite struct VolatilityModelTests {
  private let coin: Asset
  private let other: Asset
  private let history: PriceHistory

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
    history = try randomHistory(["BTC", "ETH"], days: 300)
  }

  private func model(_ asset: Asset, daily: Double = 0, tenor: TenorScaling = .flat) -> VolatilityModel {
    VolatilityModel(asset: asset, onFall: 1.5, onRise: -0.5, dailyVolatility: daily, tenor: tenor)
  }

  private func models(daily: Double = 0.03) -> ScenarioModels {
    ScenarioModels(
      basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.004)],
      volatility: [model(other, daily: daily), model(coin, daily: daily)])
  }

  @Test func volatilityRisesOnFallsAndFallsOnRises() {
    let model = model(coin)
    #expect(isClose(model.move(spot: -0.1), 0.15, relative: 1e-15))
    #expect(isClose(model.move(spot: 0.1), -0.05, relative: 1e-15))
    #expect(model.move(spot: 0) == 0)
    #expect(isClose(model.move(spot: 0.1, independent: 0.2), 0.15, relative: 1e-14))
    // No price falls by more than all of itself.
    #expect(model.move(spot: -3) == 1.5)
    #expect(model.move(spot: 10) == VolatilityModel.lowestMove)
    #expect(model.move(spot: 0, independent: -5) == -0.9)
  }

  @Test func theNameSaysTheNumbers() {
    #expect(model(coin).responseName == "response to BTC: +1.5 on falls, −0.5 on rises")
    #expect(model(coin).drawnName == model(coin).responseName)
    #expect(
      model(coin, daily: 0.03).drawnName
        == "response to BTC: +1.5 on falls, −0.5 on rises; independent normal, 0.03 per √day")
    #expect(
      VolatilityModel(asset: coin, onFall: 2, onRise: 0).responseName
        == "response to BTC: +2 on falls, 0 on rises")
  }

  @Test func numbersOutsideTheirDomainAreStopped() async {
    await #expect(processExitsWith: .failure) {
      _ = VolatilityModel(asset: .usd, onFall: .nan, onRise: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = VolatilityModel(asset: .usd, onFall: 0, onRise: .infinity)
    }
    await #expect(processExitsWith: .failure) {
      _ = VolatilityModel(asset: .usd, onFall: 0, onRise: 0, dailyVolatility: -1)
    }
  }

  @Test func volatilityFactorsStandAfterBasisFactorsInDeclaredOrder() throws {
    #expect(
      try source(history, models: models()).factors.factors == [
        .spot(coin), .spot(other), .basis(coin, .linear), .volatility(other), .volatility(coin),
      ])
    let unknown = ScenarioModels(volatility: [model(try Asset("DOGE"))])
    #expect(throws: ScenarioError.unknownAsset(try Asset("DOGE"))) {
      try source(history, models: unknown)
    }
  }

  @Test func historyMovesVolatilityByTheResponseAlone() throws {
    let tenor = try TenorScaling(shortTermPower: 0.5, longTermPower: 0.3, floorDays: 1)
    let models = ScenarioModels(volatility: [model(coin, daily: 0.5, tenor: tenor)])
    let source = try source(history, asOf: day(280), models: models)
    for request: ScenarioRequest in [
      .historical(lastMoves(100)), .historical(lastMoves(20, days: 4, .squareRoot)),
      .realised(RealisedRequest(horizon: .days(1), observations: 10)),
    ] {
      let set = try source.scenarios(for: request)
      for scenario in 0..<set.count {
        #expect(set.moves[2, scenario] == model(coin).move(spot: set.moves[0, scenario]))
      }
      #expect(
        set.coverage[2] == FactorCoverage(source: .model("response to BTC: +1.5 on falls, −0.5 on rises")))
      #expect(set.volatility == .factors([coin: tenor]))
      #expect(set.selecting([3, 1]).volatility == set.volatility)
    }
  }

  /// The relative draws are normal numbers keyed by the factor's name, for every law.
  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)])
  func drawsAddAnIndependentNormalMove(_ law: MoveLaw) throws {
    let source = try source(history, models: models(), count: 5_000)
    let set = try source.scenarios(for: draws(law, from: lastMoves(200, days: 4, .squareRoot)))
    for (row, spot, asset) in [(3, 1, other), (4, 0, coin)] {
      let own = normals(
        stream: DrawStream(seed: 7, stream: ScenarioStream.estimation.rawValue),
        factors: [stableIdentifier(of: "volatility:\(asset)")], scenarios: 0..<5_000)
      for scenario in 0..<set.count {
        let expected = model(asset).move(
          spot: set.moves[spot, scenario], independent: 0.03 * 2 * own[scenario])
        #expect(set.moves[row, scenario] == expected)
      }
      #expect(set.coverage[row].source == .model(model(asset, daily: 0.03).drawnName))
    }
  }

  @Test func aModelChangesNoOtherDraw() throws {
    let with = try source(history, models: models(), count: 5_000)
    let without = try source(history, models: ScenarioModels(basis: models().basis), count: 5_000)
    for request in [
      draws(.gaussian, from: lastMoves(200)), draws(.studentT(degreesOfFreedom: 3), from: lastMoves(200)),
    ] {
      let sets = try (with.scenarios(for: request), without.scenarios(for: request))
      for factor in 0..<3 {
        let rows = (sets.0.moves.row(factor), sets.1.moves.row(factor))
        #expect(zip(rows.0, rows.1).allSatisfy { abs($0 - $1) < 1e-14 })
      }
    }
  }

  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)])
  func theBitsDependNeitherOnThreadsNorOnTheNumberOfScenarios(_ law: MoveLaw) throws {
    func moves(_ count: Int, _ parallelism: Parallelism) throws -> Matrix {
      try source(history, models: models(), count: count, parallelism: parallelism)
        .scenarios(for: draws(law, from: lastMoves(200))).moves
    }
    let long = try moves(10_000, .sequential)
    for count in [100, 4_096, 4_097, 10_000] {
      for threads in [1, 2, 5] {
        let moves = try moves(count, .threads(threads))
        for row in 0..<5 { #expect(moves.row(row) == Array(long.row(row).prefix(count))) }
      }
    }
  }

  /// Where the price it follows has no move, a volatility has none either.
  @Test func aVolatilityLacksWhatItsPriceLacks() throws {
    var gappy = randomPrices(other, days: 60, volatility: 0.03)
    gappy[40] = nil
    let history = try dailyHistory([(coin, randomPrices(coin, days: 60, volatility: 0.02)), (other, gappy)])
    let source = try source(history, models: models())
    let set = try source.scenarios(for: .historical(lastMoves(50)))
    #expect(set.coverage[3].missing == [30, 31])
    #expect(set.coverage[4].isComplete)
    let drawn = try source.scenarios(for: draws(.gaussian, from: lastMoves(50)))
    #expect(drawn.coverage[3].missing == [30, 31])
    #expect(drawn.moves.row(1).allSatisfy { $0 == 0 })
    for request: ScenarioRequest in [.historical(lastMoves(50)), draws(.gaussian, from: lastMoves(50))] {
      #expect(try source.coverage(of: request) == source.scenarios(for: request).coverage)
    }
  }

  @Test func movesFadeWithTenorAndNeverTakeVolatilityBelowZero() throws {
    let tenor = try TenorScaling(shortTermPower: 0.5, longTermPower: 0.5, floorDays: 1)
    let answer = VolatilityAnswer.factors([coin: tenor])
    func after(_ asset: Asset, _ days: Double, _ move: Double) -> Double {
      answer.volatility(after: 0.6, of: asset, days: days, factorMove: move, scenario: 0)
    }
    #expect(after(coin, 30, 0.2) == 0.6 * 1.2)
    #expect(isClose(after(coin, 7.5, 0.2), 0.6 * 1.4, relative: 1e-15))
    #expect(isClose(after(coin, 120, 0.2), 0.6 * 1.1, relative: 1e-15))
    #expect(after(coin, 1, -0.9) == 0)
    #expect(after(coin, 1, 0) == 0.6)
    // Without a scaling every expiry moves alike.
    #expect(after(other, 7.5, 0.2) == after(other, 120, 0.2))
    #expect(
      answer.answer(of: coin, days: 7.5).volatility(after: 0.6, factorMove: 0.2, scenario: 9)
        == after(coin, 7.5, 0.2))
  }
}
