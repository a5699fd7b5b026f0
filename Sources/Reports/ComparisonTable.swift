import Instruments
import Margin
public import Studies

/// A comparison as a page of text for a terminal of 120 columns: what every regime demands, how safe each answer is, what
/// decides it, and what the reader should know.
public struct ComparisonTable: Sendable {
  let comparison: RegimeComparison
  let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - comparison: the results.
  ///   - style: whether colour may be used.
  public init(_ comparison: RegimeComparison, style: TableStyle = .plain) {
    self.comparison = comparison
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [
      header, cost, safety, realised, distances, venues, differences, binding, refusals, range, changes, data,
      notes, legend,
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// The longest line of running text.
  static let textWidth = 120

  var results: [RegimeResult] { comparison.results }

  /// The regimes' names, padded to one width, for lists.
  func hanging(_ label: String, _ text: String, width: Int) -> [String] {
    let padded = label + String(repeating: " ", count: max(0, width - label.count) + 2)
    return wrapped(
      text, width: Self.textWidth, first: padded, indent: String(repeating: " ", count: width + 2))
  }

  static func usd(_ amount: Double) -> String { AmountText(for: [amount]).text(amount) + " USD" }
}

extension ComparisonTable {
  private var header: [String] {
    let settings = comparison.settings
    let realised = results.flatMap(\.safety).first { $0.judge == .realised }?.bankruptcy.scenarios ?? 0
    let facts: [(String, String)] = [
      ("as of", settings.asOf.description),
      (
        "market value",
        "\(Self.usd(comparison.netMarketValue)) net; gross notional \(Self.usd(comparison.grossNotional))"
      ),
      ("scenarios", "\(NumberText.whole(settings.scenarioCount)) draws a law, seed \(settings.seed)"),
      ("judged on", "\(settings.judgeSummary), with random numbers of its own"),
      ("", realised > 0 ? "\(moves(realised)) that followed the as-of date" : ""),
      (
        "close-out cost",
        "\(NumberText.percent(settings.closeOutCost, place: -2)) of a liquidated pool's gross notional"
      ),
      (
        "compared with",
        settings.reference + (isReferenceRefused ? ", which has no number for this account" : "")
      ),
    ]
    let width = facts.map(\.0.count).max() ?? 0
    let purpose = comparison.account.purpose
    return ["\(comparison.study): account \(comparison.account.id)"]
      + (purpose.isEmpty ? [] : wrapped(purpose, width: Self.textWidth))
      + facts.filter { !$0.1.isEmpty }.flatMap { hanging($0.0, $0.1, width: width) }
  }

  private var isReferenceRefused: Bool {
    comparison.refusals.contains { $0.regime.id == comparison.settings.reference }
  }

  private func moves(_ count: Int) -> String {
    count == 1 ? "the move" : "the \(NumberText.whole(count)) moves"
  }

  private var cost: [String] {
    var table = TextTable([
      .init("regime", alignment: .left), .init("equity"), .init("IM"), .init("± sim"), .init("± cal"),
      .init("MM"), .init("MM/equity", "worst pool"), .init("status", alignment: .left),
      .init("IM", "in cash"), .init("capital", "efficiency"),
    ])
    let equity = AmountText(for: results.map(\.assessment.equity))
    for result in results {
      let status = result.assessment.status
      let need = result.need(.cashAtRequirement)
      table.append([
        .init(result.regime.id), .init(equity.text(result.assessment.equity)),
        .init(margins.text(result.initial)), .init(AmountText.error(result.initial.simulationError)),
        .init(AmountText.error(result.initial.calibrationError)), .init(margins.text(result.maintenance)),
        .init(NumberText.percent(result.assessment.utilisation)), .init(status.words, status.emphasis),
        .init(need.map { margins.text($0.value, noFinerThan: [result.initial]) } ?? NumberText.empty),
        .init(NumberText.percent(need?.capitalEfficiency)),
      ])
    }
    return ["What each regime demands (USD)"] + table.lines(style)
  }

  /// How margins are written, the same on the whole page.
  var margins: AmountText {
    AmountText(for: results.flatMap { [$0.initial.value, $0.maintenance.value] })
  }
}

extension RegimeResult {
  /// What the regime needs in a view, if it has an answer.
  func need(_ view: CollateralView) -> CollateralNeed? { needs.first { $0.view == view } }

  /// What happens in a view on a judge, if that is known.
  func safety(_ judge: JudgeKind, _ view: CollateralView) -> SafetyAssessment? {
    safety.first { $0.judge == judge && $0.view == view }
  }
}
