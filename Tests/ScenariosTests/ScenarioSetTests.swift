import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Testing

@Suite struct ScenarioSetTests {
  private let factors: FactorSpace

  init() throws {
    factors = FactorSpace([.spot(try Asset("BTC")), .spot(try Asset("ETH"))])
  }

  private func set(_ rows: [[Double]], missing: [Int] = []) -> ScenarioSet {
    let count = rows[0].count
    return ScenarioSet(
      factors: factors, moves: Matrix(rows: rows),
      labels: .moves(starts: (0..<count).map { day($0) }, ends: (0..<count).map { day($0 + 1) }),
      coverage: [FactorCoverage(source: .history), FactorCoverage(source: .history, missing: missing)])
  }

  @Test func movesBelowMinusOneAreSetToItAndCounted() {
    let set = set([[-1.5, -1, 0.5], [(-1.0).nextDown, 7, -0.999]])
    #expect(set.moves == Matrix(rows: [[-1, -1, 0.5], [-1, 7, -0.999]]))
    #expect(set.clippedMoves == 2)
  }

  @Test func movesAreNumbers() async {
    await #expect(processExitsWith: .failure) {
      _ = ScenarioSet(
        factors: FactorSpace([.spot(.usd)]), moves: Matrix(rows: [[.nan]]), labels: .draws([0]),
        coverage: [FactorCoverage(source: .history)])
    }
    await #expect(processExitsWith: .failure) {
      _ = ScenarioSet(
        factors: FactorSpace([.spot(.usd)]), moves: Matrix(rows: [[.infinity]]), labels: .draws([0]),
        coverage: [FactorCoverage(source: .history)])
    }
  }

  @Test func selectingKeepsTheOrderGivenAndMayRepeat() {
    let chosen = set([[1, 2, 3, 4], [5, 6, 0, 8]], missing: [2]).selecting([3, 2, 0, 2])
    #expect(chosen.moves == Matrix(rows: [[4, 3, 1, 3], [8, 0, 5, 0]]))
    #expect(
      chosen.labels
        == .moves(starts: [day(3), day(2), day(0), day(2)], ends: [day(4), day(3), day(1), day(3)]))
    #expect(chosen.coverage[1].missing == [1, 3])
    #expect(chosen.coverage[0].isComplete)
    #expect(chosen.count == 4)
  }

  @Test func selectingCountsTheClippedMovesItKeeps() {
    let set = set([[-1.5, -2, 0.5], [0, -3, -0.5]])
    #expect(set.clippedMoves == 3)
    #expect(set.selecting([2]).clippedMoves == 0)
    #expect(set.selecting([1, 0, 1]).clippedMoves == 5)
    #expect(set.selecting([]).count == 0)
  }

  @Test func restrictingDropsTheScenariosThatLackAMove() {
    let set = set([[1, 2, 3, 4], [0, 6, 0, 8]], missing: [0, 2])
    let restricted = set.restricted(toCover: [0, 1])
    #expect(restricted.moves == Matrix(rows: [[2, 4], [6, 8]]))
    #expect(restricted.coverage.allSatisfy { $0.isComplete })
    #expect(set.restricted(toCover: [0]).count == 4)
    #expect(set.restricted(toCover: []).coverage == set.coverage)
  }

  /// What a drawn set lacks are observations of its calibration: no choice of draws brings them back.
  @Test func aDrawnSetStaysIncompleteWhateverIsChosen() throws {
    let coin = try Asset("BTC")
    let other = try Asset("ETH")
    var gappy = randomPrices(other, days: 60, volatility: 0.03)
    gappy[40] = nil
    let history = try dailyHistory([(coin, randomPrices(coin, days: 60, volatility: 0.02)), (other, gappy)])
    let set = try source(history).scenarios(for: draws(.gaussian, from: lastMoves(50)))
    #expect(set.coverage[1].missing == [30, 31])
    let chosen = set.selecting([500, 501, 502])
    #expect(chosen.coverage == set.coverage)
    #expect(chosen.labels == .draws([500, 501, 502]))
    let restricted = set.restricted(toCover: [1])
    #expect(restricted.count == set.count)
    #expect(!restricted.coverage[1].isComplete)
  }

  @Test func labelsArePlainText() {
    let points = [
      GridPoint(spot: -0.15, volatility: 0.4), GridPoint(spot: 0.125), GridPoint(spot: 0),
      GridPoint(spot: 1e300),
    ]
    let labels = ScenarioLabels.grid(points)
    #expect(labels.text(0) == "spot -15 %, volatility +40 %")
    #expect(labels.text(1) == "spot +12.5 %")
    #expect(labels.text(2) == "spot 0 %")
    #expect(labels.text(3).hasPrefix("spot +"))
    #expect(ScenarioLabels.draws([4, 17]).text(1) == "draw 17")
    #expect(MoveLaw.gaussian.description == "gaussian")
    #expect(MoveLaw.studentT(degreesOfFreedom: 4).description == "studentT(4)")
    #expect(MoveLaw.studentT(degreesOfFreedom: 4.5).description == "studentT(4.5)")
    #expect(MoveLaw.studentT(degreesOfFreedom: .infinity).description == "studentT(inf)")
  }
}

@Suite struct GridScenariosTests {
  @Test func everyAssetButTheUnmovedTakesThePoint() throws {
    let coin = try Asset("BTC")
    let stable = try Asset("USDT")
    let history = try dailyHistory([(coin, [1, 2]), (stable, [1, 1])])
    let models = ScenarioModels(basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.01)])
    let points = [GridPoint(spot: -0.15), GridPoint(spot: 0.3, volatility: -0.2, weight: 0.35)]
    let set = try source(history, models: models).scenarios(
      for: .grid(GridRequest(points: points, unmoved: [stable])))
    #expect(set.moves == Matrix(rows: [[-0.15, 0.3], [0, 0], [0, 0]]))
    #expect(set.labels == .grid(points))
    #expect(set.coverage.allSatisfy { $0.isComplete && $0.source == .grid })
    #expect(set.selecting([1]).labels == .grid([points[1]]))
    #expect(set.volatility == .grid([.unchanged, -0.2], law: nil))
    #expect(set.selecting([1]).volatility == .grid([-0.2], law: nil))
  }

  @Test func aGridShocksVolatilitiesThroughTheSetAlone() throws {
    let coin = try Asset("BTC")
    let models = ScenarioModels(volatility: [VolatilityModel(asset: coin, onFall: 2, onRise: -1)])
    let law = try VolatilityShockLaw(
      up: 0.5, down: 0.25, minimumUp: 0.4, shortTermPower: 0.3, longTermPower: 0.1, floorDays: 1)
    let points = [
      GridPoint(spot: -0.1, volatility: .up), GridPoint(spot: 0.1, volatility: .down),
      GridPoint(spot: 0.1, volatility: .points(0.05)),
    ]
    let set = try source(dailyHistory([(coin, [1, 2])]), models: models).scenarios(
      for: .grid(GridRequest(points: points, volatilityLaw: law, unmoved: [])))
    #expect(set.moves == Matrix(rows: [[-0.1, 0.1, 0.1], [0, 0, 0]]))
    #expect(set.volatility == .grid([.up, .down, .points(0.05)], law: law))
    func after(_ volatility: Double, _ days: Double, _ scenario: Int) -> Double {
      set.volatility.volatility(
        after: volatility, of: coin, days: days, factorMove: 7, scenario: scenario)
    }
    #expect(after(0.6, 10, 0) == law.raised(0.6, days: 10))
    #expect(after(0.6, 10, 1) == law.lowered(0.6, days: 10))
    #expect(after(0.6, 10, 2) == 0.65)
  }

  @Test func pointsHaveADomain() async {
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: -1) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: .infinity) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, volatility: .relative(.nan)) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, volatility: .relative(-1)) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, dampener: -1) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, dampener: .infinity) }
    await #expect(processExitsWith: .failure) {
      _ = GridRequest(points: [GridPoint(spot: 0, volatility: .up)], unmoved: [])
    }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, weight: 0) }
    await #expect(processExitsWith: .failure) { _ = GridPoint(spot: 0, weight: 1.01) }
  }
}
