public import LinearAlgebra

/// A covariance matrix drawn towards a target of few parameters: `(1 − δ)·S + δ·F`.
///
/// S is the covariance with divisor n, F the target, δ the intensity. The extreme eigenvalues of S are too far apart
/// when the assets are not few against the dates; the target's are not, and the mixture is positive definite wherever
/// F is and δ is above 0.
public struct ShrunkCovariance: Hashable, Sendable {
  /// The mixture, with its volatilities, correlations and eigenvalue range.
  public let covariance: CovarianceEstimate
  /// The target F, asset × asset, in squared units of the observations.
  public let target: Matrix
  /// The weight δ of the target, in [0, 1].
  public let intensity: Double
  /// The smallest and the largest eigenvalue of S, before shrinking.
  public let sampleEigenvalues: ClosedRange<Double>

  /// Mixes a sample with its target.
  ///
  /// - Parameters:
  ///   - sample: S of the scaled deviations.
  ///   - target: F in the same scale.
  ///   - intensity: δ before it is limited to [0, 1].
  /// - Throws: `CovarianceError.overflow` or `.decomposition`.
  init(
    _ sample: ShrinkageSample, target: Matrix, intensity: Double
  ) throws(CovarianceError) {
    let square = sample.scale * sample.scale
    let matrix = sample.covariance.scaled(by: square)
    guard matrix.isFinite, intensity.isFinite else { throw .overflow }
    let spectrum = try matrix.eigenvalues()
    let smallest = spectrum.first ?? 0
    let delta = min(max(intensity, 0), 1)
    self.intensity = delta
    self.target = target.scaled(by: square)
    sampleEigenvalues = smallest...max(smallest, spectrum.last ?? 0)
    covariance = try CovarianceEstimate(
      matrix: matrix.scaled(by: 1 - delta) + self.target.scaled(by: delta),
      effectiveObservations: Double(sample.count))
  }
}

/// What the shrinkage intensities are computed from.
struct ShrinkageSample {
  /// The deviations over `scale`, date × asset; the largest is near 1, so that fourth powers neither overflow nor
  /// vanish.
  let deviations: Matrix
  /// The covariance of the scaled deviations, divided by the number of dates.
  let covariance: Matrix
  /// A power of two.
  let scale: Double

  /// The number n of dates.
  var count: Int { deviations.rows }
  /// The number p of assets.
  var assets: Int { deviations.columns }
  /// The mean of the variances.
  var averageVariance: Double { covariance.diagonal.reduce(0, +) / Double(assets) }

  /// - Parameters:
  ///   - observations: date × asset, at least two dates and one asset.
  ///   - mean: what deviations are measured from.
  /// - Throws: `CovarianceError.tooFewObservations` or `.notFinite`.
  init(_ observations: Matrix, mean: MeanConvention) throws(CovarianceError) {
    guard observations.rows >= 2, observations.columns >= 1 else {
      throw .tooFewObservations(count: observations.columns >= 1 ? observations.rows : 0, needed: 2)
    }
    try observations.requireFiniteElements()
    let largest = observations.maximumAbsoluteElement
    let scale = largest > 0 ? largest.binade : 1
    let scaled = observations.map { $0 / scale }
    self.scale = scale
    let share = [Double](repeating: 1 / Double(observations.rows), count: observations.rows)
    deviations = mean == .sample ? scaled.centred(weights: share) : scaled
    covariance = symmetricProduct(columnsOf: deviations, scale: 1 / Double(observations.rows))
  }

  /// `Σᵢⱼ` of the elements' estimated variances times n: `Σₜ ‖dₜdₜᵀ − S‖² / n`.
  var noise: Double {
    let lengths = (0..<count).map { date in deviations.row(date).reduce(0) { $0 + $1 * $1 } }
    let norm = covariance.frobeniusNorm
    return max(0, lengths.reduce(0) { $0 + $1 * $1 } / Double(count) - norm * norm)
  }

  /// The identity times the average variance.
  var scaledIdentity: Matrix {
    .diagonal([Double](repeating: averageVariance, count: assets))
  }
}
