import NumericalMethods
import TestSupport
import Testing

@Suite struct BinomialDistributionTests {
  @Test("BASEL: cumulative percentages for 250 days at 1 %, printed to four decimals") func basel() {
    let law = BinomialDistribution(trials: 250, probability: 0.01)
    let expected = [
      8.1059, 28.5752, 54.3169, 75.8117, 89.2188, 95.8817, 98.6299, 99.5975, 99.8943, 99.9750, 99.9946,
    ]
    for (exceedances, percent) in expected.enumerated() {
      #expect(isClose(100 * law.cumulative(exceedances), percent, absolute: 0.5e-4))
    }
  }

  /// Computed with mpmath at 40 digits.
  @Test(
    arguments: [
      (1_000_000, 0.01, 9_800, 0.000_529_932_642_044_887_1, 0.022_212_510_364_736_511),
      (1_000_000, 0.99, 990_100, 0.002_427_623_000_350_515_1, 0.843_776_413_753_660_6),
      (20, 0.3, 6, 0.191_638_982_753_442_58, 0.608_009_812_200_924_01),
    ])
  func referenceValues(trials: Int, p: Double, successes: Int, density: Double, cumulative: Double) {
    let law = BinomialDistribution(trials: trials, probability: p)
    #expect(isClose(law.density(successes), density, relative: 2e-14))
    #expect(isClose(law.cumulative(successes), cumulative, relative: 2e-14))
  }

  @Test func theDensityAddsUpToTheDistribution() {
    for (trials, p) in [(1, 0.5), (7, 0.01), (60, 0.3), (300, 0.97)] {
      let law = BinomialDistribution(trials: trials, probability: p)
      var sum = 0.0
      for successes in 0...trials {
        sum += law.density(successes)
        #expect(isClose(law.cumulative(successes), sum, relative: 2e-12, absolute: 1e-300))
        #expect(isClose(law.survival(successes), 1 - sum, absolute: 1e-13))
      }
    }
  }

  @Test func theQuantileIsTheFirstCountThatReachesTheProbability() {
    let law = BinomialDistribution(trials: 250, probability: 0.01)
    for probability in [0.0, 0.05, 0.081, 0.0811, 0.5, 0.95, 0.9999, 1] {
      let count = law.quantile(probability)
      #expect(law.cumulative(count) >= probability)
      #expect(count == 0 || law.cumulative(count - 1) < probability)
    }
  }

  @Test func certainAndImpossibleEvents() {
    let never = BinomialDistribution(trials: 5, probability: 0)
    let always = BinomialDistribution(trials: 5, probability: 1)
    #expect(never.density(0) == 1)
    #expect(never.cumulative(0) == 1)
    #expect(always.density(5) == 1)
    #expect(always.cumulative(4) == 0)
    #expect(always.cumulative(-1) == 0)
    #expect(always.quantile(0.5) == 5)
    #expect(never.density(6) == 0)
    #expect(BinomialDistribution(trials: 0, probability: 0.3).cumulative(0) == 1)
  }

  @Test func badArgumentsStop() async {
    await #expect(processExitsWith: .failure) { _ = BinomialDistribution(trials: -1, probability: 0.5) }
    await #expect(processExitsWith: .failure) { _ = BinomialDistribution(trials: 1, probability: .nan) }
  }
}
