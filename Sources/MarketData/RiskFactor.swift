public import Instruments

/// One thing that may move the value of a book.
public enum RiskFactor: Hashable, Sendable, CustomStringConvertible {
  /// The relative move of an asset's USD price; stablecoins included.
  case spot(Asset)
  /// The move of contracts against the spot price of their base asset.
  ///
  /// For a linear contract the relative USD move of its price less that of the base; for an inverse one the relative
  /// change of spot over mark. Contracts of one base and style share it.
  case basis(Asset, SettlementStyle)
  /// The relative move of the implied volatility of options on a base asset with 30 days to expiry; how it fades with tenor
  /// is for the scenario set to say.
  case volatility(Asset)

  /// The stable name by which random draws are keyed, such as `spot:BTC`.
  public var description: String {
    switch self {
    case .spot(let asset): "spot:\(asset)"
    case .basis(let asset, let style): "basis:\(asset):\(style.rawValue)"
    case .volatility(let asset): "volatility:\(asset)"
    }
  }
}

/// The ordered risk factors of a study.
///
/// Fixed by the study's market folder and models in declared order, never by the accounts: a draw is keyed by the
/// factor's name, so every shard of a batch and a single run see the same scenarios.
public struct FactorSpace: Hashable, Sendable {
  /// The factors, in declared order, each once.
  public let factors: [RiskFactor]
  private let positions: [RiskFactor: Int]

  /// Makes a factor space.
  ///
  /// - Parameter factors: the factors in declared order; a repeated one counts once, at its first place.
  public init(_ factors: [RiskFactor]) {
    var seen: [RiskFactor: Int] = [:]
    var kept: [RiskFactor] = []
    for factor in factors where seen[factor] == nil {
      seen[factor] = kept.count
      kept.append(factor)
    }
    self.factors = kept
    positions = seen
  }

  /// How many factors there are.
  public var count: Int { factors.count }

  /// The place of a factor, or `nil` when it is not in the space.
  ///
  /// - Parameter factor: the factor to look up.
  /// - Returns: its index in ``factors``.
  public func index(of factor: RiskFactor) -> Int? { positions[factor] }
}
