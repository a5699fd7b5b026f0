import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct DrawnScenariosTests {
  private let market: StressedMarket
  private let sample = lastMoves(300)

  init() throws { market = try StressedMarket() }

  private func stressable(
    _ law: MoveLaw, _ dependence: Dependence = .estimated, _ sampling: SamplingScheme = .plain,
    count: Int = 20_000
  ) throws -> StressableScenarios {
    try market.source(count: count).stressable(
      draws(law, from: sample, dependence: dependence, sampling: sampling))
  }

  /// The rows that move by themselves.
  private func moves(_ set: ScenarioSet, _ moments: FactorMoments) -> Matrix {
    Matrix(rows: moments.moving.count, columns: set.count) { set.moves[moments.moving[$0], $1] }
  }

  @Test(
    "Other colours of the same numbers are the map applied to the draws",
    arguments: [SamplingScheme.plain, .antithetic, .sobol])
  func coloursAreTheMap(_ sampling: SamplingScheme) throws {
    for law in [MoveLaw.gaussian, .studentT(degreesOfFreedom: 6)] {
      let stressable = try stressable(law, .estimated, sampling, count: 5_000)
      let base = try #require(stressable.subject).moments
      var target = try StressedMarket.together(base, share: 0.6)
      target.volatilities[1] *= 1.5
      target.means[0] = -0.02
      let stressed = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .threads(2))
      let mapped = try Recolouring(from: try RecolouringBase(base), to: target)
        .applied(to: stressable.set.moves, .sequential)
      for row in base.moving {
        for scenario in 0..<stressed.set.count {
          #expect(
            isClose(stressed.set.moves[row, scenario], max(-1, mapped[row, scenario]), absolute: 1e-12))
        }
      }
      #expect(stressed.set.calibration?.law == nil)
    }
  }

  /// Seven standard errors of a covariance of normal moves: a false alarm below 1e-10.
  @Test func theClosedFormIsThatOfTheDraws() throws {
    for sampling in [SamplingScheme.plain, .sobol] {
      let stressable = try stressable(.gaussian, .estimated, sampling)
      let base = try #require(stressable.subject).moments
      for share in [0.5, 1] {
        let target = try StressedMarket.together(base, share: share)
        let set = try stressable.stressed(
          as: try StressedMarket.law(base, [(1, target)]), .threads(2)
        ).set
        let law = try #require(set.calibration?.law)
        let found = secondMoments(set.moves)
        for row in base.moving {
          for column in base.moving {
            let wanted = law.covariance[row, column]
            #expect(wanted == target.covariance[row, column])
            let error =
              ((law.covariance[row, row] * law.covariance[column, column] + wanted * wanted)
              / Double(set.count)).squareRoot()
            #expect(abs(found[row, column] - wanted) < 7 * error)
          }
        }
        // The response to prices is there again, in the closed form and in the draws.
        let spot = try #require(set.factors.index(of: .spot(market.coin)))
        let volatility = try #require(set.factors.index(of: .volatility(market.coin)))
        #expect(law.covariance[volatility, spot] == -law.covariance[spot, spot])
        #expect(
          set.calibration?.spectrum?.largest == target.correlation.largestEigenvalue)
      }
    }
  }

  @Test func aLawWithoutDrawsIsTheLawOfTheDraws() throws {
    let request = MonteCarloRequest(
      law: .studentT(degreesOfFreedom: 5), sample: sample, estimator: .equallyWeighted(mean: .zero))
    let source = try market.source(count: 200)
    let closed = try source.stressable(.law(request))
    let drawn = try source.stressable(.monteCarlo(request))
    let base = try #require(closed.subject).moments
    var law = try StressedMarket.law(
      base, [(1, try StressedMarket.together(base, share: 0.7))], degreesGained: 1)
    let first = try closed.stressed(as: law, .sequential).set
    let second = try drawn.stressed(as: law, .sequential).set
    #expect(first.count == 0)
    #expect(first.calibration?.law == second.calibration?.law)
    #expect(first.calibration?.law?.tail.degreesOfFreedom == 6)
    var shifted = base
    shifted.means[0] = -0.1
    law = try StressedMarket.law(base, [(1, shifted)])
    #expect(throws: ScenarioError.noClosedForm("studentT(5) after a shock")) {
      try closed.stressed(as: law, .sequential)
    }
    #expect(try drawn.stressed(as: law, .sequential).set.calibration?.law == nil)
  }

  @Test("A dependence that was asked for is kept", arguments: [Dependence.comonotone, .independent])
  func dependenceIsKept(_ dependence: Dependence) throws {
    for law in [MoveLaw.gaussian, .studentT(degreesOfFreedom: 4)] {
      let stressable = try stressable(law, dependence, count: 1_000)
      let base = try #require(stressable.subject).moments
      #expect(base.correlation[0, 1] == (dependence == .comonotone ? 1 : 0))
      var target = base
      target.correlation = .identity(base.factors.count)
      target.volatilities[1] *= 2
      let stressed = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential)
      let moments = try #require(stressed.law).components[0].moments
      #expect(moments.correlation.matrix == base.correlation.matrix)
      #expect(stressed.set.moves.row(0) == stressable.set.moves.row(0))
      for (after, before) in zip(stressed.set.moves.row(1), stressable.set.moves.row(1)) {
        #expect(isClose(after, max(-1, 2 * before), relative: 1e-14))
      }
    }
  }

  @Test func marginsOfACopulaWidenAboutTheirMean() throws {
    let stressable = try stressable(.studentTCopula(CopulaModel(degreesOfFreedom: 5)), count: 2_000)
    let base = try #require(stressable.subject).moments
    var target = base
    target.volatilities[2] *= 1.5
    target.means[2] += 0.01
    let set = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    #expect(set.moves.row(0) == stressable.set.moves.row(0))
    for (after, before) in zip(set.moves.row(2), stressable.set.moves.row(2)) {
      let wanted = target.means[2] + 1.5 * (before - base.means[2])
      #expect(isClose(after, max(-1, wanted), absolute: 1e-14))
    }
  }

  @Test func jumpsKeepTheirTimesAndGrowWithVolatility() throws {
    let jumps = try JumpModel(
      commonIntensity: 0.05, commonMean: -1.5, commonDeviation: 1, ownIntensity: 0.02, ownDeviation: 2)
    let stressable = try stressable(.jumps(jumps), count: 2_000)
    let base = try #require(stressable.subject).moments
    var target = base
    for place in target.volatilities.indices { target.volatilities[place] *= 1.25 }
    let set = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    for place in base.moving {
      for (after, before) in zip(set.moves.row(place), stressable.set.moves.row(place)) {
        #expect(isClose(after, max(-1, 1.25 * before), relative: 1e-13, absolute: 1e-17))
      }
    }
  }

  /// A basis without a law of its own begins to move: at once under the law's covariance, and from nothing continuously.
  @Test func aFactorThatBeginsToMove() throws {
    let history = try randomHistory(["BTC", "ETH"], days: 340)
    let models = ScenarioModels(basis: [BasisModel(asset: market.coin, style: .linear, dailyVolatility: 0)])
    let stressable = try source(history, models: models, count: 40_000).stressable(
      draws(.gaussian, from: sample))
    let base = try #require(stressable.subject).moments
    #expect(base.volatilities[2] == 0)
    var target = base
    target.volatilities[2] = 0.01
    var matrix = base.correlation.matrix
    for (row, column) in [(0, 2), (2, 0)] { matrix[row, column] = -0.4 }
    target.correlation = try CorrelationMatrix(matrix)
    let set = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    #expect(set.moves.row(0) == stressable.set.moves.row(0))
    #expect(set.coverage[2] == FactorCoverage(source: .model("shock")))
    let found = secondMoments(set.moves)
    let wanted = target.covariance
    for row in 0..<3 {
      for column in 0..<3 {
        let size = (wanted[row, row] * wanted[column, column]).squareRoot()
        // Seven standard errors of normal moves.
        #expect(abs(found[row, column] - wanted[row, column]) < 7 * size * (2.0 / 40_000).squareRoot())
      }
    }
  }

  @Test func aMixtureTakesEveryScenarioFromOneLaw() throws {
    for sampling in [SamplingScheme.plain, .sobol] {
      let stressable = try stressable(.studentT(degreesOfFreedom: 4), .estimated, sampling, count: 5_000)
      let base = try #require(stressable.subject).moments
      var target = try StressedMarket.together(base, share: 0.8)
      target.means[1] = -0.2
      let stressed = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
      var before: Set<Int> = []
      for probability in [0.1, 0.3] {
        let set = try stressable.stressed(
          as: try StressedMarket.law(base, [(1 - probability, base), (probability, target)]), .threads(2)
        ).set
        var chosen: Set<Int> = []
        for scenario in 0..<set.count {
          let move = set.moves.column(scenario)
          if move == stressed.moves.column(scenario) {
            chosen.insert(scenario)
          } else {
            #expect(
              zip(move, stressable.set.moves.column(scenario)).allSatisfy {
                isClose($0, $1, absolute: 1e-13)
              })
          }
        }
        #expect(isBelievable(count: chosen.count, trials: set.count, probability: probability))
        #expect(before.isSubset(of: chosen))
        before = chosen
        #expect(set.calibration?.law == nil)
        let covariance = try #require(set.calibration?.covariance)
        let own = base.covariance[1, 1]
        #expect(
          isClose(covariance[1, 1], own + probability * (1 - probability) * 0.04, relative: 1e-12))
      }
    }
  }
}
