import Margin
import Scenarios
import Statistics

/// One point of a sweep with all that curves are read from.
struct EvaluatedPoint: Sendable {
  let place: StressPlace
  /// Whether the book is another than without the shocks.
  let isMoved: Bool
  /// One a regime, in the study's order.
  let members: [StressedMember]
  let laws: [ScenarioRequest: ShockedLaw]
}

/// One regime at one point, in both modes.
struct StressedMember: Sendable {
  var unaware: StressedMode?
  var recalibrated: StressedMode?
  /// Why a mode is missing.
  var refusal: StudyError?

  subscript(mode: StressMode) -> StressedMode? {
    switch mode {
    case .unaware: unaware
    case .recalibrated: recalibrated
    }
  }
}

/// One regime at one point in one mode.
struct StressedMode: Sendable {
  let amounts: StressAmounts
  let safety: StressSafety
}

/// What a regime demands at one point, in both modes, and why it does not.
struct StressedDemand: Sendable {
  var unaware: StressDemand?
  var recalibrated: StressDemand?
  var refusal: StudyError?
}

extension StressContext {
  /// Everything at one point.
  func evaluated(_ place: StressPlace) throws(StudyError) -> EvaluatedPoint {
    let market = try StressedMarket(place, in: self)
    let sections = ReplicatedEvidence(drawsOf: market.recalibrated)
    let demands = members.map { demanded(by: $0, in: market, sections) }
    return EvaluatedPoint(
      place: place, isMoved: market.isMoved, members: try judged(demands, on: market), laws: market.laws)
  }

  private func demanded(
    by member: StressMember, in market: StressedMarket, _ stressed: ReplicatedEvidence
  ) -> StressedDemand {
    var demand = StressedDemand()
    do throws(StudyError) {
      let unaware =
        market.isMoved ? try market.unaware.stressDemand(of: member.regime, sections) : member.unshocked
      demand.unaware = unaware
      demand.recalibrated =
        member.isShocked ? try market.recalibrated.stressDemand(of: member.regime, stressed) : unaware
    } catch {
      demand.refusal = error
    }
    return demand
  }

  /// What is reported of a point.
  func reported(_ point: EvaluatedPoint) -> StressPoint {
    let reference = members.firstIndex { $0.regime.id == settings.reference }
    var requirements: [StressedRequirement] = []
    for (place, member) in members.enumerated() {
      for mode in StressMode.allCases {
        guard let own = point.members[place][mode] else { continue }
        let other = reference == place ? nil : reference.flatMap { point.members[$0][mode]?.amounts }
        requirements.append(
          StressedRequirement(
            regime: member.regime.id, mode: mode, own, without: member.unshocked.amounts, reference: other))
      }
    }
    return StressPoint(
      strengths: point.place.strengths, draw: point.place.draw, requirements: requirements,
      refusals: zip(members, point.members).compactMap { member, stressed in
        stressed.refusal.map { RegimeRefusal(regime: member.regime, reason: $0) }
      },
      shocks: shockedRequests.compactMap { request in
        point.laws[request].map { ShockSummary($0, of: request) }
      })
  }
}

extension StressedRequirement {
  init(
    regime: String, mode: StressMode, _ stressed: StressedMode, without unshocked: StressAmounts,
    reference: StressAmounts?
  ) {
    let assessment = stressed.amounts.assessment
    let replicates = stressed.amounts.replicates
    self.init(
      regime: regime, mode: mode, equity: assessment.equity,
      initial: replicates.estimate(assessment.initial, \.initial),
      maintenance: replicates.estimate(assessment.maintenance, \.maintenance),
      change: replicates.initialDifference(
        to: unshocked.replicates, assessment.initial - unshocked.assessment.initial),
      differenceToReference: reference.map {
        replicates.initialDifference(to: $0.replicates, assessment.initial - $0.assessment.initial)
      },
      utilisation: assessment.utilisation, status: assessment.status, safety: stressed.safety)
  }
}
