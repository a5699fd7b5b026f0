import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct AgeWeightedScenariosTests {
  private func request(_ count: Int, decay: Double, days: Int = 1) -> ScenarioRequest {
    .historical(
      HistoricalRequest(
        lookBack: .observations(count), horizon: .days(days), weighting: .decaying(decay)))
  }

  /// BRW98: Boudoukh, Richardson, Whitelaw, The best of both worlds (1998); K = 100, λ = 0.98, the weights of ages 3, 2, 65,
  /// 45, 5 and 30 as printed.
  @Test("BRW98: the weights of six ages") func referenceBRW98() throws {
    let history = try randomHistory(["BTC"], days: 120)
    let set = try source(history).scenarios(for: request(100, decay: 0.98))
    let weights = try #require(set.weights)
    for (age, printed) in [(3, 0.0221), (2, 0.0226), (65, 0.0063), (45, 0.0095), (5, 0.0213), (30, 0.0128)] {
      #expect(isClose(weights.values[100 - age], printed, absolute: 0.00005))
    }
    let plain = try source(history).scenarios(for: .historical(lastMoves(100)))
    #expect(set.moves == plain.moves)
    #expect(set.labels == plain.labels)
    #expect(plain.weights == nil)
    // The paper's own returns, placed by age: a 5 % value at risk of 2.73 between 2.7 and 2.9.
    var losses = [Double](repeating: -1, count: 100)
    for (age, loss) in [(3, 3.3), (2, 2.9), (65, 2.7), (45, 2.5), (5, 2.4), (30, 2.3)] {
      losses[100 - age] = loss
    }
    let risk = try WeightedTailRisk(ofLosses: losses, weights: weights, at: Confidence(0.95))
    #expect(risk.valueAtRisk == 2.7)
  }

  @Test func weightsFollowTheirScenarios() throws {
    let set = try source(randomHistory(["BTC"], days: 60)).scenarios(for: request(40, decay: 0.9, days: 3))
    let weights = try #require(set.weights).values
    #expect(weights.count == 40)
    let chosen = try #require(set.selecting([39, 3, 39]).weights).values
    let sum = 2 * weights[39] + weights[3]
    for (value, scenario) in zip(chosen, [39, 3, 39]) {
      #expect(isClose(value, weights[scenario] / sum, relative: 1e-14))
    }
    // An age belongs to a place in the sample: history resampled keeps it there.
    #expect(set.resampled([Int](repeating: 5, count: 40)).weights == set.weights)
  }

  @Test func scenariosThatLackAMoveTakeTheirWeightWithThem() throws {
    let whole = try randomHistory(["BTC", "ETH"], days: 60)
    var gappy = whole.series[1].prices
    gappy[50] = nil
    let history = try dailyHistory([
      (whole.assets[0], whole.series[0].prices), (whole.assets[1], gappy),
    ])
    let set = try source(history).scenarios(for: request(40, decay: 0.9))
    let all = try #require(set.weights).values
    let restricted = set.restricted(toCover: [1])
    let left = (0..<40).filter { ![30, 31].contains($0) }
    let kept = try #require(restricted.weights).values
    let sum = left.reduce(0) { $0 + all[$1] }
    #expect(kept.count == 38)
    for (place, scenario) in left.enumerated() {
      #expect(isClose(kept[place], all[scenario] / sum, relative: 1e-14))
    }
  }

  @Test func aDecayOutsideItsDomainIsNamed() throws {
    let source = try source(randomHistory(["BTC"], days: 60))
    for decay in [0, -0.5, 1.01, .nan] {
      let error = try #require(throws: ScenarioError.self) {
        try source.scenarios(for: request(20, decay: decay))
      }
      guard case .outOfDomain("decay", _, _) = error else { throw error }
    }
    let equal = try #require(try source.scenarios(for: request(20, decay: 1)).weights)
    #expect(equal == .equal(count: 20))
  }
}
