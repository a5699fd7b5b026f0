public import Instruments
import LinearAlgebra
import Scenarios
import Valuation

/// A requirement computed for each base asset apart and added up without netting: what venues call risk units.
public struct RiskUnits: Hashable, Sendable {
  /// What a unit takes of its asset's balance.
  public enum SpotTreatment: String, Hashable, Sendable, CaseIterable {
    /// Nothing: positions alone.
    case excluded
    /// All of it: a coin held against a short in it is a hedge, and one held beside a long a second risk. A coin on which
    /// nothing is traded makes no unit.
    case included
    /// As much as hedges the net delta of the positions, and no more.
    case netDelta
  }

  /// The rules of units on some assets.
  public struct Group: Hashable, Sendable {
    /// The base assets; empty stands for all that no other group names.
    public let assets: [Asset]
    /// The rules.
    public let rules: TermRules

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - assets: the base assets; empty stands for all that no other group names.
    ///   - rules: the rules.
    public init(assets: [Asset], rules: TermRules) {
      self.assets = assets
      self.rules = rules
    }
  }

  /// What a unit takes of its asset's balance.
  public let spot: SpotTreatment
  /// The groups; the first that names an asset holds for it.
  public let groups: [Group]

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - spot: what a unit takes of its asset's balance.
  ///   - groups: the groups; at least one.
  public init(spot: SpotTreatment, groups: [Group]) {
    precondition(!groups.isEmpty, "risk units without rules")
    self.spot = spot
    self.groups = groups
  }

  /// The rules of the units on one asset; `nil` where no group holds for it.
  func rules(of asset: Asset) -> TermRules? {
    let named = groups.first { $0.assets.contains(asset) }
    return (named ?? groups.first { $0.assets.isEmpty })?.rules
  }

  /// The units of a pool: what each holds, in the order of symbols.
  func units(in batch: PoolBatch) -> [(asset: Asset, batch: PoolBatch)] {
    let traded = batch.rows { $0.kind.isPosition || $0.kind == .order }
    let assets = Set(traded.map { batch.states.rows[$0].asset }).sorted()
    return assets.map { asset in
      let rows = batch.rows {
        $0.asset == asset && ($0.kind != .balance || spot != .excluded)
      }
      let pool = MarginPool(name: asset.symbol, rows: rows)
      var unit = PoolBatch(
        pool: pool, states: batch.states, evidence: batch.evidence, unitAsset: asset,
        statedScope: .unit(asset))
      if spot == .netDelta { unit.spotShare = Self.share(ofSpotIn: unit) }
      return (asset, unit)
    }
  }

  /// How much of a unit's balance its positions use, one a state: −Δ/value, between none and all of it.
  private static func share(ofSpotIn unit: PoolBatch) -> [Double] {
    let delta = unit.netDelta(of: unit.rows { $0.kind.isPosition })
    let held = unit.sum(of: unit.states.values, over: unit.rows { $0.kind == .balance })
    return delta.indices.map { held[$0] == 0 ? 0 : min(1, max(0, -delta[$0] / held[$0])) }
  }

  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts {
    var total = TermAmounts([Double](repeating: 0, count: batch.states.count))
    var binding: [String] = []
    for (asset, unit) in units(in: batch) {
      guard let rules = rules(of: asset) else { throw .assetNotCovered(term: name, asset: asset) }
      let result = try rules.result(in: unit)
      for state in total.initial.indices {
        total.initial[state] += result.initial[state]
        total.maintenance[state] += result.maintenance[state]
      }
      let deciding = result.binding
      if !deciding.isEmpty { binding.append("\(asset) \(deciding)") }
    }
    total.binding = binding.joined(separator: "; ")
    return total
  }
}
