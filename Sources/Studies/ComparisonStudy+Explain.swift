public import Margin

extension ComparisonStudy {
  /// Every term of one regime's numbers, down to the position.
  ///
  /// - Parameter regime: one of the study's regimes.
  /// - Throws: ``StudyError``.
  /// - Returns: lines, pool by pool.
  public func explain(_ regime: MarginRegime) throws(StudyError) -> [ExplanationLine] {
    var study = self
    study.regimes = [regime]
    study.settings.reference = regime.id
    study.settings.realisedObservations = 0
    let context = try ComparisonContext(study)
    for request in regime.requests {
      if let failure = context.failures[request] { throw .scenarios(failure) }
    }
    do throws(MarginError) {
      return try explanation(of: regime, for: context.state, given: context.evidence)
    } catch {
      throw .margin(error)
    }
  }
}
