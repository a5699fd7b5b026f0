import Instruments
import LinearAlgebra
import MarketData
import Statistics

extension ShockState {
  /// Correlations of some factors with all others are multiplied by 1 − s·share.
  ///
  /// A mixture of the matrix with itself without these correlations, so that it stays one.
  mutating func decouple(_ factors: [RiskFactor], share: Double, strength: Double) throws(ShockError) {
    try ShockError.requireShare(share)
    let named = Set(try correlatedPlaces(of: factors))
    let before = correlations
    let asked = Matrix(rows: before.rows, columns: before.rows) { row, column in
      let present = before[row, column]
      return named.contains(row) == named.contains(column) ? present : (1 - strength * share) * present
    }
    try take(asked)
  }

  /// Contracts come loose from their spot price x by an additional basis move
  /// b* = s·((ρ − 1)·(x − m) + √(1 − ρ²)·σ·z), with z independent of all else.
  ///
  /// At s = 1 the contract's x + b* has the volatility σ and the mean of the spot price and the correlation ρ with it, before
  /// the basis move the law has anyway. An inverse contract's factor β is the relative change of spot over mark: the mark
  /// moves by (1 + x)/(1 + β) − 1, in first order x − β, so that β takes −b*.
  ///
  /// A set of history has no independent numbers: there the basis it lacks gets s·(ρ − 1)·(x − m) alone.
  mutating func decoupleBasis(
    _ factor: RiskFactor, correlation: Double, strength: Double
  ) throws(ShockError) {
    guard case .basis(let asset, let style) = factor else {
      throw .wrongKind(factor, needed: "a basis")
    }
    try ShockError.require("correlation", correlation, abs(correlation) <= 1, "between −1 and 1")
    let basis = try place(of: factor)
    let spot = try movingPlace(of: .spot(asset))
    let own = moments.volatilities[basis]
    let size = moments.volatilities[spot]
    let tied = strength * (correlation - 1) * size * (style == .inverse ? -1 : 1)
    let free =
      isWithoutHistory(basis)
      ? 0 : strength * strength * (1 - correlation * correlation) * size * size
    let variance = own * own + tied * tied + 2 * own * tied * correlations[basis, spot] + free
    guard tied != 0 || free != 0 else { return }

    let volatility = variance > 1e-24 * (own * own + tied * tied + free) ? variance.squareRoot() : 0
    var asked = correlations
    for other in 0..<asked.rows where other != basis {
      let joint = own * correlations[basis, other] + tied * correlations[spot, other]
      asked.setCorrelation(basis, other, volatility > 0 ? joint / volatility : 0)
    }
    try take(asked)
    moments.volatilities[basis] = volatility
  }
}
