import LinearAlgebra
import MarketData
import Sampling
import Statistics

extension ScenarioSource {
  /// The scenarios of a request, ready to be recoloured by shocks: estimated once, and their random numbers kept.
  ///
  /// - Parameter request: what is asked for.
  /// - Throws: ``ScenarioError``, the same as ``scenarios(for:)`` would.
  /// - Returns: the set that ``scenarios(for:)`` makes, and what a shock is applied to.
  public func stressable(_ request: ScenarioRequest) throws(ScenarioError) -> StressableScenarios {
    switch request {
    case .monteCarlo(let own): return try stressable(request, own, try stressable(own))
    case .law(let own): return try stressable(request, own, try stressableLaw(own))
    case .historical(let own):
      let set = try historical(own)
      return try stressable(
        request, set, draws: nil, window: own, observations: nil,
        effective: set.weights?.effectiveSampleSize ?? Double(set.count))
    case .bootstrap(let own):
      let set = try bootstrap(own)
      let steps = set.calibration.map { ($0.observations, Double($0.observations.columns)) }
      let rootLength = Double(own.horizon.hours / own.steps.horizon.hours).squareRoot()
      return try stressable(
        request, set,
        draws: try BaseDraws(
          .plain, count: set.count,
          stream: DrawStream(seed: seed, stream: ScenarioStream.estimation.rawValue), dimensions: 1),
        window: own.steps, observations: steps?.0.scaled(by: rootLength), effective: steps?.1 ?? 0)
    case .grid, .realised:
      return StressableScenarios(
        request: request, set: try scenarios(for: request), subject: nil, source: .fixed)
    }
  }

  private func stressable(
    _ request: ScenarioRequest, _ own: MonteCarloRequest, _ drawn: DrawnScenarios
  ) throws(ScenarioError) -> StressableScenarios {
    StressableScenarios(
      request: request, set: drawn.set,
      subject: try drawn.subject(seed: seed, window: windows(like: own.sample)), source: .drawn(drawn))
  }

  /// A set of moves that are mapped.
  ///
  /// - Parameters:
  ///   - request: what was asked for.
  ///   - set: the scenarios.
  ///   - draws: the stream of random paths; `nil` for history.
  ///   - window: the request whose moves are like those of other windows.
  ///   - observations: what the scenarios are made of, scaled to the horizon; `nil` where they are the scenarios.
  ///   - effective: how many equally weighted observations that is.
  /// - Throws: ``ScenarioError``.
  /// - Returns: the set and what a shock is applied to.
  private func stressable(
    _ request: ScenarioRequest, _ set: ScenarioSet, draws: BaseDraws?, window: HistoricalRequest,
    observations: Matrix?, effective: Double
  ) throws(ScenarioError) -> StressableScenarios {
    let observed = try ObservedScenarios(
      set, responses: VolatilityResponses(models, in: factors), draws: draws)
    let still = Set(observed.moments.volatilities.indices).subtracting(observed.moments.moving)
    let subject = ShockSubject(
      moments: observed.moments, days: request.horizon?.days ?? window.horizon.days,
      observations: observations?.clearing(rows: still) ?? observed.moves, weights: set.weights,
      isEmpirical: draws == nil, degreesOfFreedom: nil, effectiveObservations: effective, seed: seed,
      window: windows(like: window))
    return StressableScenarios(request: request, set: set, subject: subject, source: .observed(observed))
  }

  /// The correlations of other windows of moves like those of a request, as they were and equally weighted.
  ///
  /// A period may lie after the as-of date: where a shock goes to is no calibration.
  private func windows(
    like request: HistoricalRequest
  ) -> @Sendable (LookBack) throws(ShockError) -> WindowCorrelation {
    { lookBack throws(ShockError) in
      let sample: HistoricalSample
      do throws(ScenarioError) {
        sample = try source(for: lookBack).sample(
          HistoricalRequest(lookBack: lookBack, horizon: request.horizon, scaling: request.scaling))
      } catch .marketData(let error) {
        throw .window(error)
      } catch {
        // Moves as they were have no other fault.
        throw .noObservations
      }
      let count = sample.panel.count
      guard count >= 2 else {
        throw .window(.lookBackTooLong(observations: 2, available: count, asOf: asOf))
      }
      let gappy = Set(sample.coverage.indices.filter { !sample.coverage[$0].isComplete })
      let moments = try FactorMoments(
        factors: factors, observations: sample.moves.clearing(rows: gappy), weights: nil)
      return WindowCorrelation(
        correlation: moments.correlation, isCovered: moments.volatilities.map { $0 > 0 })
    }
  }

  /// This source, or for a period one that sees the whole history.
  private func source(for lookBack: LookBack) throws(ScenarioError) -> ScenarioSource {
    guard case .period = lookBack, let last = history.times.last else { return self }
    return try ScenarioSource(
      history: history, asOf: last, models: models, seed: seed, count: count, parallelism: parallelism)
  }
}

extension Matrix {
  /// Zero in some rows.
  fileprivate func clearing(rows cleared: Set<Int>) -> Matrix {
    Matrix(rows: rows, columns: columns) { cleared.contains($0) ? 0 : self[$0, $1] }
  }
}
