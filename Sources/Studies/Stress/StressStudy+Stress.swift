import Margin
import Scenarios
import Statistics

extension StressStudy {
  /// Puts the account under every regime along the shocks: what each demands, what happens under each, and where they
  /// change places and break.
  ///
  /// Every point uses the same draws, recoloured; a regime that cannot be computed at a point is a refusal of that point.
  ///
  /// - Parameter entering: told of every step as it begins, such as `point 17 of 101`.
  /// - Throws: ``StudyError`` for a fault that concerns the account, a shock or the study as a whole.
  /// - Returns: the sweep; a function of the study and the plan alone.
  public func stress(entering: (String) -> Void = { _ in }) throws(StudyError) -> StressResult {
    entering("scenarios")
    let (study, samplingNotes) = try study.meetingTarget()
    let context = try StressContext(study, plan)
    let places = plan.places
    var points: [StressPoint] = []
    var curve: [EvaluatedPoint] = []
    var correlations: [StressedCorrelation] = []
    for (number, place) in places.enumerated() {
      entering("point \(number + 1) of \(places.count)")
      let point = try context.evaluated(place)
      points.append(context.reported(point))
      if plan.keepsCorrelations(at: place) { correlations += context.correlations(at: point) }
      if plan.isCurve { curve.append(point) }
    }
    var reverse: [ReverseStress] = []
    if plan.isReversed {
      for member in context.members {
        entering("reverse stress of \(member.regime.id)")
        reverse += try context.base.reverseStress(of: member.regime, stressables: context.stressables)
      }
    }
    let sensitivities = context.sensitivities(over: points)
    return StressResult(
      study: study.name, account: study.account, settings: study.settings, plan: plan,
      regimes: context.members.map(\.regime), refusals: context.refusals, points: points,
      sensitivities: sensitivities, crossings: context.crossings(along: curve),
      breaks: context.breaks(along: curve, sensitivities),
      distributions: try context.distributions(over: points),
      correlations: correlations, reverse: reverse, notes: samplingNotes + context.notes(of: points))
  }
}
