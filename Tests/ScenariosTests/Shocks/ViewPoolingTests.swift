import Instruments
import LinearAlgebra
import MarketData
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ViewPoolingTests {
  /// A die as the only factor: its moves are 1 to 6.
  func die(isEmpirical: Bool = true, weights: SampleWeights? = nil) throws -> ShockSubject {
    let observations = Matrix(rows: [[1, 2, 3, 4, 5, 6]])
    let moments = try FactorMoments(
      factors: FactorSpace(try Subjects.spots("BTC")), observations: observations, weights: weights)
    return try Subjects.make(
      try Subjects.spots("BTC"), [[1]], volatilities: moments.volatilities, means: moments.means,
      observations: observations, weights: weights, isEmpirical: isEmpirical)
  }

  @Test("JAYNES: a die whose mean is 4.5")
  func aViewOnTheMeanOfADie() throws {
    let law = try die().after(.views([.mean(try Subjects.spot("BTC"), .equal, 4.5)]))
    let expected = [
      0.054353167826, 0.078771545633, 0.114159977229, 0.165446803110, 0.239774440427, 0.347494065774,
    ]
    let weights = try #require(law.weights).values
    for (weight, number) in zip(weights, expected) { #expect(isClose(weight, number, absolute: 5e-13)) }
    #expect(isClose(try #require(law.effectiveScenarios), Double.exp(1.613581098154), relative: 1e-12))
    #expect(isClose(law.base.means[0], 4.5, relative: 1e-11))
    var variance = 0.0
    for (place, weight) in weights.enumerated() {
      let gap = Double(place + 1) - 4.5
      variance += weight * gap * gap
    }
    #expect(isClose(law.base.volatilities[0], variance.squareRoot(), relative: 1e-11))
    #expect(law.components == [ShockedLaw.Component(probability: 1, moments: law.base)])
  }

  @Test func onTheWayTheTargetIsOnTheWay() throws {
    let btc = try Subjects.spot("BTC")
    let law = try die().after(.views([.mean(btc, .equal, 4.5)]), strength: 0.5)
    #expect(isClose(law.base.means[0], 4, relative: 1e-11))
    // Less than a half of all moves are at most 3, on the way from a half to a fifth.
    let rare = try die().after(.views([.probability(btc, ofAtMost: 3, .atMost, 0.2)]), strength: 0.5)
    #expect(isClose(try #require(rare.weights).values[..<3].reduce(0, +), 0.35, relative: 1e-10))
    // What held anyway changes nothing.
    let held = try die().after(.views([.mean(btc, .atMost, 4)]), strength: 0.5)
    #expect(held.weights == SampleWeights.equal(count: 6))
  }

  @Test func viewsOnVolatilitiesAndCorrelationsHold() throws {
    for number in 0..<10 {
      let subject = try Subjects.random(number, isEmpirical: true)
      let prior = try FactorMoments(
        factors: subject.moments.factors, observations: subject.observations, weights: nil)
      let (btc, eth) = (try Subjects.spot("BTC"), try Subjects.spot("ETH"))
      let volatility = 1.2 * prior.volatilities[0]
      let correlation = 0.7 * prior.correlation[0, 1]
      let law = try subject.after(
        .views([
          .mean(btc, .equal, prior.means[0] - 0.2 * prior.volatilities[0]),
          .volatility(btc, .equal, volatility), .correlation(btc, eth, .equal, correlation),
        ]))
      #expect(isClose(law.base.means[0], prior.means[0] - 0.2 * prior.volatilities[0], absolute: 1e-11))
      #expect(isClose(law.base.volatilities[0], volatility, relative: 1e-9))
      #expect(isClose(law.base.correlation[0, 1], correlation, absolute: 1e-9))
      #expect(try #require(law.effectiveScenarios) < 60)
    }
  }

  /// A view on a correlation is about the volatilities that hold beside it, not about those before.
  @Test func oneSidedViewsHoldAtTheMomentsTheyGiveTogether() throws {
    for number in 0..<10 {
      let subject = try Subjects.random(number, isEmpirical: true)
      let prior = try FactorMoments(
        factors: subject.moments.factors, observations: subject.observations, weights: nil)
      let (btc, eth) = (try Subjects.spot("BTC"), try Subjects.spot("ETH"))
      let least = prior.correlation[0, 1] + 0.2 * (1 - prior.correlation[0, 1])
      let law = try subject.after(
        .views([
          .mean(btc, .atMost, prior.means[0] - 0.1 * prior.volatilities[0]),
          .volatility(btc, .atLeast, 1.1 * prior.volatilities[0]), .correlation(btc, eth, .atLeast, least),
        ]))
      #expect(law.base.means[0] <= prior.means[0] - (0.1 - 1e-9) * prior.volatilities[0])
      #expect(law.base.volatilities[0] >= (1.1 - 1e-9) * prior.volatilities[0])
      #expect(law.base.correlation[0, 1] >= least - 1e-9)
    }
  }

  @Test func laterStepsStartFromTheWeightedObservations() throws {
    let subject = try Subjects.random(4, isEmpirical: true)
    let view = ShockStep.views([.mean(try Subjects.spot("BTC"), .atMost, -0.02)])
    let viewed = try subject.after(view)
    let both = try subject.after(view, .volatility(multiple: 2, of: []))
    #expect(both.base == viewed.base && both.weights == viewed.weights)
    #expect(both.components[0].moments.correlation == viewed.base.correlation)
    for (after, before) in zip(both.components[0].moments.volatilities, viewed.base.volatilities) {
      #expect(isClose(after, 2 * before, relative: 1e-15))
    }
  }

  @Test func aDrawnLawChangesAsItsSampleDoes() throws {
    let subject = try Subjects.random(4)
    let view = ShockStep.views([.mean(try Subjects.spot("BTC"), .atMost, -0.02)])
    let law = try subject.after(view)
    #expect(law.weights == nil && law.base == subject.moments)
    let sample = try Subjects.random(4, isEmpirical: true).after(view)
    let prior = try FactorMoments(
      factors: subject.moments.factors, observations: subject.observations, weights: nil)
    let moments = law.components[0].moments
    for place in 0..<7 {
      #expect(
        isClose(
          moments.means[place], subject.moments.means[place] + sample.base.means[place] - prior.means[place],
          absolute: 1e-15))
      #expect(
        isClose(
          moments.volatilities[place],
          subject.moments.volatilities[place] * sample.base.volatilities[place] / prior.volatilities[place],
          relative: 1e-12))
    }
    let asked = subject.moments.correlation.matrix + sample.base.correlation.matrix - prior.correlation.matrix
    #expect(law.record.asked.maximumAbsoluteDifference(from: asked) < 1e-12)
    #expect(law.effectiveScenarios == sample.effectiveScenarios)
  }

  @Test func priorWeightsCount() throws {
    let weights = try SampleWeights([1, 2, 3, 4, 5, 6])
    let law = try die(weights: weights).after(
      .views([.mean(try Subjects.spot("BTC"), .equal, 91.0 / 21)]))
    for (after, before) in zip(try #require(law.weights).values, weights.values) {
      #expect(isClose(after, before, relative: 1e-9))
    }
  }

  @Test func viewsThatCannotHoldAreRefused() throws {
    let btc = try Subjects.spot("BTC")
    guard case .views(.targetOutOfReach) = try die().refusal(of: .views([.mean(btc, .equal, 7)])) else {
      Issue.record("a die of 7")
      return
    }
    guard
      case .views(.viewsContradict) = try die().refusal(
        of: .views([.mean(btc, .equal, 5.9), .probability(btc, ofAtMost: 3, .equal, 0.5)]))
    else {
      Issue.record("views that contradict one another")
      return
    }
    #expect(
      try Subjects.make([btc], [[1]]).refusal(of: .views([.mean(btc, .equal, 0)])) == .noObservations)
    let eth = try Subjects.spot("ETH")
    #expect(try die().refusal(of: .views([.mean(eth, .equal, 0)])) == .unknownFactor(eth))
    let still = try Subjects.make([btc], [[1]], observations: Matrix(rows: [[0.1, 0.1, 0.1]]))
    #expect(still.refusal(of: .views([.mean(btc, .equal, 0)])) == .doesNotMove(btc))
    for view in [
      MarketView.volatility(btc, .equal, -1), .correlation(btc, btc, .equal, 2),
      .probability(btc, ofAtMost: 0, .equal, 1.5), .probability(btc, ofAtMost: .nan, .equal, 0.5),
    ] {
      guard case .outOfDomain = try die().refusal(of: .views([view])) else {
        Issue.record("\(view)")
        continue
      }
    }
  }
}
