import Instruments
import LinearAlgebra
import MarketData

extension ScenarioSource {
  /// One scenario a point, in which every asset but the unmoved ones takes the point's move.
  ///
  /// A risk unit's P&L depends on its own asset alone (and on stablecoins, which stay), so that one set serves every
  /// unit: each unit is read apart, as if it moved by itself.
  func grid(_ request: GridRequest) -> ScenarioSet {
    let moves = Matrix(rows: factors.count, columns: request.points.count) { factor, point in
      switch factors.factors[factor] {
      case .spot(let asset): request.unmoved.contains(asset) ? 0 : request.points[point].spot
      case .volatility, .basis: 0
      }
    }
    return ScenarioSet(
      factors: factors, moves: moves, labels: .grid(request.points),
      coverage: factors.factors.map { _ in FactorCoverage(source: .grid) },
      volatility: .grid(request.points.map(\.volatility), law: request.volatilityLaw))
  }
}
