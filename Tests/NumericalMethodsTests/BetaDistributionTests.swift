import NumericalMethods
import TestSupport
import Testing

@Suite struct BetaDistributionTests {
  @Test func closedForms() {
    let law = BetaDistribution(3, 1)
    #expect(isClose(law.cumulative(0.5), 0.125, relative: 2e-15))
    #expect(isClose(law.survival(0.5), 0.875, relative: 1e-15))
    #expect(isClose(law.quantile(0.125), 0.5, relative: 1e-15))
    #expect(isClose(law.upperQuantile(0.875), 0.5, relative: 1e-15))
    #expect(isClose(law.density(0.5), 0.75, relative: 4e-15))
  }

  @Test("the density is the slope of the distribution") func slope() {
    let law = BetaDistribution(4.5, 30)
    for x in [0.02, 0.1, 0.4] {
      let slope = (law.cumulative(x + 1e-6) - law.cumulative(x - 1e-6)) / 2e-6
      #expect(isClose(law.density(x), slope, relative: 1e-7))
    }
  }

  @Test func badArgumentsStop() async {
    await #expect(processExitsWith: .failure) { _ = BetaDistribution(0, 1) }
    await #expect(processExitsWith: .failure) { _ = BetaDistribution(1, 1).quantile(1) }
  }
}
