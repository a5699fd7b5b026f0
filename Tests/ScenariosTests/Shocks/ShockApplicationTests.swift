import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite struct ShockApplicationTests {
  /// One step of every kind that concerns one law.
  static func menu() throws -> [ShockStep] {
    let all = try Subjects.mixedFactors()
    let (btc, eth, usdt) = (all[0], all[1], all[3])
    return [
      .blend(CorrelationBlend(target: .allOne, share: 0.9)),
      .blend(CorrelationBlend(target: .identity, among: all)),
      .blend(CorrelationBlend(target: .equal(-0.3), repair: .shrink)),
      .blend(CorrelationBlend(target: .equal(0.5), among: [btc, eth, all[4]], repair: .nearestKeeping)),
      .blend(CorrelationBlend(target: .blocks([[btc, eth], [usdt]], inside: 0.9, between: -0.5))),
      .blend(CorrelationBlend(target: .window(.all))),
      .entries(EntryShock(between: [btc], and: [eth], change: .to(-0.95), repair: .nearest)),
      .entries(EntryShock(between: [btc], and: [eth], change: .add(0.4), repair: .shrink)),
      .entries(EntryShock(between: [btc], and: [all[6]], change: .scale(-1), repair: .nearestKeeping)),
      .eigenvalue(component: 1, multiple: 3), .eigenvalue(component: 4, multiple: 0),
      .loadings(LoadingShock(components: 2, of: [eth], multiple: 2)),
      .loadings(LoadingShock(components: 1, of: [], multiple: 0)),
      .regulatory(.low, repair: .nearest), .regulatory(.high, repair: .shrink),
      .conditional(given: [FactorAmount(factor: btc, amount: -0.3)]),
      .decoupling(of: [eth], share: 1),
      .basisDecoupling(factor: all[4], correlation: 0.2), .basisDecoupling(factor: all[5], correlation: -1),
      .randomCorrelation(shape: 1, share: 0.7), .perturbation(deviation: 0.3),
      .volatility(multiple: 2, of: []), .volatility(multiple: 0, of: [eth]),
      .dailyVolatility(0.1, of: [usdt]), .drift([FactorAmount(factor: btc, amount: -0.1)]),
    ]
  }

  static func wholeMenu() throws -> [ShockStep] {
    let all = try Subjects.mixedFactors()
    return try menu() + [
      .views([.mean(all[0], .atMost, -0.01), .probability(all[1], ofAtMost: 0, .atLeast, 0.6)]),
      .spot([FactorAmount(factor: all[0], amount: -0.2)]),
      .mixture(probability: 0.3, stressed: [.blend(CorrelationBlend(target: .allOne))]),
      .dePeg(
        all[3], probability: 0.1, fall: -0.3, dailyVolatility: 0.1, correlation: 0.6, with: [all[0], all[1]]),
    ]
  }

  @Test func atStrengthZeroNothingChangesToTheLastBit() throws {
    for number in 0..<5 {
      for degrees in [nil, 5.0] {
        let subject = try Subjects.random(number, degreesOfFreedom: degrees)
        for step in try Self.wholeMenu() {
          let law = try subject.after(step, strength: 0, draw: 3)
          #expect(law.base == subject.moments)
          #expect(law.components == [ShockedLaw.Component(probability: 1, moments: subject.moments)])
          #expect(law.weights == nil && law.spotMoves.isEmpty && law.degreesGained == 0)
          #expect(law.record.distance == 0 && law.record.repairDistance == 0)
          #expect(law.record.plausibility?.mahalanobis == 0)
        }
      }
    }
  }

  /// The covariances and means of the mixed law move by no more than a multiple of the step in strength.
  @Test func everyStepIsContinuousInTheStrength() throws {
    let step = 1e-6
    for number in 1..<6 {
      let subject = try Subjects.random(number, degreesOfFreedom: 6)
      for shock in try Self.wholeMenu() {
        for strength in [0, 1e-4, 0.3, 0.7, 1 - 2e-6, 1 - step] {
          let here = try Moments(of: subject.after(shock, strength: strength, draw: 2))
          let there = try Moments(of: subject.after(shock, strength: strength + step, draw: 2))
          #expect(
            here.distance(from: there) < 2e3 * step * here.size,
            "\(shock) at \(strength) of \(number)")
        }
      }
    }
  }

  @Test func everyMatrixIsACorrelationMatrix() throws {
    let menu = try Self.menu()
    var applied = 0
    for number in 0..<1_000 {
      let subject = try Subjects.random(
        number, degreesOfFreedom: number.isMultiple(of: 2) ? 5 : nil, isEmpirical: number.isMultiple(of: 3))
      let steps = (1...3).map { menu[(number * 7919 + $0 * 104_729 + number / 25 * $0) % menu.count] }
      let strength = Double(1 + number % 10) / 10
      let law: ShockedLaw
      do {
        law = try subject.after(
          [AppliedShock(try Shock(name: "shock", steps: steps), strength: strength)], draw: number)
      } catch {
        switch error {
        // A factor that was stilled, the last component gone, or a correlation that cannot be kept.
        case .doesNotMove, .outOfDomain, .cannotBeKept: continue
        default:
          Issue.record("\(steps) of \(number): \(error)")
          continue
        }
      }
      applied += 1
      let moments = law.components[0].moments
      let matrix = moments.correlation.matrix
      #expect(matrix.diagonal.allSatisfy { $0 == 1 } && matrix == matrix.transposed())
      #expect(matrix.elements.allSatisfy { abs($0) <= 1 })
      let values = try SymmetricEigen.values(of: matrix)
      #expect(values[0] >= -7 * Double.ulpOfOne * values[6])
      #expect(
        moments.volatilities.allSatisfy { $0 >= 0 && $0.isFinite } && moments.means.allSatisfy(\.isFinite))
      #expect(
        isClose(
          law.record.distance, (matrix - subject.moments.correlation.matrix).frobeniusNorm, absolute: 1e-15))
    }
    #expect(applied > 800)
  }

  @Test func theOrderOfStepsMattersWhereItShould() throws {
    let subject = try Subjects.make(
      try Subjects.spots("BTC", "ETH", "SOL"), [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]])
    let btc = try Subjects.spot("BTC")
    let blend = ShockStep.blend(CorrelationBlend(target: .allOne, share: 0.5))
    let decoupling = ShockStep.decoupling(of: [btc], share: 1)
    let volatility = ShockStep.volatility(multiple: 2, of: [])
    let first = try subject.after(blend, decoupling).components[0].moments
    let second = try subject.after(decoupling, blend).components[0].moments
    #expect(first.correlation[0, 1] == 0 && second.correlation[0, 1] == 0.5)
    // A volatility and a correlation do not touch each other.
    #expect(
      try subject.after(blend, volatility).components == subject.after(volatility, blend).components)
  }

  @Test func twoShocksFollowEachOtherAtTheirOwnStrengths() throws {
    let subject = try Subjects.random(5)
    let blend = ShockStep.blend(CorrelationBlend(target: .allOne))
    let volatility = ShockStep.volatility(multiple: 3, of: [])
    let both = try subject.after(
      [
        AppliedShock(try Shock(name: "a", steps: [blend]), strength: 0.4),
        AppliedShock(try Shock(name: "b", steps: [volatility]), strength: 0.5),
      ], draw: 0)
    let plain = try subject.after(blend, strength: 0.4)
    #expect(both.record.used == plain.record.used)
    #expect(
      isClose(
        both.components[0].moments.volatilities[0], 2 * subject.moments.volatilities[0], relative: 1e-15))
    #expect(try subject.after([], draw: 0).components[0].moments == subject.moments)
  }

  @Test func aMixtureHasACalmAndAStressedLaw() throws {
    let subject = try Subjects.random(5)
    let stressed: [ShockStep] = [.volatility(multiple: 2, of: []), .blend(CorrelationBlend(target: .allOne))]
    let law = try subject.after(.mixture(probability: 0.4, stressed: stressed), strength: 0.5)
    #expect(law.components.map(\.probability) == [0.8, 0.2])
    #expect(law.components[0].moments == subject.moments)
    let full = try subject.after(stressed[0], stressed[1]).components[0].moments
    #expect(law.components[1].moments == full)
    #expect(law.record.used == full.correlation)
    // For sure there is no calm law left.
    let sure = try subject.after(.mixture(probability: 1, stressed: stressed))
    #expect(sure.components == [ShockedLaw.Component(probability: 1, moments: full)])
    // What comes after a mixture comes to both, and two mixtures are independent of one another.
    let mixture = AppliedShock(
      try Shock(name: "a", steps: [.mixture(probability: 0.4, stressed: stressed)]), strength: 1)
    let twice = try subject.after([mixture, mixture], draw: 0)
    #expect(twice.components.count == 4)
    #expect(isClose(twice.components.map(\.probability).reduce(0, +), 1, absolute: 1e-15))
    let drift = AppliedShock(
      try Shock(name: "b", steps: [.volatility(multiple: 0, of: [])]), strength: 1)
    let after = try subject.after([mixture, drift], draw: 0)
    #expect(after.components.allSatisfy { $0.moments.volatilities.allSatisfy { $0 == 0 } })
  }

  @Test func aDePegIsAFallAVolatilityAndACorrelation() throws {
    let usdt = try Subjects.spot("USDT")
    let btc = try Subjects.spot("BTC")
    let subject = try Subjects.make([btc, usdt], [[1, 0], [0, 1]], volatilities: [0.05, 0.001], days: 4)
    let law = try subject.after(
      .dePeg(usdt, probability: 0.1, fall: -0.2, dailyVolatility: 0.1, correlation: 0.5, with: [btc]))
    let stressed = law.components[1].moments
    #expect(law.components[1].probability == 0.1)
    #expect(stressed.means == [0, -0.2] && stressed.volatilities == [0.05, 0.2])
    #expect(stressed.correlation[0, 1] == 0.5)
  }

  @Test func stepsInTheWrongPlaceAreRefused() throws {
    let view = ShockStep.views([.mean(try Subjects.spot("BTC"), .equal, 0)])
    let calm = ShockStep.volatility(multiple: 1, of: [])
    let mixture = ShockStep.mixture(probability: 0.5, stressed: [calm])
    let wrong: [[ShockStep]] = [
      [calm, view], [mixture, calm], [.mixture(probability: 0.5, stressed: [mixture])],
      [.mixture(probability: 0.5, stressed: [view])], [.mixture(probability: 0.5, stressed: [.spot([])])],
    ]
    for (steps, place) in zip(wrong, [1, 0, 0, 0, 0]) {
      do {
        _ = try Shock(name: "shock", steps: steps)
        Issue.record("\(steps)")
      } catch .misplaced(let step, _) {
        #expect(step == place)
      } catch {
        Issue.record("\(error)")
      }
    }
    let subject = try Subjects.random(1, isEmpirical: true)
    let first = AppliedShock(try Shock(name: "a", steps: [calm]), strength: 1)
    for strength in [0.0, 1] {
      let second = AppliedShock(try Shock(name: "b", steps: [view]), strength: strength)
      #expect(throws: ShockError.self) { try subject.after([first, second], draw: 0) }
      #expect(throws: Never.self) { try subject.after([second, first], draw: 0) }
    }
    for probability in [0, 1.1, .nan] {
      guard
        case .outOfDomain(field: "probability", _, _) = subject.refusal(
          of: .mixture(probability: probability, stressed: []))
      else {
        Issue.record("\(probability)")
        continue
      }
    }
  }

  @Test func factorsThatAreNotThereAndFactorsThatDoNotMove() throws {
    let doge = try Subjects.spot("DOGE")
    let btc = try Subjects.spot("BTC")
    let all = try Subjects.mixedFactors()
    func steps(_ factor: RiskFactor) -> [ShockStep] {
      [
        .blend(CorrelationBlend(target: .allOne, among: [btc, factor])),
        .blend(CorrelationBlend(target: .blocks([[btc, factor]], inside: 1, between: 0))),
        .entries(EntryShock(between: [btc], and: [factor], change: .to(0), repair: .nearest)),
        .loadings(LoadingShock(components: 1, of: [factor], multiple: 2)),
        .conditional(given: [FactorAmount(factor: factor, amount: 0.1)]),
        .decoupling(of: [factor], share: 1),
      ]
    }
    let subject = try Subjects.random(1)
    for step in steps(doge) + [
      .volatility(multiple: 2, of: [doge]), .dailyVolatility(0.1, of: [doge]),
      .drift([FactorAmount(factor: doge, amount: 0.1)]), .spot([FactorAmount(factor: doge, amount: 0.1)]),
      .basisDecoupling(factor: .basis(try Subjects.asset("DOGE"), .linear), correlation: 0),
    ] {
      guard case .unknownFactor = subject.refusal(of: step) else {
        Issue.record("\(step)")
        continue
      }
    }
    let still = ShockStep.volatility(multiple: 0, of: [all[1]])
    for step in steps(all[1]) { #expect(subject.refusal(of: still, step) == .doesNotMove(all[1])) }

    // History lacks the basis: what concerns it is left out, in a drawn law it is refused.
    let noBasis = ShockStep.volatility(multiple: 0, of: [all[4]])
    let entry = ShockStep.entries(
      EntryShock(between: [btc], and: [all[4]], change: .to(0.9), repair: .refuse))
    #expect(subject.refusal(of: noBasis, entry) == .doesNotMove(all[4]))
    let history = try Subjects.random(1, isEmpirical: true)
    #expect(try history.correlations(noBasis, entry) == history.moments.correlation)
  }

  @Test func theRecordMeasuresWhatBecameOfTheCorrelations() throws {
    let factors = try Subjects.spots("BTC", "ETH", "SOL")
    let subject = try Subjects.make(factors, [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]])
    let record = try subject.after(.blend(CorrelationBlend(target: .identity, share: 0.5))).record
    #expect(record.input == subject.moments.correlation.matrix)
    let plausibility = try #require(record.plausibility)
    #expect(
      plausibility
        == CorrelationPlausibility(
          of: record.used, given: subject.moments.correlation, effectiveObservations: 250, among: [0, 1, 2]))
    #expect(plausibility.degreesOfFreedom == 3 && plausibility.probability < 1e-6)
    let singular = try Subjects.make(factors, [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
    #expect(
      try singular.after(.blend(CorrelationBlend(target: .identity, share: 0.5))).record.plausibility == nil)
    #expect(
      try singular.correlations(.blend(CorrelationBlend(target: .identity)), strength: 0.5)[0, 1] == 0.5)
  }

  @Test func theSameShockGivesTheSameBits() throws {
    for step in try Self.wholeMenu() {
      let first = try Subjects.random(8).after(step, strength: 0.7, draw: 4)
      let second = try Subjects.random(8).after(step, strength: 0.7, draw: 4)
      #expect(first.components == second.components && first.record == second.record)
    }
  }
}

/// The means and covariance of a law that may be mixed.
struct Moments {
  let means: [Double]
  let covariance: Matrix

  init(of law: ShockedLaw) {
    let count = law.base.factors.count
    var means = [Double](repeating: 0, count: count)
    for component in law.components {
      for place in means.indices { means[place] += component.probability * component.moments.means[place] }
    }
    var covariance = Matrix(rows: count, columns: count, repeating: 0)
    for component in law.components {
      let gap = zip(component.moments.means, means).map(-)
      covariance =
        covariance
        + (component.moments.covariance + Matrix(rows: count, columns: count) { gap[$0] * gap[$1] })
        .scaled(by: component.probability)
    }
    self.means = means
    self.covariance = covariance
  }

  var size: Double { covariance.maximumAbsoluteElement }

  func distance(from other: Moments) -> Double {
    let gap = zip(means, other.means).map { abs($0 - $1) }.max() ?? 0
    return max(gap * gap, covariance.maximumAbsoluteDifference(from: other.covariance))
  }
}
