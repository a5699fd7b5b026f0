import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// Looks for the most plausible joint move of prices at which a regime acts.
///
/// Plausible is the Mahalanobis distance under the judge's covariance of the spot prices and bases the account depends on;
/// implied volatilities answer prices by the study's models. After the move brackets and tiers are read again, calibrations
/// stay as they were, as in ``SafetyJudge``. Moves end where a price has lost 99.9 %, and at a distance of 100.
struct MoveSearch: Sendable {
  private let context: ComparisonContext
  private let regime: MarginRegime
  private let moved: MovedEvidence
  private let judge: ScenarioSet
  /// The places of the factors the account depends on, within the judge's.
  private let needed: [Int]
  /// Those of them that move, but for implied volatilities.
  private let movers: [Int]
  /// How implied volatilities answer spot prices.
  private let responses: [Response]
  /// The moves of one unit along each independent direction, mover × direction: colouring · its transpose is the covariance.
  private let colouring: Matrix

  init(_ context: ComparisonContext, _ regime: MarginRegime) throws(StudyError) {
    let request = context.settings.judge.request
    if let failure = context.failures[request] { throw .scenarios(failure) }
    guard let judge = context.sets[request], let covariance = judge.calibration?.covariance else {
      preconditionFailure("a judge without a covariance")
    }
    self.context = context
    self.regime = regime
    self.judge = judge
    moved = try context.movedEvidence(of: regime)
    do throws(ValuationError) {
      needed = try FactorBinding(context.state.rows, in: judge.factors).needed
    } catch {
      throw .valuation(error)
    }
    movers = needed.filter { covariance[$0, $0] > 0 && !judge.factors.factors[$0].isVolatility }
    colouring = try Self.colouring(of: covariance, movers)
    responses = Self.responses(of: context.settings.models, in: judge.factors)
  }

  /// D·V·√Λ over the eigenvectors of the correlations whose eigenvalues are not zero but for rounding.
  private static func colouring(of covariance: Matrix, _ movers: [Int]) throws(StudyError) -> Matrix {
    let deviations = movers.map { covariance[$0, $0].squareRoot() }
    let correlation = Matrix(rows: movers.count, columns: movers.count) { row, column in
      row == column
        ? 1 : covariance[movers[row], movers[column]] / (deviations[row] * deviations[column])
    }
    guard !movers.isEmpty else { return correlation }
    do throws(LinearAlgebraError) {
      let spectrum = try SymmetricEigen(correlation)
      let largest = spectrum.values[movers.count - 1]
      let kept = spectrum.values.indices.filter { spectrum.values[$0] > eigenvalueFloor * largest }
      return Matrix(rows: movers.count, columns: kept.count) { row, column in
        deviations[row] * spectrum.vectors[row, kept[column]]
          * spectrum.values[kept[column]].squareRoot()
      }
    } catch {
      throw .scenarios(.covariance(.decomposition(error)))
    }
  }

  /// The answer for one event, which has not happened.
  func outcome(_ event: ReverseEvent) throws(StudyError) -> ReverseStress.Outcome {
    let uncovered = needed.filter {
      !judge.coverage[$0].isComplete && !judge.factors.factors[$0].isVolatility
    }
    guard uncovered.isEmpty else {
      let names = uncovered.map { judge.factors.factors[$0].description }.joined(separator: ", ")
      return .unreachable(reason: "the judge's history does not cover \(names)")
    }
    guard !movers.isEmpty else {
      return .unreachable(reason: "nothing the account depends on moves under the judge's law")
    }
    let isDear = moved.stateLimit != nil
    let search = NearestFailureSearch<StudyError>(
      effort: isDear ? .sparing : .thorough, farthest: farthest
    ) { points throws(StudyError) in
      try poolHeadrooms(at: points, event).map { $0.min() ?? .infinity }
    }
    let origin = [Double](repeating: 0, count: colouring.columns)
    // The account as the evidence of moved states has it may be where today's draws do not have it yet.
    guard try poolHeadrooms(at: [origin], event)[0].allSatisfy({ $0 > 0 }) else { return .already }
    guard let nearest = try search.nearest(from: try directions(event, isFew: isDear)) else {
      return .unreachable(reason: reasonForNone)
    }
    return try verified(nearest, event)
  }

  /// The answer with the engine's own figures; none where the engine does not see the event there.
  private func verified(
    _ nearest: NearestFailure, _ event: ReverseEvent
  ) throws(StudyError) -> ReverseStress.Outcome {
    let there = try assessment(at: nearest.point)
    guard there.status >= event.status else { return .unreachable(reason: reasonForNone) }
    let moves = moves(at: nearest.point)
    let shown = needed.filter { place in
      movers.contains(place) || responses.contains { $0.volatility == place }
    }
    return .found(
      ReverseAnswer(
        method: nearest.isLinear ? .piecewiseClosedForm : .iteration, iterations: nearest.iterations,
        hasConverged: nearest.hasConverged, correlation: nil, today: nil, moves: shown.map { moves[$0] },
        factors: shown.map { judge.factors.factors[$0] }, distance: nearest.distance,
        probability: judge.calibration?.law.map { $0.tail.probability(beyond: nearest.distance) },
        equity: there.equity, initial: there.initial, maintenance: there.maintenance, status: there.status,
        statusBefore: try assessment(at: nearest.point.map { $0 * Self.shareBefore }).status))
  }

  private var reasonForNone: String {
    let hasPosition = context.state.rows.contains { $0.kind.isPosition }
    return (hasPosition ? "" : "the account holds no position: ")
      + "no move within 100 standard deviations, and short of a fall by 99.9 %, was found to bring it about"
  }

  // MARK: Moves

  private struct Response: Sendable {
    let volatility: Int
    let spot: Int
    let model: VolatilityModel
  }

  /// The first model of each asset.
  private static func responses(of models: ScenarioModels, in factors: FactorSpace) -> [Response] {
    var taken: Set<Int> = []
    return models.volatility.compactMap { model in
      guard let volatility = factors.index(of: .volatility(model.asset)),
        let spot = factors.index(of: .spot(model.asset)), taken.insert(volatility).inserted
      else { return nil }
      return Response(volatility: volatility, spot: spot, model: model)
    }
  }

  /// The moves of all factors at a point.
  private func moves(at point: [Double]) -> [Double] {
    var moves = [Double](repeating: 0, count: judge.factors.count)
    for (factor, move) in zip(movers, multiply(colouring, point)) { moves[factor] = move }
    for response in responses { moves[response.volatility] = response.model.move(spot: moves[response.spot]) }
    return moves
  }

  /// How far along a direction no price has lost more than nearly all it is worth.
  @Sendable private func farthest(_ direction: [Double]) -> Double {
    let fastest = multiply(colouring, direction).min() ?? 0
    return fastest < 0 ? min(Self.farthestDistance, Self.deepestFall / fastest) : Self.farthestDistance
  }

  /// Where the search begins: down the slope of every pool, and up and down each asset, the whole market, and each
  /// independent direction.
  private func directions(_ event: ReverseEvent, isFew: Bool) throws(StudyError) -> [[Double]] {
    let count = colouring.columns
    func axis(_ place: Int, _ length: Double) -> [Double] {
      (0..<count).map { $0 == place ? length : 0 }
    }
    let beside = try poolHeadrooms(
      at: (0..<count).flatMap { [axis($0, Self.slopeStep), axis($0, -Self.slopeStep)] }, event)
    let slopes = beside[0].indices.map { pool in
      (0..<count).map { beside[2 * $0 + 1][pool] - beside[2 * $0][pool] }
    }
    let market = movers.indices.filter { judge.factors.factors[movers[$0]].isOfTheMarket }
    let together = (0..<count).map { place in market.reduce(0) { $0 + colouring[$1, place] } }
    let assets = movers.indices.map(colouring.row)
    let both = ([together] + assets + (isFew ? [] : (0..<count).map { axis($0, 1) }))
      .flatMap { direction in [direction, direction.map { -$0 }] }
    return slopes + both
  }

  // MARK: The engine

  /// The headroom of every pool at every point.
  private func poolHeadrooms(
    at points: [[Double]], _ event: ReverseEvent
  ) throws(StudyError) -> [[Double]] {
    guard !points.isEmpty else { return [] }
    let set = scenarios(points)
    let blocks = try mapBlocks(
      of: points.count, size: moved.stateLimit == nil ? Self.statesPerBlock : 1,
      parallelism: context.settings.parallelism
    ) { (_, range) throws(StudyError) in
      let batch = try demanded(under: set, range)
      return (0..<batch.count).map { state in
        batch.pools.map {
          regime.levels.headroom(
            to: event, equity: $0.equity[state], maintenance: $0.maintenance[state])
        }
      }
    }
    return blocks.flatMap { $0 }
  }

  private func demanded(under set: ScenarioSet, _ range: Range<Int>) throws(StudyError) -> RequirementBatch {
    let states: BookStates
    do throws(ValuationError) {
      states = try context.state.moved(by: set, scenarios: range)
    } catch {
      throw .valuation(error)
    }
    do throws(MarginError) {
      return try requirements(of: regime, for: states, given: moved.evidence)
    } catch {
      throw .margin(error)
    }
  }

  /// What the regime says of the account after a move.
  private func assessment(at point: [Double]) throws(StudyError) -> MarginAssessment {
    let state: BookState
    do throws(ValuationError) {
      state = try context.state.moved(by: scenarios([point]), scenarios: 0..<1).state(at: 0)
    } catch {
      throw .valuation(error)
    }
    do throws(MarginError) {
      return try requirement(of: regime, for: state, given: moved.evidence)
    } catch {
      throw .margin(error)
    }
  }

  /// One scenario a point.
  private func scenarios(_ points: [[Double]]) -> ScenarioSet {
    let columns = points.map(moves)
    return ScenarioSet(
      factors: judge.factors,
      moves: Matrix(rows: judge.factors.count, columns: points.count) { columns[$1][$0] },
      labels: .draws(Array(points.indices)), coverage: judge.coverage, volatility: judge.volatility)
  }

  private static let eigenvalueFloor = 1e-12
  private static let farthestDistance = 100.0
  private static let deepestFall = -0.999
  private static let slopeStep = 1e-4
  private static let shareBefore = 0.999
  private static let statesPerBlock = 512
}

extension RiskFactor {
  var isVolatility: Bool { if case .volatility = self { true } else { false } }

  /// Whether it moves with the whole market: a spot price that is not pegged to the dollar.
  fileprivate var isOfTheMarket: Bool {
    if case .spot(let asset) = self { !asset.isPeggedToDollar } else { false }
  }
}
