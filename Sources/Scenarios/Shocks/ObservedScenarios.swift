import LinearAlgebra
import MarketData
import Parallel
import Statistics

/// Moves of history, or paths made of them, ready to be mapped to other moments.
struct ObservedScenarios: Sendable {
  /// The scenarios before any shock.
  let set: ScenarioSet
  /// The moments of the scenarios, over the factors they cover.
  let moments: FactorMoments
  /// The moves of the factors that are covered and have a law of their own, zero for others: factor × scenario.
  let moves: Matrix
  private let responses: VolatilityResponses
  private let base: RecolouringBase
  /// The numbers by which random paths are told apart; `nil` for history, of which a mixture has every move twice.
  private let draws: BaseDraws?

  /// Prepares a set.
  ///
  /// - Parameters:
  ///   - set: the scenarios.
  ///   - responses: of the volatilities that answer prices.
  ///   - draws: the stream of random paths; `nil` for history.
  /// - Throws: ``ScenarioError``.
  init(_ set: ScenarioSet, responses: VolatilityResponses, draws: BaseDraws?) throws(ScenarioError) {
    var moves = set.moves
    let answering = Set(responses.responses.map(\.volatility))
    for row in 0..<moves.rows where answering.contains(row) || !set.coverage[row].isComplete {
      moves.withMutableRow(row) { span in
        for index in span.indices { span[index] = 0 }
      }
    }
    do throws(ShockError) {
      moments = try FactorMoments(factors: set.factors, observations: moves, weights: set.weights)
    } catch {
      throw .shock(error)
    }
    self.set = set
    self.moves = moves
    self.responses = responses
    self.draws = draws
    base = try RecolouringBase(moments)
  }

  /// The scenarios of a shocked law.
  ///
  /// - Parameters:
  ///   - law: what a shock made of the moments.
  ///   - parallelism: how many blocks may be at work at once.
  /// - Throws: ``ScenarioError``; ``ShockError/doesNotMove(_:)`` for a volatility given to a factor that has gaps.
  /// - Returns: the set.
  func scenarios(of law: ShockedLaw, _ parallelism: Parallelism) throws(ScenarioError) -> ScenarioSet {
    try responses.requireRest(of: law.components)
    let base = law.base == moments ? self.base : try RecolouringBase(law.base)
    var maps: [Recolouring] = []
    for component in law.components {
      let map = try Recolouring(from: base, to: component.moments)
      if let gap = map.begun.first(where: { !set.coverage[$0].isComplete }) {
        throw .shock(.doesNotMove(set.factors.factors[gap]))
      }
      maps.append(map)
    }
    if maps.count == 1, maps[0].isIdentity {
      guard let weights = law.weights else { return set }
      return copy(set.moves, set.labels, set.coverage, weights)
    }
    let mapped = maps.map { map in answered(map.applied(to: set.moves, parallelism)) }
    let coverage = set.coverage.beginning(Set(maps.flatMap(\.begun)))
    let weights = law.weights ?? set.weights
    guard mapped.count > 1 else { return copy(mapped[0], set.labels, coverage, weights) }
    let probabilities = law.components.map(\.probability)
    guard let draws else { return try everyMove(mapped, probabilities, coverage, weights) }
    let chosen = draws.components(probabilities)
    let mixed = Matrix(rows: set.moves.rows, columns: set.count) { mapped[chosen[$1]][$0, $1] }
    return copy(mixed, set.labels, coverage, weights)
  }

  /// Moves with those of the volatilities that answer them.
  private func answered(_ moves: Matrix) -> Matrix {
    var moves = moves
    responses.apply(to: &moves)
    return moves
  }

  /// Every scenario once under each law, weighted by its probability.
  private func everyMove(
    _ laws: [Matrix], _ probabilities: [Double], _ coverage: [FactorCoverage], _ weights: SampleWeights?
  ) throws(ScenarioError) -> ScenarioSet {
    let own = weights?.values ?? [Double](repeating: 1 / Double(set.count), count: set.count)
    let count = set.count
    let joined: SampleWeights
    do throws(EstimationError) {
      joined = try SampleWeights(probabilities.flatMap { probability in own.map { probability * $0 } })
    } catch {
      throw .estimation(error, factor: "mixture")
    }
    return copy(
      Matrix(rows: set.moves.rows, columns: count * laws.count) { laws[$1 / count][$0, $1 % count] },
      set.labels.repeated(laws.count),
      coverage.map { one in
        FactorCoverage(
          source: one.source,
          missing: laws.indices.flatMap { law in one.missing.map { $0 + law * count } }, history: one.history)
      }, joined)
  }

  private func copy(
    _ moves: Matrix, _ labels: ScenarioLabels, _ coverage: [FactorCoverage], _ weights: SampleWeights?
  ) -> ScenarioSet {
    ScenarioSet(
      factors: set.factors, moves: moves, labels: labels, coverage: coverage, volatility: set.volatility,
      calibration: set.calibration, weights: weights, replicates: set.replicates, filtering: set.filtering)
  }
}

extension ScenarioLabels {
  /// The same labels several times over.
  fileprivate func repeated(_ times: Int) -> ScenarioLabels {
    func again<Element>(_ values: [Element]) -> [Element] { (0..<times).flatMap { _ in values } }
    switch self {
    case .moves(let starts, let ends): return .moves(starts: again(starts), ends: again(ends))
    case .draws(let numbers): return .draws(again(numbers))
    case .grid(let points): return .grid(again(points))
    }
  }
}
