import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// One regime of a comparison as its numbers come in.
struct AssessedRegime: Sendable {
  let regime: MarginRegime
  let assessment: MarginAssessment
  /// How its requirement after a move is had.
  let moved: MovedEvidence
  private(set) var replicates = RequirementReplicates(simulation: [], calibration: [])
  private(set) var views: [CollateralView: ViewedAccount] = [:]
  var distances: [MarginDistance] = []
  fileprivate(set) var safety: [SafetyAssessment] = []
  fileprivate(set) var notes: [String] = []

  init(regime: MarginRegime, assessment: MarginAssessment, moved: MovedEvidence) {
    self.regime = regime
    self.assessment = assessment
    self.moved = moved
    notes = moved.notes
  }

  /// Says which tails rest on a sample too small for a bound at their level.
  mutating func addSampleNotes(in context: ComparisonContext) {
    for term in regime.terms {
      guard case .tailRisk(let tail) = term.term, let set = context.sets[tail.scenarios], set.count > 0
      else { continue }
      let sample = LossSample([], of: set, tail.scenarios, stepSeconds: context.study.history.stepSeconds)
      guard case .sampleTooSmall(let needed)? = sample.sizeFlag(at: tail.confidence) else { continue }
      notes.append(
        "\(term.name): a sample worth \(Int(sample.effectiveSize)) independent moves is too small for a bound at "
          + "\(tail.confidence), which takes \(needed)")
    }
  }

  mutating func add(_ replicates: RequirementReplicates) {
    self.replicates = replicates
    guard replicates.calibration == nil else { return }
    notes.append(
      "no error of calibration: the book holds options, for which a law estimated anew has no closed form")
  }

  /// The account as held, with cash and with own collateral at the requirement.
  ///
  /// Laws stand in for their draws where a root is sought, or fewer draws for all where a law has no closed form; neither is
  /// scaled to the printed requirement: they differ by the simulation error, which is printed beside them.
  mutating func addViews(in context: ComparisonContext) throws(StudyError) {
    views[.asHeld] = ViewedAccount(
      regime: regime, state: context.state, scale: 1, value: context.state.collateralValue)
    // One state affords every draw, a search for a root does not.
    let forOne = moved.isEstimatedAnew ? context.evidence : moved.evidence
    do throws(MarginError) {
      views[.cashAtRequirement] = try CollateralViews(
        regime: regime, state: context.state, evidence: forOne
      ).cashAtRequirement()
      views[.ownAtRequirement] = try CollateralViews(
        regime: regime, state: context.state, evidence: moved.evidence
      ).ownAtRequirement()
    } catch {
      throw .margin(error)
    }
    if views[.ownAtRequirement] == nil {
      notes.append(
        "no multiple of the account's own collateral up to \(CollateralViews.largestScale) meets the initial margin"
      )
    }
  }

  /// How far prices may move before the regime acts.
  func foundDistances(in context: ComparisonContext) throws(StudyError) -> [MarginDistance] {
    do throws(MarginError) {
      return try Margin.distances(
        of: regime, for: context.state, given: moved.evidence.at(.sequential))
    } catch {
      throw .margin(error)
    }
  }

  func result(against reference: AssessedRegime?, for state: BookState) -> RegimeResult {
    let other = reference?.regime.id == regime.id ? nil : reference
    return RegimeResult(
      regime: regime, assessment: assessment,
      initial: replicates.estimate(assessment.initial, \.initial),
      maintenance: replicates.estimate(assessment.maintenance, \.maintenance),
      differenceToReference: other.map {
        replicates.initialDifference(to: $0.replicates, assessment.initial - $0.assessment.initial)
      },
      needs: needs(against: reference), safety: safety, distances: distances,
      positionLevels: regime.positionLevels(for: state, at: distances), notes: notes)
  }

  private func needs(against reference: AssessedRegime?) -> [CollateralNeed] {
    let kinds: [CollateralView] = [.cashAtRequirement, .ownAtRequirement]
    return kinds.compactMap { view in
      guard let viewed = views[view] else { return nil }
      let base = reference?.views[view]?.value ?? 0
      return CollateralNeed(
        view: view, scale: viewed.scale, value: viewed.value,
        capitalEfficiency: base > 0 ? 1 - viewed.value / base : nil)
    }
  }
}

extension SafetyJudge {
  /// Judges every regime in one view, each beside the reference regime in the same view.
  func run(
    _ view: CollateralView, on assessed: inout [AssessedRegime], reference: String
  ) throws(StudyError) {
    var records: [Int: Record] = [:]
    do throws(MarginError) {
      if view == .asHeld, let state = assessed.first?.views[view]?.state, !state.hasOptions {
        // Every regime judges the same states: they are moved once.
        let judged = try self.records(of: assessed.map(\.regime), for: state)
        for (index, record) in judged.enumerated() { records[index] = record }
      } else {
        for index in assessed.indices {
          guard let viewed = assessed[index].views[view] else { continue }
          let judge = judging(by: assessed[index].moved)
          records[index] = try judge.records(of: [viewed.regime], for: viewed.state)[0]
          guard view == .asHeld, judge.count < set.count else { continue }
          assessed[index].notes.append(
            "judged on the first \(judge.count) of \(set.count) \(kind.rawValue) scenarios: after each of them the book's "
              + "options are valued anew in every scenario of the regime")
        }
      }
    } catch {
      throw .margin(error)
    }
    let base = assessed.firstIndex { $0.regime.id == reference }
    for (index, record) in records.sorted(by: { $0.key < $1.key }) {
      do throws(StatisticsError) {
        assessed[index].safety.append(
          try record.assessment(
            judge: kind, view: view, reference: base == index ? nil : base.flatMap { records[$0] }))
      } catch {
        throw .statistics(error)
      }
    }
  }
}

extension BookState {
  /// The market value of all balances that are not isolated, in USD.
  var collateralValue: Double {
    rows.indices.filter { rows[$0].kind == .balance && rows[$0].isolated == nil }.reduce(0) {
      $0 + values[$1]
    }
  }
}
