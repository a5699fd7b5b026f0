import NumericalMethods
import RealModule
import Statistics
import TestSupport
import Testing

@Suite struct WeightedTailEstimateTests {
  // Thirty samples of 10,000: an error read off 20 spacings is itself known to 22 %, their mean to 4 %. The bands are
  // more than five of these deviations: a false alarm less than once in 10⁶.
  @Test("MC-SE: the printed errors of the normal law at 99 %, recovered") func normal() throws {
    // √n times the error: 3.733236261127 of the value at risk, 4.588362362356 of the expected shortfall.
    let count = 10_000
    let replications = 30
    var generator = SeededGenerator(seed: 12)
    var valueAtRisk = 0.0
    var shortfall = 0.0
    for _ in 0..<replications {
      let estimate = try WeightedTailEstimate(
        ofLosses: (0..<count).map { _ in normalQuantile(generator.uniform()) },
        weights: .equal(count: count), at: .ninetyNinePercent)
      valueAtRisk += try #require(estimate.valueAtRiskStandardError)
      shortfall += try #require(estimate.expectedShortfallStandardError)
    }
    let scale = Double(count).squareRoot() / Double(replications)
    #expect(isClose(valueAtRisk * scale, 3.733236261127, relative: 0.22))
    #expect(isClose(shortfall * scale, 4.588362362356, relative: 0.15))
  }

  @Test("equal weights give the plain estimate's error of the expected shortfall") func equalWeights() throws
  {
    var generator = SeededGenerator(seed: 13)
    for count in [250, 1_000, 5_003] {
      let losses = (0..<count).map { _ in 1 / generator.uniform() }
      for level in [0.9, 0.975, 0.99] {
        let plain = try TailEstimate(ofLosses: losses, at: Confidence(level))
        let estimate = try WeightedTailEstimate(
          ofLosses: losses, weights: .equal(count: count), at: Confidence(level))
        #expect(estimate.tail.valueAtRisk == plain.tail.valueAtRisk)
        #expect(
          isClose(
            try #require(estimate.expectedShortfallStandardError),
            try #require(plain.expectedShortfallStandardError), relative: 1e-9))
      }
    }
  }

  // 4,000 replications of 400 exponential losses drawn from a law twice as wide and weighted back: the count of
  // intervals that cover is binomial. Its coverage is nominal only for many losses; a band of 92 to 98 % is 7.5
  // standard deviations from 95 %, and the false-alarm rate below 1e-6 for any true coverage in 93.9 to 96.5 %.
  @Test("intervals of weighted samples cover as they say") func coverage() throws {
    let replications = 4_000
    let count = 400
    let truth = -Double.log(0.05)
    var generator = SeededGenerator(seed: 14)
    var covered = 0
    for _ in 0..<replications {
      var losses: [Double] = []
      var weights: [Double] = []
      for _ in 0..<count {
        let uniform = generator.uniform()
        // A loss of the wider law is −2·log U; the ratio of the densities is 2·exp(−x/2) = 2·U.
        losses.append(-2 * .log(uniform))
        weights.append(uniform)
      }
      let estimate = try WeightedTailEstimate(
        ofLosses: losses, weights: SampleWeights(weights), at: .ninetyFivePercent)
      if try #require(estimate.valueAtRiskInterval).contains(truth) { covered += 1 }
    }
    let share = Double(covered) / Double(replications)
    #expect((0.92...0.98).contains(share), "\(share)")
  }

  @Test func aShortSampleHasNoInterval() throws {
    let estimate = try WeightedTailEstimate(
      ofLosses: (0..<50).map(Double.init), weights: .equal(count: 50), at: .ninetyNinePercent)
    #expect(estimate.valueAtRiskInterval == nil)
    #expect(estimate.valueAtRiskStandardError == nil)
    #expect(estimate.expectedShortfallStandardError == nil)
  }

  @Test func badInputIsRefused() {
    #expect(throws: EstimationError.notFinite(index: 0)) {
      try WeightedTailEstimate(ofLosses: [.nan, 1], weights: .equal(count: 2), at: .ninetyNinePercent)
    }
    #expect(throws: EstimationError.weightCount(count: 3, observations: 2)) {
      try WeightedTailEstimate(ofLosses: [0, 1], weights: .equal(count: 3), at: .ninetyNinePercent)
    }
  }
}
