import LinearAlgebra
import NumericalMethods
import RealModule
import Sampling
import Statistics
import TestSupport
import Testing

@Suite struct CharacteristicFunctionInversionTests {
  private func law(
    _ constant: Double, _ linear: [Double], _ quadratic: [Double]
  ) throws -> QuadraticGaussian {
    try QuadraticGaussian(constant: constant, linear: linear, quadratic: quadratic)
  }

  /// Special case: normal.
  @Test(arguments: [-9, -3, -1e-3, 0, 0.5, 2.3263478740408411, 6, 30])
  func aNormalLaw(z: Double) throws {
    let inversion = CharacteristicFunctionInversion(try law(7, [3, -4], [0, 0]))
    let tail = try inversion.exceedanceProbability(of: 7 + 5 * z)
    let exact = normalDistribution(-z)
    #expect(isClose(tail.value, exact, relative: 1e-12))
    #expect(abs(tail.value - exact) <= tail.errorBound + 4e-16 * exact * (1 + z * z))
    #expect(tail.errorBound <= 1e-11 * exact)
  }

  /// Special case: N-VAR, N-ES.
  @Test(arguments: [
    (0.95, 1.6448536269514727, 2.0627128075074257), (0.99, 2.3263478740408411, 2.6652142203458048),
    (0.999, 3.0902323061678135, 3.3670900770639904),
  ])
  func referenceNVAR(level: Double, valueAtRisk: Double, shortfall: Double) throws {
    let inversion = CharacteristicFunctionInversion(try law(0, [1], [0]))
    let confidence = try Confidence(level)
    #expect(isClose(try inversion.valueAtRisk(at: confidence).value, valueAtRisk, relative: 1e-13))
    #expect(isClose(try inversion.expectedShortfall(at: confidence).value, shortfall, relative: 1e-13))
  }

  /// Special case: chi-squared, both tails, one degree of freedom (whose characteristic function hardly decays) to
  /// many.
  @Test(arguments: [1, 2, 3, 10, 60], [1e-12, 1e-3, 0.3, 0.9, 1, 1.5, 4, 20])
  func chiSquaredLaws(degrees: Int, multiple: Double) throws {
    let squares = [Double](repeating: 1, count: degrees)
    let inversion = CharacteristicFunctionInversion(try law(0, squares.map { _ in 0 }, squares))
    let x = Double(degrees) * multiple
    let exact = ChiSquaredDistribution(degreesOfFreedom: Double(degrees)).tails(x)
    let upper = try inversion.exceedanceProbability(of: x)
    #expect(abs(upper.value - exact.upper) <= upper.errorBound + 1e-13 * exact.upper)
    let lower = try CharacteristicFunctionInversion(inversion.law.negated).exceedanceProbability(of: -x)
    #expect(abs(lower.value - exact.lower) <= lower.errorBound + 1e-13 * exact.lower)
    // Hard by the end of the support its distance has few digits left, and the error says so.
    #expect(lower.errorBound <= (multiple < 1e-9 ? 0.5 : 1e-10) * exact.lower)
  }

  /// CHI2: the quantiles of one and two degrees of freedom.
  @Test(arguments: [
    (1, 0.95, 3.841458820694124), (1, 0.99, 6.634896601021213), (2, 0.95, 5.991464547107979),
    (2, 0.99, 9.21034037197618), (1, 0.9, 2.705543454095404), (2, 0.9, 4.605170185988092),
  ])
  func referenceCHI2(degrees: Int, level: Double, quantile: Double) throws {
    let squares = [Double](repeating: 1, count: degrees)
    let found = try CharacteristicFunctionInversion(law(0, squares.map { _ in 0 }, squares)).quantile(level)
    #expect(isClose(found.value, quantile, relative: 1e-13))
    #expect(abs(found.value - quantile) <= found.errorBound + 2e-15 * quantile)
  }

  /// Special case: one normal with its square, where the probability is that of an interval of the normal.
  @Test(arguments: [
    (0.0, 1.0, 1e-9), (1, 1, -1e-6), (2, 0.5, 0.4), (-1, 0.3, -0.7), (0, 1e-4, 1), (5, -2, 3), (0, 1, 0.05),
    (0, 1, -0.02),
  ])
  func oneNormalWithItsSquare(constant: Double, b: Double, lambda: Double) throws {
    let one = try law(constant, [b], [lambda])
    let inversion = CharacteristicFunctionInversion(one)
    for score in [-5, -2, -1, -0.3, 0, 0.4, 1, 2.5, 4, 8] {
      let x = one.mean + score * one.standardDeviation
      let tail = try inversion.exceedanceProbability(of: x)
      let exact = oneNormalExceedance(constant, b, lambda, x)
      #expect(
        isClose(tail.value, exact, relative: 1e-8, absolute: 1e-15), "\(constant) \(b) \(lambda) at \(score)")
    }
  }

  /// Special case: the difference of two exponential variables, `½(χ²₂ − χ²₂)`, is Laplace's law.
  @Test(arguments: [0.1, 1, 3, 12, 100])
  func laplaceLaw(x: Double) throws {
    let inversion = CharacteristicFunctionInversion(
      try law(0, [0, 0, 0, 0], [0.5, 0.5, -0.5, -0.5]))
    #expect(isClose(try inversion.exceedanceProbability(of: x).value, 0.5 * .exp(-x), relative: 1e-12))
    #expect(isClose(try inversion.exceedanceProbability(of: -x).value, 1 - 0.5 * .exp(-x), relative: 1e-14))
    // Beyond the value at risk the excess is exponential of mean 1.
    let confidence = Confidence.ninetyNinePercent
    let shortfall = try inversion.expectedShortfall(at: confidence)
    #expect(isClose(try inversion.valueAtRisk(at: confidence).value, -Double.log(0.02), relative: 1e-13))
    #expect(isClose(shortfall.value, 1 - Double.log(0.02), relative: 1e-13))
    #expect(abs(shortfall.value - 1 + Double.log(0.02)) <= shortfall.errorBound + 2e-15)
  }

  /// The plain formula of Gil-Pelaez and Imhof, summed by Davies' rule, for random laws of many normals.
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func theOrdinaryInversion(seed: UInt64) throws {
    let one = try randomQuadraticGaussian(seed: seed, count: 6 + Int(seed) % 9)
    let inversion = CharacteristicFunctionInversion(one)
    for score in [-4, -2, -0.5, 0, 0.2, 1, 2.3, 5] {
      let x = one.mean + score * one.standardDeviation
      let tail = try inversion.exceedanceProbability(of: x)
      #expect(isClose(tail.value, gilPelaez(one, x), absolute: 1e-10))
      #expect(tail.errorBound <= 1e-11 * tail.value)
    }
  }

  /// Scales far apart: each normal counts where it should, and the error stays small.
  @Test(arguments: [1e-2, 1e-4, 1e-6, 1e-9])
  func scalesFarApart(small: Double) throws {
    // A chi-squared variable of one degree of freedom plus a small independent normal, by numerical convolution: to
    // second order in the small variance the tail moves by ½·σ²·(−f′).
    let one = try law(0, [0, small], [1, 0])
    let chi = ChiSquaredDistribution(degreesOfFreedom: 1)
    let x = 6.634896601021213
    let slope = -chi.density(x) * (0.5 + 0.5 / x)
    let tail = try CharacteristicFunctionInversion(one).exceedanceProbability(of: x)
    #expect(
      isClose(
        tail.value, 0.01 - 0.5 * small * small * slope, relative: 1e-12 + 10 * small * small * small * small))
    for lambda in [small, -small] {
      let mixed = try law(0, [0.3, 1, small], [1, lambda, -lambda])
      let shortfall = try CharacteristicFunctionInversion(mixed).expectedShortfall(at: .ninetyNinePercent)
      #expect(shortfall.errorBound <= 1e-10 * shortfall.value)
    }
  }

  /// Against simulation: counts beyond the computed quantiles, each refused with probability below 8.3e-8 if honest
  /// (Chernoff's bound with exponent 17), in all below 1e-6.
  @Test(arguments: [3, 4] as [UInt64])
  func simulation(seed: UInt64) throws {
    let one = try randomQuadraticGaussian(seed: seed, count: 5)
    let inversion = CharacteristicFunctionInversion(one)
    let count = 1 << 17
    let draws = normals(
      stream: DrawStream(seed: seed), factors: (0..<5).map { UInt64($0) }, scenarios: 0..<count)
    let losses = (0..<count).map { scenario in
      (0..<5).reduce(one.constant) { sum, factor in
        let z = draws[factor * count + scenario]
        return sum + one.linear[factor] * z + one.quadratic[factor] * z * z
      }
    }
    for probability in [0.01, 0.05, 0.5, 0.95, 0.99] {
      let quantile = try inversion.quantile(probability).value
      let below = losses.count { $0 <= quantile }
      #expect(isBelievable(count: below, trials: count, probability: probability))
    }
  }

  /// The quantile inverts the probability; the expected shortfall is the mean of the quantiles beyond.
  @Test(arguments: 20...25 as ClosedRange<UInt64>)
  func figuresFitTogether(seed: UInt64) throws {
    let one = try randomQuadraticGaussian(seed: seed, count: 1 + Int(seed) % 4)
    let inversion = CharacteristicFunctionInversion(one)
    for level in [0.6, 0.95, 0.99, 0.9999, 0.999_999_99] {
      let confidence = try Confidence(level)
      let quantile = try inversion.valueAtRisk(at: confidence)
      let back = try inversion.exceedanceProbability(of: quantile.value)
      #expect(isClose(back.value, confidence.tailProbability, relative: 1e-9, absolute: 2 * back.errorBound))
      let shortfall = try inversion.expectedShortfall(at: confidence)
      #expect(shortfall.value >= quantile.value)
      #expect(quantile.errorBound <= 1e-9 * one.standardDeviation)
      // Scaling and shifting the law scale and shift its figures.
      let moved = try law(
        3 - 1e3 * one.constant, one.linear.map { -1e3 * $0 }, one.quadratic.map { -1e3 * $0 })
      let other = try CharacteristicFunctionInversion(moved.negated).valueAtRisk(at: confidence).value
      #expect(isClose(other, 1e3 * quantile.value - 3, relative: 1e-10, absolute: 1e-9))
    }
    // Simpson's rule over levels c to 1 in the variable 1 − (1 − c)·u², u from 0 to 1.
    let shortfall = try inversion.expectedShortfall(at: .ninetyFivePercent).value
    let nodes = 64
    var sum = 0.0
    for node in 0...nodes where node > 0 {
      let u = Double(node) / Double(nodes)
      let weight = node == nodes ? 1.0 : node % 2 == 1 ? 4 : 2
      sum += weight * 2 * u * (try inversion.quantile(1 - 0.05 * u * u).value)
    }
    #expect(isClose(shortfall, sum / (3 * Double(nodes)), relative: 1e-3))
  }

  /// DG-PF2: 50 factors of an example portfolio; the profit's quantiles by every method.
  ///
  /// Source of the inputs: Open Source Risk Engine, Examples/MarketRisk/Input/ParametricVar.
  @Test(.enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func referenceDGPF2() throws {
    let rows = try ReferenceTables.cells("ore_pf2_delta_gamma_cov.csv").dropFirst()
    let numbers = try rows.map { row in try row.dropFirst().map { try #require(Double($0)) } }
    let law = try QuadraticGaussian(
      delta: numbers.map { $0[0] }, gamma: Matrix(rows: numbers.map { Array($0[2...]) }),
      covariance: .diagonal(numbers.map { $0[1] }))
    #expect(isClose(law.mean, 46777.5, absolute: 1e-7))
    #expect(isClose(law.standardDeviation, 39330.61658530, absolute: 1e-7))
    #expect(isClose(law.skewness, 0.523688367810, absolute: 1e-11))
    #expect(isClose(law.excessKurtosis, 0.788307417721, absolute: 1e-11))
    let linear = try QuadraticGaussian(
      constant: 0, linear: law.linear, quadratic: law.linear.map { _ in 0 })
    let exact = CharacteristicFunctionInversion(law)
    let levels: [(probability: Double, delta: Double, normal: Double, exact: Double)] = [
      (0.01, -69773.09, -44719.1963, -33202.3856), (0.05, -49333.34, -17915.6073, -12210.2168),
      (0.95, 49333.34, 111470.6073, 115689.7650), (0.99, 69773.09, 138274.1963, 154651.6857),
    ]
    for level in levels {
      #expect(
        isClose(try linear.normalApproximation(quantile: level.probability), level.delta, absolute: 6e-3))
      #expect(isClose(try law.normalApproximation(quantile: level.probability), level.normal, absolute: 6e-5))
      let quantile = try exact.quantile(level.probability)
      #expect(isClose(quantile.value, level.exact, absolute: 6e-5))
      #expect(quantile.errorBound < 1e-6)
    }
    let tails: [(confidence: Confidence, law: QuadraticGaussian, fisher: Double, saddlepoint: Double)] = [
      (.ninetyNinePercent, law.negated, 32763.0767, 33249.58),
      (.ninetyFivePercent, law.negated, 11232.4705, 12292.75),
      (.ninetyFivePercent, law, 116497.1556, 114498.51), (.ninetyNinePercent, law, 156608.6532, 153056.70),
    ]
    for tail in tails {
      let fisher = try CornishFisher(tail.law).valueAtRisk(at: tail.confidence)
      #expect(isClose(fisher, tail.fisher, absolute: 6e-5))
      let saddlepoint = try SaddlepointTail(tail.law).valueAtRisk(at: tail.confidence)
      #expect(isClose(saddlepoint, tail.saddlepoint, absolute: 6e-3), "\(saddlepoint)")
    }
  }

  /// Laws of which a path bent to one side would be lost: large negative squares beside normals almost without one.
  @Test(arguments: [
    ([-0.034, -0.021, -0.032, 0.12, 0.146, 0.404], [0.0136, 0.0674, -0.542, -0.0318, 0, -0.0125]),
    ([-0.88, 0.017, -0.198, 0.24, 0, -0.0167], [-0.0192, -0.0291, -0.222, 0, 0.0352, -0.0126]),
  ])
  func mixedLawsAreInvertedThroughout(linear: [Double], quadratic: [Double]) throws {
    let one = try law(0, linear, quadratic)
    let inversion = CharacteristicFunctionInversion(one)
    for step in -40...50 {
      let x = one.mean + 0.1 * Double(step) * one.standardDeviation
      let tail = try inversion.exceedanceProbability(of: x)
      #expect(tail.errorBound <= 1e-11 * tail.value)
      if step % 10 == 0 { #expect(isClose(tail.value, gilPelaez(one, x), absolute: 1e-10)) }
    }
  }

  @Test func equalInputsGiveEqualBits() throws {
    let one = CharacteristicFunctionInversion(try randomQuadraticGaussian(seed: 77, count: 7))
    #expect(
      try one.expectedShortfall(at: .ninetyNinePercent) == one.expectedShortfall(at: .ninetyNinePercent))
  }

  @Test func badInputsAreNamed() throws {
    let inversion = CharacteristicFunctionInversion(try law(1, [0], [2]))
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: QuadraticGaussianError.notFinite) { try inversion.exceedanceProbability(of: bad) }
    }
    for bad in [0, 1, -0.1, 2] {
      #expect(throws: QuadraticGaussianError.probabilityOutOfRange(bad)) { try inversion.quantile(bad) }
    }
    #expect(throws: QuadraticGaussianError.self) { try inversion.quantile(.nan) }
    // Outside the support there is nothing to invert.
    #expect(try inversion.exceedanceProbability(of: 1) == BoundedValue(value: 1, errorBound: 0))
    let above = CharacteristicFunctionInversion(inversion.law.negated)
    #expect(try above.exceedanceProbability(of: -1) == BoundedValue(value: 0, errorBound: 0))
  }
}

/// A law with coefficients of either sign; some normals without squares and some squares alone.
func randomQuadraticGaussian(seed: UInt64, count: Int) throws -> QuadraticGaussian {
  var generator = SeededGenerator(seed: seed)
  let linear = (0..<count).map { index in index % 5 == 1 ? 0 : 2 * generator.uniform() - 1 }
  let quadratic = (0..<count).map { index in index % 5 == 3 ? 0 : 2 * generator.uniform() - 1 }
  return try QuadraticGaussian(constant: generator.uniform(), linear: linear, quadratic: quadratic)
}

/// `P(k + bZ + λZ² > x)` from the roots of the parabola.
private func oneNormalExceedance(_ constant: Double, _ b: Double, _ lambda: Double, _ x: Double) -> Double {
  let c = constant - x
  let discriminant = b * b - 4 * lambda * c
  guard discriminant > 0 else { return lambda > 0 ? 1 : 0 }
  let q = -0.5 * (b + (b < 0 ? -discriminant.squareRoot() : discriminant.squareRoot()))
  let roots = [q / lambda, c / q].sorted()
  let outside = normalDistribution(roots[0]) + normalDistribution(-roots[1])
  if lambda > 0 { return outside }
  // The interval, from the side on which its ends are small probabilities.
  return roots[0] > 0
    ? normalDistribution(-roots[0]) - normalDistribution(-roots[1])
    : normalDistribution(roots[1]) - normalDistribution(roots[0])
}

/// `P(Q > x) = ½ + (1/π)·∫ Im[φ(u)·exp(−iux)]/u du` by the midpoint rule, whose error is a tail probability at a
/// distance of one period (Davies, 1973), until the characteristic function is below 1e-13.
private func gilPelaez(_ law: QuadraticGaussian, _ x: Double) -> Double {
  let step = 2 * Double.pi / (100 * law.standardDeviation)
  var sum = 0.0
  var index = 0.5
  while index < 4e6 {
    let u = index * step
    var size = 0.0
    var phase = u * (law.constant - x)
    for (b, lambda) in zip(law.linear, law.quadratic) {
      let y = 2 * u * lambda
      let inverse = 1 / (1 + y * y)
      size += -0.5 * u * u * b * b * inverse - 0.25 * .log(1 + y * y)
      phase += 0.5 * .atan(y) - 0.5 * u * u * b * b * y * inverse
    }
    if size < -30 { break }
    sum += .exp(size) * .sin(phase) / index
    index += 1
  }
  return 0.5 + sum / .pi
}

/// Whether `count` successes in `trials` are believable, by Chernoff's bound: an honest count is refused with
/// probability below 2·exp(−17) = 8.3e-8.
private func isBelievable(count: Int, trials: Int, probability: Double) -> Bool {
  let observed = Double(count) / Double(trials)
  func term(_ a: Double, _ b: Double) -> Double { a == 0 ? 0 : a * .log(a / b) }
  let divergence = term(observed, probability) + term(1 - observed, 1 - probability)
  return Double(trials) * divergence < 17
}
