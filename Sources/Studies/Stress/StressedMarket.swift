import LinearAlgebra
import Margin
import MarketData
import Scenarios
import Valuation

/// What the shocks make of the market at one point of a sweep.
struct StressedMarket: Sendable {
  /// The shocked scenarios, and the book after what has happened already.
  let recalibrated: ComparisonContext
  /// The scenarios as they were, and the same book.
  let unaware: ComparisonContext
  /// Whether the book is another than without the shocks.
  let isMoved: Bool
  /// What the shocks made of every calibration they reach.
  let laws: [ScenarioRequest: ShockedLaw]
  /// The shocked scenarios on which regimes are judged.
  let judge: ScenarioSet

  init(_ place: StressPlace, in context: StressContext) throws(StudyError) {
    let base = context.base
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    var failures = base.failures
    var laws: [ScenarioRequest: ShockedLaw] = [:]
    for request in base.requests {
      guard let stressable = context.stressables[request] else { continue }
      do throws(ScenarioError) {
        let stressed = try stressable.stressed(
          by: place.shocks, draw: place.draw, parallelism: context.settings.parallelism)
        sets[request] = stressed.set
        laws[request] = stressed.law
      } catch .shock(let error) {
        // What cannot be done to one calibration cannot be meant of the others either.
        throw .shock(error, scenarios: request.summary, strengths: place.shocks.map(\.strength))
      } catch {
        failures[request] = error
      }
    }
    guard let judge = sets[context.judgeRequest] else {
      throw .scenarios(failures[context.judgeRequest] ?? .tooFewScenarios(0))
    }
    let moves = (laws[context.judgeRequest]?.spotMoves ?? []).filter { $0.amount != 0 }
    let state = moves.isEmpty ? base.state : try base.state(after: moves)
    self.judge = judge
    self.laws = laws
    isMoved = !moves.isEmpty
    recalibrated = base.replacing(state: state, sets: sets, failures: failures)
    unaware =
      moves.isEmpty ? base : base.replacing(state: state, sets: base.sets, failures: base.failures)
  }
}

extension ComparisonContext {
  /// The book after moves that have happened already; implied volatilities answer by the study's models.
  func state(after moves: [FactorAmount]) throws(StudyError) -> BookState {
    let factors = source.factors
    var column = [Double](repeating: 0, count: factors.count)
    for move in moves {
      guard let place = factors.index(of: move.factor) else {
        throw .scenarios(.shock(.unknownFactor(move.factor)))
      }
      column[place] = (1 + column[place]) * (1 + move.amount) - 1
    }
    var answered: Set<Int> = []
    for model in settings.models.volatility {
      guard let place = factors.index(of: .volatility(model.asset)),
        let spot = factors.index(of: .spot(model.asset)), answered.insert(place).inserted,
        !moves.contains(where: { $0.factor == .volatility(model.asset) })
      else { continue }
      column[place] = model.move(spot: column[spot])
    }
    let set = ScenarioSet(
      factors: factors, moves: Matrix(rows: factors.count, columns: 1, elements: column),
      labels: .draws([0]), coverage: factors.factors.map { _ in FactorCoverage(source: .constant) },
      volatility: source.volatilityAnswer)
    do throws(ValuationError) {
      return try state.moved(by: set, scenarios: 0..<1).state(at: 0)
    } catch {
      throw .valuation(error)
    }
  }
}
