/// Why views on scenarios have no answer.
public enum EntropyPoolingError: Error, Hashable, Sendable {
  /// A view has not one value for every scenario.
  case viewLength(view: Int, values: Int, scenarios: Int)

  /// A value of a view is NaN or infinite.
  case valueNotFinite(view: Int, scenario: Int)

  /// The target of a view is NaN or infinite, or so far from the values that their distances are.
  case targetNotFinite(view: Int)

  /// No weights, or none without a zero, give the view's mean: it must lie strictly between the least and the greatest
  /// value over the scenarios that have a weight.
  case targetOutOfReach(view: Int, target: Double, least: Double, greatest: Double)

  /// Each view can hold, but not all together: a combination of them is negative in every scenario.
  case viewsContradict

  /// The iteration ended before the views held; `largestGap` is the furthest a mean is from where it belongs, in
  /// standard deviations of its function.
  ///
  /// Views on the very edge of what the scenarios can give end like this.
  case notConverged(largestGap: Double, iterations: Int)
}

extension EntropyPoolingError: CustomStringConvertible {
  /// What is wrong and what is allowed, in a sentence without a capital or a full stop.
  public var description: String {
    switch self {
    case .viewLength(let view, let values, let scenarios):
      "view \(view + 1) has \(values) values for \(scenarios) scenarios; each needs one"
    case .valueNotFinite(let view, let scenario):
      "value \(scenario + 1) of view \(view + 1) is not a finite number"
    case .targetNotFinite(let view): "the target of view \(view + 1) is not a finite number within reach"
    case .targetOutOfReach(let view, let target, let least, let greatest):
      "view \(view + 1) asks for a mean of \(target), but the scenarios give only means between \(least) and "
        + "\(greatest), these two left out"
    case .viewsContradict:
      "the views contradict each other: no weights of the scenarios make all of them hold"
    case .notConverged(let gap, let iterations):
      "the views do not hold after \(iterations) iterations, one by \(gap) standard deviations; they may lie on the "
        + "edge of what the scenarios can give"
    }
  }
}
