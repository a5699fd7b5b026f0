import NumericalMethods
import TestSupport
import Testing

@Suite struct StudentTDistributionTests {
  @Test(
    "T-VAR: 99 % quantiles at the printed digits",
    arguments: zip(
      [3, 4, 5, 6, 10],
      [4.540_702_858_568, 3.746_947_387_979, 3.364_929_998_907, 3.142_668_403_291, 2.763_769_458_113]))
  func publishedQuantiles(degreesOfFreedom: Double, expected: Double) {
    let law = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
    #expect(isClose(law.quantile(0.99), expected, absolute: 0.5e-12))
    #expect(isClose(law.quantile(0.01), -expected, absolute: 0.5e-12))
  }

  /// Computed with mpmath at 40 digits.
  @Test(
    arguments: [
      (0.5, 10, 0.005_051_795_234_152_220_2, 0.101_338_676_385_665_57),
      (1, 1, 0.159_154_943_091_895_34, 0.25),
      (2.1, 0.01, 0.355_453_622_554_620_08, 0.496_445_288_868_536_44),
      (3, 4, 0.009_163_361_142_744_466_2, 0.014_004_228_005_073_083),
      (4, 30, 4.883_825_856_843_766_9e-7, 3.676_428_048_830_661_1e-6),
      (10, 2.5, 0.026_938_727_628_244_459, 0.015_723_422_118_304_402),
      (100.5, 6, 7.108_456_758_197_652_1e-8, 1.568_422_430_608_182_8e-8),
    ] as [(Double, Double, Double, Double)])
  func densityAndTail(degreesOfFreedom: Double, x: Double, density: Double, tail: Double) {
    let law = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
    #expect(isClose(law.density(x), density, relative: 2e-14))
    #expect(isClose(law.survival(x), tail, relative: 2e-14))
    #expect(isClose(law.cumulative(-x), tail, relative: 2e-14))
    #expect(isClose(law.cumulative(x), 1 - tail, relative: 2e-15))
  }

  @Test("one and two degrees of freedom have closed forms") func closedForms() {
    let cauchy = StudentTDistribution(degreesOfFreedom: 1)
    let two = StudentTDistribution(degreesOfFreedom: 2)
    for p in [1e-9, 0.001, 0.2, 0.49, 0.51, 0.9, 0.999] {
      let expected = (2 * p - 1) / (2 * p * (1 - p)).squareRoot()
      #expect(isClose(two.quantile(p), expected, relative: 2e-14))
    }
    #expect(isClose(cauchy.quantile(0.75), 1, relative: 1e-15))
    #expect(isClose(cauchy.quantile(0.25), -1, relative: 1e-15))
  }

  @Test func theMedianIsZero() {
    #expect(StudentTDistribution(degreesOfFreedom: 3).quantile(0.5) == 0)
    #expect(StudentTDistribution(degreesOfFreedom: 3).cumulative(0) == 0.5)
  }

  @Test("many degrees of freedom are the normal law") func normalLimit() {
    let law = StudentTDistribution(degreesOfFreedom: 1e10)
    for p in [0.001, 0.05, 0.3, 0.8, 0.995] {
      #expect(isClose(law.quantile(p), normalQuantile(p), relative: 1e-8))
    }
    #expect(isClose(law.density(1.5), normalDensity(1.5), relative: 1e-9))
  }

  @Test func quantileAndDistributionAreInverse() {
    for degreesOfFreedom in [0.3, 1, 2.5, 4, 17, 1_000, 1e7] {
      let law = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
      for p in [1e-12, 0.004, 0.1, 0.499, 0.501, 0.7, 0.975] {
        #expect(isClose(law.cumulative(law.quantile(p)), p, relative: 1e-12), "\(degreesOfFreedom) \(p)")
      }
    }
  }

  @Test func badArgumentsStop() async {
    await #expect(processExitsWith: .failure) { _ = StudentTDistribution(degreesOfFreedom: 0) }
    await #expect(processExitsWith: .failure) { _ = StudentTDistribution(degreesOfFreedom: .nan) }
    await #expect(processExitsWith: .failure) { _ = StudentTDistribution(degreesOfFreedom: 3).quantile(1) }
  }
}
