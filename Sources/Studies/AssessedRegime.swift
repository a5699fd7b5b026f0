import Margin
import Parallel
import Scenarios
import Statistics
import Valuation

/// One regime of a comparison as its numbers come in.
struct AssessedRegime: Sendable {
  let regime: MarginRegime
  let assessment: MarginAssessment
  var replicates = RequirementReplicates(simulation: [], calibration: [])
  private(set) var views: [CollateralView: ViewedAccount] = [:]
  fileprivate(set) var safety: [SafetyAssessment] = []
  fileprivate(set) var notes: [String] = []

  init(regime: MarginRegime, assessment: MarginAssessment) {
    self.regime = regime
    self.assessment = assessment
  }

  /// The account as held, with cash and with own collateral at the requirement.
  ///
  /// Laws stand in for their draws where a root is sought, and are scaled to the printed requirement by nobody: the two
  /// differ by the simulation error, which is printed beside them.
  mutating func addViews(in context: ComparisonContext) throws(StudyError) {
    views[.asHeld] = ViewedAccount(
      regime: regime, state: context.state, scale: 1, value: context.state.collateralValue)
    guard !context.state.hasOptions else {
      notes.append("no collateral views: the book holds options")
      return
    }
    let views = CollateralViews(
      regime: regime, state: context.state, evidence: context.evidence.inClosedForm().at(.sequential))
    do throws(MarginError) {
      self.views[.cashAtRequirement] = try views.cashAtRequirement()
      self.views[.ownAtRequirement] = try views.ownAtRequirement()
    } catch {
      throw .margin(error)
    }
    if self.views[.ownAtRequirement] == nil {
      notes.append(
        "no multiple of the account's own collateral up to \(CollateralViews.largestScale) meets the initial margin"
      )
    }
  }

  func result(against reference: AssessedRegime?) -> RegimeResult {
    let other = reference?.regime.id == regime.id ? nil : reference
    return RegimeResult(
      regime: regime, assessment: assessment,
      initial: replicates.estimate(assessment.initial, \.initial),
      maintenance: replicates.estimate(assessment.maintenance, \.maintenance),
      differenceToReference: other.map {
        replicates.initialDifference(to: $0.replicates, assessment.initial - $0.assessment.initial)
      },
      needs: needs(against: reference), safety: safety, notes: notes)
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
      if view == .asHeld, let state = assessed.first?.views[view]?.state {
        let judged = try recordsWhereKnown(of: assessed.map(\.regime), for: state)
        for (index, record) in judged { records[index] = record }
        for index in assessed.indices where judged[index] == nil {
          assessed[index].notes.append(
            "not judged on the \(kind.rawValue) scenarios: the book holds options, for which the law has no closed form"
          )
        }
      } else {
        for index in assessed.indices {
          guard let viewed = assessed[index].views[view] else { continue }
          records[index] = try recordsWhereKnown(of: [viewed.regime], for: viewed.state)[0]
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

  /// The records of those regimes that have a requirement after a move: a law without closed form has none.
  private func recordsWhereKnown(
    of regimes: [MarginRegime], for state: BookState
  ) throws(MarginError) -> [Int: Record] {
    var known: [Int] = []
    for (index, regime) in regimes.enumerated() {
      do throws(MarginError) {
        _ = try requirements(of: regime, for: BookStates(state), given: evidence)
        known.append(index)
      } catch .noClosedForm {
        continue
      } catch {
        throw error
      }
    }
    let judged = try records(of: known.map { regimes[$0] }, for: state)
    return Dictionary(uniqueKeysWithValues: zip(known, judged))
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
