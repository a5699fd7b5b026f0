/// Fills a row with the uniforms of one factor in consecutive scenarios.
///
/// The uniform is the centre of one of 2^52 equal cells, `(2·(word >> 12) + 1) · 2^-53`. The end points 0 and
/// 1 never occur: the least value is 2^-53, the greatest 1 - 2^-53, and u occurs exactly as often as 1 - u.
/// The value for a scenario depends on neither the first scenario nor the count, and is the same in every
/// kernel class.
///
/// - Parameters:
///   - stream: the stream to draw from.
///   - factor: the factor's stable identifier.
///   - firstScenario: the index of the first scenario, even or odd; all indices lie in
///     0 ..< ``DrawStream/scenarioLimit``.
///   - values: one element a scenario; may be empty.
public func fillUniforms(
  stream: DrawStream, factor: UInt64, firstScenario: Int, into values: inout MutableSpan<Double>
) {
  fillUniforms(
    stream: stream, factor: factor, firstScenario: firstScenario, kernel: .current, into: &values)
}
