import Statistics
import TestSupport
import Testing

@Suite struct OrderStatisticIntervalTests {
  @Test("OS-CI: the smallest samples with a finite bound") func requiredSampleSizes() throws {
    let required = OrderStatisticInterval.requiredSampleSizeForUpperBound
    #expect(required(.ninetyNinePercent, .ninetyFivePercent) == 299)
    #expect(required(.ninetySevenPointFivePercent, .ninetyFivePercent) == 119)
    #expect(required(try Confidence(0.995), .ninetyFivePercent) == 598)
    #expect(
      OrderStatisticInterval.requiredSampleSize(quantile: .ninetyNinePercent, coverage: .ninetyFivePercent)
        == 368)
  }

  @Test(
    "OS-CI: no finite interval below them, one from there on", arguments: [0.9, 0.95, 0.975, 0.99, 0.995])
  func existence(level: Double) throws {
    let quantile = try Confidence(level)
    for coverage in [try Confidence(0.9), .ninetyFivePercent, .ninetyNinePercent] {
      let both = OrderStatisticInterval.requiredSampleSize(quantile: quantile, coverage: coverage)
      let upper = OrderStatisticInterval.requiredSampleSizeForUpperBound(
        quantile: quantile, coverage: coverage)
      for size in [1, both / 2, both - 1, both, both + 1, 3 * both] {
        let interval = OrderStatisticInterval(sampleSize: size, quantile: quantile, coverage: coverage)
        #expect((interval != nil) == (size >= both), "\(level) \(coverage) \(size)")
        let rank = OrderStatisticInterval.upperBoundRank(
          sampleSize: size, quantile: quantile, coverage: coverage)
        #expect((rank != nil) == (size >= upper), "\(level) \(coverage) \(size)")
      }
    }
  }

  @Test("a year of days has no finite 95 % bound for its 99 % quantile") func aYearOfDays() throws {
    #expect(
      OrderStatisticInterval.upperBoundRank(
        sampleSize: 250, quantile: .ninetyNinePercent, coverage: .ninetyFivePercent) == nil)
    let estimate = try TailEstimate(ofLosses: (1...250).map(Double.init), at: .ninetyNinePercent)
    #expect(estimate.valueAtRiskInterval == .sampleTooSmall(needed: 368))
    #expect(estimate.valueAtRiskInterval.bounds == nil)
  }

  @Test(
    "the coverage is at least the level, and no end can be moved in", arguments: [400, 1_000, 5_000, 100_000])
  func coverageIsTight(size: Int) throws {
    for coverage in [Confidence.ninetyFivePercent, .ninetyNinePercent] {
      for quantile in [Confidence.ninetyFivePercent, .ninetyNinePercent] {
        guard let interval = OrderStatisticInterval(sampleSize: size, quantile: quantile, coverage: coverage)
        else { continue }
        #expect(interval.coverage >= coverage.value - 1e-12)
        #expect(interval.coverage < coverage.value + 0.03)
        let rank = Double(size) * quantile.value
        #expect(Double(interval.lowerRank) <= rank + 1)
        #expect(Double(interval.upperRank) >= rank)
      }
    }
  }

  // Each row counts how often the interval covers the true quantile of a heavy-tailed law over 8,000 independent
  // samples. The count is binomial with the exact coverage, here 95.1 to 95.8 %: a band of 5.2 of its standard
  // deviations raises a false alarm less than once in 10⁶ over all rows together, and 97 % is at least as far away.
  @Test(
    "coverage of nominal 95 % intervals lies in 93–97 %",
    arguments: [(1_000, 0.99), (500, 0.975), (300, 0.95)])
  func measuredCoverage(size: Int, level: Double) throws {
    let replications = 8_000
    let quantile = try Confidence(level)
    let interval = try #require(
      OrderStatisticInterval(sampleSize: size, quantile: quantile, coverage: .ninetyFivePercent))
    var generator = SeededGenerator(seed: 99)
    let truth = 1 / quantile.tailProbability
    var covered = 0
    for _ in 0..<replications {
      let losses = (0..<size).map { _ in 1 / generator.uniform() }
      let worst = try WorstLosses(size - interval.lowerRank + 1, of: losses)
      if worst.loss(atRank: interval.lowerRank) <= truth, truth <= worst.loss(atRank: interval.upperRank) {
        covered += 1
      }
    }
    let share = Double(covered) / Double(replications)
    let exact = interval.coverage
    let deviation = (exact * (1 - exact) / Double(replications)).squareRoot()
    #expect(isClose(share, exact, absolute: 5.2 * deviation))
    #expect((0.93...0.97).contains(share), "\(share) at n \(size), c \(level); exact \(exact)")
  }
}
