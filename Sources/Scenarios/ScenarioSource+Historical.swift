import Instruments
import LinearAlgebra
import MarketData
import Statistics

extension ScenarioSource {
  /// The moves of a window, as they were or filtered; volatilities follow their response models, every other factor
  /// without history is constant, since a draw would not be history.
  func historical(_ request: HistoricalRequest) throws(ScenarioError) -> ScenarioSet {
    let sample = try sample(request)
    return sample.set(over: factors, weights: try request.weighting.weights(count: sample.panel.count))
  }

  func realised(_ request: RealisedRequest) throws(ScenarioError) -> ScenarioSet {
    do throws(MarketDataError) {
      let panel = try history.realisedMoves(
        after: asOf, count: request.observations, horizon: request.horizon, dustFloor: models.dustFloor)
      return HistoricalSample(panel: panel, factors: factors, models: models, moveScale: 1).set(over: factors)
    } catch {
      throw .marketData(error)
    }
  }

  /// The moves of a window, one row a factor.
  ///
  /// A filter works on the moves of single steps, the shortest that are whole hours, counted back from the as-of date so
  /// that they do not overlap; decays are those of a step. It sees the window alone: what is known before the window's
  /// first step is the average over the window, and `now` is the end of its last.
  func sample(_ request: HistoricalRequest) throws(ScenarioError) -> HistoricalSample {
    let window: Window
    do throws(MarketDataError) {
      window = try self.window(request)
    } catch {
      throw .marketData(error)
    }
    guard let filter = request.filter, let steps = window.steps else {
      return HistoricalSample(
        panel: window.panel, factors: factors, models: models, moveScale: window.moveScale)
    }
    let single = HistoricalSample(panel: steps, factors: factors, models: models, moveScale: 1)
    let filtered = try FilteredMoves(single, by: filter, factors: factors, parallelism: parallelism)
    let sample = HistoricalSample(
      panel: window.panel, steps: single, filtered: filtered, moveScale: window.moveScale)
    try sample.moves.requireFinite(for: factors)
    return sample
  }

  /// The moves of a window and, where they are to be filtered, the single steps they are made of.
  private typealias Window = (panel: MovePanel, steps: MovePanel?, moveScale: Double)

  private func window(_ request: HistoricalRequest) throws(MarketDataError) -> Window {
    let step = try shortestHorizon(dividing: request.horizon)
    let horizon = request.scaling == .squareRoot ? step : request.horizon
    let moveScale = Double(request.horizon.hours / horizon.hours).squareRoot()
    let history = request.filter == nil ? self.history : try self.history.inSteps(of: step, endingAt: asOf)
    let panel = try history.moves(
      lookBack: request.lookBack, asOf: asOf, horizon: horizon, dustFloor: models.dustFloor)
    guard request.filter != nil, let first = panel.starts.first, let last = panel.ends.last else {
      return (panel, nil, moveScale)
    }
    let spanned = LookBack.period(from: first.advanced(bySeconds: step.hours * 3_600), to: last)
    let steps = try history.moves(lookBack: spanned, asOf: asOf, horizon: step, dustFloor: models.dustFloor)
    return (panel, steps, moveScale)
  }

  /// The moves of a window that do not overlap, one row a factor.
  func separateMoves(_ request: HistoricalRequest) throws(ScenarioError) -> HistoricalSample {
    do throws(MarketDataError) {
      let panel = try history.inSteps(of: request.horizon, endingAt: asOf).moves(
        lookBack: request.lookBack, asOf: asOf, horizon: request.horizon, dustFloor: models.dustFloor)
      return HistoricalSample(panel: panel, factors: factors, models: models, moveScale: 1)
    } catch {
      throw .marketData(error)
    }
  }

  /// The shortest horizon that is whole in hours and in steps of the history, and of which another is a multiple.
  private func shortestHorizon(dividing horizon: Horizon) throws(MarketDataError) -> Horizon {
    let step = history.stepSeconds
    let hours = (1...horizon.hours).first { $0 * 3_600 % step == 0 && horizon.hours % $0 == 0 }
    guard let hours else { throw .horizonNotAMultiple(hours: horizon.hours, stepSeconds: step) }
    return Horizon(hours: hours)
  }

  /// The variance of every factor that follows a response model, zero for the others.
  func modelVariances(over horizon: Horizon) -> [Double] {
    var variances = [Double](repeating: 0, count: factors.count)
    for model in models.basis {
      guard let place = factors.index(of: .basis(model.asset, model.style)) else { continue }
      variances[place] = model.dailyVolatility * model.dailyVolatility * horizon.days
    }
    return variances
  }
}

extension AgeWeighting {
  /// What each move of a sample counts, oldest first; `nil` where all count the same.
  fileprivate func weights(count: Int) throws(ScenarioError) -> SampleWeights? {
    guard case .decaying(let decay) = self else { return nil }
    do throws(EstimationError) {
      return try SampleWeights.ageWeighted(count: count, decay: decay)
    } catch {
      throw .outOfDomain(field: "decay", value: decay, allowed: "a number above 0 and at most 1")
    }
  }
}

extension PriceHistory {
  /// The rows at whole multiples of a step before a moment, so that moves of one step do not overlap.
  fileprivate func inSteps(of step: Horizon, endingAt asOf: Timestamp) throws(MarketDataError) -> PriceHistory
  {
    let rowSeconds = stepSeconds
    let seconds = step.hours * 3_600
    guard seconds % rowSeconds == 0 else {
      throw .horizonNotAMultiple(hours: step.hours, stepSeconds: rowSeconds)
    }
    let stride = seconds / rowSeconds
    guard stride > 1 else { return self }
    let last = try row(at: asOf)
    let rows = Array(Swift.stride(from: last % stride, through: last, by: stride))
    return try PriceHistory(
      times: rows.map { times[$0] },
      series: series.map { one in PriceSeries(asset: one.asset, prices: rows.map { one.prices[$0] }) })
  }
}
