import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ObservedScenariosTests {
  private let market: StressedMarket

  init() throws { market = try StressedMarket() }

  private var requests: [ScenarioRequest] {
    [
      .historical(lastMoves(300)),
      .historical(
        HistoricalRequest(
          lookBack: .observations(250), horizon: .days(2), weighting: .decaying(0.985))),
      .historical(
        HistoricalRequest(
          lookBack: .observations(250), horizon: .days(1),
          filter: .volatility(.exponentiallyWeighted(decay: 0.94), floorShare: 0))),
      .bootstrap(BootstrapRequest(steps: lastMoves(200), horizon: .days(2), dynamics: nil)),
    ]
  }

  private func moments(_ set: ScenarioSet) throws -> FactorMoments {
    try FactorMoments(
      factors: set.factors, observations: set.moves.selecting(spots: set.factors), weights: set.weights)
  }

  @Test("The moments of mapped moves are the target's") func momentsAreTheTargets() throws {
    for request in requests {
      let stressable = try market.source(count: 1_000).stressable(request)
      let base = try #require(stressable.subject).moments
      var target = try StressedMarket.together(base, share: 0.6)
      target.volatilities[1] *= 1.5
      target.means[0] -= 0.01
      let set = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .threads(2)).set
      #expect(set.clippedMoves == 0)
      #expect(set.weights == stressable.set.weights)
      #expect(set.labels == stressable.set.labels)
      let found = try moments(set)
      for place in base.moving {
        #expect(isClose(found.means[place], target.means[place], absolute: 1e-14))
        #expect(isClose(found.volatilities[place], target.volatilities[place], relative: 1e-12))
      }
      #expect(found.correlation.matrix.maximumAbsoluteDifference(from: target.correlation.matrix) < 1e-12)
      // The implied volatility answers the price it follows again.
      let spot = try #require(set.factors.index(of: .spot(market.coin)))
      let volatility = try #require(set.factors.index(of: .volatility(market.coin)))
      #expect(
        set.moves.row(volatility) == set.moves.row(spot).map { market.models.volatility[0].move(spot: $0) })
    }
  }

  @Test func allTogetherMoveAsOne() throws {
    let stressable = try market.source().stressable(.historical(lastMoves(300)))
    let base = try #require(stressable.subject).moments
    let target = try StressedMarket.together(base, share: 1)
    let set = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    let units = (0..<4).map { place in
      set.moves.row(place).map { ($0 - base.means[place]) / base.volatilities[place] }
    }
    for scenario in 0..<set.count {
      for place in 1..<4 {
        #expect(isClose(units[place][scenario], units[0][scenario], absolute: 1e-10))
      }
    }
  }

  @Test func theOrderOfTheMarketDoesNotMatter() throws {
    let order = [2, 0, 3, 1]
    let permuted = try PriceHistory(
      times: market.history.times, series: order.map { market.history.series[$0] })
    func stressed(_ history: PriceHistory) throws -> ScenarioSet {
      let stressable = try source(history).stressable(.historical(lastMoves(300)))
      let base = try #require(stressable.subject).moments
      var target = try StressedMarket.together(base, share: 0.7)
      target.correlation = try CorrelationMatrix(
        target.correlation.matrix.map { $0 == 1 ? 1 : $0 * $0 })
      return try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    }
    let plain = try stressed(market.history)
    let other = try stressed(permuted)
    for (place, original) in order.enumerated() {
      for (left, right) in zip(other.moves.row(place), plain.moves.row(original)) {
        #expect(isClose(left, right, absolute: 1e-13))
      }
    }
  }

  @Test func viewsWeighTheMoves() throws {
    let stressable = try market.source().stressable(.historical(lastMoves(200)))
    let subject = try #require(stressable.subject)
    let weights = try SampleWeights((0..<200).map { Double($0 + 1) })
    let base = try FactorMoments(
      factors: subject.moments.factors, observations: subject.observations, weights: weights)
    let weighed = try stressable.stressed(
      as: try StressedMarket.law(base, [(1, base)], weights: weights), .sequential
    ).set
    #expect(weighed.moves == stressable.set.moves)
    #expect(weighed.weights == weights)
    let target = try StressedMarket.together(base, share: 0.5)
    let both = try stressable.stressed(
      as: try StressedMarket.law(base, [(1, target)], weights: weights), .sequential
    ).set
    #expect(both.weights == weights)
    #expect(
      try moments(both).correlation.matrix.maximumAbsoluteDifference(from: target.correlation.matrix) < 1e-12)
  }

  @Test func aMixtureHasEveryMoveUnderEachLaw() throws {
    let stressable = try market.source().stressable(
      .historical(
        HistoricalRequest(lookBack: .observations(200), horizon: .days(1), weighting: .decaying(0.99))))
    let base = try #require(stressable.subject).moments
    let own = try #require(stressable.set.weights)
    let target = try StressedMarket.together(base, share: 0.9)
    let alone = try stressable.stressed(as: try StressedMarket.law(base, [(1, target)]), .sequential).set
    let set = try stressable.stressed(
      as: try StressedMarket.law(base, [(0.75, base), (0.25, target)]), .sequential
    ).set
    #expect(set.count == 400)
    #expect(set.selecting(Array(0..<200)).moves == stressable.set.moves)
    #expect(set.selecting(Array(200..<400)).moves == alone.moves)
    #expect(set.labels.text(203) == stressable.set.labels.text(3))
    let weights = try #require(set.weights)
    for place in 0..<200 {
      #expect(isClose(weights.values[place], 0.75 * own.values[place], relative: 1e-12))
      #expect(isClose(weights.values[200 + place], 0.25 * own.values[place], relative: 1e-12))
    }
  }

  @Test func factorsWithGapsStayAsTheyWere() throws {
    let late = try Asset("NEW")
    let prices = randomPrices(late, days: 340, volatility: 0.05).enumerated().map { $0 < 100 ? nil : $1 }
    let history = try PriceHistory(
      times: market.history.times, series: market.history.series + [PriceSeries(asset: late, prices: prices)])
    let stressable = try source(history).stressable(.historical(lastMoves(300)))
    let base = try #require(stressable.subject).moments
    #expect(base.volatilities[4] == 0)
    let target = try StressedMarket.together(base, share: 0.5)
    let two = try stressable.stressed(
      as: try StressedMarket.law(base, [(0.5, base), (0.5, target)]), .sequential
    ).set
    #expect(two.moves.row(4) == stressable.set.moves.row(4) + stressable.set.moves.row(4))
    let missing = stressable.set.coverage[4].missing
    #expect(!missing.isEmpty)
    #expect(two.coverage[4].missing == missing + missing.map { $0 + 300 })
    var moved = base
    moved.volatilities[4] = 0.1
    let law = try StressedMarket.law(base, [(1, moved)])
    #expect(throws: ScenarioError.shock(.doesNotMove(.spot(late)))) {
      try stressable.stressed(as: law, .sequential)
    }
  }
}
