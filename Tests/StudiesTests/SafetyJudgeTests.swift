import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct SafetyJudgeTests {
  private let asOf = day(299)

  private struct Counts: Equatable {
    var restricted = 0
    var marginCall = 0
    var liquidation = 0
    var bankruptcy = 0
  }

  private struct BruteForce {
    var counts = Counts()
    var losses: [Double] = []
    var bankruptLosses: [Double] = []
  }

  /// Every scenario on its own: the requirement of the moved account, from the definitions.
  private func bruteForce(
    _ rules: MarginRegime, _ state: BookState, _ set: ScenarioSet, _ evidence: Evidence, closeOutCost: Double
  ) throws -> BruteForce {
    var result = BruteForce()
    for scenario in 0..<set.count {
      let moved = try state.moved(by: set, scenarios: scenario..<(scenario + 1)).state(at: 0)
      let assessment = try requirement(of: rules, for: moved, given: evidence)
      let pools = rules.pooling.pools(of: moved.rows)
      if assessment.pools.contains(where: { $0.equity < $0.initial || $0.status >= .restricted }) {
        result.counts.restricted += 1
      }
      if assessment.pools.contains(where: {
        $0.equity <= $0.maintenance && $0.maintenance > 0 || $0.equity < 0
      }) {
        result.counts.marginCall += 1
        result.counts.liquidation += 1
      }
      var loss = 0.0
      for (pool, rows) in zip(assessment.pools, pools.map(\.rows)) {
        let value = rows.reduce(0) { $0 + moved.values[$1] }
        let gross = rows.reduce(0) { $0 + abs(moved.notionals[$1]) }
        loss += max(0, (pool.status == .liquidation ? closeOutCost * gross : 0) - value)
      }
      result.losses.append(loss)
      if pools.contains(where: { $0.rows.reduce(0) { $0 + moved.values[$1] } < 0 }) {
        result.counts.bankruptcy += 1
        result.bankruptLosses.append(loss)
      }
    }
    return result
  }

  private func check(_ safety: SafetyAssessment, _ twin: BruteForce, _ name: String) throws {
    let counts = Counts(
      restricted: safety.restricted.count, marginCall: safety.marginCall.count,
      liquidation: safety.liquidation.count, bankruptcy: safety.bankruptcy.count)
    #expect(counts == twin.counts, "\(name)")
    let count = Double(twin.losses.count)
    let mean = twin.losses.reduce(0, +) / count
    #expect(isClose(safety.uncoveredLoss.value, mean, relative: 1e-9, absolute: 1e-9), "\(name)")
    #expect(isClose(safety.worstUncoveredLoss, twin.losses.max() ?? 0, relative: 1e-12, absolute: 1e-9))
    if twin.bankruptLosses.isEmpty {
      #expect(safety.uncoveredLossGivenBankruptcy == nil)
    } else {
      let given = twin.bankruptLosses.reduce(0, +) / Double(twin.bankruptLosses.count)
      #expect(isClose(try #require(safety.uncoveredLossGivenBankruptcy), given, relative: 1e-9), "\(name)")
    }
    if let error = safety.uncoveredLoss.simulationError {
      let variance = twin.losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      #expect(isClose(error, (variance / count).squareRoot(), relative: 1e-6, absolute: 1e-9), "\(name)")
    }
  }

  @Test(
    "every regime as held against brute force, isolated positions and wallets each a pool",
    arguments: [0, 0.02])
  func asHeld(closeOutCost: Double) throws {
    let history = try syntheticHistory(seed: 5, days: 340)
    let account = try mixedAccount(history, at: asOf, isolated: true)
    let set = settings(asOf: asOf, scenarios: 1_500, realised: 30, closeOutCost: closeOutCost)
    let regimes = try everyRegime()
    let comparison = try ComparisonStudy(
      name: "safety", account: account, regimes: regimes, history: history, settings: set
    ).compare()
    let bench = try Bench(history, set, regimes)
    let state = try bench.state(of: account)
    let realised = try bench.source.scenarios(
      for: .realised(RealisedRequest(horizon: .days(1), observations: 30)))
    for rules in regimes {
      let result = try comparison.result(rules.id)
      let evidence = bench.evidence.inClosedForm()
      try check(
        result.safety(.model, .asHeld),
        bruteForce(rules, state, try bench.judge, evidence, closeOutCost: closeOutCost), "\(rules.id) model")
      try check(
        result.safety(.realised, .asHeld),
        bruteForce(rules, state, realised, evidence, closeOutCost: closeOutCost), "\(rules.id) realised")
    }
  }

  @Test("the own-collateral view is judged on the account at λ")
  func ownView() throws {
    let history = try syntheticHistory(seed: 6, days: 300)
    let account = try mixedAccount(history, at: asOf)
    let set = settings(asOf: asOf, scenarios: 1_000)
    let regimes = try everyRegime().filter { $0.pooling == .single }
    let comparison = try ComparisonStudy(
      name: "safety", account: account, regimes: regimes, history: history, settings: set
    ).compare()
    let bench = try Bench(history, set, regimes)
    let state = try bench.state(of: account)
    for rules in regimes {
      let scale = try #require(try comparison.result(rules.id).need(.ownAtRequirement).scale)
      let scaled = BookState(
        rows: state.rows,
        values: state.rows.indices.map {
          state.isOwnCollateral($0) ? scale * state.values[$0] : state.values[$0]
        },
        notionals: state.notionals, settlementPrices: state.settlementPrices)
      try check(
        comparison.result(rules.id).safety(.model, .ownAtRequirement),
        bruteForce(rules, scaled, try bench.judge, bench.evidence.inClosedForm(), closeOutCost: 0), rules.id)
    }
  }

  @Test("each level contains the worse ones, and probabilities carry exact intervals")
  func consistency() throws {
    let history = try syntheticHistory(seed: 5, days: 340)
    let comparison = try ComparisonStudy(
      name: "safety", account: mixedAccount(history, at: asOf, isolated: true), regimes: everyRegime(),
      history: history,
      settings: settings(asOf: asOf, scenarios: 3_000, realised: 30)
    ).compare()
    for result in comparison.results {
      for safety in result.safety {
        #expect(safety.restricted.count >= safety.marginCall.count)
        #expect(safety.marginCall.count >= safety.liquidation.count)
        #expect(safety.liquidation.count >= safety.bankruptcy.count)
        #expect((safety.uncoveredLossGivenBankruptcy == nil) == (safety.bankruptcy.count == 0))
        #expect(safety.uncoveredLoss.value >= 0 && safety.worstUncoveredLoss >= safety.uncoveredLoss.value)
        for event in [safety.restricted, safety.marginCall, safety.liquidation, safety.bankruptcy] {
          #expect(event.scenarios == (safety.judge == .model ? 3_000 : 30))
          #expect(event.lower <= event.probability && event.probability <= event.upper)
          if event.count == 0 {
            // 1 − 0.025^(1/n), the two-sided upper end without an event.
            let bound = -Double.expMinusOne(.log(0.025) / Double(event.scenarios))
            #expect(event.lower == 0 && isClose(event.upper, bound, relative: 1e-12))
          }
        }
        #expect((safety.uncoveredLoss.simulationError == nil) == (safety.judge == .realised))
      }
    }
  }

  @Test("in the cash view without moves in equity, a call comes as often as the tail says")
  func coverage() throws {
    // Equity is the 99 % VaR and the position's own loss decides bankruptcy: judged on the same law, 1 % of draws, up to
    // the errors of two samples of 40,000 (a deviation of 0.07 %) and five of them.
    let history = try syntheticHistory(seed: 7, days: 300)
    let ether = try price(of: eth, in: history, at: asOf)
    let account = Account(
      id: "one", balances: [try Balance(asset: .usd, quantity: 1e6)],
      positions: [
        try Position(contract: contract("ETH/USDT:USDT"), quantity: 100_000 / ether, entryPrice: ether)
      ])
    var set = settings(asOf: asOf, scenarios: 40_000)
    set.judge = JudgeModel(law: .gaussian, sample: sample(250), estimator: .sample)
    set.reference = "gaussian"
    let rules = try tailRegime("gaussian", monteCarlo(.gaussian), multiple: "1")
    let comparison = try ComparisonStudy(
      name: "coverage", account: account, regimes: [rules], history: history, settings: set
    ).compare()
    let bankruptcy = try comparison.result("gaussian").safety(.model, .cashAtRequirement).bankruptcy
    #expect(isClose(bankruptcy.probability, 0.01, absolute: 0.0035))
    #expect(
      bankruptcy.count != 400, "a requirement judged on its own draws fails in exactly one per cent of them")
  }

  @Test("the judge draws from a stream of its own")
  func independentStream() throws {
    let history = try syntheticHistory(seed: 7, days: 300)
    var set = settings(asOf: asOf, scenarios: 20_000)
    set.judge = JudgeModel(law: .gaussian, sample: sample(250), estimator: .sample)
    let bench = try Bench(history, set, [try tailRegime("gaussian", monteCarlo(.gaussian))])
    let estimation = try bench.source.scenarios(for: monteCarlo(.gaussian)).moves.row(0)
    let judge = try bench.judge.moves.row(0)
    var products = 0.0
    var squares = (0.0, 0.0)
    for (left, right) in zip(estimation, judge) {
      products += left * right
      squares.0 += left * left
      squares.1 += right * right
    }
    // Five standard errors of a correlation of independent draws.
    #expect(abs(products / (squares.0 * squares.1).squareRoot()) < 5 / 20_000.0.squareRoot())
  }

  @Test("a cheaper regime that leaves more uncovered looks it, beside the reference scenario by scenario")
  func cheaperIsLessSafe() throws {
    let history = try syntheticHistory(seed: 8, days: 300)
    let account = try mixedAccount(history, at: asOf)
    let regimes = try [
      tailRegime("thin", .historical(sample(250)), at: .ninetyFivePercent, multiple: "0.5"),
      tailRegime("thick", .historical(sample(250)), .expectedShortfall, multiple: "2"),
    ]
    let comparison = try ComparisonStudy(
      name: "cheap", account: account, regimes: regimes, history: history,
      settings: settings(asOf: asOf, scenarios: 10_000, reference: "thick")
    ).compare()
    let (thin, thick) = (try comparison.result("thin"), try comparison.result("thick"))
    #expect(thin.initial.value < thick.initial.value)
    #expect(try thin.need(.cashAtRequirement).capitalEfficiency ?? 0 > 0.5)
    for view in [CollateralView.cashAtRequirement, .ownAtRequirement] {
      let (left, right) = (try thin.safety(.model, view), try thick.safety(.model, view))
      #expect(left.bankruptcy.lower > right.bankruptcy.upper)
      #expect(left.uncoveredLoss.value > right.uncoveredLoss.value)
      let difference = try #require(left.differenceToReference)
      #expect(isClose(difference.value, left.uncoveredLoss.value - right.uncoveredLoss.value, relative: 1e-9))
      #expect(difference.value > 5 * (try #require(difference.simulationError)))
      #expect(right.differenceToReference == nil)
    }
    // As held, both stand on the same collateral.
    #expect(
      try thin.safety(.model, .asHeld).uncoveredLoss.value
        == thick.safety(.model, .asHeld).uncoveredLoss.value)
  }
}
