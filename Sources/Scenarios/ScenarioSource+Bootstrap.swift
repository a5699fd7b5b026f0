import MarketData

extension ScenarioSource {
  /// Paths put together from the moves of random dates.
  ///
  /// The steps do not overlap: they are counted back from the as-of date. Without dynamics a step's move is that of its
  /// date; with them it is the date's residual at a volatility that goes on from the one after the last date, by the
  /// recursion fitted to the window. Every date is as likely as any other. Volatilities respond to the moves of spot prices
  /// by their models, and nothing else is drawn: as in historical sets, the basis stays where it is. A factor with gaps does
  /// not move, and is missing. Made again from chosen dates, a set keeps the recursions and the volatilities of now and draws
  /// from the chosen residuals alone: fitting every resample anew would take longer than the study.
  func bootstrap(_ request: BootstrapRequest) throws(ScenarioError) -> ScenarioSet {
    try paths(request).scenarios(count, parallelism)
  }

  /// The steps of a bootstrap and how each factor goes through them.
  func paths(_ request: BootstrapRequest) throws(ScenarioError) -> HistoricalPaths {
    let steps = request.steps
    precondition(
      steps.filter == nil && steps.weighting == .equal && steps.scaling == .overlapping,
      "the steps of a bootstrap are moves as they were")
    guard request.horizon.hours % steps.horizon.hours == 0 else {
      throw .horizonNotAMultiple(of: steps.horizon, horizon: request.horizon)
    }
    return try HistoricalPaths(request, steps: separateMoves(steps), source: self)
  }
}
