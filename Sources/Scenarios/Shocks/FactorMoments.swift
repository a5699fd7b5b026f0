public import LinearAlgebra
public import MarketData
public import Statistics

/// The means, volatilities and correlations of the moves of all factors over a horizon: what a shock changes.
public struct FactorMoments: Hashable, Sendable {
  /// The factors, in the order of the rows.
  public let factors: FactorSpace
  /// Mean simple moves, one a factor.
  public var means: [Double]
  /// Standard deviations of the moves, one a factor; zero for a factor that does not move.
  public var volatilities: [Double]
  /// Correlations of the moves, factor × factor; of a factor that a shock has stilled those its moves would have.
  public var correlation: CorrelationMatrix

  /// Joins the parts.
  ///
  /// - Parameters:
  ///   - factors: the factors.
  ///   - means: mean moves, one a factor; finite.
  ///   - volatilities: standard deviations, one a factor; finite, not negative.
  ///   - correlation: factor × factor.
  public init(
    factors: FactorSpace, means: [Double], volatilities: [Double], correlation: CorrelationMatrix
  ) {
    precondition(
      means.count == factors.count && volatilities.count == factors.count
        && correlation.count == factors.count, "one mean, volatility and row a factor")
    self.factors = factors
    self.means = means
    self.volatilities = volatilities
    self.correlation = correlation
  }

  /// The covariance of the moves, factor × factor.
  public var covariance: Matrix { correlation.covariance(volatilities: volatilities) }

  /// The places of the factors that move.
  public var moving: [Int] { volatilities.indices.filter { volatilities[$0] > 0 } }
}
