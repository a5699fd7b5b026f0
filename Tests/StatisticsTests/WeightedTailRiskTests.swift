import Statistics
import TestSupport
import Testing

@Suite struct WeightedTailRiskTests {
  /// A sample with the given losses at the given places and small ones elsewhere.
  private func sample(_ count: Int, _ losses: [(place: Int, loss: Double)]) -> [Double] {
    var sample = (0..<count).map { -Double($0) }
    for (place, loss) in losses { sample[place] = loss }
    return sample
  }

  /// Hull's six worst scenarios of 500, in thousand dollars; the newest scenario is the 500th.
  private var hull: [Double] {
    sample(
      500,
      [
        (493, 477_841), (338, 345_435), (348, 282_204), (328, 277_041), (486, 253_385), (226, 217_974),
      ])
  }

  @Test("HULL-BRW: 282,204 and 400,914.19 with λ = 0.995") func hullAgeWeighted() throws {
    let weights = try SampleWeights.ageWeighted(count: 500, decay: 0.995)
    for rule in [WeightedQuantileRule.lowerQuantile, .upperQuantile] {
      let tail = try WeightedTailRisk(
        ofLosses: hull, weights: weights, at: .ninetyNinePercent, rule: rule)
      #expect(tail.valueAtRisk == 282_204)
      #expect(isClose(tail.expectedShortfall, 400_914.19, absolute: 0.005))
      #expect(tail.members == [493, 338, 348])
      #expect(tail.bindingScenario == 348)
    }
  }

  @Test("HULL-RANK: the fifth worst of 500 is the upper quantile, 327,181.2 the mean from there on")
  func hullRank() throws {
    let tail = try WeightedTailRisk(
      ofLosses: hull, weights: .equal(count: 500), at: .ninetyNinePercent, rule: .upperQuantile)
    #expect(tail.valueAtRisk == 253_385)
    #expect(isClose(tail.expectedShortfall, 327_181.2, relative: 1e-15))
    #expect(isClose(tail.meanBeyondValueAtRisk, 327_181.2, relative: 1e-13))
  }

  @Test("BRW98: interpolated 5 % value at risk 2.7338, the paper's 2.73") func brw98() throws {
    let returns = [(3, 3.3), (2, 2.9), (65, 2.7), (45, 2.5), (5, 2.4), (30, 2.3)]
    let losses = sample(100, returns.map { (100 - $0.0, $0.1) })
    let weights = try SampleWeights.ageWeighted(count: 100, decay: 0.98)
    let tail = try WeightedTailRisk(
      ofLosses: losses, weights: weights, at: .ninetyFivePercent, rule: .interpolated)
    #expect(isClose(tail.valueAtRisk, 2.7338, absolute: 5e-5))
  }

  @Test func theWorstLossMayBeTheWholeTail() throws {
    let weights = try SampleWeights([0.2, 0.5, 0.3])
    for rule in WeightedQuantileRule.allCases {
      let tail = try WeightedTailRisk(
        ofLosses: [9, 1, 4], weights: weights, at: .ninetyNinePercent, rule: rule)
      #expect(tail.valueAtRisk == 9)
      #expect(tail.expectedShortfall == 9)
      #expect(tail.members == [0])
      #expect(isClose(tail.weights[0], 1, relative: 1e-15))
    }
  }

  @Test("the boundary's weight is split, by hand") func boundary() throws {
    // The worst 10 %: all of the 4 % at 9, and 6 % of the 30 % at 4.
    let weights = try SampleWeights([0.04, 0.66, 0.3])
    let tail = try WeightedTailRisk(ofLosses: [9, 1, 4], weights: weights, at: Confidence(0.9))
    #expect(tail.valueAtRisk == 4)
    #expect(isClose(tail.expectedShortfall, (0.04 * 9 + 0.06 * 4) / 0.1, relative: 1e-14))
    #expect(isClose(tail.weights[0], 0.4, relative: 1e-14))
    #expect(isClose(tail.weights[1], 0.6, relative: 1e-14))
    #expect(isClose(tail.meanBeyondValueAtRisk, (0.04 * 9 + 0.3 * 4) / 0.34, relative: 1e-14))
  }

  @Test func aScenarioWithoutWeightIsNotThere() throws {
    let weights = try SampleWeights([0, 1, 1, 0])
    let tail = try WeightedTailRisk(ofLosses: [100, 3, 2, 50], weights: weights, at: Confidence(0.9))
    #expect(tail.valueAtRisk == 3)
    #expect(tail.expectedShortfall == 3)
    #expect(tail.effectiveSampleSize == 2)
  }
}

@Suite(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
struct WeightedTailRiskReferenceTests {
  /// Open Source Risk Engine, Examples/MarketRisk, historical simulation: quantile and mean below it at a probability.
  static let ore: [(column: String, probability: Double, quantile: Double, shortfall: Double?)] = [
    ("All", 0.01, -874_503.346996, -949_845.987415), ("All", 0.05, -629_899.117052, -777_808.702398),
    ("FX", 0.01, -884_244.095663, -955_311.193585), ("InterestRate", 0.01, -63_274.845054, -68_496.179457),
  ]

  @Test("ORE-HS: quantiles and means below them, in its convention", arguments: ore)
  func openSourceRiskEngine(
    column: String, probability: Double, quantile: Double, shortfall: Double?
  ) throws {
    let profits = try ReferenceFolder.column(column, of: "ore_histsim_pnl_3col.csv")
    #expect(profits.count == 715)
    let tail = try WeightedTailRisk(
      ofLosses: profits.map { -$0 }, weights: .equal(count: profits.count), at: Confidence(1 - probability),
      rule: .upperQuantile)
    #expect(isClose(-tail.valueAtRisk, quantile, absolute: 1e-6))
    if let shortfall { #expect(isClose(-tail.meanBeyondValueAtRisk, shortfall, absolute: 1e-6)) }
  }

  @Test("ORE-HS: the upper quantiles are the losses of the position turned round") func upperSide() throws {
    let profits = try ReferenceFolder.column("All", of: "ore_histsim_pnl_3col.csv")
    for (probability, quantile) in [(0.95, 552_878.307798), (0.99, 846_747.819325)] {
      let tail = try WeightedTailRisk(
        ofLosses: profits, weights: .equal(count: profits.count), at: Confidence(probability))
      #expect(isClose(tail.valueAtRisk, quantile, absolute: 1e-6))
    }
  }

  // EDHEC hedge fund indices, Convertible Arbitrage, 293 months: value at risk and the weight reached there.
  @Test(
    "ED-BRW: the first loss whose cumulative weight reaches the level",
    arguments: [
      (0.98, 0.99, 0.0700, 0.016992767), (0.98, 0.95, 0.0121, 0.050418665),
      (0.995, 0.99, 0.0700, 0.012134327),
      (0.995, 0.95, 0.0140, 0.051292273),
    ])
  func ageWeighted(decay: Double, level: Double, expected: Double, reached: Double) throws {
    let losses = try ReferenceFolder.column("Convertible Arbitrage", of: "pa_edhec_293.csv").map { -$0 }
    let weights = try SampleWeights.ageWeighted(count: losses.count, decay: decay)
    let tail = try WeightedTailRisk(
      ofLosses: losses, weights: weights, at: Confidence(level), rule: .upperQuantile)
    #expect(isClose(tail.valueAtRisk, expected, absolute: 5e-5))
    let mass = tail.members.reduce(0) { $0 + weights.values[$1] }
    #expect(isClose(mass, reached, absolute: 5e-10))
  }

  @Test("ED-CONV: types 1 and 7, and the two readings of expected shortfall") func conventions() throws {
    let losses = try ReferenceFolder.column("Convertible Arbitrage", of: "pa_edhec_293.csv").map { -$0 }
    let tail = try WeightedTailRisk(
      ofLosses: losses, weights: .equal(count: losses.count), at: .ninetyFivePercent)
    #expect(isClose(tail.valueAtRisk, 0.0159, absolute: 1e-15))
    #expect(isClose(tail.expectedShortfall, 0.03932662116, absolute: 5e-12))
    let type7 = try valueAtRisk(ofLosses: losses, at: .ninetyFivePercent, rule: .type7)
    #expect(isClose(type7, 0.01506, absolute: 1e-15))
    let beyond = losses.filter { $0 >= type7 }
    #expect(isClose(beyond.reduce(0, +) / Double(beyond.count), 0.03878, absolute: 5e-6))
  }
}

@Suite struct WeightedTailRiskPropertyTests {
  private static let levels = [0.51, 0.75, 0.9, 0.95, 0.99, 0.999]

  private static func samples(
    _ body: (_ losses: [Double], _ weights: [Double], inout SeededGenerator) throws -> Void
  ) rethrows {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<120 {
      let count = Int.random(in: 1...400, using: &generator)
      let coarse = Bool.random(using: &generator)
      let losses = (0..<count).map { _ in
        let value = 1 / generator.uniform() - 1 / generator.uniform()
        return coarse ? value.rounded() : value
      }
      let weights = (0..<count).map { _ in generator.uniform() * generator.uniform() + 1e-3 }
      try body(losses, weights, &generator)
    }
  }

  @Test("equal weights give exactly the plain tail") func equalWeights() throws {
    try Self.samples { losses, _, _ in
      for level in Self.levels {
        let plain = try TailRisk(ofLosses: losses, at: Confidence(level))
        for weights in [SampleWeights.equal(count: losses.count), try SampleWeights(losses.map { _ in 0.3 })]
        {
          let tail = try WeightedTailRisk(ofLosses: losses, weights: weights, at: Confidence(level))
          #expect(tail.valueAtRisk == plain.valueAtRisk)
          #expect(tail.expectedShortfall == plain.expectedShortfall)
          #expect(tail.members == plain.members)
          #expect(tail.weights == plain.weights)
          #expect(tail.effectiveSampleSize == Double(losses.count))
        }
      }
    }
  }

  @Test("the plain twin: a sorted sample, cumulated") func plainTwin() throws {
    try Self.samples { losses, weights, _ in
      let shares = try SampleWeights(weights)
      let order = losses.indices.sorted { losses[$0] != losses[$1] ? losses[$0] > losses[$1] : $0 < $1 }
      let scale = losses.reduce(1) { max($0, abs($1)) }
      for level in Self.levels {
        let mass = 1 - level
        var beyond = 0.0
        var sum = 0.0
        var quantile = losses[order[order.count - 1]]
        for index in order {
          if beyond + shares.values[index] > mass {
            quantile = losses[index]
            break
          }
          beyond += shares.values[index]
          sum += shares.values[index] * losses[index]
        }
        let tail = try WeightedTailRisk(ofLosses: losses, weights: shares, at: Confidence(level))
        #expect(tail.valueAtRisk == quantile)
        #expect(
          isClose(tail.expectedShortfall, (sum + (mass - beyond) * quantile) / mass, absolute: 1e-9 * scale))
        #expect(isClose(tail.weights.reduce(0, +), 1, relative: 1e-9))
        #expect(tail.expectedShortfall >= tail.valueAtRisk)
        #expect(tail.members.map { losses[$0] } == tail.losses)
      }
    }
  }

  @Test("a scenario of weight k is k scenarios") func repetition() throws {
    try Self.samples { losses, _, generator in
      let repeats = losses.map { _ in Int.random(in: 1...4, using: &generator) }
      let repeated = zip(losses, repeats).flatMap { [Double](repeating: $0, count: $1) }
      let weights = try SampleWeights(repeats.map(Double.init))
      let scale = losses.reduce(1) { max($0, abs($1)) }
      for level in Self.levels {
        let tail = try WeightedTailRisk(ofLosses: losses, weights: weights, at: Confidence(level))
        let plain = try TailRisk(ofLosses: repeated, at: Confidence(level))
        #expect(tail.valueAtRisk == plain.valueAtRisk)
        #expect(isClose(tail.expectedShortfall, plain.expectedShortfall, absolute: 1e-12 * scale))
      }
    }
  }

  @Test func theRulesAreOrdered() throws {
    try Self.samples { losses, weights, _ in
      let shares = try SampleWeights(weights)
      for level in Self.levels {
        let read = try WeightedQuantileRule.allCases.map { rule throws in
          try WeightedTailRisk(ofLosses: losses, weights: shares, at: Confidence(level), rule: rule)
        }
        // In the order lower, upper, interpolated.
        #expect(read[0].valueAtRisk <= read[1].valueAtRisk)
        #expect(read[1].valueAtRisk <= read[2].valueAtRisk)
        #expect(read[1].valueAtRisk <= read[0].expectedShortfall)
        #expect(read[0].expectedShortfall == read[2].expectedShortfall)
      }
    }
  }
}

@Suite struct WeightedTailRiskFailureTests {
  @Test(arguments: [Double.nan, .infinity, -.infinity]) func aLossThatIsNotFiniteIsNamed(value: Double) {
    #expect(throws: EstimationError.notFinite(index: 1)) {
      try WeightedTailRisk(ofLosses: [1, value, 3], weights: .equal(count: 3), at: .ninetyNinePercent)
    }
  }

  @Test func everyLossNeedsAWeight() {
    #expect(throws: EstimationError.weightCount(count: 2, observations: 3)) {
      try WeightedTailRisk(ofLosses: [1, 2, 3], weights: .equal(count: 2), at: .ninetyNinePercent)
    }
    #expect(throws: EstimationError.weightCount(count: 1, observations: 0)) {
      try WeightedTailRisk(ofLosses: [], weights: .equal(count: 1), at: .ninetyNinePercent)
    }
  }
}
