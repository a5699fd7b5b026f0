/// Fills a row with the standard normals of one factor in consecutive scenarios.
///
/// The normal quantile of the uniform that ``fillUniforms(stream:factor:firstScenario:into:)`` gives for the
/// same scenario: one draw an index, monotone in it, always finite and within ±8.21. The value for a scenario
/// depends on neither the first scenario nor the count.
///
/// - Parameters:
///   - stream: the stream to draw from.
///   - factor: the factor's stable identifier.
///   - firstScenario: the index of the first scenario, even or odd; all indices lie in
///     0 ..< ``DrawStream/scenarioLimit``.
///   - values: one element a scenario; may be empty.
public func fillNormals(
  stream: DrawStream, factor: UInt64, firstScenario: Int, into values: inout MutableSpan<Double>
) {
  fillNormals(stream: stream, factor: factor, firstScenario: firstScenario, kernel: .current, into: &values)
}

/// The standard normals of several factors over a range of scenarios.
///
/// - Parameters:
///   - stream: the stream to draw from.
///   - factors: the factors' stable identifiers, one a row.
///   - scenarios: the scenario indices, one a column; within 0 ..< ``DrawStream/scenarioLimit``.
/// - Returns: factors × scenarios, row after row.
public func normals(stream: DrawStream, factors: [UInt64], scenarios: Range<Int>) -> [Double] {
  var rows: [Double] = []
  rows.reserveCapacity(factors.count * scenarios.count)
  var row = [Double](repeating: 0, count: scenarios.count)
  for factor in factors {
    var values = row.mutableSpan
    fillNormals(stream: stream, factor: factor, firstScenario: scenarios.lowerBound, into: &values)
    rows += row
  }
  return rows
}
