import Instruments
import LinearAlgebra
import MarketData

extension ScenarioSource {
  /// The moves of a window as they were; volatilities follow their response models, every other factor without history
  /// is constant, since a draw would not be history.
  func historical(_ request: HistoricalRequest) throws(ScenarioError) -> ScenarioSet {
    let sample = try sample(request)
    return sample.set(over: factors)
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
  func sample(_ request: HistoricalRequest) throws(ScenarioError) -> HistoricalSample {
    do throws(MarketDataError) {
      let horizon =
        request.scaling == .squareRoot ? try shortestHorizon(dividing: request.horizon) : request.horizon
      let panel = try history.moves(
        lookBack: request.lookBack, asOf: asOf, horizon: horizon, dustFloor: models.dustFloor)
      let steps = Double(request.horizon.hours / horizon.hours)
      return HistoricalSample(
        panel: panel, factors: factors, models: models, moveScale: steps.squareRoot())
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

/// A window of history, one row a factor.
struct HistoricalSample {
  let panel: MovePanel
  /// Factor × observation; zero where a factor has no move of its own.
  let moves: Matrix
  let coverage: [FactorCoverage]
  /// What moves are multiplied by to reach the horizon.
  let moveScale: Double
  private let responses: VolatilityResponses

  init(panel: MovePanel, factors: FactorSpace, models: ScenarioModels, moveScale: Double) {
    self.panel = panel
    self.moveScale = moveScale
    var moves = Matrix(rows: factors.count, columns: panel.count, repeating: 0)
    var coverage: [FactorCoverage] = []
    let places = Dictionary(uniqueKeysWithValues: panel.coverage.enumerated().map { ($1.asset, $0) })
    let responses = VolatilityResponses(models, in: factors)
    for (row, factor) in factors.factors.enumerated() {
      guard case .spot(let asset) = factor, let own = places[asset] else {
        coverage.append(responses.coverage(of: row, given: coverage) ?? FactorCoverage(source: .constant))
        continue
      }
      let proxy = panel.coverage[own].isComplete ? nil : models.proxies.first { $0.asset == asset }
      let place = proxy.flatMap { places[$0.standIn] } ?? own
      let beta = proxy?.beta ?? 1
      for (column, move) in panel.moves[place].enumerated() { moves[row, column] = beta * (move ?? 0) }
      coverage.append(
        FactorCoverage(
          source: proxy.map { .proxy($0.standIn, beta: $0.beta) } ?? .history,
          missing: panel.moves[place].indices.filter { panel.moves[place][$0] == nil },
          history: panel.coverage[own]))
    }
    self.moves = moves
    self.coverage = coverage
    self.responses = responses
  }

  func set(over factors: FactorSpace) -> ScenarioSet {
    var scaled = moves.scaled(by: moveScale)
    responses.apply(to: &scaled)
    return ScenarioSet(
      factors: factors, moves: scaled, labels: .moves(starts: panel.starts, ends: panel.ends),
      coverage: coverage, volatility: responses.answer)
  }
}
