public import MarketData
public import Statistics

/// The law from which Monte Carlo moves are drawn; a law of simple returns with mean zero.
public enum MoveLaw: Hashable, Sendable, CustomStringConvertible {
  /// Multivariate normal.
  case gaussian
  /// Multivariate Student-t with one common mixing variable, scaled to the covariance; more than two degrees of freedom.
  case studentT(degreesOfFreedom: Double)

  /// `gaussian` or `studentT(4)`.
  public var description: String {
    switch self {
    case .gaussian: "gaussian"
    case .studentT(let degrees): "studentT(\(Int(exactly: degrees).map(String.init) ?? "\(degrees)"))"
    }
  }
}

/// How moves over a horizon longer than a step are obtained.
public enum HorizonScaling: String, Hashable, Sendable, CaseIterable {
  /// From overlapping moves of the full length.
  case overlapping
  /// From one-step moves, multiplied by the square root of the number of steps; no step is shorter than an hour.
  case squareRoot
}

/// Which random numbers a Monte Carlo set draws; the judge never shares those of an estimate.
public enum ScenarioStream: UInt32, Hashable, Sendable {
  /// For the sets from which regimes estimate their requirement.
  case estimation = 1
  /// For the set on which all regimes are judged.
  case judge = 2
}

/// A request for the moves of a historical window, as they were.
public struct HistoricalRequest: Hashable, Sendable {
  /// Which moves.
  public let lookBack: LookBack
  /// How long each lasts.
  public let horizon: Horizon
  /// How longer horizons are reached.
  public let scaling: HorizonScaling

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - lookBack: which moves.
  ///   - horizon: how long each lasts.
  ///   - scaling: how longer horizons are reached.
  public init(lookBack: LookBack, horizon: Horizon, scaling: HorizonScaling = .overlapping) {
    self.lookBack = lookBack
    self.horizon = horizon
    self.scaling = scaling
  }
}

/// A request for draws from a law whose covariance is estimated from a historical window.
public struct MonteCarloRequest: Hashable, Sendable {
  /// The law.
  public let law: MoveLaw
  /// The sample from which the covariance is estimated.
  public let sample: HistoricalRequest
  /// How the covariance is estimated.
  public let estimator: CovarianceEstimator
  /// Which random numbers are drawn.
  public let stream: ScenarioStream

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - law: the law.
  ///   - sample: the sample from which the covariance is estimated.
  ///   - estimator: how it is estimated.
  ///   - stream: which random numbers are drawn.
  public init(
    law: MoveLaw, sample: HistoricalRequest, estimator: CovarianceEstimator,
    stream: ScenarioStream = .estimation
  ) {
    self.law = law
    self.sample = sample
    self.estimator = estimator
    self.stream = stream
  }
}

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
  /// Draws from an estimated law.
  case monteCarlo(MonteCarloRequest)
  /// A stress grid.
  case grid(GridRequest)
  /// The moves that really followed.
  case realised(RealisedRequest)
}
