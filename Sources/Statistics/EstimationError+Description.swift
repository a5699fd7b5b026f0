extension EstimationError: CustomStringConvertible {
  /// What is wrong and what is allowed, in a sentence without a capital or a full stop.
  public var description: String {
    switch self {
    case .sampleTooSmall(let count, let needed):
      "a sample of \(count) is too small; this estimate takes at least \(needed)"
    case .notFinite(let index): "value \(index + 1) of a sample is not a finite number"
    case .weightCount(let count, let observations):
      "there are \(count) weights for \(observations) observations; each needs one"
    case .invalidWeight(let index): "weight \(index + 1) is not a finite number of at least zero"
    case .weightsSumToZero: "no observation has a weight above zero"
    case .parameterOutOfRange(let parameter, let value):
      "the \(parameter.words) is \(value), which is outside its domain"
    case .noVariation(let index):
      index.map { "there is no variance left on date \($0 + 1)" } ?? "the sample does not vary"
    case .noMaximum: "the likelihood has no maximum inside the domain of the model"
    case .levelBelowThreshold(let tailProbability, let tailShare):
      "a tail of \(tailProbability) is asked for, but the fitted tail holds only for shares below \(tailShare)"
    case .infiniteMean(let shape):
      "the fitted tail is so heavy (shape \(shape)) that its mean, and an expected shortfall, is infinite"
    }
  }
}

extension EstimationError.Parameter {
  fileprivate var words: String {
    switch self {
    case .floorShare: "floor share"
    case .tailShare: "tail share"
    case .replicates: "number of replicates"
    default: rawValue
    }
  }
}
