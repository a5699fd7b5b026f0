import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct StressStudyTests {
  private let asOf = day(299)

  private func study(
    _ regimes: [MarginRegime], parallelism: Parallelism = .sequential, realised: Int = 0
  ) throws -> ComparisonStudy {
    let history = try syntheticHistory(seed: 11, days: 300)
    return ComparisonStudy(
      name: "stress", account: try mixedAccount(history, at: asOf, isolated: true), regimes: regimes,
      history: history,
      settings: settings(
        asOf: asOf, realised: realised, closeOutCost: 0.01,
        models: ScenarioModels(basis: [BasisModel(asset: btc, style: .linear, dailyVolatility: 0.001)]),
        parallelism: parallelism))
  }

  private func blend(_ target: CorrelationTarget) throws -> Shock {
    try Shock(name: "blend", steps: [.blend(CorrelationBlend(target: target))])
  }

  @Test("at strength 0 requirements and safety are those of the comparison, to the last bit")
  func strengthZero() throws {
    let study = try study(everyRegime(), realised: 5)
    let comparison = try study.compare()
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.identity), strengths: [0, 0.5])])
    let result = try StressStudy(study, plan: plan).stress()
    let point = result.points[0]
    #expect(point.requirements.count == 2 * study.regimes.count)
    for stressed in point.requirements {
      let compared = try comparison.result(stressed.regime)
      #expect(stressed.equity == compared.assessment.equity)
      #expect(stressed.initial.value == compared.initial.value)
      #expect(stressed.initial.simulationError == compared.initial.simulationError)
      #expect(stressed.maintenance.value == compared.maintenance.value)
      #expect(stressed.maintenance.simulationError == compared.maintenance.simulationError)
      #expect(stressed.differenceToReference?.value == compared.differenceToReference?.value)
      #expect(
        stressed.differenceToReference?.simulationError == compared.differenceToReference?.simulationError)
      #expect(stressed.status == compared.assessment.status)
      #expect(stressed.utilisation == compared.assessment.utilisation)
      #expect(stressed.change.value == 0)
      let safety = try compared.safety(.model, .asHeld)
      #expect(stressed.safety.marginCall == safety.marginCall)
      #expect(stressed.safety.liquidation == safety.liquidation)
      #expect(stressed.safety.bankruptcy == safety.bankruptcy)
      #expect(stressed.safety.uncoveredLoss == safety.uncoveredLoss)
    }
  }

  @Test("the loss beyond the margin counts pools that lose more than their margin and their haircuts")
  func lossBeyondMargin() throws {
    let study = try study(everyRegime())
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.identity), strengths: [0])])
    let point = try StressStudy(study, plan: plan).stress().points[0]
    let bench = try Bench(study.history, study.settings, study.regimes)
    let state = try bench.state(of: study.account)
    let judge = try bench.judge
    for regime in study.regimes {
      let assessed = try requirement(of: regime, for: state, given: bench.evidence)
      let pools = regime.pooling.pools(of: state.rows)
      var count = 0
      for scenario in 0..<judge.count {
        let moved = try state.moved(by: judge, scenarios: scenario..<(scenario + 1)).state(at: 0)
        let isBeyond = zip(pools, assessed.pools).contains { pool, today in
          let hasStake = pool.rows.contains { state.rows[$0].kind != .balance || state.values[$0] < 0 }
          let after = pool.rows.reduce(0) { $0 + moved.values[$1] }
          return hasStake && today.marketValue - after > today.initial + today.marketValue - today.equity
        }
        if isBeyond { count += 1 }
      }
      for stressed in point.requirements where stressed.regime == regime.id {
        #expect(stressed.safety.lossBeyondMargin.count == count, "\(regime.id)")
      }
    }
  }

  @Test("rules that read no scenarios of a law do not follow a shock, and say why")
  func insensitive() throws {
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.allOne), points: 3)])
    let result = try StressStudy(try study(everyRegime()), plan: plan).stress()
    for sensitivity in result.sensitivities {
      let isRule = ["segregated", "cross", "grid"].contains(sensitivity.regime)
      #expect((sensitivity.insensitive != nil) == isRule, "\(sensitivity)")
      #expect((sensitivity.largestChange == 0) == isRule, "\(sensitivity)")
    }
    for point in result.points {
      let cross = point.requirements.filter { $0.regime == "cross" }
      #expect(cross.count == 2 && cross[0].safety == cross[1].safety)
      for stressed in point.requirements where stressed.mode == .unaware {
        #expect(stressed.change.value == 0)
      }
    }
  }

  @Test("correlations of one, which are singular, go through the whole engine")
  func singular() throws {
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.allOne), points: 5)])
    let result = try StressStudy(try study(everyRegime()), plan: plan).stress()
    #expect(result.refusals.isEmpty)
    for point in result.points {
      #expect(point.refusals.isEmpty && point.requirements.count == 12)
      for stressed in point.requirements { #expect(stressed.initial.value.isFinite) }
    }
    let last = try #require(result.correlations.last)
    #expect(last.strengths == [1])
    #expect(abs(last.record.used.smallestEigenvalue) < 1e-12)
    // Five strengths, four calibrations.
    #expect(result.correlations.count == 20)
    #expect(Set(result.correlations.flatMap(\.usedBy)) == ["historical", "gaussian", "student", "judge"])
    #expect(result.points.allSatisfy { $0.shocks.count == 4 })
  }

  @Test("a sweep is the same to the last bit for one thread and for two")
  func determinism() throws {
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.allOne), points: 3)])
    let one = try StressStudy(try study(everyRegime()), plan: plan).stress()
    let two = try StressStudy(try study(everyRegime(), parallelism: .threads(2)), plan: plan).stress()
    #expect(one.points.map(\.requirements) == two.points.map(\.requirements))
    #expect(one.points.map(\.shocks) == two.points.map(\.shocks))
    #expect(one.crossings == two.crossings)
    #expect(one.breaks == two.breaks)
    #expect(one.notes == two.notes)
  }

  @Test("after a shock of prices today's book is the account at those prices, in both modes")
  func spot() throws {
    let study = try study(everyRegime())
    let amounts = [(btc, -0.2), (eth, 0.1)]
    let shock = try Shock(
      name: "crash", steps: [.spot(amounts.map { FactorAmount(factor: .spot($0.0), amount: $0.1) })])
    let plan = StressPlan(axes: [StressAxis(shock: shock, strengths: [0, 1])])
    let result = try StressStudy(study, plan: plan).stress()
    var moved = study
    var prices = study.account.prices
    for (asset, amount) in amounts {
      prices[asset] = try price(of: asset, in: study.history, at: asOf) * (1 + amount)
    }
    moved.account = Account(
      id: "moved", balances: study.account.balances, positions: study.account.positions, prices: prices)
    let comparison = try moved.compare()
    for stressed in result.points[1].requirements {
      let compared = try comparison.result(stressed.regime)
      #expect(isClose(stressed.equity, compared.assessment.equity, relative: 1e-10))
      #expect(isClose(stressed.initial.value, compared.initial.value, relative: 1e-10))
      #expect(isClose(stressed.maintenance.value, compared.maintenance.value, relative: 1e-10))
      let safety = try compared.safety(.model, .asHeld)
      #expect(stressed.safety.marginCall == safety.marginCall)
      #expect(stressed.safety.bankruptcy == safety.bankruptcy)
      #expect(
        isClose(
          stressed.safety.uncoveredLoss.value, safety.uncoveredLoss.value, relative: 1e-9, absolute: 1e-9))
    }
    #expect(result.points[1].requirements.contains { $0.regime == "cross" && $0.change.value != 0 })
    // What happens today is told in both modes where prices have moved.
    #expect(result.breaks.contains { $0.mode == .unaware && $0.event == .callToday })
  }

  @Test("a surface has the first axis outermost, and no curve to cross or break along")
  func surface() throws {
    let calm = try Shock(name: "volatility", steps: [.volatility(multiple: 2, of: [])])
    let plan = StressPlan(axes: [
      StressAxis(shock: try blend(.allOne), points: 2), StressAxis(shock: calm, points: 3),
    ])
    let regimes = [try crossRegime(), try tailRegime("gaussian", monteCarlo(.gaussian))]
    let result = try StressStudy(try study(regimes), plan: plan).stress()
    #expect(result.points.map(\.strengths) == [[0, 0], [0, 0.5], [0, 1], [1, 0], [1, 0.5], [1, 1]])
    #expect(result.crossings.isEmpty && result.breaks.isEmpty && result.distributions.isEmpty)
    func gaussian(_ point: Int) throws -> Double {
      try #require(
        result.points[point].requirements.first { $0.regime == "gaussian" && $0.mode == .recalibrated }
      ).initial.value
    }
    // Twice the volatility of prices and basis is twice the loss of a linear book.
    #expect(isClose(try gaussian(2), 2 * (try gaussian(0)), relative: 1e-9))
    #expect(isClose(try gaussian(5), 2 * (try gaussian(3)), relative: 1e-9))
  }

  @Test("random matrices give a distribution of margins at every strength")
  func cloud() throws {
    let shock = try Shock(name: "cloud", steps: [.randomCorrelation(shape: 2, share: 0.8)])
    let plan = StressPlan(axes: [StressAxis(shock: shock, strengths: [0, 1])], draws: 6)
    let regimes = [try crossRegime(), try tailRegime("gaussian", monteCarlo(.gaussian))]
    let result = try StressStudy(try study(regimes), plan: plan).stress()
    #expect(result.points.map(\.draw) == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    #expect(result.distributions.map(\.regime) == ["cross", "gaussian", "cross", "gaussian"])
    let margins = result.points[6...].flatMap(\.requirements)
      .filter { $0.regime == "gaussian" && $0.mode == .recalibrated }.map(\.initial.value)
    let found = try #require(result.distributions.last)
    #expect(Set(margins).count == 6)
    #expect(found.strengths == [1])
    #expect(isClose(found.mean.value, margins.reduce(0, +) / 6, relative: 1e-12))
    #expect(found.quantiles.first == margins.min() && found.quantiles.last == margins.max())
    #expect(found.broken.scenarios == 6)
    #expect(result.distributions[1].standardDeviation == 0)
    #expect(result.correlations.allSatisfy { $0.draw == 0 })
    #expect(result.crossings.isEmpty && result.breaks.isEmpty)
  }

  @Test("a law that a shock leaves without a closed form is refused at its points, and known unaware")
  func refusal() throws {
    let law = ScenarioRequest.law(
      MonteCarloRequest(law: .gaussian, sample: sample(250), estimator: .sample))
    let shock = try Shock(
      name: "mixture",
      steps: [.mixture(probability: 0.2, stressed: [.volatility(multiple: 3, of: [])])])
    let plan = StressPlan(axes: [StressAxis(shock: shock, strengths: [0, 1])])
    let result = try StressStudy(
      try study([try crossRegime(), try tailRegime("law", law)]), plan: plan
    ).stress()
    #expect(result.points[0].refusals.isEmpty)
    #expect(result.points[1].refusals.map(\.regime.id) == ["law"])
    #expect(result.points[1].requirements.map(\.regime) == ["cross", "cross", "law"])
  }

  @Test("a shock that cannot be applied stops the study")
  func impossible() throws {
    let shock = try Shock(
      name: "unknown", steps: [.spot([FactorAmount(factor: .spot(asset("XRP")), amount: -0.1)])])
    let plan = StressPlan(axes: [StressAxis(shock: shock, points: 2)])
    let study = StressStudy(try study([crossRegime()]), plan: plan)
    #expect { try study.stress() } throws: { error in
      guard case .shock(.unknownFactor(.spot(let asset)), _, _) = error as? StudyError else {
        return false
      }
      return asset.symbol == "XRP"
    }
  }

  @Test("steps are told as they begin")
  func progress() throws {
    var words: [String] = []
    let plan = StressPlan(axes: [StressAxis(shock: try blend(.allOne), points: 3)])
    _ = try StressStudy(try study([crossRegime()]), plan: plan).stress { words.append($0) }
    #expect(words == ["scenarios", "point 1 of 3", "point 2 of 3", "point 3 of 3"])
  }
}
