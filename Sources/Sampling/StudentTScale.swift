/// Fills a row with the scales that turn normals into Student-t variables of unit variance.
///
/// The scale of a scenario is sqrt((ν - 2) / W), W being its chi-squared variable with ν degrees of freedom.
/// Normals with covariance Σ, all multiplied by the scale of their scenario, are multivariate Student-t with
/// covariance Σ: Z·sqrt(ν / W) has variance ν / (ν - 2) times that of Z. The value for a scenario depends on
/// neither the first scenario nor the count.
///
/// - Parameters:
///   - degreesOfFreedom: ν, finite and above 2, where the variance exists.
///   - stream: the stream to draw from; the normals of the same stream are independent of the scales.
///   - firstScenario: the index of the first scenario, even or odd; all indices lie in
///     0 ..< ``DrawStream/scenarioLimit``.
///   - values: one element a scenario; may be empty.
public func fillStudentTScale(
  degreesOfFreedom: Double, stream: DrawStream, firstScenario: Int, into values: inout MutableSpan<Double>
) {
  precondition(degreesOfFreedom > 2, "a Student-t variable has a variance only above 2 degrees of freedom")
  fillChiSquared(
    degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: firstScenario, into: &values)
  for index in values.indices {
    values[index] = ((degreesOfFreedom - 2) / values[index]).squareRoot()
  }
}
