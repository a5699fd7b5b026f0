import Margin
import MarketData
import Parallel
import Scenarios
import Valuation

extension ComparisonStudy {
  /// The study with as many draws as its target asks for, and what came of it.
  ///
  /// Draws are keyed by their number: twice as many are the same draws and as many new ones. They are doubled until every
  /// initial margin that rests on draws has a printed simulation error of at most the target times itself. A margin of zero
  /// has no relative error and is left out. The error is itself an estimate, so that stopping at the first one small enough
  /// favours those that came out small.
  ///
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole.
  /// - Returns: the study without a target, and a note; as it is where it has no target.
  func meetingTarget() throws(StudyError) -> (study: ComparisonStudy, notes: [String]) {
    guard let target = settings.targetError else { return (self, []) }
    var study = self
    study.settings.targetError = nil
    while true {
      guard let worst = try study.worstRelativeError() else {
        return (study, ["no draws were added: no initial margin rests on draws"])
      }
      let count = study.settings.scenarioCount
      let words = "\(worst.regime)'s initial margin has a relative simulation error of \(worst.error)"
      if worst.error <= target { return (study, ["\(count) draws meet the target of \(target): \(words)"]) }
      guard count * 2 <= Self.mostDraws, study.bytes(ofDraws: count * 2) <= Self.mostBytes else {
        return (study, ["\(count) draws, the most there are, miss the target of \(target): \(words)"])
      }
      study.settings.scenarioCount = count * 2
    }
  }

  /// The largest simulation error of an initial margin, as a share of it.
  private func worstRelativeError() throws(StudyError) -> (regime: String, error: Double)? {
    let context = try ComparisonContext(self)
    let replicated = ReplicatedEvidence(drawsOf: context)
    var worst: (regime: String, error: Double)?
    for regime in regimes where regime.requests.contains(where: \.isDrawn) {
      guard let assessment = try? context.assessment(of: regime, for: context.state), assessment.initial > 0
      else { continue }
      let replicates = try replicated.replicates(of: regime, for: context.state)
      let error = replicates.estimate(assessment.initial, \.initial).simulationError ?? 0
      let relative = error / assessment.initial
      if relative > (worst?.error ?? -1) { worst = (regime.id, relative) }
    }
    return worst
  }

  /// What the drawn sets of all regimes and of the judge take together.
  private func bytes(ofDraws count: Int) -> Int {
    let factors = history.assets.count + settings.models.basis.count + settings.models.volatility.count
    let sets = Set(regimes.flatMap(\.requests).filter(\.isDrawn)).count + 1
    return count * factors * MemoryLayout<Double>.size * sets
  }

  /// The largest number of draws a target may lead to.
  static let mostDraws = 4_194_304
  /// The most memory they may take.
  static let mostBytes = 1 << 31
}
