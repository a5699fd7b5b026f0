public import CSV
import Instruments
import Margin
public import Studies

/// A venue's answer beside ours, term by term, as a page of text.
public struct VenueComparisonTable: Sendable {
  private let comparison: VenueComparison
  private let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - comparison: the venue's answer beside ours.
  ///   - style: whether colour may be used.
  public init(_ comparison: VenueComparison, style: TableStyle = .plain) {
    self.comparison = comparison
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [header, table.lines(style), legend, rest, assumptions].filter { !$0.isEmpty }
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var header: [String] {
    let regime = comparison.regime
    let since = regime.effectiveFrom.map { ", rules from \($0)" } ?? ""
    return ["\(comparison.account.id) under \(regime.id)\(since)"]
  }

  private var legend: [String] {
    [
      "recomputed         from the account alone, every scenario revalued",
      "from its vectors   the same with the profits the venue printed for its scenarios: the rules without differences of marks",
      "off by             ours over the venue's, less one",
    ]
  }

  private var assumptions: [String] {
    guard !comparison.regime.assumptions.isEmpty else { return [] }
    return ["What the rules assume"]
      + comparison.regime.assumptions.flatMap {
        wrapped($0, width: ComparisonTable.textWidth, first: "- ", indent: "  ")
      }
  }

  private var named: [VenueComparison.Line] {
    comparison.lines.filter { $0.recomputed != nil || $0.fromRecorded != nil }
  }

  private var table: TextTable {
    var table = TextTable([
      .init("about", alignment: .left), .init("figure", alignment: .left), .init("unit", alignment: .left),
      .init("venue"), .init("recomputed"), .init("off by"), .init("from its vectors"), .init("off by"),
    ])
    for line in named {
      table.append([
        .init(line.figure.scope.word), .init(line.figure.name), .init(line.figure.unit.word),
        .init(number(line.figure.value)), .init(number(line.recomputed)),
        .init(difference(line.recomputed, line.figure.value)), .init(number(line.fromRecorded)),
        .init(difference(line.fromRecorded, line.figure.value)),
      ])
    }
    return table
  }

  /// The figures for which the rules have no name: nothing the venue printed is left out.
  private var rest: [String] {
    let unnamed = comparison.lines.filter { $0.recomputed == nil && $0.fromRecorded == nil }
    guard !unnamed.isEmpty else { return [] }
    let words = unnamed.map { "\($0.figure.scope.word) \($0.figure.name) \(number($0.figure.value))" }
    return ["Not compared, since the rules have no name for it"]
      + words.flatMap { wrapped($0, width: ComparisonTable.textWidth, first: "- ", indent: "  ") }
  }

  private func number(_ value: Double?) -> String {
    guard let value else { return NumberText.empty }
    let place = value == 0 ? -2 : min(-2, NumberText.leadingPlace(abs(value)) - 6)
    return NumberText.rounded(value, place: max(place, -10))
  }

  /// How far ours is from the venue's: relative where the venue's is not nothing.
  private func difference(_ ours: Double?, _ venue: Double) -> String {
    guard let ours else { return NumberText.empty }
    guard venue != 0 else { return ours == 0 ? "0" : number(ours) }
    let relative = ours / venue - 1
    return abs(relative) < 5e-13 ? "0" : NumberText.percent(relative, place: abs(relative) < 1e-4 ? -6 : -3)
  }
}

extension VenueScope {
  /// What the figure is about, in a word.
  var word: String {
    switch self {
    case .account: "account"
    case .riskUnit(let asset): "unit \(asset)"
    case .currency(let asset): asset.symbol
    case .contract(let name): name
    }
  }
}

extension VenueUnit {
  /// The unit, as results name it.
  var word: String {
    switch self {
    case .usd: "USD"
    case .asset(let asset): asset.symbol
    case .number: "1"
    }
  }
}

/// `venue.csv`: every figure a venue printed, beside what its rules make of the same account.
///
/// ```csv
/// account,regime,about,figure,unit,venue,recomputed,from_recorded
/// demo,okx-portfolio-margin,unit BTC,mr1,USD,1164.41,1164.58,1164.41
/// ```
/// Key: `account`, `about`, `figure`. A figure for which the rules have no name has no number of ours.
public enum VenueComparisonCSV: ResultCSV {
  /// `venue.csv`.
  public static let fileName = "venue.csv"
  /// Keys, unit, the venue's number and ours.
  public static let columns = [
    "account", "regime", "about", "figure", "unit", "venue", "recomputed", "from_recorded",
  ]

  /// In the order in which the venue printed them.
  ///
  /// - Parameter comparison: the venue's answer beside ours.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: VenueComparison) -> [[CSVCell]] {
    comparison.lines.map { line in
      [
        .text(comparison.account.id), .text(comparison.regime.id), .text(line.figure.scope.word),
        .text(line.figure.name), .text(line.figure.unit.word), .number(line.figure.value),
        line.recomputed.map { .number($0) } ?? .empty, line.fromRecorded.map { .number($0) } ?? .empty,
      ]
    }
  }
}
