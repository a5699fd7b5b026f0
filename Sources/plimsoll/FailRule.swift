import ArgumentParser
import Margin
import Studies

/// `--fail-on [REGIME:]METRIC OPERATOR NUMBER`: exit code 1 when a regime's number does not please.
struct FailRule: ExpressibleByArgument {
  /// The numbers a rule may name.
  enum Metric: String, CaseIterable {
    case equity, initial, maintenance, headroom, utilisation, callProbability, liquidationProbability,
      uncoveredLoss
  }

  /// Longer operators first, so that `<=` is not read as `<`.
  private static let operators: [(String, @Sendable (Double, Double) -> Bool)] = [
    ("<=", { $0 <= $1 }), (">=", { $0 >= $1 }), ("<", { $0 < $1 }), (">", { $0 > $1 }),
  ]

  let text: String
  private let regime: String?
  private let metric: Metric
  private let bound: Double
  private let isHit: @Sendable (Double, Double) -> Bool

  init?(argument: String) {
    guard
      let (symbol, isHit) = Self.operators.first(where: { argument.contains($0.0) }),
      let place = argument.firstRange(of: symbol)
    else { return nil }
    let subject = argument[..<place.lowerBound].split(separator: ":", omittingEmptySubsequences: false)
      .map { $0.filter { !$0.isWhitespace } }
    let number = argument[place.upperBound...].filter { !$0.isWhitespace }
    guard (1...2).contains(subject.count), let metric = Metric(rawValue: subject[subject.count - 1]),
      let bound = Double(number), bound.isFinite
    else { return nil }
    text = argument
    regime = subject.count == 2 ? subject[0] : nil
    self.metric = metric
    self.bound = bound
    self.isHit = isHit
  }

  /// What each regime the rule speaks of has against it; a number that was not computed is a hit, for a gate must not
  /// stand open because nobody looked.
  func hits(in comparison: RegimeComparison) -> [String] {
    comparison.results.compactMap { result in
      guard regime ?? result.regime.id == result.regime.id else { return nil }
      guard let value = value(of: result) else {
        return "\(result.regime.id): \(metric.rawValue) was not computed"
      }
      return isHit(value, bound) ? "\(result.regime.id): \(text)" : nil
    }
  }

  /// Whether the rule names a regime the study does not have.
  func namesUnknownRegime(among known: [String]) -> Bool {
    regime.map { !known.contains($0) } ?? false
  }

  private func value(of result: RegimeResult) -> Double? {
    let held = result.safety.first { $0.judge == .model && $0.view == .asHeld }
    switch metric {
    case .equity: return result.assessment.equity
    case .initial: return result.assessment.initial
    case .maintenance: return result.assessment.maintenance
    case .headroom: return result.assessment.equity - result.assessment.initial
    case .utilisation:
      return result.assessment.utilisation ?? .infinity
    case .callProbability: return held?.marginCall.probability
    case .liquidationProbability: return held?.liquidation.probability
    case .uncoveredLoss:
      return result.safety.first { $0.judge == .model && $0.view == .cashAtRequirement }?.uncoveredLoss.value
    }
  }
}
