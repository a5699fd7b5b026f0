public import LinearAlgebra

/// What the deviations that make a covariance are measured from.
public enum MeanConvention: Hashable, Sendable {
  /// From zero: the mean return over a short horizon is smaller than its own error.
  case zero
  /// From the (weighted) mean of the observations.
  case sample
}

/// How a covariance matrix is estimated from a history of returns.
///
/// With weights w that sum to 1 and deviations d from the mean convention, the estimate is `Σ wₜ·dₜ·dₜᵀ` for
/// `MeanConvention.zero` and that divided by `1 − Σ wₜ²` for `MeanConvention.sample`, which is unbiased for independent
/// observations of equal covariance.
public enum CovarianceEstimator: Hashable, Sendable {
  /// Equal weights 1/n. With the sample mean this is the usual estimate that divides by n − 1.
  case equallyWeighted(mean: MeanConvention)
  /// Weights `λ^age`, scaled to sum to 1 over the observations there are; the newest has age 0.
  ///
  /// λ is in (0, 1). RiskMetrics takes 0.94 for daily returns and the zero mean (J.P. Morgan/Reuters, RiskMetrics
  /// Technical Document, 4th edition, 1996).
  case exponentiallyWeighted(decay: Double, mean: MeanConvention)

  /// The unbiased sample covariance: equal weights, mean removed, divided by n − 1.
  public static let sample = CovarianceEstimator.equallyWeighted(mean: .sample)

  /// Estimates a covariance matrix.
  ///
  /// - Parameter observations: returns, date × asset, the oldest first.
  /// - Returns: the estimate, asset × asset, in squared units of the returns.
  /// - Throws: `CovarianceError.tooFewObservations` below two dates with the sample mean or one with the zero
  ///   mean, `.decayOutsideUnitInterval`, `.notFinite`, `.degenerateWeights` or `.overflow`.
  public func estimate(_ observations: Matrix) throws(CovarianceError) -> CovarianceEstimate {
    try CovarianceEstimate(observations, weights: weights(count: observations.rows), mean: mean)
  }

  /// The weights of the observations, the oldest first.
  ///
  /// - Parameter count: the number of dates; at least 0.
  /// - Returns: `count` numbers above 0 in proportion to the weights; `CovarianceEstimate` scales them.
  /// - Throws: `CovarianceError.decayOutsideUnitInterval`.
  public func weights(count: Int) throws(CovarianceError) -> [Double] {
    guard case .exponentiallyWeighted(let decay, _) = self else {
      return [Double](repeating: 1, count: count)
    }
    guard decay > 0, decay < 1 else { throw .decayOutsideUnitInterval(decay: decay) }
    var weights = [Double](repeating: 1, count: count)
    for index in weights.indices.dropLast().reversed() { weights[index] = weights[index + 1] * decay }
    return weights
  }

  private var mean: MeanConvention {
    switch self {
    case .equallyWeighted(let mean), .exponentiallyWeighted(_, let mean): mean
    }
  }
}
