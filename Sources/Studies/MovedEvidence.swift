import Margin
import Scenarios
import Valuation

/// How the requirement of one regime is had after a move, in every one of many states.
struct MovedEvidence: Sendable {
  /// What is known of the future after a move.
  let evidence: Evidence
  /// At most so many states are judged; `nil` for all.
  let stateLimit: Int?
  /// Whether drawn terms are estimated anew from a part of their draws.
  let isEstimatedAnew: Bool
  /// What the reader should know of it.
  let notes: [String]

  /// For a linear book: laws in closed form, history exactly.
  init(closedForm evidence: Evidence) {
    self.evidence = evidence
    stateLimit = nil
    isEstimatedAnew = false
    notes = []
  }

  /// For a linear book under a law without a closed form: its requirement estimated anew from the first of its draws.
  init(thinned evidence: Evidence, draws: Int) {
    self.evidence = evidence
    stateLimit = nil
    isEstimatedAnew = true
    notes = [
      "own collateral, and the requirement after a move, by the first \(draws) of its draws: the law has no closed form"
    ]
  }

  /// For a book with options: history and grids exactly, on as many states as the budget affords.
  init(exactly evidence: Evidence, revaluationsPerState: Int) {
    self.evidence = evidence
    stateLimit = Self.states(at: revaluationsPerState)
    isEstimatedAnew = false
    notes = []
  }

  /// For a book with options under a law: its requirement estimated anew from the first of its draws.
  init(estimatedFrom evidence: Evidence, draws: Int, revaluationsPerState: Int) {
    self.evidence = evidence
    stateLimit = min(Self.estimatedStates, Self.states(at: revaluationsPerState))
    isEstimatedAnew = true
    notes = [
      "own collateral, and the requirement after a move, by the first \(draws) of its draws: the book holds options, for "
        + "which the law has no closed form"
    ]
  }

  private static func states(at revaluationsPerState: Int) -> Int {
    max(leastStates, revaluationBudget / max(1, revaluationsPerState))
  }

  /// How many draws stand for all where a requirement is estimated anew after a move.
  static let draws = 2_000
  /// How many states are judged where a requirement is estimated anew after a move.
  static let estimatedStates = 1_000
  /// How many options may be valued for one regime in one view on one judge: a few seconds of one core.
  static let revaluationBudget = 20_000_000
  /// What inverting the law of a quadratic P&L costs, in valuations of an option: about a millisecond.
  static let inversionCost = 5_000
  /// However much one costs, so many states are judged.
  static let leastStates = 100
}

extension ComparisonContext {
  /// How a regime's requirement after a move is had for the account.
  func movedEvidence(of regime: MarginRegime) throws(StudyError) -> MovedEvidence {
    guard let fewDraws else {
      let isThinned = regime.requests.contains { $0.isDrawn && sets[$0]?.calibration?.law == nil }
      guard isThinned, let draws = closedForm.thinnedDraws else {
        return MovedEvidence(closedForm: closedForm)
      }
      return MovedEvidence(thinned: closedForm, draws: draws)
    }
    do throws(MarginError) {
      _ = try requirements(of: regime, for: BookStates(state), given: closedForm)
      return MovedEvidence(
        exactly: closedForm, revaluationsPerState: revaluationsPerState(of: regime, draws: 0))
    } catch .noClosedForm {
      let draws = firstSection
      return MovedEvidence(
        estimatedFrom: fewDraws, draws: draws,
        revaluationsPerState: revaluationsPerState(of: regime, draws: draws))
    } catch {
      throw .margin(error)
    }
  }

  /// How many draws the first section holds: one replicate where a set is made of replicates.
  private var firstSection: Int {
    let replicated = sets.values.compactMap { set in set.replicates.map { set.count / $0 } }.min()
    return replicated ?? settings.scenarioCount / Self.sectionsOfFewDraws(of: settings.scenarioCount)
  }

  /// How many sections the draws are cut into so that one holds few.
  static func sectionsOfFewDraws(of count: Int) -> Int { max(1, count / MovedEvidence.draws) }

  /// How many options are valued for one requirement; a grid is walked once for every asset with options.
  private func revaluationsPerState(of regime: MarginRegime, draws: Int) -> Int {
    let options = state.rows.filter { $0.kind == .option }
    let assets = Set(options.map(\.asset)).count
    let scenarios = regime.requests.reduce(1) { sum, request in
      switch request {
      case .grid(let grid): sum + assets * grid.points.count
      case .monteCarlo, .bootstrap: sum + draws
      case .law: sum + MovedEvidence.inversionCost
      case .historical, .realised: sum + (sets[request]?.count ?? 0)
      }
    }
    return options.count * scenarios
  }
}
