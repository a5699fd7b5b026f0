import NumericalMethods
import TestSupport
import Testing

@Suite struct ChiSquaredDistributionTests {
  @Test(
    "CHI2: quantiles at the printed digits",
    arguments: [
      (1, 0.90, 2.705_543_454_095_404), (1, 0.95, 3.841_458_820_694_124), (1, 0.99, 6.634_896_601_021_213),
      (2, 0.90, 4.605_170_185_988_092), (2, 0.95, 5.991_464_547_107_979), (2, 0.99, 9.210_340_371_976_18),
    ] as [(Double, Double, Double)])
  func publishedQuantiles(degreesOfFreedom: Double, probability: Double, expected: Double) {
    let law = ChiSquaredDistribution(degreesOfFreedom: degreesOfFreedom)
    #expect(isClose(law.quantile(probability), expected, relative: 1e-15))
  }

  @Test("two degrees of freedom are exponential") func exponential() {
    let law = ChiSquaredDistribution(degreesOfFreedom: 2)
    #expect(isClose(law.density(1e-12), 0.5, relative: 1e-11))
    #expect(isClose(law.survival(4.605_170_185_988_092), 0.1, relative: 1e-15))
    #expect(isClose(law.cumulative(4.605_170_185_988_092), 0.9, relative: 1e-15))
  }

  @Test("the square of a normal draw") func squaredNormal() {
    let law = ChiSquaredDistribution(degreesOfFreedom: 1)
    for z in [0.1, 1, 2.5, 6] {
      #expect(isClose(law.survival(z * z), 2 * normalDistribution(-z), relative: 2e-14))
      #expect(isClose(law.density(z * z), normalDensity(z) / z, relative: 1e-14))
    }
  }

  @Test func badArgumentsStop() async {
    await #expect(processExitsWith: .failure) { _ = ChiSquaredDistribution(degreesOfFreedom: .infinity) }
    await #expect(processExitsWith: .failure) { _ = ChiSquaredDistribution(degreesOfFreedom: 1).quantile(0) }
  }
}
