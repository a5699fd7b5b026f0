import Instruments
import Margin

/// A derivation as a page of text: the lines of every pool under their terms.
public struct ExplanationTable: Sendable {
  private let report: ExplanationReport
  private let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - report: the derivation.
  ///   - style: whether colour may be used.
  public init(_ report: ExplanationReport, style: TableStyle = .plain) {
    self.report = report
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [header] + pools.map(section)
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var header: [String] {
    let regime = report.regime
    let since = regime.effectiveFrom.map { " (from \($0))" } ?? ""
    let facts = [
      ("family", regime.family.word), ("source", regime.source + since),
      ("IM", regime.initial.description), ("MM", regime.maintenance.description),
    ]
    let width = facts.map(\.0.count).max() ?? 0
    let lines = facts.filter { !$0.1.isEmpty }.flatMap { label, text in
      let first = label + String(repeating: " ", count: width + 2 - label.count)
      return wrapped(
        text, width: ComparisonTable.textWidth, first: first, indent: String(repeating: " ", count: width + 2)
      )
    }
    let assumptions = regime.assumptions.flatMap {
      wrapped("assumes: " + $0, width: ComparisonTable.textWidth, first: "- ", indent: "  ")
    }
    return ["\(report.account) under \(regime.id)"]
      + wrapped(regime.summary, width: ComparisonTable.textWidth)
      + lines + assumptions
  }

  /// The names of the pools in order of appearance.
  private var pools: [String] {
    var names: [String] = []
    for line in report.lines where !names.contains(line.pool) { names.append(line.pool) }
    return names
  }

  private func section(_ pool: String) -> [String] {
    let lines = report.lines.filter { $0.pool == pool }
    var table = TextTable([
      .init("term", alignment: .left), .init("row", alignment: .left), .init("quantity", alignment: .left),
      .init("amount"), .init("unit", alignment: .left), .init("how", alignment: .left),
    ])
    var previous = ""
    for line in lines {
      table.append([
        .init(line.term == previous ? "" : line.term), .init(line.row), .init(line.quantity),
        .init(
          line.unit == "USD"
            ? NumberText.rounded(line.amount, place: -2) : NumberText.rounded(line.amount, place: -6)),
        .init(line.unit == "1" ? "" : line.unit),
        .init(line.detail, line.detail == "binds" ? .attention : .none),
      ])
      previous = line.term
    }
    return ["Pool \(pool)", ""] + table.lines(style)
  }
}
