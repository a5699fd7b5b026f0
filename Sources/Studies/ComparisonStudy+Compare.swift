import Instruments
import Margin
import Parallel
import Scenarios
import Statistics
import Valuation

extension ComparisonStudy {
  /// Puts the account under every regime: what each demands, and what happens under each.
  ///
  /// A regime that cannot be computed becomes a refusal with its reason and does not stop the others.
  ///
  /// - Parameter entering: told of every step as it begins.
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole.
  /// - Returns: the comparison; a function of the study alone.
  public func compare(entering: (ComparisonStep) -> Void = { _ in }) throws(StudyError) -> RegimeComparison {
    entering(.scenarios)
    let (study, notes) = try meetingTarget()
    return try study.compare(adding: notes, entering: entering)
  }

  private func compare(
    adding samplingNotes: [String], entering: (ComparisonStep) -> Void
  ) throws(StudyError) -> RegimeComparison {
    let context = try ComparisonContext(self)
    entering(.requirements)
    var assessed: [AssessedRegime] = []
    var refusals: [RegimeRefusal] = []
    for regime in regimes {
      do throws(StudyError) {
        let assessment = try context.assessment(of: regime, for: context.state)
        assessed.append(
          AssessedRegime(
            regime: regime, assessment: assessment, moved: try context.movedEvidence(of: regime)))
      } catch {
        refusals.append(RegimeRefusal(regime: regime, reason: error))
      }
    }
    entering(.errors)
    let replicated = try ReplicatedEvidence(context)
    for index in assessed.indices {
      assessed[index].addSampleNotes(in: context)
      assessed[index].add(try replicated.replicates(of: assessed[index].regime, for: context.state))
    }
    entering(.collateral)
    for index in assessed.indices { try assessed[index].addViews(in: context) }
    entering(.distances)
    let distances = try mapBlocks(of: assessed.count, size: 1, parallelism: settings.parallelism) {
      [assessed] (index, _) throws(StudyError) in try assessed[index].foundDistances(in: context)
    }
    for index in assessed.indices { assessed[index].distances = distances[index] }
    entering(.safety)
    try judge(&assessed, in: context)
    entering(.tails)
    let tails = try context.tails(of: assessed.map(\.regime))
    entering(.changes)
    let effects = try context.effects(of: changes, on: assessed, replicated)
    let notes =
      samplingNotes + context.notes
      + (replicated.failure.map { ["no error of calibration: a resample of history fails, \($0)"] } ?? [])
    return report(
      context, assessed: assessed, refusals: refusals, tails: tails, effects: effects, notes: notes)
  }

  private func judge(_ assessed: inout [AssessedRegime], in context: ComparisonContext) throws(StudyError) {
    for (kind, set) in try context.judgeSets() {
      let judge = SafetyJudge(
        kind: kind, set: set, evidence: context.closedForm, closeOutCost: settings.closeOutCost,
        parallelism: settings.parallelism)
      for view in CollateralView.allCases {
        try judge.run(view, on: &assessed, reference: settings.reference)
      }
    }
  }

  private func report(
    _ context: ComparisonContext, assessed: [AssessedRegime], refusals: [RegimeRefusal], tails: [TailReport],
    effects: [ChangeEffect], notes: [String]
  ) -> RegimeComparison {
    let reference = assessed.first { $0.regime.id == settings.reference }
    let models = assessed.filter { $0.regime.terms.contains { $0.term.isTailRisk } }
      .map { RegimeAmount(regime: $0.regime.id, amount: $0.assessment.initial) }
    let lowest = models.min { $0.amount < $1.amount }
    let highest = models.max { $0.amount < $1.amount }
    return RegimeComparison(
      study: name, account: account, settings: settings, netMarketValue: context.state.netMarketValue,
      grossNotional: context.state.grossNotional,
      results: assessed.map { $0.result(against: reference, for: context.state) },
      refusals: refusals, modelRange: lowest.flatMap { low in highest.map { (low, $0) } }, tails: tails,
      covariances: context.covariances(of: assessed.map(\.regime)),
      coverage: context.coverage(of: assessed.map(\.regime)), changes: effects, notes: notes)
  }
}

extension MarginTerm {
  /// Whether the term reads the tail of a model of the market.
  fileprivate var isTailRisk: Bool { if case .tailRisk = self { true } else { false } }
}
