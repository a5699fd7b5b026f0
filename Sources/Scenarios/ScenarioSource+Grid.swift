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
    let place = factors.index(of: .spot(asset))
    let alone = Matrix(rows: moves.rows, columns: moves.columns) { factor, scenario in
      if case .spot = factors.factors[factor], factor != place { return 0 }
      return moves[factor, scenario]
    }
    return ScenarioSet(
      factors: factors, moves: alone, labels: labels, coverage: coverage, volatility: volatility,
      calibration: calibration, weights: weights, replicates: replicates, filtering: filtering)
  }
}

extension ScenarioSource {
  /// A grid over the study's factors.
  func grid(_ request: GridRequest) -> ScenarioSet { ScenarioSet(request, over: factors) }
}
