import Statistics
import TestSupport
import Testing

@Suite struct GeneralisedParetoDistributionTests {
  @Test("the three laws it contains: Pareto, exponential, uniform") func special() throws {
    let pareto = try GeneralisedParetoDistribution(shape: 0.5, scale: 2)
    let exponential = try GeneralisedParetoDistribution(shape: 0, scale: 2)
    let uniform = try GeneralisedParetoDistribution(shape: -1, scale: 2)
    #expect(isClose(pareto.survival(4), 0.25, relative: 1e-15))
    #expect(isClose(exponential.survival(2), 0.36787944117144233, relative: 1e-15))
    #expect(isClose(uniform.survival(0.5), 0.75, relative: 1e-15))
    #expect(uniform.largestExcess == 2)
    #expect(uniform.survival(3) == 0)
    #expect(uniform.cumulative(3) == 1)
    #expect(uniform.logDensity(3) == -.infinity)
    #expect(pareto.mean == 4)
    #expect(try GeneralisedParetoDistribution(shape: 1, scale: 2).mean == nil)
  }

  @Test(
    "quantile and survival undo each other; survival and cumulative add up to 1",
    arguments: [-0.9, -0.3, -1e-9, 0, 1e-12, 1e-6, 0.02, 0.4, 1, 3])
  func inverse(shape: Double) throws {
    let law = try GeneralisedParetoDistribution(shape: shape, scale: 3)
    for probability in [1, 0.999_999, 0.9, 0.5, 0.1, 1e-3, 1e-9] {
      let excess = law.upperQuantile(probability)
      #expect(isClose(law.survival(excess), probability, relative: 1e-8))
      #expect(isClose(law.survival(excess) + law.cumulative(excess), 1, absolute: 1e-15))
    }
  }

  @Test("the shape passes through zero without a step") func continuity() throws {
    let exponential = try GeneralisedParetoDistribution(shape: 0, scale: 1)
    for shape in [-1e-9, -1e-14, 1e-14, 1e-9] {
      let law = try GeneralisedParetoDistribution(shape: shape, scale: 1)
      for excess in [0, 0.1, 1, 5] {
        #expect(isClose(law.logDensity(excess), exponential.logDensity(excess), absolute: 2e-8))
        #expect(isClose(law.survival(excess), exponential.survival(excess), absolute: 2e-8))
      }
    }
  }

  @Test func impossibleParametersAreRefused() {
    for scale in [0, -1, Double.nan, .infinity] {
      #expect(throws: EstimationError.self) { try GeneralisedParetoDistribution(shape: 0, scale: scale) }
    }
    for shape in [Double.nan, .infinity] {
      #expect(throws: EstimationError.self) { try GeneralisedParetoDistribution(shape: shape, scale: 1) }
    }
  }
}
