import Statistics
import TestSupport
import Testing

@Suite struct AgeWeightsTests {
  @Test("BRW98: the weights the paper prints, K = 100, λ = 0.98") func paper() throws {
    // Boudoukh, Richardson, Whitelaw: The best of both worlds (1998), table 1, to four places.
    let weights = try SampleWeights.ageWeighted(count: 100, decay: 0.98)
    let printed = [(3, 0.0221), (2, 0.0226), (65, 0.0063), (45, 0.0095), (5, 0.0213), (30, 0.0128)]
    for (age, expected) in printed {
      #expect(isClose(weights.values[100 - age], expected, absolute: 5e-5), "age \(age)")
    }
  }

  @Test("HULL-BRW: the weights of six scenarios of 500, λ = 0.995") func hull() throws {
    // Hull: Risk management and financial institutions, historical simulation chapter, to five places.
    let weights = try SampleWeights.ageWeighted(count: 500, decay: 0.995)
    let printed = [
      (494, 0.00528), (339, 0.00243), (349, 0.00255), (329, 0.00231), (487, 0.00510), (227, 0.00139),
    ]
    for (scenario, expected) in printed {
      #expect(isClose(weights.values[scenario - 1], expected, absolute: 5e-6), "scenario \(scenario)")
    }
  }

  @Test(
    "the definition λ^(age−1)·(1−λ)/(1−λⁿ), and its effective size",
    arguments: [(1, 0.9), (2, 0.5), (60, 0.97), (250, 0.99), (5_000, 0.94), (40_000, 0.9)])
  func definition(count: Int, decay: Double) throws {
    let weights = try SampleWeights.ageWeighted(count: count, decay: decay)
    var power = 1.0
    for _ in 0..<count { power *= decay }
    var expected = (1 - decay) / (1 - power)
    for age in 1...min(count, 200) {
      #expect(isClose(weights.values[count - age], expected, relative: 1e-12))
      expected *= decay
    }
    let size = (1 + decay) / (1 - decay) * (1 - power) / (1 + power)
    #expect(isClose(weights.effectiveSampleSize, size, relative: 1e-11))
  }

  @Test func aDecayOfOneIsThePlainSample() throws {
    #expect(try SampleWeights.ageWeighted(count: 7, decay: 1) == .equal(count: 7))
  }

  @Test func halfLife() throws {
    let decay = try SampleWeights.decay(halfLife: 34)
    let weights = try SampleWeights.ageWeighted(count: 100, decay: decay).values
    #expect(isClose(weights[99 - 34] / weights[99], 0.5, relative: 1e-13))
  }

  @Test(arguments: [0, -0.5, 1.000_001, .nan, .infinity]) func anImpossibleDecayIsRefused(decay: Double) {
    #expect {
      try SampleWeights.ageWeighted(count: 10, decay: decay)
    } throws: { error in
      guard case .parameterOutOfRange(.decay, _)? = error as? EstimationError else { return false }
      return true
    }
  }

  @Test(arguments: [0, -1, Double.nan, .infinity]) func anImpossibleHalfLifeIsRefused(halfLife: Double) {
    #expect(throws: EstimationError.self) { try SampleWeights.decay(halfLife: halfLife) }
  }
}
