import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// What estimators work with: the account in its market, and where scenarios come from.
struct TailEstimationContext: Sendable {
  let study: TailEstimationStudy
  let state: BookState
  let source: ScenarioSource
  /// The account's P&L to second order.
  let profit: QuadraticProfit

  var settings: ComparisonSettings { study.comparison.settings }

  init(_ study: TailEstimationStudy) throws(StudyError) {
    self.study = study
    let market = try ComparisonContext.market(of: study.comparison)
    state = try ComparisonContext.valued(study.comparison.account, in: market)
    source = try ComparisonContext.source(of: study.comparison)
    do throws(ValuationError) {
      profit = try state.quadraticProfit(
        of: Array(state.rows.indices), in: source.factors, volatility: source.volatilityAnswer)
    } catch {
      throw .valuation(error)
    }
  }

  static func source(
    of study: TailEstimationStudy, count: Int
  ) throws(ScenarioError) -> ScenarioSource {
    let settings = study.comparison.settings
    return try ScenarioSource(
      history: study.comparison.history, asOf: settings.asOf, models: settings.models, seed: settings.seed,
      count: count, parallelism: settings.parallelism)
  }

  /// The estimators without those that are another one's figures again: of a linear account every delta-gamma method is the
  /// exact one.
  var distinctEstimators: [TailEstimator] {
    guard isLinear else { return study.estimators }
    return study.estimators.filter { estimator in
      guard case .closedForm(let request, let method) = estimator.method,
        method != .exact, method != .deltaNormal
      else { return true }
      return !study.estimators.contains { $0.method == .closedForm(request, .exact) }
    }
  }

  /// What one estimator says.
  func outcome(of estimator: TailEstimator) throws(TailEstimationError) -> EstimatorOutcome {
    switch estimator.method {
    case .scenarios(let request, let quantile):
      try sampled(estimator, request, .quantile(quantile))
    case .peaksOverThreshold(let request, let share):
      try sampled(estimator, request, .peaksOverThreshold(tailShare: share))
    case .closedForm(let request, let method): try closedForm(request, method)
    case .importanceSampling(let request): try importance(estimator, request)
    }
  }

  /// Whether the account's P&L is linear in the moves.
  var isLinear: Bool { !state.hasOptions }

  /// Whether an isolated position caps a loss, which no law in closed form knows.
  var isCapped: Bool { state.rows.contains { $0.isolated != nil } }

  /// What the reader should know of all numbers.
  var notes: [String] {
    var notes: [String] = []
    if distinctEstimators != study.estimators {
      notes.append("the account is linear: every delta-gamma method is the exact one, which stands for all")
    }
    if !isLinear {
      notes.append(
        settings.models.volatility.isEmpty
          ? "the study has no model of implied volatility: every estimator holds it constant"
          : "laws in closed form move implied volatilities along the line through the study's models, whose slope is the mean of a fall's and a rise's; drawn and historical sets move them by the models themselves"
      )
    }
    if study.estimators.contains(where: \.assumesJumps) {
      notes.append(
        "the jumps are an assumption, fitted to nothing; each factor keeps its estimated variance, a hedged book does not"
      )
    }
    return notes
  }
}

extension TailEstimator {
  fileprivate var assumesJumps: Bool {
    if case .scenarios(.monteCarlo(let request), _) = method, case .jumps = request.law {
      true
    } else {
      false
    }
  }
}

extension TailEstimationContext {
  /// The account's losses in a set of scenarios, in USD.
  func losses(
    under set: ScenarioSet, _ parallelism: Parallelism
  ) throws(TailEstimationError) -> [Double] {
    do throws(ValuationError) {
      return try state.accountProfitAndLoss(under: set, parallelism: parallelism).map { 0 - $0 }
    } catch {
      throw .valuation(error)
    }
  }

  /// Stops where a set does not cover the account.
  func requireCoverage(by set: ScenarioSet) throws(TailEstimationError) {
    do throws(ValuationError) {
      try FactorBinding(state.rows, in: set.factors).requireCoverage(by: set)
    } catch {
      throw .valuation(error)
    }
  }

  func scenarios(
    _ request: ScenarioRequest, from source: ScenarioSource
  ) throws(TailEstimationError) -> ScenarioSet {
    do throws(ScenarioError) {
      return try source.scenarios(for: request)
    } catch {
      throw .scenarios(error)
    }
  }

  /// The calibration bootstrap's choice of observations; samples of one length take the same one.
  func chosen(_ replicate: Int, of observations: Int) -> [Int] {
    ReplicatedEvidence.indices(observations, replicate, settings.bootstrap, seed: settings.seed)
  }

  /// The standard errors of figures over replicates of the calibration; `nil` where one of them has none.
  ///
  /// Replicate by replicate in parallel; one that fails leaves the figures without an error, and the figures themselves
  /// untouched.
  func calibrationErrors(
    replicates: Int, _ keys: [TailKey],
    _ figures: @Sendable (Int) throws(TailEstimationError) -> [TailKey: Double]
  ) -> [TailKey: Double] {
    let values = try? mapBlocks(of: replicates, size: 1, parallelism: settings.parallelism) {
      (replicate, _) throws(TailEstimationError) in try figures(replicate)
    }
    var errors: [TailKey: Double] = [:]
    guard let values else { return errors }
    for key in keys {
      let found = values.compactMap { $0[key] }
      guard found.count == replicates else { continue }
      errors[key] = standardError(of: found, .bootstrap)
    }
    return errors
  }

  func standardError(of replicates: [Double], _ kind: ReplicatedEstimate.Kind) -> Double? {
    (try? ReplicatedEstimate(value: 0, replicates: replicates, kind: kind))?.standardError
  }
}
