extension QuadraticGaussianError: CustomStringConvertible {
  /// What is wrong and what is allowed, in a sentence without a capital or a full stop.
  public var description: String {
    switch self {
    case .notFinite: "a sensitivity or a covariance is not a finite number"
    case .noVariance: "the P&L does not vary to second order in the moves"
    case .overflow: "the sensitivities are so large that their products are not finite numbers"
    case .notPositiveSemidefinite(let smallest):
      "the covariance is not positive semi-definite: its smallest eigenvalue is \(smallest)"
    case .decomposition: "a matrix of sensitivities has no decomposition"
    case .tooFewLosses(let count, let needed): "\(count) losses are too few; it takes \(needed)"
    case .probabilityOutOfRange(let probability): "a probability of \(probability) is not between 0 and 1"
    case .impossibleMoments(let skewness, let kurtosis):
      "no law has a skewness of \(skewness) with an excess kurtosis of \(kurtosis)"
    case .expansionNotMonotone(let quantile):
      "the Cornish–Fisher expansion falls where it must rise, at the normal quantile \(quantile): its skewness and "
        + "kurtosis are outside its domain; use the exact method"
    case .expansionIncoherent(let valueAtRisk, let expectedShortfall):
      "the Cornish–Fisher expansion gives an expected shortfall of \(expectedShortfall) below its value at risk of "
        + "\(valueAtRisk); use the exact method"
    case .notConverged: "the numerical inversion did not converge"
    }
  }
}
