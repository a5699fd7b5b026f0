internal import RealModule

/// Fills a row with the chi-squared mixing variables of consecutive scenarios.
///
/// The draw for a scenario is a pure function of (stream, scenario, degrees of freedom): attempt a of the
/// rejection method takes its normal and its uniform from the factors "mixing.normal" + a and
/// "mixing.uniform" + a, so no scenario waits on how often another was rejected. The mean is ν, the variance
/// 2ν. The value for a scenario depends on neither the first scenario nor the count.
///
/// Source: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables" (2000).
///
/// - Parameters:
///   - degreesOfFreedom: ν, finite and above 0. Draws are above 0, but may underflow to 0 for ν < 0.1.
///   - stream: the stream to draw from.
///   - firstScenario: the index of the first scenario, even or odd; all indices lie in
///     0 ..< ``DrawStream/scenarioLimit``.
///   - values: one element a scenario; may be empty.
public func fillChiSquared(
  degreesOfFreedom: Double, stream: DrawStream, firstScenario: Int, into values: inout MutableSpan<Double>
) {
  fillChiSquared(
    degreesOfFreedom: degreesOfFreedom, stream: stream, firstScenario: firstScenario, kernel: .current,
    into: &values)
}

/// Fills a row with chi-squared variables made by one kernel class; see the public function of the same name.
package func fillChiSquared(
  degreesOfFreedom: Double, stream: DrawStream, firstScenario: Int, kernel: KernelClass,
  into values: inout MutableSpan<Double>
) {
  precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "the degrees of freedom must be above 0")
  // A gamma variable of shape a < 1 is one of shape a + 1 times a uniform to the power 1 / a.
  let isBoosted = degreesOfFreedom < 2
  let method = GammaRejection(shape: degreesOfFreedom / 2 + (isBoosted ? 1 : 0))

  fillNormals(
    stream: stream, factor: MixingFactor.normal, firstScenario: firstScenario, kernel: kernel, into: &values)
  var uniforms = [Double](repeating: 0, count: values.count)
  var row = uniforms.mutableSpan
  fillUniforms(
    stream: stream, factor: MixingFactor.uniform, firstScenario: firstScenario, kernel: kernel, into: &row)
  for index in values.indices {
    let gamma =
      method.gamma(normal: values[index], uniform: row[index])
      ?? method.gammaOfLaterAttempts(stream: stream, scenario: firstScenario + index, kernel: kernel)
    values[index] = 2 * gamma
  }

  guard isBoosted else { return }
  fillUniforms(
    stream: stream, factor: MixingFactor.boost, firstScenario: firstScenario, kernel: kernel, into: &row)
  for index in values.indices {
    values[index] *= Double.pow(row[index], 2 / degreesOfFreedom)
  }
}

/// The reserved factors of the mixing variables; attempt a uses the identifier plus a.
private enum MixingFactor {
  static let normal = stableIdentifier(of: "mixing.normal")
  static let uniform = stableIdentifier(of: "mixing.uniform")
  static let boost = stableIdentifier(of: "mixing.boost")
}

/// The rejection method of Marsaglia and Tsang for gamma variables of shape at least 1.
private struct GammaRejection {
  /// d = shape - 1/3 and c = 1 / sqrt(9d): d·(1 + c·normal)³ is nearly a gamma variable.
  let d: Double
  let c: Double

  init(shape: Double) {
    d = shape - 1.0 / 3
    c = 1 / (9 * d).squareRoot()
  }

  /// The gamma variable of one attempt, or `nil` if it is rejected.
  @inline(__always)
  func gamma(normal: Double, uniform: Double) -> Double? {
    let root = 1 + c * normal
    guard root > 0 else { return nil }
    let cube = root * root * root
    let square = normal * normal
    if uniform < 1 - 0.0331 * square * square { return d * cube }
    let isAccepted = Double.log(uniform) < 0.5 * square + d * (1 - cube + Double.log(cube))
    return isAccepted ? d * cube : nil
  }

  /// The gamma variable of a scenario whose attempt 0 was rejected.
  func gammaOfLaterAttempts(stream: DrawStream, scenario: Int, kernel: KernelClass) -> Double {
    var normal = [0.0]
    var attempt: UInt64 = 1
    while true {
      var row = normal.mutableSpan
      fillNormals(
        stream: stream, factor: MixingFactor.normal &+ attempt, firstScenario: scenario, kernel: kernel,
        into: &row)
      let uniform = stream.uniform(factor: MixingFactor.uniform &+ attempt, scenario: scenario)
      if let gamma = gamma(normal: row[0], uniform: uniform) { return gamma }
      attempt += 1
    }
  }
}
