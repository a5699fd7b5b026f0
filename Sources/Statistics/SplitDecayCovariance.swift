public import LinearAlgebra

/// An exponentially weighted covariance whose volatilities forget faster than its correlations.
///
/// Volatilities change within weeks, so they want a small decay factor; a correlation matrix estimated from as few
/// effective dates would be mostly noise. The covariance is `diag(σ)·C·diag(σ)` with σ from one decay factor and C
/// from the other, each weighted as in `CovarianceEstimator.exponentiallyWeighted`. With equal factors it is that
/// estimate. It is positive semidefinite, because C is.
public struct SplitDecayCovariance: Hashable, Sendable {
  /// The estimate; its effective observations are those of the correlations.
  public let covariance: CovarianceEstimate
  /// How many equally weighted observations the volatilities rest on; (1 + λ)/(1 − λ) for a long history.
  public let volatilityEffectiveObservations: Double

  /// Estimates a covariance matrix.
  ///
  /// - Parameters:
  ///   - observations: returns, date × asset, the oldest first.
  ///   - volatilityDecay: the decay factor λ of the volatilities, in (0, 1).
  ///   - correlationDecay: the decay factor λ of the correlations, in (0, 1), usually the larger.
  ///   - mean: what deviations are measured from.
  /// - Throws: `CovarianceError.tooFewObservations`, `.decayOutsideUnitInterval`, `.notFinite`, `.degenerateWeights`
  ///   or `.overflow`.
  public init(
    _ observations: Matrix, volatilityDecay: Double, correlationDecay: Double, mean: MeanConvention = .zero
  ) throws(CovarianceError) {
    let fast = try CovarianceEstimator.exponentiallyWeighted(decay: volatilityDecay, mean: mean)
      .estimate(observations)
    let slow = try CovarianceEstimator.exponentiallyWeighted(decay: correlationDecay, mean: mean)
      .estimate(observations)
    covariance = try CovarianceEstimate(
      correlation: slow.correlation, volatilities: fast.volatilities,
      effectiveObservations: slow.effectiveObservations)
    volatilityEffectiveObservations = fast.effectiveObservations
  }
}
