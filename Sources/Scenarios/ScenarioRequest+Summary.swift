import MarketData
import Statistics

extension ScenarioRequest {
  /// The request in a few words, such as `gaussian 1 d, exponentiallyWeighted(0.97) over 365 observations`.
  public var summary: String {
    switch self {
    case .historical(let request): return "historical \(request.summary)"
    case .monteCarlo(let request):
      let stream = request.stream == .estimation ? "" : ", \(request.stream) stream"
      return
        "\(request.law) \(request.sample.horizon), \(request.estimator.summary) over \(request.sample.lookBack)\(stream)"
    case .grid(let request): return "grid of \(request.points.count) points"
    case .realised(let request): return "realised \(request.horizon), \(request.observations) observations"
    }
  }
}

extension HistoricalRequest {
  fileprivate var summary: String {
    "\(horizon)\(scaling == .squareRoot ? " by square root" : ""), \(lookBack)"
  }
}

extension CovarianceEstimator {
  fileprivate var summary: String {
    switch self {
    case .equallyWeighted: "sample covariance"
    case .exponentiallyWeighted(let decay, _): "exponentially weighted covariance (\(decay))"
    }
  }
}
