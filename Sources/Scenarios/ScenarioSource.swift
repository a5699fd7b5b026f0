public import Instruments
import LinearAlgebra
public import MarketData
public import Parallel
import Sampling
import Statistics

/// Makes the scenario sets of one study: everything they depend on, and nothing else.
///
/// A set is a function of the request and of what is held here: the history up to the as-of date, the models, the
/// seed and the number of scenarios. It does not depend on accounts, nor on the parallelism.
public struct ScenarioSource: Sendable {
  /// USD prices.
  public let history: PriceHistory
  /// Calibration uses data at or before it only.
  public let asOf: Timestamp
  /// What history does not say.
  public let models: ScenarioModels
  /// The seed of every random draw.
  public let seed: UInt64
  /// How many scenarios a Monte Carlo set holds.
  public let count: Int
  /// How many blocks may be at work at once; changes no result.
  public let parallelism: Parallelism
  /// The factors: the spot prices of the history's assets in their order, then the models' basis factors, then their
  /// volatility factors.
  public let factors: FactorSpace

  /// Makes a source.
  ///
  /// - Parameters:
  ///   - history: USD prices.
  ///   - asOf: calibration uses data at or before it only.
  ///   - models: what history does not say.
  ///   - seed: the seed of every random draw.
  ///   - count: how many scenarios a Monte Carlo set holds; at least 100.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ScenarioError/unknownAsset(_:)`` for a model of an asset outside the history,
  ///   ``ScenarioError/tooFewScenarios(_:)``.
  public init(
    history: PriceHistory, asOf: Timestamp, models: ScenarioModels, seed: UInt64, count: Int,
    parallelism: Parallelism
  ) throws(ScenarioError) {
    guard count >= 100 else { throw .tooFewScenarios(count) }
    let named =
      models.basis.map(\.asset) + models.volatility.map(\.asset)
      + models.proxies.flatMap { [$0.asset, $0.standIn] } + (models.correlation?.assets ?? [])
    for asset in named where history.series(of: asset) == nil { throw .unknownAsset(asset) }
    self.history = history
    self.asOf = asOf
    self.models = models
    self.seed = seed
    self.count = count
    self.parallelism = parallelism
    factors = FactorSpace(
      history.assets.map { .spot($0) } + models.basis.map { .basis($0.asset, $0.style) }
        + models.volatility.map { .volatility($0.asset) })
  }

  /// How implied volatilities answer the moves of the sets made here.
  public var volatilityAnswer: VolatilityAnswer { VolatilityResponses(models, in: factors).answer }

  /// Makes the set a request asks for.
  ///
  /// - Parameter request: what is asked for.
  /// - Throws: ``ScenarioError``.
  /// - Returns: the scenarios.
  public func scenarios(for request: ScenarioRequest) throws(ScenarioError) -> ScenarioSet {
    switch request {
    case .historical(let request): try historical(request)
    case .bootstrap(let request): try bootstrap(request)
    case .monteCarlo(let request): try monteCarlo(request)
    case .law(let request): try law(request)
    case .grid(let request): grid(request)
    case .realised(let request): try realised(request)
    }
  }
}
