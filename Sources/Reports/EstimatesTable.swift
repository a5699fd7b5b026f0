import Margin
import Scenarios
import Statistics
public import Studies

/// A table of estimates as a page of text for a terminal of 120 columns: one line an estimator, one table a level.
public struct EstimatesTable: Sendable {
  private let estimates: TailEstimates
  private let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - estimates: the results.
  ///   - style: whether colour may be used.
  public init(_ estimates: TailEstimates, style: TableStyle = .plain) {
    self.estimates = estimates
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [header] + levels.map(table) + [reasons, notes, legend]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private static let width = 120

  private var levels: [Confidence] { Set(estimates.rows.map(\.confidence)).sorted() }

  /// The rows at one level, estimator by estimator.
  private func lines(at level: Confidence) -> [(valueAtRisk: TailEstimateRow, shortfall: TailEstimateRow?)] {
    let rows = estimates.rows.filter { $0.confidence == level }
    return rows.filter { $0.measure == .valueAtRisk }.map { row in
      (row, rows.first { $0.estimator == row.estimator && $0.measure == .expectedShortfall })
    }
  }

  private var header: [String] {
    ["\(estimates.study): account \(estimates.account), as of \(estimates.asOf)"]
      + (estimates.targetError.map {
        ["draws are doubled until the simulation error is \(NumberText.percent($0, place: -2)) of the figure"]
      } ?? [])
  }

  private func table(at level: Confidence) -> [String] {
    let lines = lines(at: level)
    let amounts = AmountText(for: lines.compactMap { $0.valueAtRisk.estimate?.value })
    var table = TextTable([
      .init("estimator", alignment: .left), .init("VaR"), .init("± sim"), .init("± cal"),
      .init("95 % interval", alignment: .left), .init("ES"), .init("± sim"), .init("± cal"),
      .init("off exact"), .init("n"), .init("effective"), .init("", alignment: .left),
    ])
    for (row, shortfall) in lines {
      table.append([
        .init(row.estimator), .init(amounts.text(row.estimate)),
        .init(AmountText.error(row.estimate?.simulationError)),
        .init(AmountText.error(row.estimate?.calibrationError)), .init(interval(row, amounts)),
        .init(amounts.text(shortfall?.estimate)),
        .init(AmountText.error(shortfall?.estimate?.simulationError)),
        .init(AmountText.error(shortfall?.estimate?.calibrationError)),
        .init(NumberText.percent(row.deviation, place: -2)),
        .init(row.scenarioCount.map(NumberText.whole) ?? NumberText.empty),
        .init(row.effectiveSampleSize.map { NumberText.rounded($0, place: 0) } ?? NumberText.empty),
        .init(flags(row, shortfall)),
      ])
    }
    return ["The loss at \(level) under every estimator (USD)"] + table.lines(style)
  }

  private func interval(_ row: TailEstimateRow, _ amounts: AmountText) -> String {
    if let interval = row.interval {
      return "\(amounts.text(interval.lowerBound)) to \(amounts.text(interval.upperBound))"
    }
    return row.intervalNeeds.map { "needs \(NumberText.whole($0))" } ?? NumberText.empty
  }

  private func flags(_ row: TailEstimateRow, _ shortfall: TailEstimateRow?) -> String {
    var flags: [String] = []
    if row.intervalNeeds != nil { flags.append("small sample") }
    if row.meetsTarget == false { flags.append("misses target") }
    if row.reason != nil || shortfall?.reason != nil { flags.append("refused") }
    return flags.joined(separator: ", ")
  }

  /// Why figures are missing, each reason once an estimator.
  private var reasons: [String] {
    var seen: Set<String> = []
    let refused = levels.flatMap(lines).compactMap { row, shortfall in
      (row.reason ?? shortfall?.reason).map { (row.estimator, ErrorProse.text(of: $0)) }
    }.filter { seen.insert("\($0.0) \($0.1)").inserted }
    guard !refused.isEmpty else { return [] }
    let width = refused.map(\.0.count).max() ?? 0
    return ["Without a figure"]
      + refused.flatMap { name, reason in
        wrapped(
          reason, width: Self.width,
          first: name + String(repeating: " ", count: width - name.count + 2),
          indent: String(repeating: " ", count: width + 2))
      }
  }

  private var notes: [String] {
    estimates.notes.isEmpty
      ? [] : ["Notes"] + estimates.notes.flatMap { wrapped($0, width: Self.width, first: "- ", indent: "  ") }
  }

  private var legend: [String] {
    wrapped(
      "± sim: one standard error from the number of draws; ± cal: one from the length of history, by block "
        + "bootstrap, of a fitted tail by the delta method. filters and recursions stay as fitted. 95 % "
        + "interval: distribution-free, of weighted samples by normal errors of the share beyond, or from the "
        + "likelihood of a fitted tail; \"needs\" says how many independent scenarios a finite one takes. off exact: the "
        + "figure over the exact one of the same law and sensitivities, less one. effective: how many "
        + "independent scenarios of equal weight say as much.", width: Self.width)
  }
}
