import MarketData
import Statistics

extension ScenarioRequest {
  /// The request in a few words, such as `gaussian 1 d, exponentiallyWeighted(0.97) over 365 observations`.
  public var summary: String {
    switch self {
    case .historical(let request): return "historical \(request.summary)"
    case .bootstrap(let request): return request.summary
    case .monteCarlo(let request): return request.summary
    case .law(let request): return "\(request.summary), closed form"
    case .grid(let request): return "grid of \(request.points.count) points"
    case .realised(let request): return "realised \(request.horizon), \(request.observations) observations"
    }
  }
}

extension MonteCarloRequest {
  fileprivate var summary: String {
    var words = "\(law) \(sample.horizon), \(estimator.summary) over \(sample.lookBack)"
    if let filter = sample.filter { words += ", \(filter.summary)" }
    if dependence != .estimated { words += ", \(dependence.rawValue)" }
    if sampling != .plain { words += ", \(sampling.rawValue)" }
    if stream != .estimation { words += ", \(stream) stream" }
    return words
  }
}

extension HistoricalRequest {
  fileprivate var summary: String {
    var words = "\(horizon)\(scaling == .squareRoot ? " by square root" : ""), \(lookBack)"
    if let filter { words += ", \(filter.summary)" }
    if case .decaying(let decay) = weighting { words += ", weights \(decay)^age" }
    return words
  }
}

extension BootstrapRequest {
  fileprivate var summary: String {
    let steps = "\(horizon) from steps of \(steps.horizon), \(steps.lookBack)"
    let blocks = blockLength == 1 ? "" : ", blocks of \(blockLength)"
    guard let dynamics else { return "block bootstrap \(steps)\(blocks)" }
    let floor = floorShare == 0 ? "" : ", floor \(floorShare)"
    return "filtered historical \(steps), \(dynamics.summary)\(floor)\(blocks)"
  }
}

extension HistoricalFilter {
  fileprivate var summary: String {
    switch self {
    case .volatility(let dynamics, let floorShare):
      "volatility scaled by \(dynamics.summary)\(floorShare == 0 ? "" : ", floor \(floorShare)")"
    case .covariance(let volatilityDecay, let correlationDecay):
      "volatilities (\(volatilityDecay)) and correlations (\(correlationDecay)) scaled"
    }
  }
}

extension VolatilityDynamics {
  fileprivate var summary: String {
    switch self {
    case .exponentiallyWeighted(let decay): "EWMA \(decay)"
    case .garch: "GARCH(1,1)"
    }
  }
}

extension CovarianceEstimator {
  fileprivate var summary: String {
    switch self {
    case .equallyWeighted: "sample covariance"
    case .exponentiallyWeighted(let decay, _): "exponentially weighted covariance (\(decay))"
    case .splitDecay(let volatility, let correlation):
      "exponentially weighted covariance (volatilities \(volatility), correlations \(correlation))"
    case .shrunk(.scaledIdentity): "Ledoit–Wolf covariance (scaled identity)"
    case .shrunk(.constantCorrelation): "Ledoit–Wolf covariance (constant correlation)"
    case .shrunk(.oracleApproximating): "oracle approximating shrinkage covariance"
    case .eigenvalueClipping: "covariance with noise eigenvalues clipped"
    case .pairwise(let least): "pairwise covariance (at least \(least) common moves)"
    }
  }
}
