import Margin

extension StressContext {
  /// The smallest strength at which each regime breaks, mode by mode and event by event.
  ///
  /// What a regime does today changes unaware only where a shock moves prices, and is left out where none does.
  func breaks(along curve: [EvaluatedPoint], _ sensitivities: [StressSensitivity]) -> [StressBreak] {
    guard !curve.isEmpty else { return [] }
    let isMoved = curve.contains(where: \.isMoved)
    var breaks: [StressBreak] = []
    for (place, member) in members.enumerated() {
      for mode in StressMode.allCases {
        let steps = curve.compactMap { point in
          point.members[place][mode].map { (strength: point.place.strengths[0], stressed: $0) }
        }
        guard let search = BreakSearch(steps, member.regime.levels, target: plan.target) else { continue }
        for event in StressEvent.allCases where isMoved || mode == .recalibrated || event.isOfHorizon {
          let insensitive = isMoved ? nil : sensitivities[place].insensitive
          breaks.append(search.found(event, of: member.regime.id, mode, insensitive: insensitive))
        }
      }
    }
    return breaks
  }
}

extension StressEvent {
  /// Whether it is a probability over the horizon, and not a fact of today.
  fileprivate var isOfHorizon: Bool { self == .lossBeyondMargin || self == .callWithinHorizon }
}

/// Looks for the first point of a curve at which one regime breaks in one mode.
private struct BreakSearch {
  private let strengths: [Double]
  private let stressed: [StressedMode]
  private let levels: MarginLevels
  private let target: Double

  init?(_ steps: [(strength: Double, stressed: StressedMode)], _ levels: MarginLevels, target: Double) {
    guard !steps.isEmpty else { return nil }
    strengths = steps.map(\.strength)
    stressed = steps.map(\.stressed)
    self.levels = levels
    self.target = target
  }

  func found(
    _ event: StressEvent, of regime: String, _ mode: StressMode, insensitive: String?
  ) -> StressBreak {
    switch event {
    case .lossBeyondMargin: found(event, regime, mode) { $0.safety.lossBeyondMargin }
    case .callWithinHorizon: found(event, regime, mode) { $0.safety.marginCall }
    case .callToday: found(event, regime, mode, .marginCall, insensitive)
    case .liquidationToday: found(event, regime, mode, .liquidation, insensitive)
    }
  }

  private func found(
    _ event: StressEvent, _ regime: String, _ mode: StressMode,
    _ probability: (StressedMode) -> EventProbability
  ) -> StressBreak {
    let probabilities = stressed.map(probability)
    let strength = firstAbove(probabilities.map { $0.probability - target })
    let largest = probabilities.map(\.probability).max() ?? 0
    return StressBreak(
      regime: regime, mode: mode, event: event, strength: strength,
      // Where a curve begins above zero, what it was before is not known.
      lower: firstAbove(probabilities.map { $0.upper - target }).map { $0 == strengths[0] ? 0 : $0 },
      upper: firstAbove(probabilities.map { $0.lower - target }),
      reason: strength == nil
        ? "up to \(reach) the probability stays at \(percent(largest)), not above \(percent(target))" : nil)
  }

  private func found(
    _ event: StressEvent, _ regime: String, _ mode: StressMode, _ status: MarginStatus, _ insensitive: String?
  ) -> StressBreak {
    let headrooms = stressed.map { levels.headroom(of: $0.amounts.assessment, to: status) }
    guard let first = stressed.firstIndex(where: { $0.amounts.assessment.status >= status }) else {
      let least = headrooms.min() ?? 0
      return StressBreak(
        regime: regime, mode: mode, event: event, strength: nil,
        reason: insensitive ?? "up to \(reach) equity stays \(Int(least)) USD above the level")
    }
    return StressBreak(
      regime: regime, mode: mode, event: event,
      strength: first == 0
        ? strengths[0] : interpolated(before: headrooms[first - 1], at: headrooms[first], first))
  }

  /// The first strength at which a number is above zero, on the line between its neighbours.
  private func firstAbove(_ numbers: [Double]) -> Double? {
    guard let first = numbers.firstIndex(where: { $0 > 0 }) else { return nil }
    return first == 0 ? strengths[0] : interpolated(before: numbers[first - 1], at: numbers[first], first)
  }

  /// Where a line between neighbouring points meets zero; the later point where it does not fall or rise to it.
  private func interpolated(before: Double, at: Double, _ place: Int) -> Double {
    let share = before / (before - at)
    guard share >= 0 && share <= 1 else { return strengths[place] }
    return strengths[place - 1] + share * (strengths[place] - strengths[place - 1])
  }

  private var reach: String {
    let last = strengths[strengths.count - 1]
    return last == 1 ? "full strength" : "a strength of \(last)"
  }

  private func percent(_ probability: Double) -> String {
    "\((probability * 1e6).rounded() / 1e4) %"
  }
}

extension MarginLevels {
  /// What is left until a level, in USD of equity or of margin times the level, in the pool closest to it.
  ///
  /// It falls to zero, or below it without a demand, exactly where the status is reached.
  fileprivate func headroom(of assessment: MarginAssessment, to status: MarginStatus) -> Double {
    let level = status == .liquidation ? liquidationAt : callAt
    return assessment.pools.map { pool -> Double in
      guard pool.maintenance > 0 else { return pool.equity }
      return switch convention {
      case .maintenanceOverEquity: pool.equity - pool.maintenance / level
      case .equityOverMaintenance: pool.equity - level * pool.maintenance
      }
    }.min() ?? 0
  }
}
