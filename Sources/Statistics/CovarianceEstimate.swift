public import LinearAlgebra

/// A covariance matrix estimated from observations, with what it says about them.
public struct CovarianceEstimate: Hashable, Sendable {
  /// The covariances, asset × asset, exactly symmetric; in squared units of the observations.
  public let matrix: Matrix
  /// The square roots of the variances, one an asset; in units of the observations.
  public let volatilities: [Double]
  /// The correlations; an asset that never moved has the correlation 0 with all others.
  public let correlation: CorrelationMatrix
  /// How many equally weighted observations carry as much information: `1 / Σ wₜ²` (Kish, 1965).
  public let effectiveObservations: Double
  /// The smallest eigenvalue of the covariance matrix; may be below zero by rounding.
  public let smallestEigenvalue: Double
  /// The largest eigenvalue of the covariance matrix.
  public let largestEigenvalue: Double

  /// Estimates a covariance matrix from weighted observations.
  ///
  /// With weights scaled to sum to 1 the estimate is `Σ wₜ·dₜ·dₜᵀ`, divided by `1 − Σ wₜ²` where the mean is removed.
  ///
  /// - Parameters:
  ///   - observations: date × asset.
  ///   - weights: one a date, finite and at least 0; only their proportions matter.
  ///   - mean: what deviations are measured from.
  /// - Throws: `CovarianceError.tooFewObservations`, `.weightCount`, `.invalidWeight`, `.degenerateWeights`,
  ///   `.notFinite` or `.overflow`.
  public init(
    _ observations: Matrix, weights: [Double], mean: MeanConvention
  ) throws(CovarianceError) {
    let needed = mean == .sample ? 2 : 1
    guard observations.rows >= needed else {
      throw .tooFewObservations(count: observations.rows, needed: needed)
    }
    try observations.requireFiniteElements()
    let shares = try normalized(weights, observations: observations.rows)
    let concentration = shares.reduce(0) { $0 + $1 * $1 }

    var scale = 1.0
    var deviations = observations
    if mean == .sample {
      guard concentration < 1 else { throw .degenerateWeights }
      scale = 1 / (1 - concentration)
      deviations = observations.centred(weights: shares)
    }
    deviations.scaleRows(by: shares.map { $0.squareRoot() })
    let matrix = symmetricProduct(columnsOf: deviations, scale: scale)
    guard matrix.isFinite else { throw .overflow }

    let spectrum = try matrix.eigenvalues()
    self.matrix = matrix
    volatilities = matrix.diagonal.map { $0.squareRoot() }
    correlation = try CorrelationMatrix(roundedFrom: matrix)
    effectiveObservations = 1 / concentration
    smallestEigenvalue = spectrum.first ?? 0
    largestEigenvalue = spectrum.last ?? 0
  }
}

/// Weights scaled to sum to 1.
private func normalized(_ weights: [Double], observations: Int) throws(CovarianceError) -> [Double] {
  guard weights.count == observations else {
    throw .weightCount(count: weights.count, observations: observations)
  }
  if let index = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
    throw .invalidWeight(index: index)
  }
  let sum = weights.reduce(0, +)
  guard sum > 0, sum.isFinite else { throw .degenerateWeights }
  return weights.map { $0 / sum }
}

extension Matrix {
  /// Multiplies every row by a number.
  fileprivate mutating func scaleRows(by factors: [Double]) {
    for row in 0..<rows {
      withMutableRow(row) { span in
        for column in span.indices { span[column] *= factors[row] }
      }
    }
  }
}
