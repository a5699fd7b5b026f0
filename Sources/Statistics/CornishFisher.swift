internal import NumericalMethods

/// The expansion of Cornish and Fisher: a quantile from the first four moments of a loss.
///
/// `w(z) = z + (z² − 1)·S/6 + (z³ − 3z)·K/24 − (2z³ − 5z)·S²/36`, with z the normal quantile, S the skewness and K
/// the excess kurtosis. It is a quantile only where it rises with z, so it is refused unless it does from the level
/// asked for to a millionth of its tail probability.
///
/// Cornish, Fisher: Moments and cumulants in the specification of distributions (1937); on the domain: Maillard, A
/// user's guide to the Cornish Fisher expansion (2012).
public struct CornishFisher: Hashable, Sendable {
  /// The mean of the loss.
  public let mean: Double
  /// The standard deviation of the loss, with divisor n, above 0.
  public let standardDeviation: Double
  /// The third standardised moment S.
  public let skewness: Double
  /// The fourth standardised moment less 3, K.
  public let excessKurtosis: Double

  /// The expansion of a law of losses with these moments.
  ///
  /// - Parameters:
  ///   - mean: in the unit of the loss.
  ///   - standardDeviation: above 0, in that unit.
  ///   - skewness: S.
  ///   - excessKurtosis: K, at least S² − 2.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.noVariance` or `.impossibleMoments`.
  public init(
    mean: Double, standardDeviation: Double, skewness: Double, excessKurtosis: Double
  ) throws(QuadraticGaussianError) {
    guard mean.isFinite, standardDeviation.isFinite, skewness.isFinite, excessKurtosis.isFinite else {
      throw .notFinite
    }
    guard standardDeviation > 0 else { throw .noVariance }
    guard excessKurtosis + 2 >= skewness * skewness * (1 - 1e-12) else {
      throw .impossibleMoments(skewness: skewness, excessKurtosis: excessKurtosis)
    }
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.skewness = skewness
    self.excessKurtosis = excessKurtosis
  }

  /// The expansion of a quadratic function of normals, taken for a loss.
  ///
  /// - Parameter law: the law of the loss.
  /// - Throws: `QuadraticGaussianError.overflow` where a moment is not finite.
  public init(_ law: QuadraticGaussian) throws(QuadraticGaussianError) {
    do throws(QuadraticGaussianError) {
      try self.init(
        mean: law.mean, standardDeviation: law.standardDeviation, skewness: law.skewness,
        excessKurtosis: law.excessKurtosis)
    } catch {
      throw error == .notFinite ? .overflow : error
    }
  }

  /// The expansion of a sample of losses; its moments have the divisor n.
  ///
  /// - Parameter losses: at least four, losses positive.
  /// - Throws: `QuadraticGaussianError.notFinite`, `.tooFewLosses` or `.noVariance`.
  public init(ofLosses losses: [Double]) throws(QuadraticGaussianError) {
    guard losses.allSatisfy(\.isFinite) else { throw .notFinite }
    guard losses.count >= 4 else { throw .tooFewLosses(count: losses.count, needed: 4) }
    let moments = SampleMoments(losses)
    let count = Double(losses.count)
    let variance = moments.squares / count
    guard variance > 0 else { throw .noVariance }
    try self.init(
      mean: moments.mean, standardDeviation: variance.squareRoot(),
      skewness: moments.cubes / count / (variance * variance.squareRoot()),
      excessKurtosis: moments.fourths / count / (variance * variance) - 3)
  }

  /// The value at risk (modified value at risk).
  ///
  /// - Parameter confidence: the level.
  /// - Returns: the expansion's quantile, in the unit of the loss.
  /// - Throws: `QuadraticGaussianError.expansionNotMonotone`.
  public func valueAtRisk(at confidence: Confidence) throws(QuadraticGaussianError) -> Double {
    mean + standardDeviation * (try standardQuantile(at: confidence))
  }

  /// The expected shortfall (modified expected shortfall): the tail mean of the Edgeworth expansion of the same order
  /// beyond the value at risk.
  ///
  /// Boudt, Peterson, Croux: Estimation and decomposition of downside risk for portfolios with non-normal returns,
  /// Journal of Risk 11 (2008).
  ///
  /// - Parameter confidence: the level.
  /// - Returns: a loss no smaller than the value at risk.
  /// - Throws: `QuadraticGaussianError.expansionNotMonotone`, `.expansionIncoherent`.
  public func expectedShortfall(at confidence: Confidence) throws(QuadraticGaussianError) -> Double {
    let h = try standardQuantile(at: confidence)
    let square = h * h
    let third = skewness / 6 * (h * square)
    let fourth = excessKurtosis / 24 * (square * square - 2 * square - 1)
    let sixth = skewness * skewness / 72 * (square * square * square - 9 * square * square + 9 * square + 3)
    let shortfall = normalDensity(h) * (1 + third + fourth + sixth) / confidence.tailProbability
    guard shortfall >= h else {
      throw .expansionIncoherent(
        valueAtRisk: mean + standardDeviation * h, expectedShortfall: mean + standardDeviation * shortfall)
    }
    return mean + standardDeviation * shortfall
  }

  /// The expansion at a level, in standard deviations, once it is known to rise beyond it.
  private func standardQuantile(at confidence: Confidence) throws(QuadraticGaussianError) -> Double {
    let z = -normalQuantile(confidence.tailProbability)
    let far = -normalQuantile(confidence.tailProbability * CornishFisher.farTail)
    if let turn = turningPoint(in: z...far) { throw .expansionNotMonotone(normalQuantile: turn) }
    let s = skewness
    return z + (z * z - 1) * s / 6 + (z * z - 3) * z * excessKurtosis / 24 - (2 * z * z - 5) * z * s * s / 36
  }

  /// The first point of an interval at which `dw/dz` is not above 0.
  private func turningPoint(in interval: ClosedRange<Double>) -> Double? {
    let s = skewness
    let a = excessKurtosis / 8 - s * s / 6
    let b = s / 3
    let c = 1 - excessKurtosis / 8 + 5 * s * s / 36
    func slope(_ z: Double) -> Double { (a * z + b) * z + c }
    if !(slope(interval.lowerBound) > 0) { return interval.lowerBound }
    return quadraticRoots(a, b, c).first { interval.contains($0) }
  }

  /// The share of the tail beyond which the expansion is not looked at.
  private static let farTail = 1e-6
}

/// The real roots of `a·x² + b·x + c`, ascending; none for a constant.
private func quadraticRoots(_ a: Double, _ b: Double, _ c: Double) -> [Double] {
  guard a != 0 else { return b == 0 ? [] : [-c / b] }
  let discriminant = b * b - 4 * a * c
  guard discriminant >= 0 else { return [] }
  let q = -0.5 * (b + (b < 0 ? -discriminant.squareRoot() : discriminant.squareRoot()))
  return (q == 0 ? [0] : [q / a, c / q]).sorted()
}
