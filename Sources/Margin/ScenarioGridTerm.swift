import Instruments
import LinearAlgebra
public import Scenarios
import Valuation

/// The worst weighted loss of a stress grid in each risk unit, added up over units without netting.
///
/// Σ over units of max over points of max(0, −weight·ΔV); a unit is the positions on one base asset, with or without
/// the balance of that asset.
public struct ScenarioGridTerm: Hashable, Sendable {
  /// Whether a unit holds its asset's balance as well.
  public enum SpotTreatment: String, Hashable, Sendable, CaseIterable {
    /// Positions alone.
    case excluded
    /// Positions and the balance of their base asset, which hedge each other.
    case included
  }

  /// The points.
  public let grid: GridRequest
  /// Whether a unit holds its asset's balance as well.
  public let spot: SpotTreatment

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - grid: the points; at least one.
  ///   - spot: whether a unit holds its asset's balance as well.
  public init(grid: GridRequest, spot: SpotTreatment) {
    precondition(!grid.points.isEmpty, "a grid without points")
    self.grid = grid
    self.spot = spot
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    let set = try batch.evidence.sampled(.grid(grid), for: name)
    let positions = batch.rows { $0.kind.isPosition }
    let assets = Set(positions.map { batch.states.rows[$0].asset }).sorted()
    let units = assets.map { asset in
      batch.rows { $0.asset == asset && ($0.kind.isPosition || spot == .included) }
    }
    let worst = try units.map { unit throws(MarginError) in
      let isLinear = unit.allSatisfy { batch.states.rows[$0].kind != .option }
      return isLinear ? linearWorst(of: unit, batch) : try revaluedWorst(of: unit, under: set, batch)
    }
    let binding = zip(assets, worst).compactMap { asset, unit in
      unit.bindingPoint.map { "\(asset) \(set.labels.text($0))" }
    }
    let totals = (0..<batch.states.count).map { state in worst.reduce(0) { $0 + $1.losses[state] } }
    return TermAmounts(totals, binding: binding.joined(separator: "; "))
  }

  /// The worst weighted loss of one unit, one a state, and the point that decides it in the first.
  private struct UnitWorst {
    var losses: [Double]
    var bindingPoint: Int?
  }

  /// A linear unit gains E·s at every point, so the least and the greatest weighted move decide.
  private func linearWorst(of unit: [Int], _ batch: PoolBatch) -> UnitWorst {
    let sensitivity = batch.states.sensitivity(of: unit) { !grid.unmoved.contains($0) && $0 != .usd }
    let weighted = grid.points.map { $0.weight * $0.spot }
    let lowest = min(0, weighted.min() ?? 0)
    let highest = max(0, weighted.max() ?? 0)
    let losses = sensitivity.map { max(-$0 * lowest, -$0 * highest) }
    let deciding = (sensitivity.first ?? 0) > 0 ? lowest : highest
    let point = losses.first ?? 0 > 0 ? weighted.firstIndex(of: deciding) : nil
    return UnitWorst(losses: losses, bindingPoint: point)
  }

  private func revaluedWorst(
    of unit: [Int], under set: ScenarioSet, _ batch: PoolBatch
  ) throws(MarginError) -> UnitWorst {
    var worst = UnitWorst(losses: [Double](repeating: 0, count: batch.states.count), bindingPoint: nil)
    for point in grid.points.indices {
      let moved = try valuation { () throws(ValuationError) in
        try batch.states.moved(by: set, scenario: point)
      }
      let gains = gains(of: unit, in: batch, moved)
      for state in gains.indices {
        let loss = -gains[state] * grid.points[point].weight
        guard loss > worst.losses[state] else { continue }
        worst.losses[state] = loss
        if state == 0 { worst.bindingPoint = point }
      }
    }
    return worst
  }

  /// What some rows gain from one state to another, row by row before they are added up.
  private func gains(of rows: [Int], in batch: PoolBatch, _ moved: BookStates) -> [Double] {
    var gains = [Double](repeating: 0, count: batch.states.count)
    for row in rows {
      batch.states.values.withRow(row) { before in
        moved.values.withRow(row) { after in
          for state in gains.indices { gains[state] += after[state] - before[state] }
        }
      }
    }
    return gains
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
