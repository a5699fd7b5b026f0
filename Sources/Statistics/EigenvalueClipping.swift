public import LinearAlgebra

/// A correlation matrix freed of the eigenvalues that noise alone would make.
///
/// The correlations of p independent series of n dates have eigenvalues between the edges `(1 ± √(p/n))²` of
/// Marchenko and Pastur's law. Eigenvalues at or below the upper edge are replaced by their mean, which keeps the
/// trace; the result is scaled back to unit diagonal, and the sample's volatilities are kept.
///
/// Laloux, Cizeau, Bouchaud, Potters: Noise dressing of financial correlation matrices, Physical Review Letters 83
/// (1999).
public struct EigenvalueClipping: Hashable, Sendable {
  /// The estimate, with its eigenvalue range.
  public let covariance: CovarianceEstimate
  /// The eigenvalues of the sample's correlation matrix, ascending.
  public let sampleEigenvalues: [Double]
  /// The lower and the upper edge of the noise.
  public let noiseEdges: ClosedRange<Double>
  /// How many eigenvalues lie above the upper edge.
  public let signalCount: Int
  /// What the eigenvalues of the noise became; `nil` where there are none.
  public let noiseEigenvalue: Double?

  /// Clips the correlations of a sample.
  ///
  /// - Parameters:
  ///   - observations: returns, date × asset; at least two dates.
  ///   - mean: what deviations are measured from.
  /// - Throws: `CovarianceError.tooFewObservations`, `.notFinite`, `.overflow` or `.decomposition`.
  public init(
    _ observations: Matrix, mean: MeanConvention = .sample
  ) throws(CovarianceError) {
    guard observations.rows >= 2 else {
      throw .tooFewObservations(count: observations.rows, needed: 2)
    }
    let sample = try CovarianceEstimator.equallyWeighted(mean: mean).estimate(observations)
    let root = (Double(observations.columns) / Double(observations.rows)).squareRoot()
    let upper = (1 + root) * (1 + root)
    let spectrum = try SymmetricEigen.orCovarianceError(sample.correlation.matrix)
    let noise = spectrum.values.filter { $0 <= upper }
    let level = noise.isEmpty ? nil : max(0, noise.reduce(0, +)) / Double(noise.count)

    sampleEigenvalues = spectrum.values
    noiseEdges = (1 - root) * (1 - root)...upper
    signalCount = spectrum.values.count - noise.count
    noiseEigenvalue = level
    let clipped = spectrum.applying { $0 <= upper ? level ?? 0 : $0 }
    covariance = try CovarianceEstimate(
      correlation: CorrelationMatrix(roundedFrom: clipped), volatilities: sample.volatilities,
      effectiveObservations: sample.effectiveObservations)
  }
}

extension SymmetricEigen {
  /// The decomposition of a symmetric matrix, its failure as a `CovarianceError`.
  fileprivate static func orCovarianceError(_ matrix: Matrix) throws(CovarianceError) -> SymmetricEigen {
    do throws(LinearAlgebraError) {
      return try SymmetricEigen(matrix)
    } catch {
      throw .decomposition(error)
    }
  }
}
