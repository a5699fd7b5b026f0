import NumericalMethods
import RealModule
import Statistics
import TestSupport
import Testing

@Suite struct ClopperPearsonIntervalTests {
  @Test("no event in n trials") func noEvents() throws {
    for trials in [1, 10, 1_000, 1_000_000] {
      let interval = try ClopperPearsonInterval(events: 0, trials: trials)
      #expect(interval.lower == 0)
      #expect(isClose(interval.upper, 1 - Double.root(0.025, trials), relative: 1e-9))
      let bound = try ClopperPearsonInterval.upperBound(events: 0, trials: trials)
      #expect(isClose(bound, 1 - Double.root(0.05, trials), relative: 1e-9))
    }
    // The rule of three.
    #expect(isClose(try ClopperPearsonInterval.upperBound(events: 0, trials: 1_000), 0.003, relative: 0.01))
  }

  @Test("only events mirror none") func onlyEvents() throws {
    let all = try ClopperPearsonInterval(events: 40, trials: 40)
    let none = try ClopperPearsonInterval(events: 0, trials: 40)
    #expect(all.upper == 1)
    #expect(isClose(all.lower, 1 - none.upper, relative: 1e-14))
  }

  /// Computed by bisection on the binomial sums with mpmath at 30 digits.
  @Test(
    arguments: [
      (10, 100, 0.049_004_689_221_485_958, 0.176_222_597_740_022_68),
      (1, 250, 0.000_101_266_104_179_050_05, 0.022_083_865_000_633_21),
      (7, 20, 0.153_909_204_784_541_16, 0.592_188_534_532_828_12),
    ])
  func referenceValues(events: Int, trials: Int, lower: Double, upper: Double) throws {
    let interval = try ClopperPearsonInterval(events: events, trials: trials)
    #expect(isClose(interval.lower, lower, relative: 1e-14))
    #expect(isClose(interval.upper, upper, relative: 1e-14))
    #expect(interval.estimate == Double(events) / Double(trials))
  }

  @Test("the ends are where the tail probabilities are the miss") func definition() throws {
    for (events, trials) in [(1, 5), (3, 1_000), (500, 1_000), (99_990, 100_000)] {
      for coverage in [Confidence.ninetyFivePercent, .ninetyNinePercent] {
        let interval = try ClopperPearsonInterval(events: events, trials: trials, coverage: coverage)
        let miss = 0.5 * coverage.tailProbability
        let atUpper = BinomialDistribution(trials: trials, probability: interval.upper)
        let atLower = BinomialDistribution(trials: trials, probability: interval.lower)
        #expect(isClose(atUpper.cumulative(events), miss, relative: 1e-8))
        #expect(isClose(atLower.survival(events - 1), miss, relative: 1e-8))
      }
    }
  }

  @Test("the true coverage is never below the level") func coverage() throws {
    let intervals = try (0...30).map { events throws in try ClopperPearsonInterval(events: events, trials: 30)
    }
    for step in 1..<200 {
      let truth = Double(step) / 200
      let law = BinomialDistribution(trials: 30, probability: truth)
      let coverage = intervals.reduce(0) {
        $1.lower <= truth && truth <= $1.upper ? $0 + law.density($1.events) : $0
      }
      #expect(coverage >= 0.95)
    }
  }

  @Test func oneSidedBoundsAreTheEndsOfAWiderInterval() throws {
    let interval = try ClopperPearsonInterval(events: 4, trials: 90, coverage: Confidence(0.9))
    #expect(
      isClose(
        try ClopperPearsonInterval.upperBound(events: 4, trials: 90), interval.upper, relative: 1e-13))
    #expect(
      isClose(
        try ClopperPearsonInterval.lowerBound(events: 4, trials: 90), interval.lower, relative: 1e-13))
  }

  @Test func failures() {
    #expect(throws: StatisticsError.countOutOfRange(0, allowed: 1...Int.max)) {
      try ClopperPearsonInterval(events: 0, trials: 0)
    }
    #expect(throws: StatisticsError.countOutOfRange(6, allowed: 0...5)) {
      try ClopperPearsonInterval(events: 6, trials: 5)
    }
    #expect(throws: StatisticsError.countOutOfRange(-1, allowed: 0...5)) {
      try ClopperPearsonInterval.upperBound(events: -1, trials: 5)
    }
  }
}
