import Statistics
import TestSupport
import Testing

@Suite struct EllipticalTailTests {
  @Test(
    "N-VAR, N-ES: 30-digit values",
    arguments: [
      (0.95, 1.644_853_626_951_472_7, 2.062_712_807_507_425_7),
      (0.975, 1.959_963_984_540_054_2, 2.337_802_792_201_414_4),
      (0.99, 2.326_347_874_040_841_1, 2.665_214_220_345_804_8),
      (0.995, 2.575_829_303_548_900_8, 2.891_948_605_383_480_8),
      (0.999, 3.090_232_306_167_813_5, 3.367_090_077_063_990_4),
    ])
  func normal(level: Double, valueAtRisk: Double, expectedShortfall: Double) throws {
    let confidence = try Confidence(level)
    #expect(isClose(EllipticalTail.normal.valueAtRisk(at: confidence), valueAtRisk, relative: 1e-15))
    // 1 − 0.999 is off by 9e-17/0.001; so is the shortfall's denominator.
    #expect(
      isClose(EllipticalTail.normal.expectedShortfall(at: confidence), expectedShortfall, relative: 3e-15))
  }

  @Test(
    "T-VAR/ES: the t law itself, at the printed digits",
    arguments: [
      (3, 4.540_702_858_568, 7.003_082_036_242), (4, 3.746_947_387_979, 5.220_584_194_492),
      (5, 3.364_929_998_907, 4.452_429_111_818), (6, 3.142_668_403_291, 4.032_527_679_510),
      (10, 2.763_769_458_113, 3.363_251_475_015),
    ] as [(Double, Double, Double)])
  func studentT(degreesOfFreedom: Double, valueAtRisk: Double, expectedShortfall: Double) throws {
    let tail = try EllipticalTail.studentT(degreesOfFreedom: degreesOfFreedom)
    let deviation = (degreesOfFreedom / (degreesOfFreedom - 2)).squareRoot()
    #expect(isClose(deviation * tail.valueAtRisk(at: .ninetyNinePercent), valueAtRisk, absolute: 0.6e-12))
    #expect(
      isClose(
        deviation * tail.expectedShortfall(at: .ninetyNinePercent), expectedShortfall, absolute: 0.6e-12))
  }

  @Test(
    "T-UNIT: rescaled to unit variance, at the printed digits",
    arguments: [
      (3, 2.621_576_017_704, 4.043_231_298_781), (4, 2.649_491_906_789, 3.691_510_485_681),
      (5, 2.606_463_569_384, 3.448_836_760_048), (6, 2.565_978_006_277, 3.292_545_062_816),
      (10, 2.471_990_552_991, 3.008_183_569_424),
    ] as [(Double, Double, Double)])
  func unitVariance(degreesOfFreedom: Double, valueAtRisk: Double, expectedShortfall: Double) throws {
    let tail = try EllipticalTail.studentT(degreesOfFreedom: degreesOfFreedom)
    #expect(isClose(tail.valueAtRisk(at: .ninetyNinePercent), valueAtRisk, absolute: 0.6e-12))
    #expect(isClose(tail.expectedShortfall(at: .ninetyNinePercent), expectedShortfall, absolute: 0.6e-12))
  }

  @Test("MC-SE: √n times the standard errors of a normal loss at 99 %") func standardErrors() {
    let tail = EllipticalTail.normal
    #expect(
      isClose(
        tail.valueAtRiskStandardError(at: .ninetyNinePercent, sampleSize: 1), 3.733_236_261_127,
        absolute: 0.6e-12))
    #expect(
      isClose(
        tail.expectedShortfallStandardError(at: .ninetyNinePercent, sampleSize: 1), 4.588_362_362_356,
        absolute: 0.6e-12))
    #expect(
      isClose(
        tail.valueAtRiskStandardError(at: .ninetyNinePercent, sampleSize: 10_000), 0.037_332_362_611_27,
        relative: 1e-12))
  }

  @Test("MC-SE: scenarios for an error of 1 % of the measure") func sampleSizes() throws {
    let rows: [(EllipticalTail, Double, Double)] = [
      (.normal, 25_753, 29_638), (try .studentT(degreesOfFreedom: 4), 93_552, 228_853),
      (try .studentT(degreesOfFreedom: 3), 136_533, 480_339),
    ]
    for (tail, forValueAtRisk, forShortfall) in rows {
      let confidence = Confidence.ninetyNinePercent
      let quantile =
        tail.valueAtRiskStandardError(at: confidence, sampleSize: 1)
        / (0.01 * tail.valueAtRisk(at: confidence))
      let shortfall =
        tail.expectedShortfallStandardError(at: confidence, sampleSize: 1)
        / (0.01 * tail.expectedShortfall(at: confidence))
      #expect(isClose(quantile * quantile, forValueAtRisk, absolute: 1))
      #expect(isClose(shortfall * shortfall, forShortfall, absolute: 1))
    }
  }

  @Test("many degrees of freedom are the normal law") func normalLimit() throws {
    let tail = try EllipticalTail.studentT(degreesOfFreedom: 1e9)
    for confidence in [Confidence.ninetyFivePercent, .ninetyNinePercent] {
      #expect(
        isClose(
          tail.valueAtRisk(at: confidence), EllipticalTail.normal.valueAtRisk(at: confidence), relative: 1e-8)
      )
      #expect(
        isClose(
          tail.expectedShortfall(at: confidence), EllipticalTail.normal.expectedShortfall(at: confidence),
          relative: 1e-8))
    }
    #expect(tail.degreesOfFreedom == 1e9)
    #expect(EllipticalTail.normal.degreesOfFreedom == nil)
  }

  @Test("ES is the mean of the quantiles beyond", arguments: [2.5, 4, 30]) func shortfallIsAMean(
    degreesOfFreedom: Double
  ) throws {
    let tail = try EllipticalTail.studentT(degreesOfFreedom: degreesOfFreedom)
    // Midpoint rule in w with tail probability 0.05·w⁴, which removes the singularity at w = 0.
    let steps = 4_000
    var mean = 0.0
    for step in 0..<steps {
      let w = (Double(step) + 0.5) / Double(steps)
      let probability = 1 - 0.05 * w * w * w * w
      guard probability < 1 else { continue }
      mean += 4 * w * w * w * tail.valueAtRisk(at: try Confidence(probability)) / Double(steps)
    }
    #expect(isClose(mean, tail.expectedShortfall(at: .ninetyFivePercent), relative: 1e-4))
  }

  @Test(arguments: [2, 1.5, 0, -3, .infinity]) func aLawWithoutVarianceIsRefused(degreesOfFreedom: Double) {
    #expect(throws: StatisticsError.degreesOfFreedomOutOfRange(degreesOfFreedom)) {
      try EllipticalTail.studentT(degreesOfFreedom: degreesOfFreedom)
    }
  }

  @Test func degreesOfFreedomThatAreNotANumberAreRefused() {
    #expect(throws: StatisticsError.self) { try EllipticalTail.studentT(degreesOfFreedom: .nan) }
  }
}
