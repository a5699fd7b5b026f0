import Margin
import MarketData
import Scenarios
import Studies

extension ComparisonTable {
  var safety: [String] {
    let judged = results.filter { result in result.safety.contains { $0.judge == .model } }
    guard let scenarios = judged.first?.safety.first(where: { $0.judge == .model })?.bankruptcy.scenarios
    else {
      return []
    }
    var table = TextTable([
      .init("regime", alignment: .left), .init("as held:", "restricted"), .init("as held:", "margin call"),
      .init("as held:", "liquidation"), .init("IM in cash:", "bankrupt"),
      .init("IM in cash:", "uncovered loss"), .init("± sim"), .init("worst"),
    ])
    let cash = results.map { $0.safety(.model, .cashAtRequirement) }
    let losses = AmountText(for: cash.compactMap { $0?.uncoveredLoss.value })
    let worsts = AmountText(for: cash.compactMap { $0?.worstUncoveredLoss })
    let largest = cash.compactMap { $0?.uncoveredLoss.value }.max() ?? 0
    for (result, safety) in zip(results, cash) {
      let held = result.safety(.model, .asHeld)
      let isWorst = largest > 0 && safety?.uncoveredLoss.value == largest
      let empty = NumberText.empty
      table.append([
        .init(result.regime.id), .init(held?.restricted.text ?? empty), .init(held?.marginCall.text ?? empty),
        .init(held?.liquidation.text ?? empty), .init(safety?.bankruptcy.text ?? empty),
        .init(losses.text(safety?.uncoveredLoss), isWorst ? .bad : .none),
        .init(AmountText.error(safety?.uncoveredLoss.simulationError)),
        .init(worsts.text(safety?.worstUncoveredLoss)),
      ])
    }
    let horizon = comparison.settings.judge.sample.horizon
    return [
      "How safe each answer is: probabilities and mean loss beyond the collateral (USD) after \(horizon), "
        + "\(NumberText.whole(scenarios)) draws", "",
    ] + table.lines(style)
  }

  var realised: [String] {
    guard results.contains(where: { $0.safety(.realised, .asHeld) != nil }) else { return [] }
    var table = TextTable([
      .init("regime", alignment: .left), .init("as held:", "restricted"), .init("as held:", "margin call"),
      .init("as held:", "liquidation"), .init("IM in cash:", "bankrupt"),
      .init("IM in cash:", "worst uncovered"),
    ])
    let cash = results.map { $0.safety(.realised, .cashAtRequirement) }
    let worsts = AmountText(for: cash.compactMap { $0?.worstUncoveredLoss })
    for (result, safety) in zip(results, cash) {
      let held = result.safety(.realised, .asHeld)
      let empty = NumberText.empty
      table.append([
        .init(result.regime.id), .init(held?.restricted.countText ?? empty),
        .init(held?.marginCall.countText ?? empty),
        .init(held?.liquidation.countText ?? empty),
        .init(safety?.bankruptcy.countText ?? empty, (safety?.bankruptcy.count ?? 0) > 0 ? .bad : .none),
        .init(worsts.text(safety?.worstUncoveredLoss)),
      ])
    }
    return [
      "What really followed: each later move of \(comparison.settings.judge.sample.horizon) on today's book",
      "",
    ]
      + table.lines(style)
  }

  /// Cost and safety of every other regime beside the reference's, in words.
  var differences: [String] {
    let others = results.filter { $0.differenceToReference != nil }
    guard !others.isEmpty else { return [] }
    var table = TextTable([
      .init("regime", alignment: .left), .init("IM"), .init("± sim"), .init("± cal"),
      .init("IM in cash:", "uncovered loss"), .init("± sim"), .init("in words", alignment: .left),
    ])
    let losses = others.map { $0.safety(.model, .cashAtRequirement)?.differenceToReference }
    let margins = AmountText(for: others.compactMap { $0.differenceToReference?.value })
    let amounts = AmountText(for: losses.compactMap { $0?.value })
    for (result, loss) in zip(others, losses) {
      let margin = result.differenceToReference
      let verdict = Verdict(margin: margin, loss: loss)
      table.append([
        .init(result.regime.id), .init(margins.text(margin)),
        .init(AmountText.error(margin?.simulationError)),
        .init(AmountText.error(margin?.calibrationError)), .init(amounts.text(loss)),
        .init(AmountText.error(loss?.simulationError)), .init(verdict.words, verdict.emphasis),
      ])
    }
    return [
      "Difference to \(comparison.settings.reference) under common random numbers (USD; what two standard errors explain counts as none)",
      "",
    ]
      + table.lines(style)
  }
}

/// Whether a regime asks for less, and whether it leaves more uncovered; a difference within two standard errors of
/// simulation is none.
struct Verdict: Hashable {
  enum Direction: Hashable {
    case less, same, more

    init(_ difference: Estimate) {
      guard abs(difference.value) > 2 * (difference.simulationError ?? 0) else {
        self = .same
        return
      }
      self = difference.value < 0 ? .less : .more
    }
  }

  private let cost: Direction?
  private let loss: Direction?

  init(margin: Estimate?, loss: Estimate?) {
    cost = margin.map(Direction.init)
    self.loss = loss.map(Direction.init)
  }

  var words: String {
    let price =
      switch cost {
      case .less: "asks for less"
      case .same: "asks for the same"
      case .more: "asks for more"
      case nil: ""
      }
    let risk =
      switch loss {
      case .less: ", leaves less uncovered"
      case .same: ", leaves as much uncovered"
      case .more: ", leaves more uncovered"
      case nil: ""
      }
    return price + risk
  }

  var emphasis: Emphasis {
    switch loss {
    case .more: .bad
    case .less: .good
    case .same, nil: .none
    }
  }
}
