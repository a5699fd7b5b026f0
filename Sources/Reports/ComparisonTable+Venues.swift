import Margin
import Studies

extension ComparisonTable {
  /// The ratio as each venue prints it, where it acts, and what it calls the stretch the account is in.
  var venues: [String] {
    let named = results.filter { !$0.regime.levels.stages.isEmpty }
    guard !named.isEmpty else { return [] }
    var table = TextTable([
      .init("regime", alignment: .left), .init("ratio is", alignment: .left), .init("ratio"),
      .init("call at"), .init("closes at"), .init("stage", alignment: .left),
    ])
    for result in named {
      let levels = result.regime.levels
      table.append([
        .init(result.regime.id), .init(levels.convention.words),
        .init(result.assessment.venueRatio.map(NumberText.multiple) ?? NumberText.empty),
        .init(NumberText.multiple(levels.callAt)), .init(NumberText.multiple(levels.liquidationAt)),
        .init(result.stage?.name ?? NumberText.empty),
      ])
    }
    return ["In the venues' own ratios"] + table.lines(style)
  }
}

extension RegimeResult {
  /// What the venue calls the stretch of its ratio the account is in.
  var stage: MarginStage? { assessment.venueRatio.flatMap { regime.levels.stage(at: $0) } }
}

extension RatioConvention {
  fileprivate var words: String {
    switch self {
    case .maintenanceOverEquity: "MM / equity"
    case .equityOverMaintenance: "equity / MM"
    }
  }
}
