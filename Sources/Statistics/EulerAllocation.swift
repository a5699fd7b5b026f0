/// The share of each exposure in the risk of a portfolio that is linear in elliptical moves.
///
/// Risk `m·√(wᵀΣw)` has the components `m·w_i·(Σw)_i / √(wᵀΣw)`, which add up to it: the change of the risk for a small
/// proportional change of the exposure. A hedge has a negative component.
///
/// Tasche: Risk contributions and performance measurement (1999); the theorem is Euler's.
public struct EulerAllocation: Hashable, Sendable {
  /// The standard deviation of the portfolio's profit, √(wᵀΣw), in the unit of the exposures.
  public let standardDeviation: Double

  /// The risk, `m` times the standard deviation.
  public let total: Double

  /// The component of each exposure; they add up to the total.
  public let components: [Double]

  /// The sum of the exposures' risks, each taken alone.
  public let undiversified: Double

  /// Allocates the risk of a portfolio.
  ///
  /// - Parameters:
  ///   - exposures: the value w each factor's relative move is applied to, signed; all finite.
  ///   - covariance: the covariance Σ of the moves, exposures × exposures, row by row; symmetric.
  ///   - multiplier: the risk per standard deviation, m ≥ 0, from `EllipticalTail`.
  /// - Throws: `StatisticsError.notFinite` naming the exposure, or the exposure whose row of the covariance, is NaN or
  ///   infinite; `StatisticsError.negativeVariance` where Σ is not positive semidefinite beyond rounding.
  public init(exposures: [Double], covariance: [Double], multiplier: Double) throws(StatisticsError) {
    let count = exposures.count
    precondition(covariance.count == count * count, "the covariance must be exposures × exposures")
    precondition(multiplier >= 0 && multiplier.isFinite, "the multiplier must not be negative")
    if let index = exposures.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
    if let index = covariance.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index / count) }

    var variance = 0.0
    var gross = 0.0
    var shares: [Double] = []
    for row in 0..<count {
      var covarianceWithPortfolio = 0.0
      for column in 0..<count {
        covarianceWithPortfolio += covariance[row * count + column] * exposures[column]
      }
      shares.append(exposures[row] * covarianceWithPortfolio)
      variance += shares[row]
      gross += abs(exposures[row]) * max(0, covariance[row * count + row]).squareRoot()
    }
    // A perfect hedge leaves rounding of either sign; anything further below zero is no covariance.
    guard variance >= -1e-12 * gross * gross else { throw .negativeVariance(variance) }
    standardDeviation = max(0, variance).squareRoot()
    total = multiplier * standardDeviation
    undiversified = multiplier * gross
    let deviation = standardDeviation
    components = shares.map { deviation > 0 ? multiplier * $0 / deviation : 0 }
  }
}
