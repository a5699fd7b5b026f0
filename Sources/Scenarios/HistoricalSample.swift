import LinearAlgebra
import MarketData
import Statistics

/// A window of history, one row a factor.
struct HistoricalSample: Sendable {
  let panel: MovePanel
  /// Factor × observation; zero where a factor has no move of its own.
  let moves: Matrix
  let coverage: [FactorCoverage]
  /// What moves are multiplied by to reach the horizon.
  let moveScale: Double
  /// What a filter did to the moves; `nil` where they are as they were.
  let filtering: FilterReport?
  /// The numbers the filter was fitted with.
  let fits: [FittedParameter]
  private let responses: VolatilityResponses

  /// The moves as they were.
  init(panel: MovePanel, factors: FactorSpace, models: ScenarioModels, moveScale: Double) {
    self.panel = panel
    self.moveScale = moveScale
    filtering = nil
    fits = []
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

  /// The moves of one step after a filter, compounded to the moves of a window.
  ///
  /// Move t of the window is ∏(1 + x*) − 1 over the steps it spans: to filter the overlapping moves themselves would take
  /// one step for several observations of its volatility. A move lacks where one of its steps does.
  ///
  /// - Parameters:
  ///   - panel: the window.
  ///   - steps: its steps, from the start of its first move to the end of its last.
  ///   - filtered: the steps after the filter.
  ///   - moveScale: what moves are multiplied by to reach the horizon.
  init(panel: MovePanel, steps: HistoricalSample, filtered: FilteredMoves, moveScale: Double) {
    let length = steps.panel.count - panel.count + 1
    self.panel = panel
    self.moveScale = moveScale
    filtering = filtered.report
    fits = filtered.fits
    responses = steps.responses
    moves =
      length == 1
      ? filtered.moves
      : Matrix(rows: filtered.moves.rows, columns: panel.count) { row, column in
        var path = CompoundMove()
        for step in column..<(column + length) { path.append(filtered.moves[row, step]) }
        return path.move
      }
    let held = Dictionary(uniqueKeysWithValues: panel.coverage.map { ($0.asset, $0) })
    coverage = zip(steps.coverage, filtered.missing).map { coverage, missing in
      let gaps = Set(missing)
      return FactorCoverage(
        source: coverage.source,
        missing: gaps.isEmpty
          ? [] : (0..<panel.count).filter { move in (move..<(move + length)).contains { gaps.contains($0) } },
        history: coverage.history.flatMap { held[$0.asset] })
    }
  }

  func set(over factors: FactorSpace, weights: SampleWeights? = nil) -> ScenarioSet {
    ScenarioSet(
      factors: factors, moves: answered(moves.scaled(by: moveScale)),
      labels: .moves(starts: panel.starts, ends: panel.ends), coverage: coverage,
      volatility: responses.answer, weights: weights, filtering: filtering)
  }

  /// Moves with those of the volatilities that respond to them.
  func answered(_ moves: Matrix) -> Matrix {
    var moves = moves
    responses.apply(to: &moves)
    return moves
  }

  /// How the volatility of an option answers.
  var answer: VolatilityAnswer { responses.answer }
}

extension Matrix {
  /// Stops at the first factor of which a move is not a finite number.
  func requireFinite(for factors: FactorSpace) throws(ScenarioError) {
    guard let place = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw .estimation(
      .notFinite(index: place % columns), factor: factors.factors[place / columns].description)
  }
}

/// One move put together from the moves of the steps it spans: ∏(1 + x) − 1.
///
/// A step below −1 is not a move of any price. It ends the path, which keeps that step's move, so that whoever makes a
/// scenario set of it sets it to −1 and counts it.
struct CompoundMove {
  private var growth = 1.0
  private var end: Double?

  mutating func append(_ step: Double) {
    guard end == nil else { return }
    if step < -1 { end = step }
    growth *= 1 + step
  }

  var move: Double { end ?? growth - 1 }
}
