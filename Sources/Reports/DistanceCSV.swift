public import CSV
import Instruments
import Margin
public import Studies

/// `distance.csv`: how far prices may move before a regime acts, one row an axis, direction and level.
///
/// ```csv
/// study,account,regime,pool,axis,name,direction,level,value,unit
/// demo,carry,cross,account,asset,BTC,rise,liquidation,0.31,1
/// demo,carry,cross,account,contract,BTC/USDT:USDT,,liquidation,27180.5,quote
/// ```
/// Key: all but `value` and `unit`. `axis` is `asset`, `market` (all assets but those pegged to the dollar, alike) or
/// `contract`; the value is a relative move, or for a contract its call or liquidation price in its quote asset. A value that
/// is missing says that no move reaches the level; zero, that it is reached today.
public enum DistanceCSV: ResultCSV {
  /// `distance.csv`.
  public static let fileName = "distance.csv"
  /// Keys, value, unit.
  public static let columns =
    RegimeComparison.keyColumns + [
      "regime", "pool", "axis", "name", "direction", "level", "value", "unit",
    ]

  /// Regime by regime: axes as they were looked at, then contracts.
  ///
  /// - Parameter comparison: the results.
  /// - Returns: rows in the order of the file.
  public static func rows(of comparison: RegimeComparison) -> [[CSVCell]] {
    comparison.results.flatMap { result in
      let key = comparison.keyCells + [.text(result.regime.id)]
      return result.distances.map { key + cells(of: $0) } + result.positionLevels.map { key + cells(of: $0) }
    }
  }

  private static func cells(of distance: MarginDistance) -> [CSVCell] {
    let axis: [CSVCell] =
      switch distance.axis {
      case .asset(let asset): [.text("asset"), .text(asset.symbol)]
      case .market: [.text("market"), .empty]
      }
    return [.text(distance.pool)] + axis + [
      .text(distance.direction.rawValue), .text(distance.level.rawValue),
      distance.move.map { .number($0) } ?? .empty, .text("1"),
    ]
  }

  private static func cells(of level: PositionLevel) -> [CSVCell] {
    [
      .text(level.pool), .text("contract"), .text(level.contract), .empty, .text(level.level.rawValue),
      level.price.map { .number($0) } ?? .empty, .text("quote"),
    ]
  }
}
