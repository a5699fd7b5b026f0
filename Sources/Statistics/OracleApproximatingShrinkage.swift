public import LinearAlgebra

extension ShrunkCovariance {
  /// The oracle approximating shrinkage towards the scaled identity, made for normal returns and few dates.
  ///
  /// The intensity is `[(1 − 2/p)·tr S² + tr² S] / [(n + 1 − 2/p)·(tr S² − tr² S/p)]`, limited to [0, 1].
  ///
  /// Chen, Wiesel, Eldar, Hero: Shrinkage algorithms for MMSE covariance estimation, IEEE Transactions on Signal
  /// Processing 58 (2010), equation 23. A widely used implementation leaves out the terms in 2/p of the numerator and
  /// the denominator, and prints another intensity.
  ///
  /// - Parameters:
  ///   - observations: returns, date × asset; at least two dates.
  ///   - mean: what deviations are measured from.
  /// - Returns: the mixture; S has the divisor n, as published.
  /// - Throws: `CovarianceError.tooFewObservations`, `.notFinite`, `.overflow` or `.decomposition`.
  public static func oracleApproximating(
    _ observations: Matrix, mean: MeanConvention = .sample
  ) throws(CovarianceError) -> ShrunkCovariance {
    let sample = try ShrinkageSample(observations, mean: mean)
    let p = Double(sample.assets)
    let trace = p * sample.averageVariance
    let norm = sample.covariance.frobeniusNorm
    // tr S² − tr² S/p is the squared distance from the target.
    let distance = (sample.covariance - sample.scaledIdentity).frobeniusNorm
    let numerator = (1 - 2 / p) * norm * norm + trace * trace
    let denominator = (Double(sample.count) + 1 - 2 / p) * distance * distance
    return try ShrunkCovariance(
      sample, target: sample.scaledIdentity, intensity: distance > 0 ? min(numerator / denominator, 1) : 0)
  }
}
