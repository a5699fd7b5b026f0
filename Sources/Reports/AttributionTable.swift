import Margin
public import Studies

/// What every regime demands, allocated to what the account holds and to what moves, as text for a terminal.
public struct AttributionTable: Sendable {
  private let attribution: StudyAttribution
  private let style: TableStyle

  /// Prepares the text.
  ///
  /// - Parameters:
  ///   - attribution: the results.
  ///   - style: whether colour may be used.
  public init(_ attribution: StudyAttribution, style: TableStyle = .plain) {
    self.attribution = attribution
    self.style = style
  }

  /// One table a regime, with a line feed at the end of every line.
  public var text: String {
    let sections = attribution.regimes.map(lines) + [legend]
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private func lines(of one: RegimeAttribution) -> [String] {
    var table = TextTable([
      .init("", alignment: .left), .init("", alignment: .left), .init("share"), .init("± sim"),
      .init("± cal"), .init("share", "a USD"), .init("without it", "less by"),
      .init("beside", attribution.reference), .init("± sim"),
    ])
    let shown = one.shares.filter { $0.requirement == .initial && isShown($0) }
    let amounts = AmountText(for: shown.map(\.component.value))
    for share in shown {
      let difference = share.differenceToReference
      table.append([
        .init(share.part.word), .init(share.name), .init(amounts.text(share.component)),
        .init(AmountText.error(share.component.simulationError)),
        .init(AmountText.error(share.component.calibrationError)), .init(NumberText.percent(share.marginal)),
        .init(amounts.text(share.incremental)), .init(amounts.text(difference)),
        .init(AmountText.error(difference?.simulationError)),
      ])
    }
    return ["Where the initial margin of \(one.regime.id) comes from, in USD"] + table.lines(style)
  }

  /// Whether a share says anything: parts that a regime does not have at all are left out.
  private func isShown(_ share: AttributedShare) -> Bool {
    switch share.part {
    case .collateral, .position, .order: true
    case .account, .factor, .nonLinear, .otherTerms:
      share.component.value != 0 || (share.differenceToReference?.value ?? 0) != 0
    }
  }

  private var legend: [String] {
    [
      "Rows of the account add up to the margin, and factors with what is not first order and other terms once more.",
      "A hedge has a negative share. Without it: how much less would be demanded; these do not add up.",
    ]
  }
}

extension AttributedShare.Part {
  fileprivate var word: String {
    switch self {
    case .collateral: "collateral"
    case .position: "position"
    case .order: "order"
    case .account: "account"
    case .factor: "factor"
    case .nonLinear: "beyond first order"
    case .otherTerms: "other terms"
    }
  }
}
