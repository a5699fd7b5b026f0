import Margin
import Scenarios
import Statistics
import Valuation

extension ComparisonContext {
  /// The nearest correlations, and the most plausible move, at which a regime calls and liquidates the account.
  ///
  /// - Parameters:
  ///   - regime: a regime whose requirement for the account can be computed.
  ///   - stressables: the scenarios of the regime's requests, ready to be recoloured; others may be among them.
  /// - Throws: ``StudyError``.
  /// - Returns: correlations before moves, the call before the liquidation.
  func reverseStress(
    of regime: MarginRegime, stressables: [ScenarioRequest: StressableScenarios]
  ) throws(StudyError) -> [ReverseStress] {
    let today = try assessment(of: regime, for: state).status
    let correlations = CorrelationSearch(self, regime, stressables)
    let moves = try MoveSearch(self, regime)
    return try answers(.correlation, regime, today) { event throws(StudyError) in
      try correlations.outcome(event)
    }
      + answers(.marketMove, regime, today) { event throws(StudyError) in try moves.outcome(event) }
  }

  /// One answer an event; where both events have one level, they have one answer.
  private func answers(
    _ question: ReverseQuestion, _ regime: MarginRegime, _ today: MarginStatus,
    _ outcome: (ReverseEvent) throws(StudyError) -> ReverseStress.Outcome
  ) throws(StudyError) -> [ReverseStress] {
    var answers: [ReverseStress] = []
    for event in ReverseEvent.allCases {
      let found: ReverseStress.Outcome
      if today >= event.status {
        found = .already
      } else if let first = answers.first, regime.levels.callAt == regime.levels.liquidationAt {
        found = first.outcome
      } else {
        found = try outcome(event)
      }
      answers.append(ReverseStress(regime: regime.id, event: event, question: question, outcome: found))
    }
    return answers
  }
}

extension ComparisonStudy {
  /// The answers to the reverse question alone, for every regime that can be computed, in the study's order.
  ///
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole.
  /// - Returns: of each regime correlations before moves, the call before the liquidation.
  package func reverseStress() throws(StudyError) -> [ReverseStress] {
    let context = try ComparisonContext(self)
    var stressables: [ScenarioRequest: StressableScenarios] = [:]
    for request in context.sets.keys {
      do throws(ScenarioError) {
        stressables[request] = try context.source.stressable(request)
      } catch {
        throw .scenarios(error)
      }
    }
    var answers: [ReverseStress] = []
    for regime in regimes where (try? context.assessment(of: regime, for: context.state)) != nil {
      answers += try context.reverseStress(of: regime, stressables: stressables)
    }
    return answers
  }
}

extension ReverseEvent {
  /// The status at or beyond which it has happened.
  var status: MarginStatus {
    switch self {
    case .marginCall: .marginCall
    case .liquidation: .liquidation
    }
  }
}

extension MarginLevels {
  /// How much equity a pool has above the level of an event, in USD; not positive from the event on.
  ///
  /// Agrees with ``status(equity:initial:maintenance:)`` but where nothing is demanded and equity is zero to the last digit.
  func headroom(to event: ReverseEvent, equity: Double, maintenance: Double) -> Double {
    let level = event == .marginCall ? callAt : liquidationAt
    return switch convention {
    case .maintenanceOverEquity: equity - maintenance / level
    case .equityOverMaintenance: equity - maintenance * level
    }
  }
}

extension Double {
  /// Whole dollars for a sentence.
  var inWholeDollars: String { abs(self) < 1e15 ? "\(Int(rounded())) USD" : "\(self) USD" }
}
