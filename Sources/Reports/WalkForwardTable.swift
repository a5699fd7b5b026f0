import Instruments
import Margin
import MarketData
import Statistics
public import Studies

/// A walk through history as a page of text for a terminal of 120 columns.
public struct WalkForwardTable: Sendable {
  private let walk: WalkForward
  private let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - walk: the results.
  ///   - style: whether colour may be used.
  public init(_ walk: WalkForward, style: TableStyle = .plain) {
    self.walk = walk
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [header, tails, margins, refusals, notes]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// Below so many expected exceedances the chi-squared law is not trusted, and the exact probability is shown.
  private static let fewExceedances = 10.0

  private var header: [String] {
    wrapped(
      "Walk forward: account \(walk.account.id) through \(walk.first) to \(walk.last), every requirement from the data up "
        + "to its day against the move that followed", width: ComparisonTable.textWidth)
  }

  private var tails: [String] {
    guard walk.regimes.contains(where: { !$0.tests.isEmpty }) else { return [] }
    var table = TextTable([
      .init("regime", alignment: .left), .init("tail", alignment: .left), .init("level"),
      .init("tested", group: Self.days), .init("left", "out", group: Self.days),
      .init("seen", group: Self.exceeded), .init("expected", group: Self.exceeded),
      .init("Kupiec", group: Self.probability), .init("independent", group: Self.probability),
      .init("zone", alignment: .left),
    ])
    for walked in walk.regimes {
      for test in walked.tests { table.append(cells(of: test, in: walked)) }
    }
    return ["Value at risk against losses"] + table.lines(style)
  }

  private static let days = "days"
  private static let exceeded = "exceeded"
  private static let probability = "p-value"

  private func cells(of test: ValueAtRiskTest, in walked: WalkedRegime) -> [TextTable.Cell] {
    let pools = Set(walked.tests.map(\.pool)).count
    let expected = test.sequence?.unconditional.expectedExceedances
    let isExact = expected.map { $0 < Self.fewExceedances } ?? true
    func probability(_ exact: Double?, _ asymptotic: Double?) -> TextTable.Cell {
      guard let value = isExact ? exact : asymptotic else { return .init(NumberText.empty) }
      let text = value < 0.001 ? "<0.001" : NumberText.rounded(value, place: -3)
      return .init(text + (isExact ? "*" : " "), value < 0.01 ? .bad : value < 0.05 ? .attention : .none)
    }
    let sequence = test.sequence
    return [
      .init(walked.regime.id), .init(pools > 1 ? "\(test.term), \(test.pool)" : test.term),
      .init(test.confidence.description), .init(NumberText.whole(test.days.tested)),
      .init(NumberText.whole(test.days.total - test.days.tested)), .init(NumberText.whole(test.exceedances)),
      .init(expected.map { NumberText.rounded($0, place: -1) } ?? NumberText.empty),
      probability(sequence?.unconditional.exactPValue, sequence?.unconditional.asymptoticPValue),
      probability(sequence?.exactIndependencePValue, sequence?.asymptoticIndependencePValue),
      .init(test.trafficLight?.zone.rawValue ?? NumberText.empty, test.trafficLight?.zone.emphasis ?? .none),
    ]
  }

  private var margins: [String] {
    guard walk.commonDays > 0 else {
      return ["There is no day on which every regime has an initial margin: compare fewer regimes."]
    }
    let spans = walk.regimes.compactMap(\.margin).first?.spans ?? []
    let rise = spans.last
    var table = TextTable(
      [
        .init("regime", alignment: .left), .init("mean IM"), .init("days", group: Self.beyond),
        .init("worst", group: Self.beyond), .init("mean", group: Self.beyond),
        .init("largest", "loss/cover"), .init("peak/", "trough"),
      ] + spans.map { .init("\($0.days) d", group: Self.ratios) }
        + (rise.map { [.init("largest call", "in \($0.days) d")] } ?? []))
    let records = walk.regimes.compactMap(\.margin)
    let means = AmountText(for: records.map(\.meanInitial))
    let shortfalls = AmountText(for: records.map(\.worstShortfall))
    let rises = AmountText(
      for: records.compactMap { record in rise.flatMap { record.procyclicality.largestRise(over: $0.rows) } })
    for walked in walk.regimes {
      guard let margin = walked.margin else { continue }
      let path = margin.procyclicality
      table.append(
        [
          .init(walked.regime.id), .init(means.text(margin.meanInitial)),
          .init(NumberText.whole(margin.breaches.count), margin.breaches.count > 0 ? .attention : .none),
          .init(shortfalls.text(margin.worstShortfall)), .init(shortfalls.text(margin.meanShortfall)),
          .init(Self.multiple(margin.largestUse)), .init(Self.multiple(path.peakToTrough)),
        ] + spans.map { .init(Self.multiple(path.largestRatio(over: $0.rows))) }
          + (rise.map { [.init(rises.text(path.largestRise(over: $0.rows)))] } ?? []))
    }
    return [
      "Initial margin against losses of \(walk.horizon), on the \(NumberText.whole(walk.commonDays)) days on which every "
        + "regime has one (USD)"
    ] + table.lines(style)
  }

  private static let beyond = "losses beyond the cover"
  private static let ratios = "largest rise, ratio"

  private static func multiple(_ value: Double?) -> String {
    value.map { NumberText.multiple($0) } ?? NumberText.empty
  }

  private var refusals: [String] {
    let failures = walk.regimes.compactMap { walked in
      walked.failure.map { failure in
        (
          walked.regime.id,
          "not computed on every day, first on \(failure.day): \(ErrorProse.text(of: failure.reason))"
        )
      }
    }
    let entries = walk.refusals.map { ($0.regime.id, ErrorProse.text(of: $0.reason)) } + failures
    guard !entries.isEmpty else { return [] }
    let width = entries.map(\.0.count).max() ?? 0
    return [Emphasis.attention.applied(to: "Regimes without a number on some day", style)]
      + entries.flatMap { name, text in
        wrapped(
          text, width: ComparisonTable.textWidth,
          first: name + String(repeating: " ", count: width - name.count + 2),
          indent: String(repeating: " ", count: width + 2))
      }
  }

  private var notes: [String] {
    let legend = [
      "a value at risk is exceeded where the loss of the move that followed is greater; p-values marked * are exact, the "
        + "others by the chi-squared law, which is trusted from \(Int(Self.fewExceedances)) expected exceedances on; small "
        + "ones speak against the value at risk",
      "the zone is that of the Basel committee for the days tested: yellow from a probability of 95 % of at most as many exceedances, "
        + "red from 99.99 %",
      "the cover of a loss is the initial margin and what haircuts took off the collateral, pool by pool",
    ]
    return (legend + walk.notes).flatMap {
      wrapped($0, width: ComparisonTable.textWidth, first: "- ", indent: "  ")
    }
  }
}

extension TrafficLight.Zone {
  fileprivate var emphasis: Emphasis {
    switch self {
    case .green: .good
    case .yellow: .attention
    case .red: .bad
    }
  }
}
