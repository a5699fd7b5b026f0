import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct EntropyPoolingTests {
  private static let faces = (1...6).map(Double.init)

  /// JAYNES: the most likely die among those whose mean is 4.5; Jaynes: Where do we stand on maximum entropy? (1978).
  @Test("JAYNES: the die of mean 4.5, at the printed digits") func jaynes() throws {
    let pooled = try EntropyPooling(
      prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, 4.5)])
    #expect(isClose(pooled.multipliers[0], 0.371048938081, absolute: 1e-12))
    let expected = [
      0.054353167826, 0.078771545633, 0.114159977229, 0.165446803110, 0.239774440427, 0.347494065774,
    ]
    for (weight, figure) in zip(pooled.weights.values, expected) {
      #expect(isClose(weight, figure, absolute: 1e-12))
    }
    #expect(isClose(pooled.entropy, 1.613581098154, absolute: 1e-12))
    #expect(isClose(pooled.means[0], 4.5, absolute: 1e-12))
    // Against equal weights the entropies add up to log n.
    #expect(isClose(pooled.entropy + pooled.relativeEntropy, log(6), relative: 1e-14))
    #expect(isClose(pooled.effectiveScenarios, exp(1.613581098154), relative: 1e-12))
    #expect(pooled.largestGap <= 1e-11)
    #expect(pooled.iterations < 10)
  }

  @Test("the other way round the die is the other way round") func mirrored() throws {
    let high = try EntropyPooling(
      prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, 4.5)])
    let low = try EntropyPooling(
      prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, 2.5)])
    #expect(isClose(low.multipliers[0], -high.multipliers[0], relative: 1e-12))
    for (one, other) in zip(low.weights.values, high.weights.values.reversed()) {
      #expect(isClose(one, other, relative: 1e-12))
    }
  }

  /// A view on a probability scales the prior inside and outside the event, whatever the prior is.
  @Test func aProbabilityIsScaledUniformly() throws {
    let prior = try SampleWeights([0.1, 0.2, 0.3, 0.4])
    let pooled = try EntropyPooling(
      prior: prior, views: [ScenarioView(probabilityOf: [true, true, false, false], .equal, 0.5)])
    for (weight, figure) in zip(pooled.weights.values, [1.0 / 6, 1.0 / 3, 1.5 / 7, 2.0 / 7]) {
      #expect(isClose(weight, figure, relative: 1e-12))
    }
  }

  @Test("a normal law moved by its mean: λ = Δ/σ² and an entropy of Δ²/2σ²") func normalLaw() throws {
    // A fine grid stands for the law: two wide standard deviations at σ = 2, moved by 1.
    let grid = (-400...400).map { 0.04 * Double($0) }
    let prior = try SampleWeights(grid.map { exp(-$0 * $0 / 8) })
    let pooled = try EntropyPooling(prior: prior, views: [ScenarioView(meanOf: grid, .equal, 1)])
    #expect(isClose(pooled.multipliers[0], 0.25, relative: 1e-9))
    #expect(isClose(pooled.relativeEntropy, 0.125, relative: 1e-9))
  }

  @Test("a one-sided view that holds costs nothing, one that does not is met exactly") func oneSided() throws
  {
    let views: [(ScenarioView.Relation, Double)] = [
      (.atLeast, 3), (.atMost, 4), (.atLeast, -1), (.atMost, 9),
    ]
    for (relation, target) in views {
      let pooled = try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, relation, target)])
      #expect(pooled.weights == .equal(count: 6))
      #expect(pooled.multipliers == [0])
      #expect(pooled.iterations == 0)
      #expect(pooled.relativeEntropy == 0)
      #expect(isClose(pooled.effectiveScenarios, 6, relative: 1e-14))
    }
    for (relation, target) in [(ScenarioView.Relation.atLeast, 4.5), (.atMost, 2.5)] {
      let bound = try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, relation, target)])
      let equal = try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, target)])
      #expect(isClose(bound.multipliers[0], equal.multipliers[0], relative: 1e-10))
      #expect(isClose(bound.relativeEntropy, equal.relativeEntropy, relative: 1e-10))
    }
  }

  private static func market(scenarios: Int, seed: UInt64) -> (first: [Double], second: [Double]) {
    var generator = SeededGenerator(seed: seed)
    var (first, second): ([Double], [Double]) = ([], [])
    for _ in 0..<scenarios {
      let common = twelveUniforms(&generator)
      first.append(0.03 * common)
      second.append(0.04 * (0.8 * common + 0.6 * twelveUniforms(&generator)))
    }
    return (first, second)
  }

  /// What makes it the answer: the views hold, slack views have no multiplier, and no other weights that make the
  /// views hold are nearer to the prior.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func viewsHoldAndNothingIsNearer(seed: UInt64) throws {
    let (first, second) = Self.market(scenarios: 400, seed: seed)
    var generator = SeededGenerator(seed: seed + 100)
    let prior = try SampleWeights(first.map { _ in generator.uniform() + 0.1 })
    let views = [
      ScenarioView(meanOf: first, .equal, -0.01),
      ScenarioView(meanOf: zip(first, second).map { $0 * $1 }, .atMost, 0.0005),
      ScenarioView(meanOf: second.map { $0 * $0 }, .atLeast, 0.0018),
      ScenarioView(probabilityOf: second.map { $0 < -0.08 }, .atLeast, 0.1),
      ScenarioView(meanOf: second, .atMost, 0.05),
    ]
    let pooled = try EntropyPooling(prior: prior, views: views)
    #expect(isClose(pooled.means[0], -0.01, absolute: 1e-12))
    for (index, view) in views.enumerated() where view.relation != .equal {
      let slack = (pooled.means[index] - view.target) * (view.relation == .atMost ? -1 : 1)
      #expect(slack >= -1e-11)
      let multiplier = pooled.multipliers[index] * (view.relation == .atMost ? -1 : 1)
      #expect(multiplier >= 0)
      #expect(isClose(multiplier * slack, 0, absolute: 1e-9))
    }
    #expect(pooled.multipliers[4] == 0)
    #expect(isClose(pooled.weights.values.reduce(0, +), 1, absolute: 1e-13))
    #expect(try EntropyPooling(prior: prior, views: views) == pooled)

    // The distance is convex: towards weights that also make the views hold, tighter ones, it can only grow.
    let tighter = [
      views[0], ScenarioView(meanOf: views[1].values, .atMost, 0.0004),
      ScenarioView(meanOf: views[2].values, .equal, 0.002),
      ScenarioView(meanOf: views[3].values, .equal, 0.12), views[4],
    ]
    let other = try EntropyPooling(prior: prior, views: tighter)
    for share in [0.01, 0.1, 1] {
      var distance = 0.0
      for scenario in first.indices {
        let weight =
          (1 - share) * pooled.weights.values[scenario] + share * other.weights.values[scenario]
        distance += weight * log(weight / prior.values[scenario])
      }
      #expect(distance >= pooled.relativeEntropy - 1e-12)
    }
  }

  /// Any weights above zero have means that views can ask for, however uneven the weights and heavy the tails.
  @Test("the means of random weights are always met", arguments: 1...6) func randomMeans(views count: Int)
    throws
  {
    var generator = SeededGenerator(seed: UInt64(count))
    for power in [1.0, 3, 8] {
      for _ in 0..<20 {
        let functions = (0..<count).map { _ in
          (0..<60).map { _ in 1 / generator.uniform() - 1 / generator.uniform() }
        }
        let believed = try SampleWeights((0..<60).map { _ in pow(generator.uniform(), power) })
        let views = functions.map { values in
          let mean = zip(values, believed.values).reduce(0) { $0 + $1.0 * $1.1 }
          return ScenarioView(meanOf: values, .equal, mean)
        }
        let pooled = try EntropyPooling(prior: .equal(count: 60), views: views)
        #expect(pooled.iterations <= 40)
        for (mean, view) in zip(pooled.means, views) {
          let size = view.values.reduce(0) { max($0, abs($1)) }
          #expect(isClose(mean, view.target, absolute: 1e-10 * size))
        }
        var cost = 0.0
        for weight in believed.values { cost += weight * log(60 * weight) }
        #expect(pooled.relativeEntropy <= cost + 1e-9)
      }
    }
  }

  @Test func theUnitOfAFunctionDoesNotMatter() throws {
    let (first, second) = Self.market(scenarios: 300, seed: 8)
    func pooled(_ unit: Double) throws -> EntropyPooling {
      try EntropyPooling(
        prior: .equal(count: 300),
        views: [
          ScenarioView(meanOf: first.map { $0 * unit }, .equal, 0.01 * unit),
          ScenarioView(meanOf: second, .atMost, -0.01),
        ])
    }
    let plain = try pooled(1)
    for unit in [1e-12, 1e9, 1e200] {
      let scaled = try pooled(unit)
      #expect(isClose(scaled.multipliers[0] * unit, plain.multipliers[0], relative: 1e-8))
      #expect(isClose(scaled.relativeEntropy, plain.relativeEntropy, relative: 1e-9))
    }
  }

  @Test("the same view twice is the view once") func redundantViews() throws {
    let view = ScenarioView(meanOf: Self.faces, .equal, 4.5)
    let once = try EntropyPooling(prior: .equal(count: 6), views: [view])
    let twice = try EntropyPooling(prior: .equal(count: 6), views: [view, view])
    for (one, other) in zip(once.weights.values, twice.weights.values) {
      #expect(isClose(one, other, relative: 1e-10))
    }
    #expect(isClose(twice.multipliers.reduce(0, +), once.multipliers[0], relative: 1e-10))
    let constant = ScenarioView(meanOf: [2, 2, 2, 2, 2, 2], .equal, 2)
    let idle = try EntropyPooling(prior: .equal(count: 6), views: [constant, view])
    #expect(isClose(idle.relativeEntropy, once.relativeEntropy, relative: 1e-10))
  }

  @Test func withoutViewsThePriorStays() throws {
    let prior = try SampleWeights([3, 1, 0, 2])
    let pooled = try EntropyPooling(prior: prior, views: [])
    #expect(pooled.weights == prior)
    #expect(pooled.relativeEntropy == 0)
  }

  @Test("a scenario without a prior weight gets none, and does not widen what a view can ask for")
  func scenariosWithoutWeight() throws {
    let prior = try SampleWeights([1, 1, 1, 1, 1, 0])
    let pooled = try EntropyPooling(
      prior: prior, views: [ScenarioView(meanOf: Self.faces, .equal, 4.5)])
    #expect(pooled.weights.values[5] == 0)
    #expect(isClose(pooled.means[0], 4.5, absolute: 1e-10))
    #expect(throws: EntropyPoolingError.targetOutOfReach(view: 0, target: 5.5, least: 1, greatest: 5)) {
      try EntropyPooling(prior: prior, views: [ScenarioView(meanOf: Self.faces, .equal, 5.5)])
    }
  }

  @Test("means a hair's breadth from the edge are met; few scenarios are left") func nearTheEdge() throws {
    for target in [5.9, 5.999, 5.999_999] {
      let pooled = try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, target)])
      #expect(isClose(pooled.means[0], target, absolute: 1e-10))
      #expect(pooled.effectiveScenarios < 2)
    }
  }

  @Test func contradictionsAreProved() throws {
    let squares = Self.faces.map { $0 * $0 }
    // No die of mean 3.5 has a mean square below 12.5, or above 18.5.
    for (relation, target) in [(ScenarioView.Relation.equal, 12.0), (.atMost, 12.0), (.atLeast, 19.0)] {
      #expect(throws: EntropyPoolingError.viewsContradict) {
        try EntropyPooling(
          prior: .equal(count: 6),
          views: [
            ScenarioView(meanOf: Self.faces, .equal, 3.5), ScenarioView(meanOf: squares, relation, target),
          ])
      }
    }
    #expect(throws: EntropyPoolingError.viewsContradict) {
      try EntropyPooling(
        prior: .equal(count: 6),
        views: [
          ScenarioView(meanOf: Self.faces, .atLeast, 4), ScenarioView(meanOf: Self.faces, .atMost, 3),
        ])
    }
  }

  @Test func viewsOutOfReachAreNamed() {
    for target in [1.0, 0.5, 6, 7] {
      #expect(throws: EntropyPoolingError.targetOutOfReach(view: 1, target: target, least: 1, greatest: 6)) {
        try EntropyPooling(
          prior: .equal(count: 6),
          views: [
            ScenarioView(meanOf: Self.faces, .atMost, 5), ScenarioView(meanOf: Self.faces, .equal, target),
          ])
      }
    }
    #expect(throws: EntropyPoolingError.targetOutOfReach(view: 0, target: 3, least: 2, greatest: 2)) {
      try EntropyPooling(prior: .equal(count: 2), views: [ScenarioView(meanOf: [2, 2], .atLeast, 3)])
    }
  }

  @Test func badInputsAreNamed() {
    #expect(throws: EntropyPoolingError.viewLength(view: 0, values: 6, scenarios: 5)) {
      try EntropyPooling(
        prior: .equal(count: 5), views: [ScenarioView(meanOf: Self.faces, .equal, 3)])
    }
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: EntropyPoolingError.valueNotFinite(view: 0, scenario: 1)) {
        try EntropyPooling(prior: .equal(count: 3), views: [ScenarioView(meanOf: [1, bad, 2], .equal, 1.5)])
      }
      #expect(throws: EntropyPoolingError.targetNotFinite(view: 0)) {
        try EntropyPooling(prior: .equal(count: 3), views: [ScenarioView(meanOf: [1, 3, 2], .equal, bad)])
      }
    }
  }

  @Test func aCutShortIterationSaysSo() {
    #expect(throws: EntropyPoolingError.self) {
      try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, 5.9)], maximumIterations: 1)
    }
    do {
      _ = try EntropyPooling(
        prior: .equal(count: 6), views: [ScenarioView(meanOf: Self.faces, .equal, 5.9)], maximumIterations: 1)
    } catch .notConverged(let gap, let iterations) {
      #expect(gap > 1e-11)
      #expect(iterations == 1)
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func errorsReadAsSentences() {
    let errors: [EntropyPoolingError] = [
      .viewLength(view: 0, values: 2, scenarios: 3), .valueNotFinite(view: 0, scenario: 1),
      .targetNotFinite(view: 2), .targetOutOfReach(view: 0, target: 7, least: 1, greatest: 6),
      .viewsContradict,
      .notConverged(largestGap: 0.1, iterations: 200),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(
      EntropyPoolingError.viewLength(view: 0, values: 2, scenarios: 3).description
        == "view 1 has 2 values for 3 scenarios; each needs one")
  }
}
