/// Why a root was not found.
public enum RootError: Error, Hashable, Sendable {
  /// The function has the same sign at both ends of the interval.
  case notBracketed(valueAtLower: Double, valueAtUpper: Double)

  /// The function is NaN or infinite at this argument.
  case notFinite(at: Double)
}

/// A root of a continuous function in an interval, by Brent's method.
///
/// Inverse quadratic interpolation and secant steps, with bisection whenever they do not shrink the bracket fast
/// enough. Brent: Algorithms for minimization without derivatives (1973), chapter 4.
///
/// - Parameters:
///   - interval: a finite interval at whose ends the function has opposite signs, or is zero.
///   - tolerance: the absolute error allowed, at least 0; the limit of the arithmetic is added to it.
///   - function: a continuous function, finite in the interval.
/// - Returns: an argument within `2·tolerance + 4·ulp` of a change of sign.
/// - Throws: `RootError.notBracketed` when both ends have one sign, `RootError.notFinite` naming the argument where
///   the function is NaN or infinite.
public func brentRoot(
  in interval: ClosedRange<Double>, tolerance: Double = 0, of function: (Double) -> Double
) throws(RootError) -> Double {
  precondition(tolerance >= 0, "the tolerance must not be negative")
  var bracket = try Bracket(interval, function)
  while let argument = bracket.nextArgument(tolerance: tolerance) {
    bracket.insert(argument, try finite(function, argument))
  }
  return bracket.best
}

/// The root of a monotone function in an interval, by bisection down to neighbouring numbers.
///
/// - Parameters:
///   - interval: a finite interval at whose ends the function has opposite signs, or is zero.
///   - function: a function that rises or falls throughout; jumps are allowed.
/// - Returns: the first representable argument, from the lower end, at which the function is zero or has the sign it
///   has at the upper end.
/// - Throws: `RootError.notBracketed` when both ends have one sign, `RootError.notFinite` naming the argument where
///   the function is NaN or infinite.
public func bisectionRoot(
  in interval: ClosedRange<Double>, of function: (Double) -> Double
) throws(RootError) -> Double {
  var lower = interval.lowerBound
  var upper = interval.upperBound
  let valueAtLower = try finite(function, lower)
  let valueAtUpper = try finite(function, upper)
  if valueAtLower == 0 { return lower }
  guard (valueAtLower < 0) != (valueAtUpper < 0) || valueAtUpper == 0 else {
    throw .notBracketed(valueAtLower: valueAtLower, valueAtUpper: valueAtUpper)
  }
  while true {
    let middle = lower + 0.5 * (upper - lower)
    guard lower < middle, middle < upper else { return upper }
    let value = try finite(function, middle)
    if value != 0, (value < 0) == (valueAtLower < 0) {
      lower = middle
    } else {
      upper = middle
    }
  }
}

/// The smallest index at which a condition that stays true once true holds.
///
/// - Parameters:
///   - range: the indices to search.
///   - condition: false up to some index, true from there on.
/// - Returns: that index, or the range's upper bound when the condition holds nowhere in it.
public func smallestIndex(in range: Range<Int>, where condition: (Int) -> Bool) -> Int {
  var lower = range.lowerBound
  var upper = range.upperBound
  while lower < upper {
    let middle = lower + (upper - lower) / 2
    if condition(middle) {
      upper = middle
    } else {
      lower = middle + 1
    }
  }
  return lower
}

private func finite(
  _ function: (Double) -> Double, _ argument: Double
) throws(RootError) -> Double {
  let value = function(argument)
  guard value.isFinite else { throw .notFinite(at: argument) }
  return value
}

/// The state of Brent's method: the best argument, the other end of the bracket, and the one before.
private struct Bracket {
  private(set) var best: Double
  private var valueAtBest: Double
  private var other: Double
  private var valueAtOther: Double
  private var previous: Double
  private var valueAtPrevious: Double
  private var step: Double
  private var stepBefore: Double

  init(_ interval: ClosedRange<Double>, _ function: (Double) -> Double) throws(RootError) {
    other = interval.lowerBound
    best = interval.upperBound
    valueAtOther = try finite(function, other)
    valueAtBest = try finite(function, best)
    guard (valueAtOther < 0) != (valueAtBest < 0) || valueAtOther == 0 || valueAtBest == 0 else {
      throw .notBracketed(valueAtLower: valueAtOther, valueAtUpper: valueAtBest)
    }
    previous = other
    valueAtPrevious = valueAtOther
    step = best - other
    stepBefore = step
    keepSmallerAsBest()
  }

  /// The argument to try next, or `nil` once the bracket is as short as asked for.
  mutating func nextArgument(tolerance: Double) -> Double? {
    let limit = 2 * Double.ulpOfOne * abs(best) + 0.5 * tolerance + .leastNonzeroMagnitude
    let half = 0.5 * (other - best)
    guard abs(half) > limit, valueAtBest != 0 else { return nil }
    if let interpolated = interpolatedStep(half: half, limit: limit) {
      stepBefore = step
      step = interpolated
    } else {
      step = half
      stepBefore = half
    }
    return best + (abs(step) > limit ? step : (half > 0 ? limit : -limit))
  }

  /// Takes in the function's value at a new argument.
  mutating func insert(_ argument: Double, _ value: Double) {
    previous = best
    valueAtPrevious = valueAtBest
    best = argument
    valueAtBest = value
    if (valueAtBest > 0) == (valueAtOther > 0) {
      other = previous
      valueAtOther = valueAtPrevious
      step = best - previous
      stepBefore = step
    }
    keepSmallerAsBest()
  }

  private mutating func keepSmallerAsBest() {
    guard abs(valueAtOther) < abs(valueAtBest) else { return }
    previous = best
    valueAtPrevious = valueAtBest
    swap(&best, &other)
    swap(&valueAtBest, &valueAtOther)
  }

  /// A secant or inverse quadratic step, or `nil` where bisection is safer.
  private func interpolatedStep(half: Double, limit: Double) -> Double? {
    guard abs(stepBefore) >= limit, abs(valueAtPrevious) > abs(valueAtBest) else { return nil }
    let s = valueAtBest / valueAtPrevious
    var numerator = 2 * half * s
    var denominator = 1 - s
    if previous != other {
      let q = valueAtPrevious / valueAtOther
      let r = valueAtBest / valueAtOther
      numerator = s * (2 * half * q * (q - r) - (best - previous) * (r - 1))
      denominator = (q - 1) * (r - 1) * (s - 1)
    }
    if numerator > 0 { denominator = -denominator } else { numerator = -numerator }
    guard
      2 * numerator < min(3 * half * denominator - abs(limit * denominator), abs(stepBefore * denominator))
    else { return nil }
    return numerator / denominator
  }
}
