public import Instruments
import LinearAlgebra
import MarketData
import Scenarios
public import Valuation

/// How far prices must move before a pool reaches a level, everything else unchanged.
public struct MarginDistance: Hashable, Sendable {
  /// What moves.
  public enum Axis: Hashable, Sendable {
    /// The price of one asset, as collateral and under every contract on it.
    case asset(Asset)
    /// The prices of all assets but those pegged to the dollar, alike.
    case market
  }

  /// Which way.
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// Down, at most to nothing.
    case fall
    /// Up, at most to ``MarginDistance/farthestRise``.
    case rise
  }

  /// What is reached.
  public enum Level: String, Hashable, Sendable, CaseIterable {
    /// The regime's call level.
    case call
    /// The regime's liquidation level.
    case liquidation
  }

  /// The pool.
  public let pool: String
  /// What moves.
  public let axis: Axis
  /// Which way.
  public let direction: Direction
  /// What is reached.
  public let level: Level
  /// The first relative move at which it is reached; zero where it is reached today, `nil` where no move reaches it.
  public let move: Double?

  /// The farthest rise looked at: tenfold and one.
  public static let farthestRise = 10.0

  /// The price of a contract or asset where the level is reached.
  ///
  /// - Parameter price: today's.
  /// - Returns: price · (1 + move); `nil` where no move reaches the level.
  public func price(from price: Double) -> Double? { move.map { price * (1 + $0) } }
}

/// How far each pool of an account is from its levels, along every asset it depends on and along the whole market.
///
/// The requirement is asked for anew at every move, so that brackets, haircut tiers and grids are read at the moved state:
/// a liquidation price re-tiers. The first crossing outward from today is bracketed in steps of one per cent (of five on the
/// way up) and at every edge of a bracket or of a collateral tier, and cut down to 1e-13; a pool that leaves a level and
/// returns to it between two of these, as under an option's curve, is not seen.
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets or laws the regime asked for; laws in closed form where it draws.
/// - Throws: ``MarginError``.
/// - Returns: pool by pool, the assets by symbol and then the market; fall before rise, call before liquidation.
public func distances(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> [MarginDistance] {
  var distances: [MarginDistance] = []
  for (place, pool) in regime.pooling.pools(of: state.rows).enumerated() {
    for axis in state.axes(of: pool) {
      for direction in MarginDistance.Direction.allCases {
        let search = LevelSearch(
          regime: regime, state: state, evidence: evidence, pool: place, axis: axis, direction: direction)
        let moves = try search.firstMoves()
        for level in MarginDistance.Level.allCases {
          distances.append(
            MarginDistance(
              pool: pool.name, axis: axis, direction: direction, level: level, move: moves[level] ?? nil))
        }
      }
    }
  }
  return distances
}

extension BookState {
  /// The assets a pool depends on, and the market where there are several.
  fileprivate func axes(of pool: MarginPool) -> [MarginDistance.Axis] {
    let assets = Set(pool.rows.flatMap { [rows[$0].asset, rows[$0].settlement] })
      .filter { !$0.isPeggedToDollar }.sorted()
    return assets.map { .asset($0) } + (assets.count > 1 ? [.market] : [])
  }
}

/// Looks outward from today for the first move at which a pool reaches a level.
private struct LevelSearch {
  let regime: MarginRegime
  let state: BookState
  let evidence: Evidence
  let pool: Int
  let axis: MarginDistance.Axis
  let direction: MarginDistance.Direction

  /// The first move of every level.
  func firstMoves() throws(MarginError) -> [MarginDistance.Level: Double?] {
    let grid = steps
    let statuses = try statuses(at: grid)
    var moves: [MarginDistance.Level: Double?] = [:]
    for level in MarginDistance.Level.allCases {
      guard let first = statuses.firstIndex(where: { $0 >= level.status }) else {
        moves[level] = .some(nil)
        continue
      }
      moves[level] = first == 0 ? 0 : try refined(level, from: grid[first - 1], to: grid[first])
    }
    return moves
  }

  /// Cuts the bracket between a move short of the level and one at it.
  private func refined(
    _ level: MarginDistance.Level, from near: Double, to far: Double
  ) throws(MarginError) -> Double {
    var (near, far) = (near, far)
    while abs(far - near) > Self.tolerance * (1 + abs(far)) {
      let inner = (1...Self.pointsPerStep).map {
        near + (far - near) * Double($0) / Double(Self.pointsPerStep + 1)
      }
      let statuses = try statuses(at: inner)
      let reached = statuses.firstIndex { $0 >= level.status } ?? inner.count
      let before = (near, far)
      if reached > 0 { near = inner[reached - 1] }
      if reached < inner.count { far = inner[reached] }
      // Neighbouring numbers cannot be told apart any further.
      if (near, far) == before { break }
    }
    return far
  }

  private func statuses(at moves: [Double]) throws(MarginError) -> [MarginStatus] {
    let states = try valuation { () throws(ValuationError) in
      try state.moved(by: scenarios(moves), scenarios: 0..<moves.count)
    }
    let demanded = try requirements(of: regime, for: states, given: evidence).pools[pool]
    return moves.indices.map {
      regime.levels.status(
        equity: demanded.equity[$0], initial: demanded.initial[$0], maintenance: demanded.maintenance[$0])
    }
  }

  /// One scenario a move, of the axis alone.
  private func scenarios(_ moves: [Double]) -> ScenarioSet {
    let space = state.spotFactors
    let matrix = Matrix(rows: space.count, columns: moves.count) { factor, scenario in
      if case .spot(let asset) = space.factors[factor], isMoved(asset) { moves[scenario] } else { 0 }
    }
    return ScenarioSet(
      factors: space, moves: matrix, labels: .draws(Array(moves.indices)),
      coverage: space.factors.map { _ in FactorCoverage(source: .grid) })
  }

  private func isMoved(_ asset: Asset) -> Bool {
    switch axis {
    case .asset(let moved): asset == moved
    case .market: !asset.isPeggedToDollar
    }
  }

  private static let tolerance = 1e-13
  private static let pointsPerStep = 15

  /// Where statuses are read: even steps, and either side of every move at which a size or a balance crosses an edge.
  private var steps: [Double] {
    let even = Self.evenSteps(direction)
    let farthest = even[even.count - 1]
    let edges = regime.edgeMoves(of: state, isMoved).filter { abs($0) < abs(farthest) && $0 * farthest > 0 }
      .flatMap { [$0 - Self.besideEdge, $0, $0 + Self.besideEdge] }.filter { $0 * farthest > 0 }
    return Set(even + edges).sorted { abs($0) < abs($1) }
  }

  /// Close enough to an edge for nothing else to happen between.
  private static let besideEdge = 1e-9

  private static func evenSteps(_ direction: MarginDistance.Direction) -> [Double] {
    switch direction {
    case .fall: return (0..<100).map { -Double($0) / 100 } + [-0.999]
    case .rise:
      var steps = (0...20).map { Double($0) / 100 }
      while let last = steps.last, last < MarginDistance.farthestRise {
        steps.append(min(MarginDistance.farthestRise, (1 + last) * 1.05 - 1))
      }
      return steps
    }
  }
}

extension MarginDistance.Level {
  /// The status at or beyond which the level is reached.
  fileprivate var status: MarginStatus { self == .call ? .marginCall : .liquidation }
}
