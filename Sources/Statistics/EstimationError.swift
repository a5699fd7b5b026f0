/// Why an estimator has no answer: for weighted samples, filtered volatilities and fitted tails.
public enum EstimationError: Error, Hashable, Sendable {
  /// The sample holds `count` values; the estimator needs `needed`.
  case sampleTooSmall(count: Int, needed: Int)

  /// The value at this position is NaN or infinite.
  case notFinite(index: Int)

  /// There is not one weight for every observation.
  case weightCount(count: Int, observations: Int)

  /// A weight is negative or not a finite number.
  case invalidWeight(index: Int)

  /// No observation has a weight.
  case weightsSumToZero

  /// A named parameter is outside its domain, or not a number.
  case parameterOutOfRange(Parameter, Double)

  /// The values do not vary where the estimator needs them to; `index` is the first date without variance, or `nil`
  /// where the whole sample is constant.
  case noVariation(index: Int?)

  /// The likelihood has no maximum inside the domain of the model.
  case noMaximum

  /// A quantile was asked for inside the body of the sample: the tail model begins at a probability of `tailShare`.
  case levelBelowThreshold(tailProbability: Double, tailShare: Double)

  /// The fitted tail is so heavy (shape ξ ≥ 1) that its mean is infinite.
  case infiniteMean(shape: Double)

  /// A parameter that has a domain.
  public enum Parameter: String, Hashable, Sendable {
    /// The factor by which a weight or a variance decays a date.
    case decay
    /// The part of a variance that does not depend on the past.
    case constant
    /// The weight of the last squared return in a variance.
    case reaction
    /// The sum of reaction and decay.
    case persistence
    /// A variance.
    case variance
    /// The mean of returns.
    case mean
    /// The least volatility as a share of the long-run one.
    case floorShare
    /// The loss at which a tail begins.
    case threshold
    /// The share of a sample that makes its tail.
    case tailShare
    /// The shape ξ of a generalised Pareto law.
    case shape
    /// The scale β of a generalised Pareto law.
    case scale
    /// The number of replicates.
    case replicates
  }
}

extension [Double] {
  /// Stops at the first element that is not a finite number.
  func requireFinite() throws(EstimationError) {
    if let index = firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
  }
}
