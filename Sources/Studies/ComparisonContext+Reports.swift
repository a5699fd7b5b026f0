import Instruments
import LinearAlgebra
import Margin
import MarketData
import Scenarios
import Statistics
import Valuation

extension ComparisonContext {
  /// The sets on which regimes are judged: the model's where its history covers the account, and of what followed the
  /// scenarios that do.
  func judgeSets() throws(StudyError) -> [(JudgeKind, ScenarioSet)] {
    if let failure = failures[settings.judge.request] { throw .scenarios(failure) }
    var judges: [(JudgeKind, ScenarioSet)] = []
    if let set = sets[settings.judge.request], try uncovered(by: set).isEmpty { judges.append((.model, set)) }
    if let set = sets[.realised(Self.realisedRequest(settings))] {
      let covered = set.restricted(toCover: try binding(in: set).needed)
      if covered.count > 0 { judges.append((.realised, covered)) }
    }
    return judges
  }

  /// The factors the account depends on that a set does not cover.
  private func uncovered(by set: ScenarioSet) throws(StudyError) -> [Int] {
    try binding(in: set).needed.filter { !set.coverage[$0].isComplete }
  }

  private func binding(in set: ScenarioSet) throws(StudyError) -> FactorBinding {
    do throws(ValuationError) {
      return try FactorBinding(state.rows, in: set.factors)
    } catch {
      throw .valuation(error)
    }
  }

  /// Which regimes use a request, and whether the judge does; in the study's order.
  private func users(of request: ScenarioRequest, among regimes: [MarginRegime]) -> [String] {
    regimes.filter { $0.requests.contains(request) }.map(\.id)
      + (request == settings.judge.request ? ["judge"] : [])
  }

  private func estimationRequests(of regimes: [MarginRegime]) -> [ScenarioRequest] {
    var seen: Set<ScenarioRequest> = []
    return (regimes.flatMap(\.requests) + [settings.judge.request]).filter { request in
      if case .grid = request { return false }
      return sets[request] != nil && seen.insert(request).inserted
    }
  }

  /// The tails of the whole account's P&L under every set regimes use, at every level.
  func tails(of regimes: [MarginRegime]) throws(StudyError) -> [TailReport] {
    var reports: [TailReport] = []
    for request in estimationRequests(of: regimes) {
      guard let set = sets[request], set.count > 0, try uncovered(by: set).isEmpty else { continue }
      let losses: [Double]
      do throws(ValuationError) {
        losses = try state.accountProfitAndLoss(under: set, parallelism: settings.parallelism).map { 0 - $0 }
      } catch {
        throw .valuation(error)
      }
      let sample = LossSample(losses, of: set, request, stepSeconds: study.history.stepSeconds)
      for level in settings.levels {
        reports.append(
          try tail(of: sample, at: level, set, request.summary, users(of: request, among: regimes)))
      }
    }
    return reports
  }

  private func tail(
    of sample: LossSample, at level: Confidence, _ set: ScenarioSet, _ scenarios: String, _ users: [String]
  ) throws(StudyError) -> TailReport {
    let tail: SampledTail
    let values: [TailRiskTerm.Measure: Double]
    do throws(TailEstimationError) {
      tail = try sample.tail(at: level, .quantile(.lowerQuantile))
      values = try tail.values
    } catch {
      throw .tail(error)
    }
    let errors = sample.errors(of: tail)
    let closed = closedForm(set.calibration?.law, set)
    return TailReport(
      usedBy: users, scenarios: scenarios, confidence: level,
      valueAtRisk: Estimate(value: values[.valueAtRisk] ?? 0, simulationError: errors[.valueAtRisk]),
      expectedShortfall: Estimate(
        value: values[.expectedShortfall] ?? 0, simulationError: errors[.expectedShortfall]),
      valueAtRiskInterval: sample.intervals(of: tail)[.valueAtRisk],
      sampleSize: set.count, effectiveSampleSize: sample.effectiveSize,
      closedFormValueAtRisk: closed.map { $0.deviation * $0.tail.valueAtRisk(at: level) },
      closedFormExpectedShortfall: closed.map { $0.deviation * $0.tail.expectedShortfall(at: level) },
      bindingScenario: tail.bindingScenario.map(set.labels.text) ?? "")
  }

  /// The standard deviation and shape of the account's P&L, where it is linear and nothing caps a loss.
  private func closedForm(
    _ law: EllipticalLaw?, _ set: ScenarioSet
  ) -> (deviation: Double, tail: EllipticalTail)? {
    guard let law, !state.hasOptions, state.rows.allSatisfy({ $0.isolated == nil }),
      let exposures = try? BookStates(state).exposures(to: set.factors, of: Array(state.rows.indices))
    else { return nil }
    return (law.standardDeviations(of: exposures)[0], law.tail)
  }

  /// Every covariance in use, once.
  func covariances(of regimes: [MarginRegime]) -> [CovarianceReport] {
    estimationRequests(of: regimes).compactMap { request in
      guard let set = sets[request], let calibration = set.calibration,
        let covariance = calibration.covariance, let spectrum = calibration.spectrum
      else { return nil }
      return CovarianceReport(
        usedBy: users(of: request, among: regimes), law: request.summary,
        factors: set.factors.factors.map(\.description), covariance: covariance,
        spectrum: spectrum)
    }
  }

  /// How far each set covers the factors the account depends on.
  func coverage(of regimes: [MarginRegime]) -> [CoverageReport] {
    estimationRequests(of: regimes).flatMap { request -> [CoverageReport] in
      guard let set = sets[request], let binding = try? FactorBinding(state.rows, in: set.factors) else {
        return []
      }
      return binding.needed.map { factor in
        CoverageReport(
          scenarios: request.summary, factor: set.factors.factors[factor].description,
          coverage: set.coverage[factor])
      }
        + volatilitiesWithoutModel.map {
          CoverageReport(
            scenarios: request.summary, factor: RiskFactor.volatility($0).description,
            coverage: FactorCoverage(source: .constant))
        }
    }
  }

  /// What changes do to every regime's initial margin, each on its own.
  func effects(
    of changes: [AccountChange], on assessed: [AssessedRegime], _ replicated: ReplicatedEvidence
  ) throws(StudyError) -> [ChangeEffect] {
    var effects: [ChangeEffect] = []
    for change in changes {
      let changed = try Self.valued(try change.applied(to: study.account, in: market), in: market)
      for one in assessed {
        guard let after = try? assessment(of: one.regime, for: changed) else {
          effects.append(
            ChangeEffect(
              change: change.description, regime: one.regime.id, after: nil, difference: nil,
              equityDifference: nil))
          continue
        }
        let replicates = try replicated.replicates(of: one.regime, for: changed)
        effects.append(
          ChangeEffect(
            change: change.description, regime: one.regime.id, after: after.initial,
            difference: replicates.initialDifference(
              to: one.replicates, after.initial - one.assessment.initial),
            equityDifference: after.equity - one.assessment.equity))
      }
    }
    return effects
  }

  /// What the reader should know of all numbers.
  var notes: [String] {
    var notes: [String] = []
    let withoutBasis = Set(
      state.rows.filter { row in
        switch row.kind {
        case .balance, .order: false
        case .option:
          source.factors.index(of: .basis(row.asset, row.option?.style ?? .linear)) == nil
        case .linear: source.factors.index(of: .basis(row.asset, .linear)) == nil
        case .inverse: source.factors.index(of: .basis(row.asset, .inverse)) == nil
        }
      }.map(\.asset.symbol)
    ).sorted()
    if !withoutBasis.isEmpty {
      notes.append(
        "basis held constant for \(withoutBasis.joined(separator: ", ")): the study names no basis model")
    }
    for model in settings.models.basis where !withoutBasis.contains(model.asset.symbol) {
      notes.append(
        "basis of \(model.asset) \(model.style.rawValue): independent normal in drawn sets, "
          + "\(model.dailyVolatility) per √day; constant in historical ones")
    }
    notes += volatilityNotes
    for request in requests {
      guard let set = sets[request] else { continue }
      if set.clippedMoves > 0 {
        notes.append("\(set.clippedMoves) moves below −1 set to −1 in \(request.summary)")
      }
      if let spectrum = set.calibration?.spectrum, spectrum.repairDistance > 0 {
        notes.append(
          "correlations repaired in \(request.summary), Frobenius distance \(spectrum.repairDistance)")
      }
    }
    return notes + judgeNotes
  }

  /// The assets on which the account holds options.
  private var optionAssets: [Asset] {
    Set(state.rows.filter { $0.kind == .option }.map(\.asset)).sorted()
  }

  /// Those of them whose implied volatility nothing moves.
  private var volatilitiesWithoutModel: [Asset] {
    optionAssets.filter { source.factors.index(of: .volatility($0)) == nil }
  }

  /// A volatility lacks a move where the price it follows does, which is said once.
  private func isPrice(_ factor: Int) -> Bool {
    if case .spot = source.factors.factors[factor] { true } else { false }
  }

  /// Which model moves the implied volatility of each underlying, or that it stays.
  private var volatilityNotes: [String] {
    let models = optionAssets.compactMap { asset in
      settings.models.volatility.first { $0.asset == asset }
    }
    let moving = models.map { model in
      var words = "implied volatility of \(model.asset): \(model.responseName)"
      if model.dailyVolatility > 0 {
        words += "; in drawn sets also an independent normal move, \(model.dailyVolatility) per √day"
      }
      guard model.tenor != .flat else { return words + "; every expiry alike" }
      return words + "; stated at 30 days, at others times (30/days) to the power "
        + "\(model.tenor.shortTermPower) below, \(model.tenor.longTermPower) above"
    }
    let names = volatilitiesWithoutModel.map(\.symbol).joined(separator: ", ")
    return moving
      + (names.isEmpty
        ? []
        : ["implied volatility held constant for \(names): the study names no volatility model"])
  }

  /// How many of the moves that followed are left out because an asset of the account had no price, or was dust.
  private func realisedNotes(_ set: ScenarioSet) -> [String] {
    guard set.count > 0 else {
      return ["the history ends at the as-of date: regimes are judged on the model alone"]
    }
    guard let needed = try? FactorBinding(state.rows, in: set.factors).needed else { return [] }
    return needed.filter { !set.coverage[$0].isComplete && isPrice($0) }.map { factor in
      let missing = set.coverage[factor].missing.count
      return
        "what followed: \(missing) of \(set.count) moves left out, \(set.factors.factors[factor]) had no price or "
        + "started below the dust floor of \(settings.models.dustFloor) USD"
    }
  }

  /// Why regimes are not judged on the model, or not on what followed.
  private var judgeNotes: [String] {
    var notes: [String] = []
    if let set = sets[settings.judge.request], let gaps = try? uncovered(by: set), !gaps.isEmpty {
      let names = gaps.filter(isPrice).map { set.factors.factors[$0].description }.joined(separator: ", ")
      notes.append("not judged on the model: its history does not cover \(names)")
    }
    let realised = ScenarioRequest.realised(Self.realisedRequest(settings))
    if let failure = failures[realised] {
      notes.append("not judged on what followed the as-of date: \(failure)")
    } else if let set = sets[realised] {
      notes += realisedNotes(set)
    }
    return notes
  }
}
