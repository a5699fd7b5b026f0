public import LinearAlgebra

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
  /// Volatilities by one decay factor, correlations by another, both around zero; both in (0, 1).
  case splitDecay(volatility: Double, correlation: Double)
  /// The sample covariance drawn towards a target of few parameters.
  case shrunk(ShrinkageTarget)
  /// The sample covariance freed of the eigenvalues that noise alone would make.
  case eigenvalueClipping
  /// Each correlation from the observations its two assets share, repaired to the nearest correlation matrix.
  case pairwise(leastCommon: Int)

  /// The unbiased sample covariance: equal weights, mean removed, divided by n − 1.
  public static let sample = CovarianceEstimator.equallyWeighted(mean: .sample)

  /// Estimates a covariance matrix.
  ///
  /// - Parameter observations: returns, date × asset, the oldest first.
  /// - Returns: the estimate, asset × asset, in squared units of the returns.
  /// - Throws: `CovarianceError.tooFewObservations` below two dates with the sample mean or one with the zero
  ///   mean, `.decayOutsideUnitInterval`, `.notFinite`, `.degenerateWeights` or `.overflow`.
  public func estimate(_ observations: Matrix) throws(CovarianceError) -> CovarianceEstimate {
    switch self {
    case .equallyWeighted(let mean):
      return try CovarianceEstimate(
        observations, weights: [Double](repeating: 1, count: observations.rows), mean: mean)
    case .exponentiallyWeighted(let decay, let mean):
      return try CovarianceEstimate(
        observations, weights: Self.ageWeights(decay: decay, count: observations.rows), mean: mean)
    case .splitDecay(let volatility, let correlation):
      return try SplitDecayCovariance(
        observations, volatilityDecay: volatility, correlationDecay: correlation
      ).covariance
    case .shrunk(let target):
      return try target.shrunk(observations).covariance
    case .eigenvalueClipping: return try EigenvalueClipping(observations).covariance
    case .pairwise(let least):
      return try PairwiseCovariance(
        (0..<observations.columns).map { asset in observations.column(asset).map { $0 } },
        minimumCommonObservations: least
      ).covariance
    }
  }

  /// Weights `λ^age`, the oldest first.
  ///
  /// - Parameters:
  ///   - decay: λ in (0, 1).
  ///   - count: the number of dates; at least 0.
  /// - Returns: `count` numbers above 0 in proportion to the weights; `CovarianceEstimate` scales them.
  /// - Throws: `CovarianceError.decayOutsideUnitInterval`.
  public static func ageWeights(decay: Double, count: Int) throws(CovarianceError) -> [Double] {
    guard decay > 0, decay < 1 else { throw .decayOutsideUnitInterval(decay: decay) }
    var weights = [Double](repeating: 1, count: count)
    for index in weights.indices.dropLast().reversed() { weights[index] = weights[index + 1] * decay }
    return weights
  }
}

/// What a sample covariance is drawn towards.
public enum ShrinkageTarget: String, Hashable, Sendable, CaseIterable {
  /// The identity times the average variance, by Ledoit and Wolf's intensity.
  case scaledIdentity
  /// The sample's variances with their average correlation, by Ledoit and Wolf's intensity.
  case constantCorrelation
  /// The identity times the average variance, by the oracle approximating intensity.
  case oracleApproximating
}

extension ShrinkageTarget {
  fileprivate func shrunk(_ observations: Matrix) throws(CovarianceError) -> ShrunkCovariance {
    switch self {
    case .scaledIdentity: try .ledoitWolf(observations, target: .scaledIdentity)
    case .constantCorrelation: try .ledoitWolf(observations, target: .constantCorrelation)
    case .oracleApproximating: try .oracleApproximating(observations)
    }
  }
}
