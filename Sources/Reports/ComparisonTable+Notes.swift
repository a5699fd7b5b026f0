import Instruments
import Margin
import MarketData
import Scenarios
import Studies

extension ComparisonTable {
  var binding: [String] {
    guard !results.isEmpty else { return [] }
    let width = results.map(\.regime.id.count).max() ?? 0
    return ["What decides the initial margin"]
      + results.flatMap { result -> [String] in
        let binding = result.assessment.binding
        let words = (binding.isEmpty ? "nothing is demanded" : binding) + worstPool(of: result.assessment)
        return hanging(result.regime.id, words, width: width)
      }
  }

  private func worstPool(of assessment: MarginAssessment) -> String {
    guard assessment.pools.count > 1, let pool = assessment.worstPool else { return "" }
    let amounts = AmountText(for: [pool.maintenance, pool.equity])
    return
      "; \(assessment.pools.count) pools, the most strained is \(pool.name): MM \(amounts.text(pool.maintenance)) "
      + "of equity \(amounts.text(pool.equity)) USD, \(pool.status.words)"
  }

  var refusals: [String] {
    guard !comparison.refusals.isEmpty else { return [] }
    let width = comparison.refusals.map(\.regime.id.count).max() ?? 0
    return [Emphasis.attention.applied(to: "Regimes that have no number for this account", style)]
      + comparison.refusals.flatMap {
        hanging($0.regime.id, ErrorProse.text(of: $0.reason), width: width)
      }
  }

  var range: [String] {
    guard let range = comparison.modelRange, range.lowest.regime != range.highest.regime else { return [] }
    let ends = [range.lowest, range.highest].map { end in
      (end, estimates: results.filter { $0.regime.id == end.regime }.map(\.initial))
    }
    let texts = ends.map { margins.text($0.0.amount, noFinerThan: $0.estimates) + " USD (\($0.0.regime))" }
    let width = margins.text(
      range.highest.amount - range.lowest.amount, noFinerThan: ends.flatMap(\.estimates))
    return wrapped(
      "Value-at-risk margin runs from \(texts.joined(separator: " to ")): the choice of model alone is worth "
        + "\(width) USD.", width: Self.textWidth)
  }

  var changes: [String] {
    guard !comparison.changes.isEmpty else { return [] }
    var table = TextTable([
      .init("change", alignment: .left), .init("regime", alignment: .left), .init("after", group: "IM"),
      .init("difference", group: "IM"), .init("± sim", group: "IM"), .init("± cal", group: "IM"),
      .init("difference", group: "equity"),
    ])
    let differences = AmountText(for: comparison.changes.compactMap(\.difference?.value))
    let equities = AmountText(for: comparison.changes.compactMap(\.equityDifference))
    var previous = ""
    for effect in comparison.changes {
      table.append([
        .init(effect.change == previous ? "" : effect.change), .init(effect.regime),
        .init(text(ofMarginAfter: effect)),
        .init(differences.text(effect.difference)),
        .init(AmountText.error(effect.difference?.simulationError)),
        .init(AmountText.error(effect.difference?.calibrationError)),
        .init(equities.text(effect.equityDifference)),
      ])
      previous = effect.change
    }
    return ["What one change does (USD; a difference is after less before)"] + table.lines(style)
  }

  /// No digit finer than the regime's margin before the change.
  private func text(ofMarginAfter effect: ChangeEffect) -> String {
    let before = results.filter { $0.regime.id == effect.regime }.map(\.initial)
    return effect.after.map { margins.text($0, noFinerThan: before) } ?? NumberText.empty
  }

  /// The dates behind every set of scenarios, and the factors that are not there throughout.
  var data: [String] {
    var order: [String] = []
    var groups: [String: [CoverageReport]] = [:]
    for report in comparison.coverage where report.coverage.history != nil {
      if groups[report.scenarios] == nil { order.append(report.scenarios) }
      groups[report.scenarios, default: []].append(report)
    }
    guard !order.isEmpty else { return [] }
    return ["Data behind the scenarios (the dates on which its moves end)"]
      + order.flatMap { scenarios in bulleted("\(scenarios): " + Self.dates(of: groups[scenarios] ?? [])) }
  }

  private static func dates(of reports: [CoverageReport]) -> String {
    let histories = reports.compactMap(\.coverage.history)
    let first = histories.compactMap(\.first).min()?.description ?? NumberText.empty
    let last = histories.compactMap(\.last).max()?.description ?? NumberText.empty
    let gaps = reports.compactMap(gap)
    return "\(first) to \(last)"
      + (gaps.isEmpty ? ", no gaps" : "; " + gaps.joined(separator: "; "))
  }

  private static func gap(_ report: CoverageReport) -> String? {
    guard let history = report.coverage.history, !history.isComplete else { return nil }
    let total = history.observations + history.missing + history.dust
    var words = "\(history.asset) has \(history.observations) of \(total)"
    if let first = history.first, let last = history.last { words += ", \(first) to \(last)" }
    if history.dust > 0 { words += ", \(history.dust) left out as dust" }
    if case .proxy = report.coverage.source { words += ", so \(report.coverage.source)" }
    return words
  }

  var notes: [String] {
    var texts = Self.merged(comparison.notes)
    texts += Self.shared(results.map { ($0.regime.id, $0.notes) })
    texts.append("assumptions of the regimes: plimsoll regimes, plimsoll explain, run.json")
    return ["Notes"] + texts.flatMap(bulleted)
  }

  /// Notes that differ only in what they speak of, before the first colon, as one.
  private static func merged(_ notes: [String]) -> [String] {
    shared(
      notes.map { note in
        let parts = note.split(separator: ": ", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), [String(parts[1])]) : ("", [note])
      })
  }

  /// Each text once, behind the names of all regimes that state it.
  private static func shared(_ texts: [(regime: String, texts: [String])]) -> [String] {
    var order: [String] = []
    var regimes: [String: [String]] = [:]
    for (regime, texts) in texts {
      for text in texts {
        if regimes[text] == nil { order.append(text) }
        regimes[text, default: []].append(regime)
      }
    }
    return order.map { text in
      let names = (regimes[text] ?? []).filter { !$0.isEmpty }.joined(separator: ", ")
      return names.isEmpty ? text : "\(names): \(text)"
    }
  }

  private func bulleted(_ text: String) -> [String] {
    wrapped(text, width: Self.textWidth, first: "- ", indent: "  ")
  }

  var legend: [String] {
    let entries = [
      ("IM, MM", "initial margin, needed to add risk; maintenance margin, at which positions are closed"),
      ("± sim, ± cal", "one standard error, from the number of scenarios and from the length of history"),
      ("MM/equity", "in the most strained pool, equity as the regime counts it"),
      ("IM in cash", "IM recomputed with the collateral replaced by USD cash and positions marked to market"),
      (
        "efficiency",
        "1 less IM in cash over that under \(comparison.settings.reference); above zero ties up less capital"
      ),
      ("restricted", "equity below the IM; margin call and liquidation: at the regime's own levels"),
      (
        "bankrupt",
        "market value below zero; the loss beyond the collateral is uncovered, somebody else bears it"
      ),
      (
        "fall, rise",
        "the first move at which a pool is liquidated, brackets and tiers read again on the way; never: at none"
      ),
      (
        "in words",
        "on the cash view; a difference of uncovered losses within two standard errors is not visible"
      ),
      ("< x %, > x %", "it never happened, or always; the bound holds with 97.5 % confidence"),
    ]
    let width = entries.map(\.0.count).max() ?? 0
    return ["How to read this"] + entries.flatMap { hanging($0.0, $0.1, width: width) }
  }
}
