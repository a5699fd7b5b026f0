import Instruments
import Margin
import Studies

extension ComparisonTable {
  /// How far the market, and the one asset that is nearest, may move before each regime closes positions.
  var distances: [String] {
    guard results.contains(where: { !$0.distances.isEmpty }) else { return [] }
    let market = "the whole market"
    let one = "one asset alone"
    var table = TextTable([
      .init("regime", alignment: .left), .init("fall", group: market), .init("rise", group: market),
      .init("fall", group: one), .init("", group: one, alignment: .left), .init("rise", group: one),
      .init("", group: one, alignment: .left),
    ])
    for result in results {
      let cells = [MarginDistance.Direction.fall, .rise].map { direction -> [TextTable.Cell] in
        let nearest = result.nearest(direction) { $0 != .market }
        return [
          .init(result.distances.isEmpty ? NumberText.empty : text(nearest?.move)),
          .init(nearest?.move == nil ? "" : nearest?.asset?.symbol ?? ""),
        ]
      }
      let whole = [MarginDistance.Direction.fall, .rise].map { direction -> TextTable.Cell in
        let nearest = result.nearest(direction) { result.hasMarket ? $0 == .market : true }
        return TextTable.Cell(result.distances.isEmpty ? NumberText.empty : text(nearest?.move))
      }
      table.append([.init(result.regime.id)] + whole + cells.flatMap { $0 })
    }
    return ["How far prices may move before positions are closed, everything else unchanged"]
      + table.lines(style)
  }

  private func text(_ move: Double?) -> String {
    guard let move else { return "never" }
    return NumberText.percent(move)
  }
}

extension RegimeResult {
  fileprivate var hasMarket: Bool { distances.contains { $0.axis == .market } }

  /// The nearest liquidation in one direction over all pools, along some axes.
  fileprivate func nearest(
    _ direction: MarginDistance.Direction, along isChosen: (MarginDistance.Axis) -> Bool
  ) -> MarginDistance? {
    distances.filter {
      $0.direction == direction && $0.level == .liquidation && isChosen($0.axis) && $0.move != nil
    }
    .min { abs($0.move ?? .infinity) < abs($1.move ?? .infinity) }
  }
}

extension MarginDistance {
  /// The asset that moves; `nil` for the market.
  fileprivate var asset: Asset? { if case .asset(let asset) = axis { asset } else { nil } }
}
