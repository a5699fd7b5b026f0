internal import RealModule

/// The upper tail of a law of losses: a threshold, the probability of exceeding it, and the law of the excess.
public struct GeneralisedParetoTail: Hashable, Sendable {
  /// u, the loss at which the tail begins.
  public let threshold: Double

  /// The probability of a loss above the threshold, in (0, 1].
  public let tailShare: Double

  /// The law of the excess over the threshold.
  public let distribution: GeneralisedParetoDistribution

  /// A tail.
  ///
  /// - Parameters:
  ///   - threshold: u, a finite loss.
  ///   - tailShare: the probability of a loss above it, in (0, 1].
  ///   - distribution: the law of the excess.
  public init(threshold: Double, tailShare: Double, distribution: GeneralisedParetoDistribution) {
    precondition(threshold.isFinite, "the threshold must be finite")
    precondition(tailShare > 0 && tailShare <= 1, "the tail's share lies in (0, 1]")
    self.threshold = threshold
    self.tailShare = tailShare
    self.distribution = distribution
  }

  /// The probability of a loss above a given one.
  ///
  /// - Parameter loss: a loss at or above the threshold.
  /// - Returns: a probability, at most the tail's share.
  public func exceedanceProbability(of loss: Double) -> Double {
    precondition(loss >= threshold, "the tail begins at the threshold")
    return tailShare * distribution.survival(loss - threshold)
  }

  /// The loss exceeded with a given probability.
  ///
  /// - Parameter probability: in (0, tailShare].
  /// - Returns: a loss at or above the threshold.
  public func loss(exceededWith probability: Double) -> Double {
    precondition(probability > 0 && probability <= tailShare, "the tail ends at its share")
    return threshold + distribution.upperQuantile(probability / tailShare)
  }

  /// The loss exceeded with probability 1 − c.
  ///
  /// - Parameter confidence: c, with 1 − c at most the tail's share.
  /// - Returns: a loss at or above the threshold.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample.
  public func valueAtRisk(at confidence: Confidence) throws(EstimationError) -> Double {
    let probability = confidence.tailProbability
    guard probability <= tailShare else {
      throw .levelBelowThreshold(tailProbability: probability, tailShare: tailShare)
    }
    return loss(exceededWith: probability)
  }

  /// The mean loss of the worst 1 − c: `VaR + (β + ξ·(VaR − u))/(1 − ξ)`.
  ///
  /// - Parameter confidence: c, with 1 − c at most the tail's share.
  /// - Returns: a loss above the value at risk.
  /// - Throws: `EstimationError.levelBelowThreshold` inside the body of the sample, `.infiniteMean` for ξ ≥ 1.
  public func expectedShortfall(at confidence: Confidence) throws(EstimationError) -> Double {
    let quantile = try valueAtRisk(at: confidence)
    let shape = distribution.shape
    guard shape < 1 else { throw .infiniteMean(shape: shape) }
    return quantile + (distribution.scale + shape * (quantile - threshold)) / (1 - shape)
  }
}
