import Margin
import Parallel
import Scenarios
import Statistics
import Valuation

/// What a stress study works with: everything that no shock changes, made once.
struct StressContext: Sendable {
  let plan: StressPlan
  /// The study without a shock; the moves that really followed the as-of date have no place in it.
  let base: ComparisonContext
  /// Every set that could be made, ready to be recoloured.
  let stressables: [ScenarioRequest: StressableScenarios]
  /// The regimes that can be computed without a shock, in the study's order.
  let members: [StressMember]
  /// The regimes that cannot.
  let refusals: [RegimeRefusal]
  /// The draws without a shock, cut into sections.
  let sections: ReplicatedEvidence

  var settings: ComparisonSettings { base.settings }
  var judgeRequest: ScenarioRequest { settings.judge.request }

  init(_ study: ComparisonStudy, _ plan: StressPlan) throws(StudyError) {
    var study = study
    study.settings.realisedObservations = 0
    var stressables: [ScenarioRequest: StressableScenarios] = [:]
    base = try ComparisonContext(study) { (source, request) throws(ScenarioError) in
      let made = try source.stressable(request)
      stressables[request] = made
      return made.set
    }
    sections = ReplicatedEvidence(drawsOf: base)
    var members: [StressMember] = []
    var refusals: [RegimeRefusal] = []
    for regime in study.regimes {
      do throws(StudyError) {
        members.append(
          StressMember(
            regime: regime, isShocked: regime.requests.contains { stressables[$0]?.subject != nil },
            unshocked: try base.stressDemand(of: regime, sections)))
      } catch {
        refusals.append(RegimeRefusal(regime: regime, reason: error))
      }
    }
    self.plan = plan
    self.stressables = stressables
    self.members = members
    self.refusals = refusals
    if !plan.axes.isEmpty { try requireJudge() }
  }

  /// A stress study is nothing without scenarios to judge on: they must be had, and cover the account.
  private func requireJudge() throws(StudyError) {
    if let failure = base.failures[judgeRequest] { throw .scenarios(failure) }
    guard let set = base.sets[judgeRequest] else { return }
    do throws(ValuationError) {
      try FactorBinding(base.state.rows, in: set.factors).requireCoverage(by: set)
    } catch {
      throw .valuation(error)
    }
  }
}

/// One regime of a stress study.
struct StressMember: Sendable {
  let regime: MarginRegime
  /// Whether a shock reaches any of the scenarios its requirement is computed from.
  let isShocked: Bool
  let unshocked: StressDemand
}

/// What one regime demands of the account today, with its errors of simulation.
struct StressAmounts: Sendable {
  let assessment: MarginAssessment
  let replicates: RequirementReplicates
}

/// What one regime demands today, and how its requirement after a move is had: that holds scenarios, and is not kept.
struct StressDemand: Sendable {
  let amounts: StressAmounts
  let moved: MovedEvidence
}

extension ComparisonContext {
  /// What a regime demands, with its errors of simulation.
  ///
  /// - Parameters:
  ///   - regime: the rules.
  ///   - sections: the draws of this context, cut into sections.
  /// - Throws: ``StudyError`` where there is no requirement, today or after a move.
  /// - Returns: the amounts, and the evidence after a move.
  func stressDemand(
    of regime: MarginRegime, _ sections: ReplicatedEvidence
  ) throws(StudyError) -> StressDemand {
    let assessment = try assessment(of: regime, for: state)
    let moved = try movedEvidence(of: regime)
    do throws(MarginError) {
      _ = try requirements(of: regime, for: BookStates(state), given: moved.evidence)
    } catch {
      throw .margin(error)
    }
    let replicates = try sections.replicates(of: regime, for: state)
    return StressDemand(
      amounts: StressAmounts(assessment: assessment, replicates: replicates), moved: moved)
  }
}

/// One combination of strengths, and one random matrix.
struct StressPlace: Sendable {
  let strengths: [Double]
  let draw: Int
  let shocks: [AppliedShock]
}

extension StressPlan {
  /// Whether the sweep is a curve, along which regimes cross and break.
  var isCurve: Bool { axes.count == 1 && draws == 1 }

  /// Every point, the first axis outermost, the draws innermost.
  var places: [StressPlace] {
    guard let first = axes.first else { return [] }
    return first.strengths.flatMap { outer -> [StressPlace] in
      let applied = AppliedShock(first.shock, strength: outer)
      let inner = axes.count > 1 ? axes[1].strengths : []
      let combinations: [([Double], [AppliedShock])] =
        axes.count > 1
        ? inner.map { ([outer, $0], [applied, AppliedShock(axes[1].shock, strength: $0)]) }
        : [([outer], [applied])]
      return combinations.flatMap { strengths, shocks in
        (0..<draws).map { StressPlace(strengths: strengths, draw: $0, shocks: shocks) }
      }
    }
  }
}
