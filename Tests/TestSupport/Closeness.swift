/// Whether two numbers agree within a relative or an absolute tolerance, whichever is wider.
///
/// - Parameters:
///   - value: the number to judge.
///   - expected: the number it should be.
///   - relative: the largest relative difference allowed, as a fraction of `|expected|`.
///   - absolute: the largest absolute difference allowed.
/// - Returns: `false` whenever either number is not finite.
public func isClose(
  _ value: Double, _ expected: Double, relative: Double = 0, absolute: Double = 0
) -> Bool {
  guard value.isFinite, expected.isFinite else { return false }
  return abs(value - expected) <= max(relative * abs(expected), absolute)
}

/// The distance between two numbers in units in the last place of the expected one.
///
/// - Parameters:
///   - value: the number to judge.
///   - expected: the number it should be; must be finite and non-zero.
/// - Returns: infinity when the signs differ or `value` is not finite.
public func unitsInLastPlace(_ value: Double, from expected: Double) -> Double {
  guard value.isFinite, value.sign == expected.sign else { return .infinity }
  return abs(value - expected) / expected.ulp
}
