/// One of the addends of a requirement.
public struct MarginComponent: Hashable, Sendable {
  /// Initial or maintenance margin.
  public enum Requirement: String, Hashable, Sendable, CaseIterable {
    /// The initial margin.
    case initial
    /// The maintenance margin.
    case maintenance
  }

  /// Which requirement it is part of.
  public let requirement: Requirement
  /// The pool it belongs to.
  public let pool: String
  /// The term, with its multiple, or the floor or cap that acts.
  public let name: String
  /// USD; negative for a cap that acts.
  public let amount: Double
  /// Whether it decides the requirement: the floor or cap that acts, or the largest addend.
  public let isBinding: Bool
  /// The scenario that decided it; empty where none did.
  public let scenario: String
}

/// What a regime says of one pool.
public struct PoolAssessment: Hashable, Sendable {
  /// The pool's name.
  public let name: String
  /// Equity as the regime counts it, in USD.
  public let equity: Double
  /// The net market value of its rows, in USD.
  public let marketValue: Double
  /// The initial margin, in USD.
  public let initial: Double
  /// The maintenance margin, in USD.
  public let maintenance: Double
  /// What the regime does about it.
  public let status: MarginStatus
  /// Maintenance margin over equity; `nil` where equity is not positive.
  public var utilisation: Double? {
    let ratio = maintenance / equity
    return equity > 0 && ratio.isFinite ? ratio : nil
  }
}

/// What a regime demands of an account, and what decides it.
public struct MarginAssessment: Hashable, Sendable {
  /// The regime.
  public let regime: String
  /// The pools, in the regime's order.
  public let pools: [PoolAssessment]
  /// The addends of the requirements; for each pool and requirement they add up to it.
  public let components: [MarginComponent]
  /// The venue's own ratio of the worst pool; `nil` where it has none.
  public let venueRatio: Double?

  /// Equity as the regime counts it, summed over pools, in USD.
  public var equity: Double { pools.reduce(0) { $0 + $1.equity } }
  /// The initial margin, summed over pools, in USD.
  public var initial: Double { pools.reduce(0) { $0 + $1.initial } }
  /// The maintenance margin, summed over pools, in USD.
  public var maintenance: Double { pools.reduce(0) { $0 + $1.maintenance } }
  /// The worst status of any pool.
  public var status: MarginStatus { pools.map(\.status).max() ?? .healthy }
  /// Maintenance margin over equity in the worst pool; `nil` where that pool's equity is not positive.
  public var utilisation: Double? { worstPool.flatMap(\.utilisation) }
  /// The pool closest to, or furthest beyond, its liquidation; among pools without equity the one that lacks most.
  public var worstPool: PoolAssessment? {
    pools.max {
      (Self.strain($0), $0.maintenance - $0.equity) < (Self.strain($1), $1.maintenance - $1.equity)
    }
  }

  /// What decides the initial margin, such as `historical (2020-03-11 → 2020-03-12)`; empty where nothing is demanded.
  public var binding: String {
    let deciding = components.filter { $0.requirement == .initial && $0.isBinding && $0.amount != 0 }
    guard let largest = deciding.max(by: { abs($0.amount) < abs($1.amount) }) else { return "" }
    return largest.scenario.isEmpty ? largest.name : "\(largest.name) (\(largest.scenario))"
  }

  private static func strain(_ pool: PoolAssessment) -> Double {
    guard pool.equity <= 0 else { return pool.maintenance / pool.equity }
    return pool.maintenance > 0 || pool.equity < 0 ? .infinity : 0
  }
}

/// What a regime demands in every one of many states.
public struct RequirementBatch: Sendable {
  /// One pool, one number a state, in USD.
  public struct Pool: Sendable {
    /// The pool's name.
    public let name: String
    /// Equity as the regime counts it.
    public let equity: [Double]
    /// The net market value of its rows.
    public let marketValue: [Double]
    /// The initial margin.
    public let initial: [Double]
    /// The maintenance margin.
    public let maintenance: [Double]
  }

  /// The pools, in the regime's order.
  public let pools: [Pool]
  /// How many states there are.
  public let count: Int
}
