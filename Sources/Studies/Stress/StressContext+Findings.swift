import Instruments
import Margin
import MarketData
import Scenarios
import Statistics
import Valuation

extension StressContext {
  /// Whether, and by what, the requirement of each regime follows the shocks.
  func sensitivities(over points: [StressPoint]) -> [StressSensitivity] {
    members.map { member in
      let changes = points.flatMap(\.requirements).lazy
        .filter { $0.regime == member.regime.id && $0.mode == .recalibrated }.map { abs($0.change.value) }
      let largest = changes.max()
      return StressSensitivity(
        regime: member.regime.id, insensitive: insensitive(member, largestChange: largest),
        largestChange: largest ?? 0)
    }
  }

  private func insensitive(_ member: StressMember, largestChange: Double?) -> String? {
    if !member.isShocked {
      return member.regime.requests.isEmpty
        ? "its requirement reads no history and no law: brackets and haircuts do not know correlations"
        : "its requirement reads no history and no law: brackets, haircuts and grids do not know correlations"
    }
    return largestChange == 0
      ? "no strength of this sweep moves its requirement: a floor or a dependence of its own decides" : nil
  }

  /// The initial margins over the random matrices of every point.
  func distributions(over points: [StressPoint]) throws(StudyError) -> [StressDistribution] {
    guard plan.draws > 1 else { return [] }
    var distributions: [StressDistribution] = []
    for first in stride(from: 0, to: points.count, by: plan.draws) {
      let drawn = points[first..<min(first + plan.draws, points.count)]
      for member in members {
        let own = drawn.flatMap(\.requirements).filter { $0.regime == member.regime.id }
        let margins = own.filter { $0.mode == .recalibrated }.map(\.initial.value)
        guard margins.count > 1 else { continue }
        let broken = own.count {
          $0.mode == .unaware && $0.safety.lossBeyondMargin.probability > plan.target
        }
        do throws(StatisticsError) {
          let moments = try DescriptiveStatistics(margins)
          distributions.append(
            StressDistribution(
              strengths: points[first].strengths, regime: member.regime.id,
              mean: Estimate(
                value: moments.mean,
                simulationError: moments.standardDeviation / Double(margins.count).squareRoot()),
              standardDeviation: moments.standardDeviation,
              quantiles: try quantiles(of: margins),
              broken: try EventProbability(of: broken, in: margins.count)))
        } catch {
          throw .statistics(error)
        }
      }
    }
    return distributions
  }

  /// At the levels of a distribution, of which the first and the last are the least and the greatest.
  private func quantiles(of margins: [Double]) throws(StatisticsError) -> [Double] {
    try StressDistribution.levels.map { level throws(StatisticsError) in
      switch level {
      case ...0: margins.min() ?? 0
      case 1...: margins.max() ?? 0
      default: try HyndmanFanQuantile.type7.quantile(level, of: margins)
      }
    }
  }

  /// What the reader should know of the whole.
  func notes(of points: [StressPoint]) -> [String] {
    var notes = base.notes
    let asked = members.flatMap(\.regime.requests)
    let empirical = base.requests.filter { request in
      guard stressables[request]?.subject?.isEmpirical == true else { return false }
      return asked.contains(request)
    }
    if !empirical.isEmpty {
      notes.append(
        "recalibrated, the moves of history are recoloured to the shocked moments: "
          + empirical.map(\.summary).joined(separator: "; "))
    }
    let grids = members.filter { member in
      member.regime.requests.contains { if case .grid = $0 { true } else { false } }
    }
    if !grids.isEmpty {
      notes.append(
        "stress grids stay as they are: \(grids.map(\.regime.id).joined(separator: ", "))")
    }
    if !points.isEmpty {
      notes.append("judged on the shocked law alone: the moves that really followed know of no shock")
    }
    if base.state.hasOptions {
      notes.append(
        "the book holds options: calls, liquidations and bankruptcies are counted in the first scenarios of the judge alone, "
          + "as many as a requirement after each of them affords; losses beyond the margin in all")
      for member in members {
        notes += member.unshocked.moved.notes.map { "\(member.regime.id): \($0)" }
      }
    }
    return notes + foresights
  }

  /// Which shocks know what came after the as-of date.
  private var foresights: [String] {
    let asOf = base.settings.asOf
    return plan.axes.flatMap { axis in
      axis.shock.steps.compactMap { step in
        guard case .blend(let blend) = step, case .window(let window) = blend.target,
          case .period(from: let from, to: let to) = window, to > asOf
        else { return nil }
        return
          "\(axis.shock.name) goes to correlations of \(from) to \(to), after the as-of date: it is a scenario, and the "
          + "requirements recalibrated to it know of them"
      }
    }
  }
}
