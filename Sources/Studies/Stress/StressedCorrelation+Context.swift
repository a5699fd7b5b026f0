import Margin
import MarketData
import Scenarios
import Statistics

extension StressContext {
  /// Every request a shock reaches, in the order in which it was first made.
  var shockedRequests: [ScenarioRequest] {
    base.requests.filter { stressables[$0]?.subject != nil }
  }

  /// Which regimes use a request, and whether the judge does.
  private func users(of request: ScenarioRequest) -> [String] {
    members.filter { $0.regime.requests.contains(request) }.map(\.regime.id)
      + (request == judgeRequest ? ["judge"] : [])
  }

  /// The correlations of every calibration at a point.
  func correlations(at point: EvaluatedPoint) -> [StressedCorrelation] {
    shockedRequests.compactMap { request in
      guard let law = point.laws[request], let subject = stressables[request]?.subject else { return nil }
      return StressedCorrelation(
        strengths: point.place.strengths, draw: point.place.draw, usedBy: users(of: request),
        scenarios: request.summary, factors: subject.moments.factors.factors.map(\.description),
        moving: subject.moments.moving, record: law.record, effectiveScenarios: law.effectiveScenarios)
    }
  }
}

extension StressPlan {
  /// Whether the matrices of a point are kept: those of the first draw at the ends of each axis and its quarters.
  func keepsCorrelations(at place: StressPlace) -> Bool {
    place.draw == 0
      && zip(axes, place.strengths).allSatisfy { axis, strength in axis.shown.contains(strength) }
  }
}

extension StressAxis {
  /// The least strength, the greatest, and up to three between.
  fileprivate var shown: Set<Double> {
    let last = strengths.count - 1
    return Set((0...4).map { strengths[($0 * last + 2) / 4] })
  }
}

extension ShockSummary {
  init(_ law: ShockedLaw, of request: ScenarioRequest) {
    self.init(
      scenarios: request.summary, distance: law.record.distance, repairDistance: law.record.repairDistance,
      smallestEigenvalue: law.record.used.smallestEigenvalue, plausibility: law.record.plausibility,
      effectiveScenarios: law.effectiveScenarios)
  }
}
