import LinearAlgebra
public import MarketData

extension ScenarioSet {
  /// One scenario a point of a grid, in which every asset but the unmoved ones takes the point's move.
  ///
  /// A risk unit's P&L depends on its own asset alone (and on stablecoins, which stay), so that one set serves every
  /// unit: each unit is read apart, as if it moved by itself.
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

extension ScenarioSource {
  /// A grid over the study's factors.
  func grid(_ request: GridRequest) -> ScenarioSet { ScenarioSet(request, over: factors) }
}
