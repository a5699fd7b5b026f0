public import MarketData

/// A request for the moves that really followed the as-of date.
public struct RealisedRequest: Hashable, Sendable {
  /// How long each move lasts.
  public let horizon: Horizon
  /// At most so many moves.
  public let observations: Int

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - horizon: how long each move lasts.
  ///   - observations: at most so many moves.
  public init(horizon: Horizon, observations: Int) {
    self.horizon = horizon
    self.observations = observations
  }
}

/// What a regime, or a judge, needs to know of the future; equal requests share one set of scenarios.
public enum ScenarioRequest: Hashable, Sendable {
  /// The moves of a historical window.
  case historical(HistoricalRequest)
  /// Paths put together from the moves of random dates.
  case bootstrap(BootstrapRequest)
  /// Draws from an estimated law.
  case monteCarlo(MonteCarloRequest)
  /// An estimated law without draws, for closed forms: a set of no scenarios with its calibration.
  case law(MonteCarloRequest)
  /// A stress grid.
  case grid(GridRequest)
  /// The moves that really followed.
  case realised(RealisedRequest)

  /// How long a scenario lasts; `nil` for a grid, which is not a matter of time.
  public var horizon: Horizon? {
    switch self {
    case .historical(let request): request.horizon
    case .bootstrap(let request): request.horizon
    case .monteCarlo(let request), .law(let request): request.sample.horizon
    case .realised(let request): request.horizon
    case .grid: nil
    }
  }

  /// Whether the scenarios are random draws, whose number has an error.
  public var isDrawn: Bool {
    switch self {
    case .bootstrap, .monteCarlo: true
    case .historical, .law, .grid, .realised: false
    }
  }

  /// Whether the scenarios rest on a sample of history, whose length has an error.
  public var isEstimated: Bool {
    switch self {
    case .historical, .bootstrap, .monteCarlo, .law: true
    case .grid, .realised: false
    }
  }
}
