import Instruments
import Margin
import Scenarios
public import Studies

/// A stress study as a page of text for a terminal of 120 columns.
public struct StressTable: Sendable {
  let result: StressResult
  let style: TableStyle

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - result: the results.
  ///   - style: whether colour may be used.
  public init(_ result: StressResult, style: TableStyle = .plain) {
    self.result = result
    self.style = style
  }

  /// The page, with a line feed at the end of every line.
  public var text: String {
    let sections = [header] + sweep + [breaks, crossings] + reverse + [correlations, refusals, notes]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var header: [String] {
    let shocks = result.plan.axes.map(\.shock).enumerated().flatMap { place, shock in
      wrapped(
        shock.purpose.isEmpty ? shock.name : "\(shock.name): \(shock.purpose)", width: Self.width,
        first: place == 0 ? "shock    " : "against  ", indent: "         ")
    }
    return ["\(result.study): account \(result.account.id), as of \(result.settings.asOf)"] + shocks
  }

  private var sweep: [[String]] {
    if result.plan.draws > 1 { return distributions }
    return result.plan.axes.count == 2 ? surfaces : curves
  }

  // MARK: Curves

  /// What is drawn along one shock, mode by mode.
  private var curves: [[String]] {
    guard result.points.count > 1 else { return [] }
    let target = NumberText.percent(result.plan.target, place: -2)
    let amounts = amounts("Initial margin, every calibration shocked (USD)", .recalibrated)
    let beyond = [
      probabilities(
        "Unaware: probability of losing more than the margin posted before the shock (target \(target))",
        .unaware, \.lossBeyondMargin),
      probabilities(
        "Recalibrated: probability of losing more than the margin posted after it", .recalibrated,
        \.lossBeyondMargin),
    ]
    guard isEverCalled else {
      let scenarios = result.points.flatMap(\.requirements).map(\.safety.marginCall.scenarios).max() ?? 0
      let none =
        "No margin call within the horizon, under any regime and at any strength, in \(NumberText.whole(scenarios)) scenarios."
      return [amounts] + beyond + [[none]]
    }
    return [amounts] + beyond + [
      probabilities("Unaware: probability of a margin call within the horizon", .unaware, \.marginCall),
      probabilities(
        "Recalibrated: probability of a margin call within the horizon", .recalibrated, \.marginCall),
    ]
  }

  private var isEverCalled: Bool {
    result.points.contains { $0.requirements.contains { $0.safety.marginCall.count > 0 } }
  }

  private func amounts(_ title: String, _ mode: StressMode) -> [String] {
    let curves = result.regimes.map { curve(of: $0.id, mode) }
    let text = AmountText(for: curves.flatMap { $0.compactMap { $0?.initial.value } })
    return table(title, curves, value: \.initial.value) { text.text($0.initial) }
  }

  private func probabilities(
    _ title: String, _ mode: StressMode, _ event: KeyPath<StressSafety, EventProbability>
  ) -> [String] {
    table(
      title, result.regimes.map { curve(of: $0.id, mode) }, value: { $0.safety[keyPath: event].probability },
      text: { $0.safety[keyPath: event].text })
  }

  private func curve(of regime: String, _ mode: StressMode) -> [StressedRequirement?] {
    result.points.map { point in
      point.requirements.first { $0.regime == regime && $0.mode == mode }
    }
  }

  private func table(
    _ title: String, _ curves: [[StressedRequirement?]], value: (StressedRequirement) -> Double,
    text: (StressedRequirement) -> String
  ) -> [String] {
    let shown = Self.chosen(of: result.points.count, atMost: Self.shownPoints)
    let columns =
      [TextTable.Column("regime", alignment: .left)]
      + shown.map { .init(strength(result.points[$0])) } + [.init("0 % to 100 %", alignment: .left)]
    var table = TextTable(columns)
    let sparkline = Sparkline(for: curves.flatMap { $0.compactMap { $0.map(value) } })
    for (regime, curve) in zip(result.regimes, curves) {
      table.append(
        [.init(regime.id)] + shown.map { .init(curve[$0].map(text) ?? NumberText.empty) }
          + [.init(sparkline.text(curve.map { $0.map(value) }, width: Self.curveWidth))])
    }
    return [title] + table.lines(style)
  }

  private func strength(_ point: StressPoint) -> String {
    Self.strength(point.strengths.first ?? 0)
  }

  static func strength(_ strength: Double) -> String {
    NumberText.percent(strength, place: (strength * 100).rounded() == strength * 100 ? 0 : -1)
  }

  /// Places spread over a number of points, the first and the last among them.
  static func chosen(of count: Int, atMost limit: Int) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
  }

  // MARK: Surfaces

  private var surfaces: [[String]] {
    let constant = Set(result.sensitivities.filter { $0.insensitive != nil }.map(\.regime))
    return result.regimes.filter { !constant.contains($0.id) }.map { regime in
      let rows = result.plan.axes[0].strengths
      let columns = result.plan.axes[1].strengths
      let down = Self.chosen(of: rows.count, atMost: Self.surfaceRows)
      let across = Self.chosen(of: columns.count, atMost: Self.shownPoints)
      let cells = down.map { row in
        across.map { column in
          result.points[row * columns.count + column].requirements.first {
            $0.regime == regime.id && $0.mode == .recalibrated
          }
        }
      }
      let text = AmountText(for: cells.flatMap { $0.compactMap { $0?.initial.value } })
      var table = TextTable(
        [.init("strength", alignment: .left)] + across.map { .init(Self.strength(columns[$0])) })
      for (place, row) in down.enumerated() {
        table.append(
          [.init(Self.strength(rows[row]))] + cells[place].map { .init(text.text($0?.initial)) })
      }
      return wrapped(
        "Initial margin of \(regime.id), every calibration shocked (USD): \(result.plan.axes[0].shock.name) down, "
          + "\(result.plan.axes[1].shock.name) across", width: Self.width) + table.lines(style)
    }
  }

  // MARK: Random matrices

  private var distributions: [[String]] {
    let strengths = Set(result.distributions.map(\.strengths)).filter { $0.contains { $0 > 0 } }
      .sorted { $0.lexicographicallyPrecedes($1) }
    let shown = Self.chosen(of: strengths.count, atMost: Self.surfaceRows).map { strengths[$0] }
    return shown.map { strengths in
      let rows = result.distributions.filter { $0.strengths == strengths }
      let amounts = AmountText(for: rows.flatMap(\.quantiles))
      var table = TextTable(
        [.init("regime", alignment: .left), .init("mean"), .init("± sim"), .init("deviation")]
          + Self.shownLevels.map { .init(NumberText.percent(StressDistribution.levels[$0], place: 0)) }
          + [.init("broken")])
      for row in rows {
        table.append(
          [
            .init(row.regime), .init(amounts.text(row.mean)),
            .init(AmountText.error(row.mean.simulationError)), .init(amounts.text(row.standardDeviation)),
          ] + Self.shownLevels.map { .init(amounts.text(row.quantiles[$0])) } + [.init(row.broken.text)])
      }
      let at = strengths.map(Self.strength).joined(separator: " and ")
      return [
        "Initial margin over \(NumberText.whole(result.plan.draws)) random correlation matrices at strength \(at) (USD)"
      ] + table.lines(style)
    }
  }

  // MARK: Prose

  private var crossings: [String] {
    guard !result.crossings.isEmpty else { return [] }
    return ["Where regimes change places (± from the number of draws alone)"]
      + result.crossings.map { crossing in
        let error = crossing.standardError.map { " (± \(NumberText.percent($0, place: -1)))" } ?? ""
        return "above \(NumberText.percent(crossing.strength))\(error) \(crossing.above) demands more than "
          + "\(crossing.below)\(crossing.mode == .unaware ? ", unaware" : "")"
      }.flatMap { wrapped($0, width: Self.width, first: "- ", indent: "  ") }
  }

  private var refusals: [String] {
    let early = result.refusals.map { ($0.regime.id, ErrorProse.text(of: $0.reason)) }
    var seen: Set<String> = Set(early.map(\.0))
    let late = result.points.flatMap { point in
      point.refusals.filter { seen.insert($0.regime.id).inserted }.map { refusal in
        let at = point.strengths.map(Self.strength).joined(separator: " and ")
        return (refusal.regime.id, "from strength \(at): \(ErrorProse.text(of: refusal.reason))")
      }
    }
    guard !(early + late).isEmpty else { return [] }
    return [Emphasis.attention.applied(to: "Regimes that cannot be computed", style)]
      + (early + late).flatMap { wrapped("\($0.0): \($0.1)", width: Self.width, indent: "  ") }
  }

  private var notes: [String] {
    let insensitive = result.sensitivities.filter { $0.insensitive != nil }
    let reasons = insensitive.compactMap(\.insensitive)
    let grouped = reasons.enumerated().filter { reasons.firstIndex(of: $1) == $0 }.map { _, reason in
      let names = insensitive.filter { $0.insensitive == reason }.map(\.regime).joined(separator: ", ")
      return "not following the shock: \(names); \(reason)"
    }
    let notes = grouped + result.notes
    return notes.isEmpty
      ? [] : ["Notes"] + notes.flatMap { wrapped($0, width: Self.width, first: "- ", indent: "  ") }
  }

  static let width = ComparisonTable.textWidth
  private static let shownPoints = 6
  private static let surfaceRows = 6
  private static let curveWidth = 21
  /// Both ends of nine tenths, the middle, and the greatest.
  private static let shownLevels = [1, 3, 5, 6]
}
