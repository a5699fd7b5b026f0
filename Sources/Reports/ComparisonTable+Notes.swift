import Instruments
import Margin
import MarketData
import Scenarios
import Studies

extension ComparisonTable {
  var binding: [String] {
    guard !results.isEmpty else { return [] }
    let width = results.map(\.regime.id.count).max() ?? 0
    return ["What decides the initial margin", ""]
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
    return [Emphasis.attention.applied(to: "Regimes that have no number for this account", style), ""]
      + comparison.refusals.flatMap {
        hanging($0.regime.id, ErrorProse.text(of: $0.reason), width: width)
      }
  }

  var range: [String] {
    guard let range = comparison.modelRange, range.lowest.regime != range.highest.regime else { return [] }
    let amounts = AmountText(for: [range.highest.amount])
    return wrapped(
      "Value-at-risk margin runs from \(amounts.text(range.lowest.amount)) (\(range.lowest.regime)) to "
        + "\(amounts.text(range.highest.amount)) USD (\(range.highest.regime)): the choice of model alone is worth "
        + "\(amounts.text(range.highest.amount - range.lowest.amount)) USD.", width: Self.textWidth)
  }

  var changes: [String] {
    guard !comparison.changes.isEmpty else { return [] }
    var table = TextTable([
      .init("change", alignment: .left), .init("regime", alignment: .left), .init("IM after"),
      .init("difference"),
      .init("± sim"), .init("± cal"),
    ])
    let after = AmountText(for: comparison.changes.compactMap(\.after))
    let differences = AmountText(for: comparison.changes.compactMap(\.difference?.value))
    var previous = ""
    for effect in comparison.changes {
      table.append([
        .init(effect.change == previous ? "" : effect.change), .init(effect.regime),
        .init(after.text(effect.after)),
        .init(differences.text(effect.difference)),
        .init(AmountText.error(effect.difference?.simulationError)),
        .init(AmountText.error(effect.difference?.calibrationError)),
      ])
      previous = effect.change
    }
    return ["What one change does to the initial margin (USD)", ""] + table.lines(style)
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
    return ["Data behind the scenarios", ""]
      + order.flatMap { scenarios in bulleted("\(scenarios): " + Self.dates(of: groups[scenarios] ?? [])) }
  }

  private static func dates(of reports: [CoverageReport]) -> String {
    let histories = reports.compactMap(\.coverage.history)
    let first = histories.compactMap(\.first).min()?.description ?? NumberText.empty
    let last = histories.compactMap(\.last).max()?.description ?? NumberText.empty
    let gaps = reports.compactMap(gap)
    let window = "moves that end \(first) to \(last)"
    return window + (gaps.isEmpty ? ", no gaps" : "; " + gaps.joined(separator: "; "))
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
    var texts: [String] = comparison.notes
    texts += Self.shared(results.map { ($0.regime.id, $0.notes) })
    texts += Self.shared(results.map { ($0.regime.id, $0.regime.assumptions) })
    return texts.isEmpty ? [] : ["Notes and assumptions", ""] + texts.flatMap(bulleted)
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
    return order.map { "\((regimes[$0] ?? []).joined(separator: ", ")): \($0)" }
  }

  private func bulleted(_ text: String) -> [String] {
    wrapped(text, width: Self.textWidth, first: "- ", indent: "  ")
  }

  var legend: [String] {
    let entries = [
      ("IM, MM", "initial margin, needed to add risk; maintenance margin, at which positions are closed"),
      ("± sim, ± cal", "one standard error, from the number of scenarios and from the length of history"),
      ("MM/equity", "utilisation of the most strained pool, equity as the regime counts it"),
      (
        "efficiency",
        "1 less collateral needed over that under \(comparison.settings.reference); above zero ties up less capital"
      ),
      ("restricted", "equity below the IM; margin call and liquidation: at the regime's own levels"),
      (
        "IM in cash",
        "all collateral replaced by USD cash equal to the IM: each regime judged at what it asks for"
      ),
      (
        "bankrupt",
        "market value below zero; the loss beyond the collateral is uncovered, somebody else bears it"
      ),
      ("<", "it never happened; the bound holds with 97.5 % confidence"),
    ]
    let width = entries.map(\.0.count).max() ?? 0
    return ["How to read this", ""] + entries.flatMap { hanging($0.0, $0.1, width: width) }
  }
}
