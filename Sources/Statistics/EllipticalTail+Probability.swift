internal import NumericalMethods

extension EllipticalTail {
  /// The probability of a loss beyond a number of standard deviations.
  ///
  /// - Parameter loss: a loss, in standard deviations.
  /// - Returns: the probability, without cancellation in the far tail.
  public func probability(beyond loss: Double) -> Double {
    guard let freedom = degreesOfFreedom else { return normalDistribution(-loss) }
    let scale = ((freedom - 2) / freedom).squareRoot()
    return StudentTDistribution(degreesOfFreedom: freedom).survival(loss / scale)
  }
}
