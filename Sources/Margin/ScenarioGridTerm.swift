public import Instruments
import LinearAlgebra
public import Scenarios
import Valuation

/// The worst weighted loss of all rows together over the points of a stress grid.
///
/// max over points of max(0, −Σ_q counted(ΔV_q)), q over settlement assets: weighted and dampened by the point, gains cut by
/// the rule of q. Inside ``RiskUnits`` the rows are those of one base asset, and it alone moves.
public struct ScenarioGridTerm: Hashable, Sendable {
  /// In what profits and losses are measured before they are compared.
  public enum ProfitUnit: String, Hashable, Sendable, CaseIterable {
    /// USD after the move.
    case usd
    /// Units of the settlement asset, at its price of today: a coin that falls is still a coin.
    case settlementAsset
  }

  /// The points.
  public let grid: GridRequest
  /// In what profits and losses are measured.
  public let profitUnit: ProfitUnit
  /// How gains in named settlement assets count; in full where none is named.
  public let gains: [Asset: GainRule]

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - grid: the points; at least one.
  ///   - profitUnit: in what profits and losses are measured.
  ///   - gains: how gains in named settlement assets count.
  public init(grid: GridRequest, profitUnit: ProfitUnit = .usd, gains: [Asset: GainRule] = [:]) {
    precondition(!grid.points.isEmpty, "a grid without points")
    self.grid = grid
    self.profitUnit = profitUnit
    self.gains = gains
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    let set = try scenarios(in: batch, name)
    let worst = isLinear(batch) ? linearWorst(batch) : try revaluedWorst(under: set, batch)
    return TermAmounts(worst.losses, binding: worst.point.map { set.labels.text($0) } ?? "")
  }

  /// What all rows gain at every point in the first state, weighted and dampened; gains positive.
  func profits(in batch: PoolBatch, name: String) throws(MarginError) -> [(point: GridPoint, profit: Double)]
  {
    let set = try scenarios(in: batch, name)
    var profits: [(point: GridPoint, profit: Double)] = []
    for (index, point) in grid.points.enumerated() {
      profits.append((point, try profit(at: index, of: set, batch)[0]))
    }
    return profits
  }

  /// What each row loses at the deciding point in the first state, weighted, dampened and cut as the whole is; they add up to
  /// the worst loss of the grid.
  func rowLosses(in batch: PoolBatch, name: String) throws(MarginError) -> [(row: Int, amount: Double)] {
    let profits = try profits(in: batch, name: name).map(\.profit)
    let worst = profits.indices.min { profits[$0] < profits[$1] }
    guard let worst, profits[worst] < 0 else { return [] }
    let set = try scenarios(in: batch, name)
    let moved = try valuation { () throws(ValuationError) in
      try batch.states.moved(by: set, scenario: worst)
    }
    let rows = settlementGroups(of: batch).flatMap { settlement, rows in
      let gains = rows.map { gain(of: $0, at: worst, in: batch, to: moved, 0) }
      let sum = gains.reduce(0, +)
      let counted = counted(sum, of: settlement, rows[0], at: worst, in: batch, to: moved, 0)
      return zip(rows, gains).map { (row: $0, amount: sum == 0 ? 0 : 0 - $1 * (counted / sum)) }
    }
    // A venue's own figure for a whole unit is shared as the revaluation is, where the two are alike.
    let scale = 0 - profits[worst] / rows.reduce(0) { $0 + $1.amount }
    return (0.5...2).contains(scale) ? rows.map { ($0.row, $0.amount * scale) } : []
  }

  /// The grid, with nothing moving but the asset of a risk unit: what a contract on it settles in stays, be it another coin.
  private func scenarios(in batch: PoolBatch, _ name: String) throws(MarginError) -> ScenarioSet {
    let set = try batch.evidence.sampled(.grid(grid), for: name)
    guard let asset = batch.unitAsset else { return set }
    let others = batch.pool.rows.contains { row in
      let settlement = batch.states.rows[row].settlement
      return settlement != asset && settlement != .usd && !grid.unmoved.contains(settlement)
    }
    return others ? set.moving(only: asset) : set
  }

  /// Whether the grid moves an asset.
  private func moves(_ asset: Asset, in batch: PoolBatch) -> Bool {
    asset != .usd && !grid.unmoved.contains(asset) && (batch.unitAsset.map { $0 == asset } ?? true)
  }

  /// The worst weighted loss, one a state, and the point that decides it in the first.
  private struct Worst {
    var losses: [Double]
    var point: Int?
  }

  /// Whether two numbers decide every point.
  private func isLinear(_ batch: PoolBatch) -> Bool {
    let isPlain = profitUnit == .usd && gains.isEmpty && batch.evidence.recorded == nil
    return isPlain && grid.points.allSatisfy { $0.dampener == 0 }
      && batch.pool.rows.allSatisfy { batch.states.rows[$0].kind != .option }
  }

  /// A linear unit gains E·s at every point, so the least and the greatest weighted move decide.
  private func linearWorst(_ batch: PoolBatch) -> Worst {
    let isMoved: (Asset) -> Bool = { moves($0, in: batch) }
    var sensitivity: [Double]
    if batch.spotShare == nil {
      sensitivity = batch.states.sensitivity(of: batch.pool.rows, toCommonMoveOf: isMoved)
    } else {
      sensitivity = batch.states.sensitivity(
        of: batch.rows { $0.kind != .balance }, toCommonMoveOf: isMoved)
      for row in batch.rows(where: { $0.kind == .balance }) {
        let own = batch.states.sensitivity(of: [row], toCommonMoveOf: isMoved)
        for state in own.indices { sensitivity[state] += own[state] * batch.share(of: row, in: state) }
      }
    }
    let weighted = grid.points.map { $0.weight * $0.spot }
    let lowest = min(0, weighted.min() ?? 0)
    let highest = max(0, weighted.max() ?? 0)
    let losses = sensitivity.map { max(-$0 * lowest, -$0 * highest) }
    let deciding = (sensitivity.first ?? 0) > 0 ? lowest : highest
    let point = losses.first ?? 0 > 0 ? weighted.firstIndex(of: deciding) : nil
    return Worst(losses: losses, point: point)
  }

  private func revaluedWorst(under set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> Worst {
    var worst = Worst(losses: [Double](repeating: 0, count: batch.states.count), point: nil)
    for point in grid.points.indices {
      let profits = try profit(at: point, of: set, batch)
      for state in profits.indices where -profits[state] > worst.losses[state] {
        worst.losses[state] = -profits[state]
        if state == 0 { worst.point = point }
      }
    }
    return worst
  }

  /// What all rows gain at one point, weighted and dampened, one a state.
  private func profit(at index: Int, of set: ScenarioSet, _ batch: PoolBatch) throws(MarginError) -> [Double]
  {
    let point = grid.points[index]
    guard let recorded = recordedProfit(at: point.move, batch) else {
      return try revaluedProfit(at: index, of: set, batch)
    }
    return recorded.map { point.dampened(point.weight * $0) }
  }

  private func revaluedProfit(
    at index: Int, of set: ScenarioSet, _ batch: PoolBatch
  ) throws(MarginError) -> [Double] {
    let moved = try valuation { () throws(ValuationError) in
      try batch.states.moved(by: set, scenario: index)
    }
    var total = [Double](repeating: 0, count: batch.states.count)
    for (settlement, rows) in settlementGroups(of: batch) {
      var group = [Double](repeating: 0, count: total.count)
      for row in rows {
        for state in group.indices { group[state] += gain(of: row, at: index, in: batch, to: moved, state) }
      }
      for state in total.indices {
        total[state] += counted(
          group[state], of: settlement, rows[0], at: index, in: batch, to: moved, state)
      }
    }
    return total
  }

  /// The rows of a pool by what they settle in.
  private func settlementGroups(of batch: PoolBatch) -> [(settlement: Asset, rows: [Int])] {
    Dictionary(grouping: batch.pool.rows) { batch.states.rows[$0].settlement }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }

  /// What the batch's part of a row gains at a point, by the venue's own figure where there is one.
  @inline(__always)
  private func gain(
    of row: Int, at point: Int, in batch: PoolBatch, to moved: BookStates, _ state: Int
  ) -> Double {
    let printed = batch.evidence.recorded?.rows[batch.states.rows[row].name]?[grid.points[point].move]
    let gain =
      printed.map { $0 * batch.states.settlementPrices[row, state] }
      ?? gain(of: row, from: batch.states, to: moved, state)
    return gain * batch.share(of: row, in: state)
  }

  /// What the gains in one settlement asset count for at a point; `row` is one of those that settle in it.
  @inline(__always)
  private func counted(
    _ gain: Double, of settlement: Asset, _ row: Int, at point: Int, in batch: PoolBatch,
    to moved: BookStates,
    _ state: Int
  ) -> Double {
    let priceMove = moved.settlementPrices[row, state] / batch.states.settlementPrices[row, state] - 1
    return (gains[settlement] ?? .full)
      .counted(counted(gain, at: grid.points[point], settlementMove: priceMove))
  }

  private func gain(of row: Int, from states: BookStates, to moved: BookStates, _ state: Int) -> Double {
    let before = states.values[row, state]
    let after = moved.values[row, state]
    guard profitUnit == .settlementAsset else { return after - before }
    return after * (states.settlementPrices[row, state] / moved.settlementPrices[row, state]) - before
  }

  /// What a gain in one settlement asset counts for at a point, in USD at today's price.
  ///
  /// Weight and dampener work on USD. In units of a coin that itself moves by m, a gain is worth 1 + m in USD there, and what is
  /// left of it is turned back at the move that is left, w·m: g·w·(1 + m)/(1 + w·m) without a dampener. So a plain position
  /// loses at every point of a tail with w = c/|m| what it loses at a move of c. Inferred from Deribit's printed vectors.
  private func counted(_ gain: Double, at point: GridPoint, settlementMove: Double) -> Double {
    guard profitUnit == .settlementAsset, point.weight != 1 || point.dampener > 0 else {
      return point.dampened(point.weight * gain)
    }
    let left = point.dampened(point.weight * gain * (1 + settlementMove))
    return left / (1 + point.weight * settlementMove)
  }

  /// What the venue printed for the whole unit at a move, where it did.
  private func recordedProfit(at move: GridMove, _ batch: PoolBatch) -> [Double]? {
    guard let units = batch.evidence.recorded?.units else { return nil }
    let assets = Set(batch.rows { $0.kind.isPosition }.map { batch.states.rows[$0].asset })
    guard assets.count == 1, let asset = assets.first, let printed = units[asset]?[move] else { return nil }
    return [Double](repeating: printed, count: batch.states.count)
  }
}

/// Runs a valuation and passes on what stopped it.
func valuation<Value>(_ body: () throws(ValuationError) -> Value) throws(MarginError) -> Value {
  do throws(ValuationError) {
    return try body()
  } catch {
    throw .valuation(error)
  }
}

extension GridPoint {
  /// What is left of a weighted profit once the dampener bears the first losses; gains then count for nothing.
  fileprivate func dampened(_ profit: Double) -> Double {
    dampener > 0 ? min(0, profit + dampener) : profit
  }
}
