import Margin
import Scenarios
import Statistics
import Studies

extension StressTable {
  /// The smallest strength at which each regime breaks, one line a regime.
  var breaks: [String] {
    guard !result.breaks.isEmpty else { return [] }
    let target = NumberText.percent(result.plan.target, place: -2)
    let columns: [(event: StressEvent, title: String, modes: [StressMode])] = [
      (.lossBeyondMargin, "loss beyond margin > \(target)", [.unaware, .recalibrated]),
      (.callWithinHorizon, "call in the horizon > \(target)", [.unaware, .recalibrated]),
      (.callToday, "called today", [.recalibrated]),
    ]
    // What never happens under any regime is said once, below the table.
    let shown = columns.filter { column in
      result.breaks.contains { $0.event == column.event && $0.strength != nil }
    }
    let never = columns.filter { column in !shown.contains { $0.event == column.event } }.map(\.title)
    var table = TextTable(
      [.init("regime", alignment: .left)]
        + shown.flatMap { column in
          column.modes.map { .init($0.rawValue, group: column.title, alignment: .left) }
        })
    for regime in result.regimes {
      table.append(
        [.init(regime.id)]
          + shown.flatMap { column in column.modes.map { cell(regime.id, $0, column.event) } })
    }
    let title = ["Breaks first: the smallest strength at which it happens, with its 95 % interval"]
    let rest = never.isEmpty ? [] : ["Never up to the greatest strength: \(never.joined(separator: "; "))"]
    return title + (shown.isEmpty ? [] : table.lines(style)) + rest
  }

  private func cell(_ regime: String, _ mode: StressMode, _ event: StressEvent) -> TextTable.Cell {
    let found = result.breaks.first { $0.regime == regime && $0.mode == mode && $0.event == event }
    guard let found, let strength = found.strength else { return .init("never") }
    let first = result.points.first?.strengths.first ?? 0
    if strength == first {
      return .init(first == 0 ? "already" : "≤ \(NumberText.percent(first))", .attention)
    }
    var text = NumberText.percent(strength)
    if let lower = found.lower, event.hasTarget, found.upper != strength || lower != strength {
      let upper = found.upper.map { NumberText.rounded(100 * $0, place: -1) } ?? "never"
      text += " [\(NumberText.rounded(100 * lower, place: -1)), \(upper)]"
    }
    return .init(text, .attention)
  }

  /// How far the judge's law, and the calibration furthest from its estimate, were bent at full strength.
  var correlations: [String] {
    guard let last = result.correlations.last?.strengths else { return [] }
    let bent = result.correlations.filter { $0.strengths == last }
    var table = TextTable([
      .init("calibration", alignment: .left), .init("distance"), .init("repair"),
      .init("smallest", "eigenvalue"), .init("plausibility"),
    ])
    for stressed in bent {
      let record = stressed.record
      table.append([
        .init(stressed.scenarios.count > 64 ? "\(stressed.scenarios.prefix(63))…" : stressed.scenarios),
        .init(NumberText.multiple(record.distance)),
        .init(record.repairDistance > 0 ? NumberText.multiple(record.repairDistance) : "0"),
        .init(Self.small(record.used.smallestEigenvalue)),
        .init(record.plausibility.map { Self.probability($0.probability) } ?? NumberText.empty),
      ])
    }
    let at = last.map(Self.strength).joined(separator: " and ")
    return ["Correlations at strength \(at)"] + table.lines(style)
      + wrapped(
        "distance: Frobenius norm of the change; repair: how much of it made the matrix valid; plausibility: the chance of an "
          + "estimate as far off, were the shocked correlations of the coins the true ones.",
        width: Self.width)
  }

  private static func small(_ value: Double) -> String {
    abs(value) < 5e-5 ? "0" : NumberText.rounded(value, place: -4)
  }

  private static func probability(_ value: Double) -> String {
    value < 0.0001 ? "<0.0001" : NumberText.rounded(value, place: -4)
  }

  // MARK: The reverse question

  /// The nearest correlations and the most plausible moves at which regimes act.
  var reverse: [[String]] {
    ReverseQuestion.allCases.map { question in
      let answers = result.reverse.filter { $0.question == question }
      guard !answers.isEmpty else { return [] }
      return [Self.title(of: question)]
        + result.regimes.flatMap { regime in
          lines(answers.filter { $0.regime == regime.id })
        }
    }
  }

  private static func title(of question: ReverseQuestion) -> String {
    switch question {
    case .correlation:
      "Reverse: the nearest correlations at which the account is called, and liquidated, today"
    case .marketMove:
      "Reverse: the most plausible joint move at which the account is called, and liquidated"
    }
  }

  /// The answers of one regime; events with the same answer share a line.
  private func lines(_ answers: [ReverseStress]) -> [String] {
    var shared: [(events: [String], words: String)] = []
    for reverse in answers {
      let event = reverse.event == .marginCall ? "call" : "liquidation"
      let words = words(reverse.outcome)
      if let place = shared.firstIndex(where: { $0.words == words }) {
        shared[place].events.append(event)
      } else {
        shared.append(([event], words))
      }
    }
    let width = result.regimes.map(\.id.count).max() ?? 0
    let name = answers.first?.regime ?? ""
    return shared.flatMap { events, words in
      let events = events.joined(separator: ", ")
      let first = padded(name, to: width) + "  " + padded(events, to: Self.eventWidth) + "  "
      return wrapped(
        words, width: Self.width, first: first, indent: String(repeating: " ", count: first.count))
    }
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static let eventWidth = "call, liquidation".count

  private func words(_ outcome: ReverseStress.Outcome) -> String {
    switch outcome {
    case .already: return "already today"
    case .unreachable(let reason): return "unreachable: \(reason)"
    case .found(let answer):
      let distance = NumberText.multiple(answer.distance)
      let likely = answer.probability.map { ", probability \(Self.probability($0))" } ?? ""
      let doubt = answer.hasConverged ? "" : "; the search did not settle"
      return answer.moves == nil
        ? "Frobenius distance \(answer.method == .projection ? "" : "at most ")\(distance)\(likely): "
          + "\(largestChanges(answer))\(doubt)"
        : "\(distance) standard deviations\(likely): \(largestMoves(answer))\(doubt)"
    }
  }

  private func largestMoves(_ answer: ReverseAnswer) -> String {
    let moves = zip(answer.factors, answer.moves ?? []).filter { abs($0.1) >= 5e-4 }
      .sorted { abs($0.1) > abs($1.1) }.prefix(Self.shownItems)
    return moves.map { "\(ErrorProse.name(of: $0.0)) \(NumberText.signedPercent($0.1))" }.joined(
      separator: ", ")
  }

  private func largestChanges(_ answer: ReverseAnswer) -> String {
    guard let correlation = answer.correlation, let today = answer.today else { return "" }
    var pairs: [(names: String, from: Double, to: Double)] = []
    for row in answer.factors.indices {
      for column in 0..<row {
        let names = [column, row].map { ErrorProse.name(of: answer.factors[$0]) }.joined(separator: "/")
        pairs.append((names, today[row, column], correlation[row, column]))
      }
    }
    let shown = pairs.sorted { abs($0.to - $0.from) > abs($1.to - $1.from) }.prefix(Self.shownItems)
    return shown.map { pair in
      let (from, to) = (NumberText.rounded(pair.from, place: -2), NumberText.rounded(pair.to, place: -2))
      return "\(pair.names) \(from) → \(to)"
    }.joined(separator: ", ")
  }

  private static let shownItems = 4
}

extension NumberText {
  /// A percentage with its sign, such as `+2.1 %`.
  static func signedPercent(_ fraction: Double) -> String {
    (fraction >= 0 ? "+" : "") + percent(fraction)
  }
}
