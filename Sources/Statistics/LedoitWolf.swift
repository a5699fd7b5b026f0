public import LinearAlgebra

/// The targets of Ledoit and Wolf.
public enum LedoitWolfTarget: Hashable, Sendable {
  /// The average variance on the diagonal, no correlation.
  case scaledIdentity
  /// The sample's variances, with the average correlation between every two assets.
  case constantCorrelation
}

extension ShrunkCovariance {
  /// The linear shrinkage of Ledoit and Wolf, whose intensity is best for large samples under any law.
  ///
  /// With `d² = ‖S − F‖²` and π the sum of the asymptotic variances of the elements of √n·S, the intensity towards
  /// the scaled identity is `π/(n·d²)`; towards constant correlation it is `(π − ρ)/(n·d²)`, ρ being the sum of their
  /// covariances with the target's elements. Both are limited to [0, 1].
  ///
  /// Ledoit, Wolf: A well-conditioned estimator for large-dimensional covariance matrices, Journal of Multivariate
  /// Analysis 88 (2004), and Honey, I shrunk the sample covariance matrix, Journal of Portfolio Management 30 (2004).
  ///
  /// - Parameters:
  ///   - observations: returns, date × asset; at least two dates.
  ///   - target: what the sample is drawn towards. An asset that never moved counts in no average correlation.
  ///   - mean: what deviations are measured from.
  /// - Returns: the mixture; S has the divisor n, as published.
  /// - Throws: `CovarianceError.tooFewObservations`, `.notFinite`, `.overflow` or `.decomposition`.
  public static func ledoitWolf(
    _ observations: Matrix, target: LedoitWolfTarget, mean: MeanConvention = .sample
  ) throws(CovarianceError) -> ShrunkCovariance {
    let sample = try ShrinkageSample(observations, mean: mean)
    switch target {
    case .scaledIdentity:
      return try ShrunkCovariance(
        sample, target: sample.scaledIdentity,
        intensity: sample.intensity(sample.scaledIdentity, sample.noise))
    case .constantCorrelation:
      let constant = ConstantCorrelation(sample)
      return try ShrunkCovariance(
        sample, target: constant.target,
        intensity: sample.intensity(constant.target, sample.noise - constant.covarianceWithTarget))
    }
  }
}

extension ShrinkageSample {
  /// `numerator / (n·‖S − F‖²)`; 0 where the sample is the target.
  fileprivate func intensity(_ target: Matrix, _ numerator: Double) -> Double {
    let distance = (covariance - target).frobeniusNorm
    guard distance > 0 else { return 0 }
    return numerator / (Double(count) * distance * distance)
  }
}

/// The target of equal correlations.
private struct ConstantCorrelation {
  let target: Matrix
  /// ρ: the sum of the asymptotic covariances of the elements of √n·S with those of the target.
  let covarianceWithTarget: Double

  init(_ sample: ShrinkageSample) {
    let s = sample.covariance
    let deviations = s.diagonal.map { $0.squareRoot() }
    let moving = deviations.indices.filter { deviations[$0] > 0 }
    var total = 0.0
    for (rank, first) in moving.enumerated() {
      for second in moving[..<rank] { total += s[first, second] / (deviations[first] * deviations[second]) }
    }
    let pairs = moving.count * (moving.count - 1) / 2
    let average = pairs > 0 ? total / Double(pairs) : 0
    target = Matrix(rows: sample.assets, columns: sample.assets) { row, column in
      row == column ? s[row, row] : average * (deviations[row] * deviations[column])
    }

    // Over dates, the mean of dᵢ³·dⱼ less sᵢᵢ·sᵢⱼ is the asymptotic covariance of sᵢᵢ with sᵢⱼ.
    let share = 1 / Double(sample.count)
    let cubes = multiply(transposed: sample.deviations.map { $0 * $0 * $0 }, sample.deviations)
    var sum = 0.0
    for row in moving {
      for column in moving {
        let joint = cubes[row, column] * share - s[row, row] * s[row, column]
        sum += row == column ? joint : average * (deviations[column] / deviations[row]) * joint
      }
    }
    covarianceWithTarget = sum
  }
}
