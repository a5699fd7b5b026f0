extension ScenarioSource {
  /// How far a request's set would cover each factor, without drawing a scenario.
  ///
  /// - Parameter request: what would be asked for.
  /// - Throws: ``ScenarioError``, the same as ``scenarios(for:)`` would for want of data.
  /// - Returns: one entry a factor, in the order of ``factors``.
  public func coverage(of request: ScenarioRequest) throws(ScenarioError) -> [FactorCoverage] {
    switch request {
    case .historical(let request): try sample(request).coverage
    case .bootstrap(let request): try paths(request).coverage
    case .monteCarlo(let request), .law(let request): try calibration(for: request).coverage
    case .grid(let request): grid(request).coverage
    case .realised(let request): try realised(request).coverage
    }
  }
}
