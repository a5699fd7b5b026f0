internal import RealModule

/// A minimum of a function, and how it was reached.
public struct ScalarMinimum: Hashable, Sendable {
  /// The argument of the smallest value met.
  public let argument: Double

  /// The smallest value met.
  public let value: Double
}

/// A local minimum of a continuous function in an interval, by Brent's method.
///
/// Parabolic steps, with golden sections whenever they do not shrink the bracket fast enough. Around a smooth minimum
/// the argument cannot be told better than to about the square root of the arithmetic's precision. Brent: Algorithms
/// for minimization without derivatives (1973), chapter 5.
///
/// - Parameters:
///   - interval: a finite interval of positive length; the function is never called at its ends.
///   - tolerance: the relative error allowed in the argument, positive.
///   - function: a continuous function; NaN counts as infinity.
/// - Returns: the minimum where the function has one valley in the interval, one of them otherwise.
public func brentMinimum(
  in interval: ClosedRange<Double>, tolerance: Double = 1.5e-8, of function: (Double) -> Double
) -> ScalarMinimum {
  precondition(tolerance > 0, "the tolerance must be positive")
  precondition(
    interval.lowerBound.isFinite && interval.upperBound.isFinite, "the interval must be finite")
  var valley = Valley(interval)
  valley.start(at: valley.best.argument, ordered(function(valley.best.argument)))
  while let argument = valley.nextArgument(tolerance: tolerance) {
    valley.insert(ScalarMinimum(argument: argument, value: ordered(function(argument))))
  }
  return valley.best
}

/// NaN compares with nothing; infinity is worse than every number.
private func ordered(_ value: Double) -> Double { value.isNaN ? .infinity : value }

/// The state of Brent's method: the bracket, and the three best points.
private struct Valley {
  private static let goldenSection = 0.5 * (3 - Double.sqrt(5))

  private var lower: Double
  private var upper: Double
  private(set) var best: ScalarMinimum
  private var second: ScalarMinimum
  private var third: ScalarMinimum
  private var step = 0.0
  private var stepBefore = 0.0

  init(_ interval: ClosedRange<Double>) {
    lower = interval.lowerBound
    upper = interval.upperBound
    best = ScalarMinimum(argument: lower + Self.goldenSection * (upper - lower), value: .infinity)
    second = best
    third = best
  }

  mutating func start(at argument: Double, _ value: Double) {
    best = ScalarMinimum(argument: argument, value: value)
    second = best
    third = best
  }

  /// The argument to try next, or `nil` once the bracket is as short as asked for.
  mutating func nextArgument(tolerance: Double) -> Double? {
    let middle = 0.5 * (lower + upper)
    let limit = tolerance * abs(best.argument) + 1e-12
    guard abs(best.argument - middle) > 2 * limit - 0.5 * (upper - lower) else { return nil }
    if let parabolic = parabolicStep(limit: limit) {
      stepBefore = step
      step = parabolic
      let argument = best.argument + step
      if argument - lower < 2 * limit || upper - argument < 2 * limit {
        step = best.argument < middle ? limit : -limit
      }
    } else {
      stepBefore = best.argument < middle ? upper - best.argument : lower - best.argument
      step = Self.goldenSection * stepBefore
    }
    return best.argument + (abs(step) >= limit ? step : (step > 0 ? limit : -limit))
  }

  mutating func insert(_ point: ScalarMinimum) {
    if point.value <= best.value {
      if point.argument < best.argument { upper = best.argument } else { lower = best.argument }
      third = second
      second = best
      best = point
      return
    }
    if point.argument < best.argument { lower = point.argument } else { upper = point.argument }
    if point.value <= second.value || second.argument == best.argument {
      third = second
      second = point
    } else if point.value <= third.value || third.argument == best.argument
      || third.argument == second.argument
    {
      third = point
    }
  }

  /// A step to the lowest point of the parabola through the three best, or `nil` where a section is safer.
  private func parabolicStep(limit: Double) -> Double? {
    guard abs(stepBefore) > limit, third.value.isFinite, second.value.isFinite else { return nil }
    let r = (best.argument - second.argument) * (best.value - third.value)
    let q = (best.argument - third.argument) * (best.value - second.value)
    var numerator = (best.argument - third.argument) * q - (best.argument - second.argument) * r
    var denominator = 2 * (q - r)
    if denominator > 0 { numerator = -numerator }
    denominator = abs(denominator)
    guard
      abs(numerator) < abs(0.5 * denominator * stepBefore),
      numerator > denominator * (lower - best.argument), numerator < denominator * (upper - best.argument)
    else { return nil }
    return numerator / denominator
  }
}
