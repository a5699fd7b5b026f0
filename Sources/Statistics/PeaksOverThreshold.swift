internal import NumericalMethods
internal import RealModule

/// The tail of a sample of losses beyond a high threshold, modelled by a generalised Pareto law.
///
/// With u the threshold, N of n losses above it, and ξ, β fitted to their excesses:
/// `VaR = u + (β/ξ)·[((n/N)·(1−c))^(−ξ) − 1]` and `ES = (VaR + β − ξ·u)/(1 − ξ)` for ξ < 1. It reads quantiles the sample
/// does not reach, from the assumption that the tail goes on as it began.
///
/// McNeil: Extreme value theory for risk managers (1999); Davison, Smith: Models for exceedances over high thresholds
/// (1990).
public struct PeaksOverThreshold: Hashable, Sendable {
  /// u, the loss at which the tail begins.
  public let threshold: Double

  /// n, the number of losses in the sample.
  public let sampleSize: Int

  /// The law fitted to the excesses over the threshold.
  public let fit: GeneralisedParetoFit

  /// Fits the losses above a given threshold.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, independent, any order.
  ///   - threshold: u, a finite loss; at least `GeneralisedParetoFit.leastCount` losses lie above it.
  /// - Throws: `EstimationError.notFinite` naming the first bad loss, `.parameterOutOfRange` for the threshold,
  ///   `.sampleTooSmall` where too few losses exceed it, `.noVariation`, `.noMaximum`.
  public init(ofLosses losses: [Double], threshold: Double) throws(EstimationError) {
    try losses.requireFinite()
    guard threshold.isFinite else { throw .parameterOutOfRange(.threshold, threshold) }
    let excesses = losses.filter { $0 > threshold }.map { $0 - threshold }
    self.threshold = threshold
    sampleSize = losses.count
    fit = try GeneralisedParetoFit(excesses: excesses)
  }

  /// Fits a given share of the sample: the threshold is the largest loss outside it.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, independent, any order.
  ///   - tailShare: the share of the losses above the threshold, in (0, 0.5]; 0.1 is customary.
  /// - Throws: `EstimationError.notFinite` naming the first bad loss, `.parameterOutOfRange` for the share,
  ///   `.sampleTooSmall` where too few losses exceed the threshold, `.noVariation`, `.noMaximum`.
  public init(ofLosses losses: [Double], tailShare: Double) throws(EstimationError) {
    try losses.requireFinite()
    guard tailShare > 0, tailShare <= 0.5 else { throw .parameterOutOfRange(.tailShare, tailShare) }
    let count = Int(TailPosition.snapped(tailShare * Double(losses.count)))
    guard count >= GeneralisedParetoFit.leastCount else {
      throw .sampleTooSmall(count: count, needed: GeneralisedParetoFit.leastCount)
    }
    try self.init(ofLosses: losses, threshold: Self.loss(beyond: count, of: losses))
  }

  /// The largest loss but `count`, of a sample that was checked.
  private static func loss(beyond count: Int, of losses: [Double]) -> Double {
    do throws(StatisticsError) {
      return try WorstLosses(count + 1, of: losses).losses[count]
    } catch {
      preconditionFailure("a checked sample has worst losses")
    }
  }

  /// A tail whose law is known.
  ///
  /// - Parameters:
  ///   - threshold: u, a finite loss.
  ///   - sampleSize: n, at least the number of excesses.
  ///   - fit: the law and the excesses.
  public init(threshold: Double, sampleSize: Int, fit: GeneralisedParetoFit) {
    precondition(threshold.isFinite, "the threshold must be finite")
    precondition(sampleSize >= fit.count, "a sample holds its excesses")
    self.threshold = threshold
    self.sampleSize = sampleSize
    self.fit = fit
  }

  /// N/n, the share of the losses above the threshold.
  public var tailShare: Double { Double(fit.count) / Double(sampleSize) }

  /// The tail read at given parameters.
  public var tail: GeneralisedParetoTail {
    GeneralisedParetoTail(threshold: threshold, tailShare: tailShare, distribution: fit.distribution)
  }

  /// The loss exceeded with probability 1 − c, with its standard error.
  ///
  /// The error is that of the two parameters and of the share of losses above the threshold (delta method).
  ///
  /// - Parameter confidence: c, with 1 − c at most the tail's share.
  /// - Returns: the loss and its standard error, in the unit of the losses.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample.
  public func valueAtRisk(
    at confidence: Confidence
  ) throws(EstimationError) -> (value: Double, standardError: Double) {
    let value = try tail.valueAtRisk(at: confidence)
    let slopes = slopes(at: confidence)
    return (value, standardError(slopes.shape, slopes.scale, slopes.share))
  }

  /// The mean loss of the worst 1 − c, with its standard error.
  ///
  /// - Parameter confidence: c, with 1 − c at most the tail's share.
  /// - Returns: the loss and its standard error, in the unit of the losses.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample, `.infiniteMean` for ξ ≥ 1.
  public func expectedShortfall(
    at confidence: Confidence
  ) throws(EstimationError) -> (value: Double, standardError: Double) {
    let value = try tail.expectedShortfall(at: confidence)
    let left = 1 - fit.distribution.shape
    let slopes = slopes(at: confidence)
    // ES − u = (VaR − u + β)/(1 − ξ)
    return (
      value,
      standardError(
        (slopes.shape + value - threshold) / left, (slopes.scale + 1) / left, slopes.share / left)
    )
  }

  /// The derivatives of the value at risk by ξ, by β and by the tail's share.
  private func slopes(at confidence: Confidence) -> (shape: Double, scale: Double, share: Double) {
    let law = fit.distribution
    let t = Double.log(tailShare / confidence.tailProbability)
    return (
      law.scale * boxCoxByShape(t, law.shape), boxCox(t, law.shape),
      law.scale * .exp(law.shape * t) / tailShare
    )
  }

  private func standardError(_ byShape: Double, _ byScale: Double, _ byShare: Double) -> Double {
    let covariance = fit.covariance
    let share = tailShare * (1 - tailShare) / Double(sampleSize)
    let variance =
      byShape * byShape * covariance.shape + byScale * byScale * covariance.scale
      + 2 * byShape * byScale * covariance.both + byShare * byShare * share
    return max(0, variance).squareRoot()
  }
}
