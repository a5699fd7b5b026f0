import Instruments
import LinearAlgebra
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing

/// What volatilities that answer prices have in the covariance of a law in closed form.
@Suite struct VolatilityCovarianceTests {
  private let coin: Asset
  private let other: Asset
  private let history: PriceHistory

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
    history = try randomHistory(["BTC", "ETH"], days: 300)
  }

  private func models(_ first: (fall: Double, rise: Double), _ second: (fall: Double, rise: Double))
    throws -> ScenarioModels
  {
    ScenarioModels(
      basis: [BasisModel(asset: coin, style: .linear, dailyVolatility: 0.004)],
      volatility: [
        VolatilityModel(asset: other, onFall: second.fall, onRise: second.rise, dailyVolatility: 0.02),
        VolatilityModel(
          asset: coin, onFall: first.fall, onRise: first.rise, dailyVolatility: 0.03,
          tenor: try TenorScaling(shortTermPower: 0.5, longTermPower: 0.5, floorDays: 1)),
      ],
      correlation: SuppliedCorrelation(
        assets: [coin, other], matrix: Matrix(rows: [[1, 0.6], [0.6, 1]]), repair: .refuse))
  }

  private func request(_ law: MoveLaw, _ dependence: Dependence = .estimated) -> MonteCarloRequest {
    MonteCarloRequest(law: law, sample: lastMoves(200), estimator: .sample, dependence: dependence)
  }

  private func law(_ request: MonteCarloRequest, _ models: ScenarioModels) throws -> EllipticalLaw {
    try #require(
      try source(history, models: models).scenarios(for: .law(request)).calibration?.law)
  }

  /// A straight response has the slope of its line, whatever the law: v = −a·s + e.
  @Test(arguments: [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)])
  func aStraightResponseFollowsItsPrice(_ moves: MoveLaw) throws {
    let law = try law(request(moves), models((1.5, -1.5), (0.5, -0.5)))
    let covariance = law.covariance
    for factor in 0..<3 {
      #expect(isClose(covariance[4, factor], -1.5 * covariance[0, factor], relative: 1e-14))
      #expect(isClose(covariance[3, factor], -0.5 * covariance[1, factor], relative: 1e-14))
    }
    #expect(isClose(covariance[3, 4], 0.75 * covariance[0, 1], relative: 1e-13))
    #expect(isClose(covariance[4, 4], 2.25 * covariance[0, 0] + 0.03 * 0.03, relative: 1e-13))
    #expect(isClose(covariance[3, 3], 0.25 * covariance[1, 1] + 0.02 * 0.02, relative: 1e-13))
    #expect(covariance.asymmetry == 0)
  }

  /// |s| of a normal s with unit variance has the variance 1 − 2/π; of Student-t with 4 degrees of freedom E|s| is √2/2.
  @Test func aBentResponseAddsTheVarianceOfAbsoluteMoves() throws {
    for (moves, variance) in [
      (MoveLaw.gaussian, 1 - 2 / Double.pi), (.studentT(degreesOfFreedom: 4), 0.5),
    ] {
      let covariance = try law(request(moves), models((1.5, -0.3), (2, 2))).covariance
      let bent = (0.9 * 0.9 + 0.6 * 0.6 * variance) * covariance[0, 0] + 0.03 * 0.03
      #expect(isClose(covariance[4, 4], bent, relative: 1e-12))
      #expect(isClose(covariance[4, 1], -0.9 * covariance[0, 1], relative: 1e-13))
      // What answers falls and rises alike is uncorrelated with the price.
      #expect(covariance[3, 1] == 0 && covariance[3, 0] == 0)
      #expect(isClose(covariance[3, 3], 4 * variance * covariance[1, 1] + 0.02 * 0.02, relative: 1e-12))
    }
  }

  /// Six standard errors of each of fifteen covariances of draws, a false alarm of 3e-8; ten degrees of freedom give them a
  /// variance, and no response reaches its limit.
  @Test(arguments: [
    (MoveLaw.gaussian, Dependence.estimated), (.gaussian, .comonotone), (.gaussian, .independent),
    (.studentT(degreesOfFreedom: 10), .estimated), (.studentT(degreesOfFreedom: 10), .comonotone),
  ])
  func itIsTheCovarianceOfDrawnMoves(_ moves: MoveLaw, _ dependence: Dependence) throws {
    let count = 200_000
    let models = try models((1.5, -0.3), (1, 0.2))
    let set = try source(history, models: models, count: count)
      .scenarios(for: .monteCarlo(request(moves, dependence)))
    #expect(set.clippedMoves == 0)
    let covariance = try #require(set.calibration?.covariance)
    #expect(covariance == set.calibration?.law?.covariance)
    let rows = (0..<5).map { factor in
      let row = set.moves.row(factor)
      let mean = row.reduce(0, +) / Double(count)
      return row.map { $0 - mean }
    }
    for first in 0..<5 {
      for second in 0...first {
        var sum = 0.0
        var squares = 0.0
        for (x, y) in zip(rows[first], rows[second]) {
          sum += x * y
          squares += x * y * x * y
        }
        let mean = sum / Double(count)
        let error = ((squares / Double(count) - mean * mean) / Double(count)).squareRoot()
        #expect(abs(mean - covariance[first, second]) < 6 * error, "\(first) \(second)")
      }
    }
  }

  @Test func theLawKnowsHowVolatilitiesFade() throws {
    let models = try models((1.5, -0.3), (1, 0))
    let request = request(.gaussian)
    let source = try source(history, models: models)
    let law = try source.scenarios(for: .law(request))
    #expect(law.volatility == (try source.scenarios(for: .monteCarlo(request))).volatility)
    guard case .factors(let tenors) = law.volatility else {
      Issue.record("\(law.volatility)")
      return
    }
    #expect(tenors == [coin: models.volatility[1].tenor, other: .flat])
    let calibration = try #require(law.calibration)
    guard case .law(let remade) = try calibration.remade(fromObservations: Array(0..<200)) else {
      Issue.record("no law")
      return
    }
    #expect(remade == calibration.law)
  }

  /// Bits, not digits: products with an exposure of zero add nothing.
  @Test func linearBooksDoNotFeelIt() throws {
    let covariance = try law(request(.gaussian), models((1.5, -0.3), (1, 0.2))).covariance
    let before = Matrix(rows: 5, columns: 5) { $0 > 2 || $1 > 2 ? 0 : covariance[$0, $1] }
    let exposures = Matrix(rows: 5, columns: 7) { row, column in
      row > 2 ? 0 : .sin(Double(7 * row + column + 1)) * 1e5
    }
    #expect(
      EllipticalLaw(tail: .normal, covariance: covariance).standardDeviations(of: exposures)
        == EllipticalLaw(tail: .normal, covariance: before).standardDeviations(of: exposures))
  }

  /// A price that does not move leaves its volatility what it has of its own.
  @Test func aPriceWithoutMovesLeavesTheIndependentPart() throws {
    var gappy = randomPrices(other, days: 60, volatility: 0.03)
    gappy[40] = nil
    let history = try dailyHistory([(coin, randomPrices(coin, days: 60, volatility: 0.02)), (other, gappy)])
    let models = ScenarioModels(volatility: [
      VolatilityModel(asset: other, onFall: 1, onRise: -2, dailyVolatility: 0.02)
    ])
    let request = MonteCarloRequest(law: .gaussian, sample: lastMoves(50), estimator: .sample)
    let set = try source(history, models: models).scenarios(for: .law(request))
    let covariance = try #require(set.calibration?.law).covariance
    #expect(covariance.row(2)[..<2].allSatisfy { $0 == 0 })
    #expect(isClose(covariance[2, 2], 0.02 * 0.02, relative: 1e-14))
  }

  /// A law without a closed form says nothing of volatilities in its covariance.
  @Test func otherLawsHaveRowsOfZeros() throws {
    let models = try self.models((1.5, -0.3), (1, 0.2))
    for moves in [
      MoveLaw.studentTCopula(CopulaModel()),
      .jumps(
        try JumpModel(
          commonIntensity: 0.02, commonMean: -2, commonDeviation: 3, ownIntensity: 0, ownDeviation: 0)),
    ] {
      let source = try source(history, models: models, count: 200)
      let set = try source.scenarios(for: .monteCarlo(request(moves)))
      let covariance = try #require(set.calibration?.covariance)
      #expect(set.calibration?.law == nil)
      for row in [3, 4] { #expect(covariance.row(row).allSatisfy { $0 == 0 }) }
    }
  }
}
