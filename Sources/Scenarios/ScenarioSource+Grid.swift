public import Instruments
import LinearAlgebra
public import MarketData

extension ScenarioSet {
  /// One scenario a point of a grid, in which every asset but the unmoved ones takes the point's move.
  ///
  /// A risk unit reads the moves of its own asset alone (``moving(only:)``), so that one set serves every unit.
  ///
  /// - Parameters:
  ///   - request: the grid.
  ///   - factors: the factors of the books that are to be moved.
  public init(_ request: GridRequest, over factors: FactorSpace) {
    let moves = Matrix(rows: factors.count, columns: request.points.count) { factor, point in
      switch factors.factors[factor] {
      case .spot(let asset): request.unmoved.contains(asset) ? 0 : request.points[point].spot
      case .volatility, .basis: 0
      }
    }
    self.init(
      factors: factors, moves: moves, labels: .grid(request.points),
      coverage: factors.factors.map { _ in FactorCoverage(source: .grid) },
      volatility: .grid(request.points.map(\.volatility), law: request.volatilityLaw))
  }
}

extension ScenarioSet {
  /// The set with every spot price at rest but one asset's.
  ///
  /// - Parameter asset: the asset that moves.
  /// - Returns: a set that differs in its moves alone.
  public func moving(only asset: Asset) -> ScenarioSet {
    moving(
      only: factors.factors.map { factor in
        if case .spot(let other) = factor { other == asset } else { true }
      })
  }

  /// The set with every factor at rest but those that move.
  ///
  /// - Parameter isMoved: one truth value a factor.
  /// - Returns: a set that differs in its moves alone.
  public func moving(only isMoved: [Bool]) -> ScenarioSet {
    precondition(isMoved.count == factors.count, "one truth value a factor")
    var moves = moves
    for factor in isMoved.indices where !isMoved[factor] {
      moves.withMutableRow(factor) { row in
        for scenario in row.indices { row[scenario] = 0 }
      }
    }
    return ScenarioSet(
      factors: factors, moves: moves, labels: labels, coverage: coverage, volatility: volatility,
      calibration: calibration, weights: weights, replicates: replicates, filtering: filtering)
  }
}

extension ScenarioSource {
  /// A grid over the study's factors.
  func grid(_ request: GridRequest) -> ScenarioSet { ScenarioSet(request, over: factors) }
}
