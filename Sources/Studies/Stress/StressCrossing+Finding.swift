import Margin
import Statistics

extension StressContext {
  /// Where the initial margins of two regimes change places along a curve.
  func crossings(along curve: [EvaluatedPoint]) -> [StressCrossing] {
    var found: [StressCrossing] = []
    for mode in StressMode.allCases {
      for first in members.indices {
        for second in members.indices.dropFirst(first + 1) {
          let gaps = curve.compactMap { MarginGap($0, first, second, mode) }
          found += crossings(of: gaps, members[first].regime.id, members[second].regime.id, mode)
        }
      }
    }
    return found
  }

  /// A touch, after which both stand as they did before, is no crossing; where the margins are equal along a stretch, they
  /// cross at its end.
  private func crossings(
    of gaps: [MarginGap], _ first: String, _ second: String, _ mode: StressMode
  ) -> [StressCrossing] {
    var found: [StressCrossing] = []
    var last: Int?
    for (place, gap) in gaps.enumerated() where gap.sign != 0 {
      if let before = last, gaps[before].sign != gap.sign {
        let crossed = gaps[place - 1].crossing(gap)
        let isFirstAbove = gap.sign > 0
        found.append(
          StressCrossing(
            above: isFirstAbove ? first : second, below: isFirstAbove ? second : first, mode: mode,
            strength: crossed.strength, standardError: crossed.standardError, initial: crossed.initial))
      }
      last = place
    }
    return found
  }
}

/// The initial margins of two regimes at one point of a curve.
private struct MarginGap {
  let strength: Double
  let initial: Double
  let difference: Double
  /// The difference section by section; empty where neither margin has an error.
  let sections: [Double]

  init?(_ point: EvaluatedPoint, _ first: Int, _ second: Int, _ mode: StressMode) {
    guard let own = point.members[first][mode]?.amounts, let other = point.members[second][mode]?.amounts
    else { return nil }
    strength = point.place.strengths[0]
    initial = own.assessment.initial
    difference = initial - other.assessment.initial
    sections = own.replicates.sectionDifferences(
      to: other.replicates, initial, other.assessment.initial)
  }

  /// Which margin is larger; rounding makes none.
  var sign: Int {
    abs(difference) <= 1e-12 * max(abs(initial), abs(initial - difference)) ? 0 : difference > 0 ? 1 : -1
  }

  /// Where the line to the next point, at which the sign is another, meets zero.
  func crossing(_ next: MarginGap) -> (strength: Double, standardError: Double?, initial: Double) {
    let share = sign == 0 ? 0 : difference / (difference - next.difference)
    let slope = (next.difference - difference) / (next.strength - strength)
    var error: Double?
    if sections.count == next.sections.count {
      let across = zip(sections, next.sections).map { (1 - share) * $0 + share * $1 }
      error = (try? ReplicatedEstimate(value: 0, replicates: across, kind: .sections)).map {
        $0.standardError / abs(slope)
      }
    }
    return (
      strength + share * (next.strength - strength), error, (1 - share) * initial + share * next.initial
    )
  }
}

extension RequirementReplicates {
  /// The difference of initial margins section by section; a margin without sections is the same in every one.
  fileprivate func sectionDifferences(
    to other: RequirementReplicates, _ own: Double, _ others: Double
  ) -> [Double] {
    if other.simulation.isEmpty { return simulation.map { $0.initial - others } }
    if simulation.isEmpty { return other.simulation.map { own - $0.initial } }
    return zip(simulation, other.simulation).map { $0.initial - $1.initial }
  }
}
