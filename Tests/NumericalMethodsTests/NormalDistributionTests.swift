import NumericalMethods
import TestSupport
import Testing

/// Reference values not cited otherwise were computed with mpmath at 40 digits or more.
@Suite struct NormalDistributionTests {
  @Test(
    "N-VAR: the quantile to 1e-15 of 30-digit values",
    arguments: zip(
      [0.95, 0.975, 0.99, 0.995, 0.999],
      [
        1.644_853_626_951_472_7, 1.959_963_984_540_054_2, 2.326_347_874_040_841_1, 2.575_829_303_548_900_8,
        3.090_232_306_167_813_5,
      ]))
  func publishedQuantiles(probability: Double, expected: Double) {
    #expect(isClose(normalQuantile(probability), expected, relative: 1e-15))
    #expect(isClose(normalQuantile(1 - probability), -expected, relative: 1e-15))
  }

  @Test(
    "the quantile in every region of the approximation",
    arguments: [
      (1e-300, -37.047_096_299_361_199), (1e-16, -8.222_082_216_130_435_6), (1e-5, -4.264_890_793_922_824_6),
      (0.02, -2.053_748_910_631_823), (0.07, -1.475_791_028_179_170_7), (0.075, -1.439_531_470_938_455_9),
      (0.3, -0.524_400_512_708_040_82), (0.9, 1.281_551_565_544_600_6), (0.925, 1.439_531_470_938_456_2),
      (0.9999, 3.719_016_485_455_708_4),
    ])
  func quantileRegions(probability: Double, expected: Double) {
    #expect(isClose(normalQuantile(probability), expected, relative: 1e-15))
  }

  @Test(
    "distribution and density far into both tails",
    arguments: [
      (-37, 5.725_571_222_524_576_8e-300, 2.120_006_551_524_605_6e-298),
      (-10, 7.619_853_024_160_526_1e-24, 7.694_598_626_706_419_3e-23),
      (-1, 0.158_655_253_931_457_05, 0.241_970_724_519_143_35),
      (0.5, 0.691_462_461_274_013_1, 0.352_065_326_764_299_48),
      (6, 0.999_999_999_013_412_35, 6.075_882_849_823_285_5e-9),
    ] as [(Double, Double, Double)])
  func distributionAndDensity(x: Double, distribution: Double, density: Double) {
    let tolerance = 4e-16 * (1 + x * x)
    #expect(isClose(normalDistribution(x), distribution, relative: tolerance))
    #expect(isClose(normalDensity(x), density, relative: tolerance))
  }

  @Test func theMedianIsZero() {
    #expect(normalQuantile(0.5) == 0)
  }

  @Test func quantileAndDistributionAreInverse() {
    for step in 1..<1_000 {
      let probability = Double(step) / 1_000
      #expect(isClose(normalDistribution(normalQuantile(probability)), probability, relative: 2e-15))
    }
  }

  @Test func theQuantileRises() {
    var previous = -Double.infinity
    for step in 1..<100_000 {
      let quantile = normalQuantile(Double(step) / 100_000)
      #expect(quantile > previous)
      previous = quantile
    }
  }

  @Test func aLawIsTheStandardOneMovedAndScaled() {
    let law = NormalDistribution(mean: 3, standardDeviation: 2)
    #expect(law.quantile(0.5) == 3)
    #expect(isClose(law.cumulative(5), normalDistribution(1), relative: 1e-15))
    #expect(isClose(law.survival(5), normalDistribution(-1), relative: 1e-15))
    #expect(isClose(law.density(5), normalDensity(1) / 2, relative: 1e-15))
  }

  @Test func impossibleProbabilitiesStop() async {
    await #expect(processExitsWith: .failure) { _ = normalQuantile(0) }
    await #expect(processExitsWith: .failure) { _ = normalQuantile(1) }
    await #expect(processExitsWith: .failure) { _ = normalQuantile(.nan) }
  }
}
