import Margin
import MarketData
import Scenarios
import Studies

extension ComparisonTable {
  private static let held = "as held"
  private static let cash = "IM in cash"

  var safety: [String] {
    let judged = results.filter { result in result.safety.contains { $0.judge == .model } }
    let counts = judged.flatMap(\.safety).filter { $0.judge == .model }.map(\.bankruptcy.scenarios)
    guard let most = counts.max(), let fewest = counts.min() else { return [] }
    // A regime that is dear to compute after a move is judged on fewer draws; its note says on how many.
    let draws = (fewest == most ? "" : "up to ") + NumberText.whole(most)
    var table = TextTable(
      [.init("regime", alignment: .left), .init("restricted", group: Self.held)] + actionColumns(.model) + [
        .init("bankrupt", group: Self.held), .init("bankrupt", group: Self.cash),
        .init("mean", "uncovered", group: Self.cash), .init("± sim", group: Self.cash),
        .init("largest in", "\(draws) draws", group: Self.cash),
      ])
    let cash = results.map { $0.safety(.model, .cashAtRequirement) }
    let losses = AmountText(for: cash.compactMap { $0?.uncoveredLoss.value })
    let worsts = AmountText(for: cash.compactMap { $0?.worstUncoveredLoss })
    let largest = cash.compactMap { $0?.uncoveredLoss.value }.max() ?? 0
    for (result, safety) in zip(results, cash) {
      let held = result.safety(.model, .asHeld)
      let isWorst = largest > 0 && safety?.uncoveredLoss.value == largest
      let actions = actions(of: held, .model).map { TextTable.Cell($0?.text ?? NumberText.empty) }
      table.append(
        [.init(result.regime.id), .init(held?.restricted.text ?? NumberText.empty)] + actions + [
          .init(held?.bankruptcy.text ?? NumberText.empty),
          .init(safety?.bankruptcy.text ?? NumberText.empty),
          .init(losses.text(safety?.uncoveredLoss), isWorst ? .bad : .none),
          .init(AmountText.error(safety?.uncoveredLoss.simulationError)),
          .init(worsts.text(safety?.worstUncoveredLoss)),
        ])
    }
    let horizon = comparison.settings.judge.sample.horizon
    return [
      "How safe each answer is: \(draws) draws of \(horizon); uncovered losses in USD, the mean over all draws"
    ]
      + table.lines(style)
  }

  var realised: [String] {
    guard results.contains(where: { $0.safety(.realised, .asHeld) != nil }) else { return [] }
    var table = TextTable(
      [.init("regime", alignment: .left)] + actionColumns(.realised)
        + [Self.held, Self.cash].flatMap { group -> [TextTable.Column] in
          [.init("bankrupt", group: group), .init("worst", "uncovered", group: group)]
        })
    let views: [CollateralView] = [.asHeld, .cashAtRequirement]
    let worsts = views.map { view in
      AmountText(for: results.compactMap { $0.safety(.realised, view)?.worstUncoveredLoss })
    }
    for result in results {
      let actions = actions(of: result.safety(.realised, .asHeld), .realised).map {
        TextTable.Cell($0?.countText ?? NumberText.empty)
      }
      table.append(
        [.init(result.regime.id)] + actions
          + zip(views, worsts).flatMap { view, amounts -> [TextTable.Cell] in
            let safety = result.safety(.realised, view)
            let hasHappened = (safety?.bankruptcy.count ?? 0) > 0
            return [
              .init(safety?.bankruptcy.countText ?? NumberText.empty, hasHappened ? .bad : .none),
              .init(amounts.text(safety?.worstUncoveredLoss)),
            ]
          })
    }
    let horizon = comparison.settings.judge.sample.horizon
    return ["What really followed: each later move of \(horizon) on today's book; uncovered losses in USD"]
      + table.lines(style)
  }

  /// One column for call and liquidation where no regime tells them apart, two otherwise.
  private func actionColumns(_ judge: JudgeKind) -> [TextTable.Column] {
    isCallLiquidation(judge)
      ? [.init("call/", "liquidation", group: Self.held)]
      : [.init("margin", "call", group: Self.held), .init("liquidation", group: Self.held)]
  }

  private func actions(of safety: SafetyAssessment?, _ judge: JudgeKind) -> [EventProbability?] {
    (isCallLiquidation(judge) ? [] : [safety?.marginCall]) + [safety?.liquidation]
  }

  private func isCallLiquidation(_ judge: JudgeKind) -> Bool {
    results.compactMap { $0.safety(judge, .asHeld) }.allSatisfy {
      $0.marginCall.count == $0.liquidation.count
    }
  }

  /// Cost and safety of every other regime beside the reference's, each at its requirement in cash, in words.
  var differences: [String] {
    let name = comparison.settings.reference
    let others = results.filter { $0.differenceToReference != nil }
    guard !others.isEmpty, let reference = results.first(where: { $0.regime.id == name }) else { return [] }
    var table = TextTable([
      .init("regime", alignment: .left), .init("IM", group: Self.held), .init("± sim", group: Self.held),
      .init("± cal", group: Self.held), .init("IM", group: Self.cash),
      .init("mean", "uncovered", group: Self.cash), .init("± sim", group: Self.cash),
      .init("asks for", group: "in words", alignment: .left),
      .init("leaves uncovered", group: "in words", alignment: .left),
    ])
    let losses = others.map { $0.safety(.model, .cashAtRequirement)?.differenceToReference }
    let amounts = AmountText(for: losses.compactMap { $0?.value })
    for (result, loss) in zip(others, losses) {
      let margin = result.differenceToReference
      let need = result.needInCash(beside: reference)
      let verdict = Verdict(need: need, loss: loss)
      table.append([
        .init(result.regime.id), .init(margins.text(margin)),
        .init(AmountText.error(margin?.simulationError)),
        .init(AmountText.error(margin?.calibrationError)),
        .init(
          need.map { margins.text($0, noFinerThan: [result.initial, reference.initial]) } ?? NumberText.empty),
        .init(amounts.text(loss)), .init(AmountText.error(loss?.simulationError)), .init(verdict.price),
        .init(verdict.risk, verdict.emphasis),
      ])
    }
    return ["Difference to \(name) under common random numbers (USD)"] + table.lines(style)
  }
}

extension RegimeResult {
  /// What it needs in cash less what the reference needs; what the search for the two leaves open counts as none.
  fileprivate func needInCash(beside reference: RegimeResult) -> Double? {
    guard let own = need(.cashAtRequirement), let other = reference.need(.cashAtRequirement) else {
      return nil
    }
    let difference = own.value - other.value
    return abs(difference) <= 1e-6 * abs(other.value) ? 0 : difference
  }
}

/// Whether a regime asks for less, and whether it leaves more uncovered; a difference of losses within two standard
/// errors of simulation is not visible.
struct Verdict: Hashable {
  enum Direction: Hashable {
    case less, same, more

    init(_ difference: Double, error: Double = 0) {
      guard abs(difference) > 2 * error else {
        self = .same
        return
      }
      self = difference < 0 ? .less : .more
    }
  }

  private let cost: Direction?
  private let loss: Direction?

  init(need: Double?, loss: Estimate?) {
    cost = need.map { Direction($0) }
    self.loss = loss.map { Direction($0.value, error: $0.simulationError ?? 0) }
  }

  var price: String {
    switch cost {
    case .less: "less"
    case .same: "the same"
    case .more: "more"
    case nil: NumberText.empty
    }
  }

  var risk: String {
    switch loss {
    case .less: "less"
    case .same: "no difference visible"
    case .more: "more"
    case nil: NumberText.empty
    }
  }

  var emphasis: Emphasis {
    switch loss {
    case .more: .bad
    case .less: .good
    case .same, nil: .none
    }
  }
}
