import RealModule
import Statistics
import TestSupport
import Testing

@Suite struct TailEstimateTests {
  @Test("the tail, the interval and the errors come from the same order statistics") func byHand() throws {
    var losses = (1...1_000).map(Double.init)
    losses.reverse()
    let estimate = try TailEstimate(ofLosses: losses, at: .ninetyNinePercent)
    let ranks = try #require(
      OrderStatisticInterval(sampleSize: 1_000, quantile: .ninetyNinePercent, coverage: .ninetyFivePercent))
    #expect(try estimate.tail == TailRisk(ofLosses: losses, at: .ninetyNinePercent))
    #expect(estimate.valueAtRiskInterval == .bounded(Double(ranks.lowerRank)...Double(ranks.upperRank)))
    // Losses one apart have density 1/1000 each: the error is √(n·c·(1−c)) losses.
    let deviation = (1_000 * 0.99 * 0.01).squareRoot()
    #expect(isClose(try #require(estimate.valueAtRiskStandardError), deviation, relative: 1e-13))
    // Excesses 1 … 10 among 1,000: Σ = 55, Σ² = 385.
    let expected = ((0.385 - 0.055 * 0.055) / 1_000).squareRoot() / 0.01
    #expect(isClose(try #require(estimate.expectedShortfallStandardError), expected, relative: 1e-13))
  }

  // Exponential losses: f(q) = 1 − c and, given a loss beyond q, the excess is exponential again. The mean of the
  // estimated errors over 200 samples is compared with the closed forms; the scatter of that mean is at most 1.1 % of them, so a
  // band of 6 % is left less than once in 10⁶.
  @Test("the estimated errors are those of the law") func closedForm() throws {
    let size = 10_000
    let tail = 0.05
    var generator = SeededGenerator(seed: 12)
    var quantileError = 0.0
    var shortfallError = 0.0
    for _ in 0..<200 {
      let losses = (0..<size).map { _ in -Double.log(generator.uniform()) }
      let estimate = try TailEstimate(ofLosses: losses, at: .ninetyFivePercent)
      quantileError += try #require(estimate.valueAtRiskStandardError) / 200
      shortfallError += try #require(estimate.expectedShortfallStandardError) / 200
    }
    #expect(isClose(quantileError, ((1 - tail) / tail / Double(size)).squareRoot(), relative: 0.06))
    #expect(isClose(shortfallError, ((2 - tail) / tail / Double(size)).squareRoot(), relative: 0.06))
  }

  // 3,000 samples of exponential losses. The interval value ± 1.96 standard errors covers the truth in 94.3 % at
  // this size (40,000 samples elsewhere); 92 % is 5.4 binomial standard deviations below, 98 % further above, so a
  // false alarm is rarer than 1 in 10⁶.
  @Test("shortfall plus or minus 1.96 errors covers the truth") func shortfallCoverage() throws {
    let truth = 1 - Double.log(0.05)
    var generator = SeededGenerator(seed: 13)
    var covered = 0
    for _ in 0..<3_000 {
      let losses = (0..<2_000).map { _ in -Double.log(generator.uniform()) }
      let estimate = try TailEstimate(ofLosses: losses, at: .ninetyFivePercent)
      let error = try #require(estimate.expectedShortfallStandardError)
      if abs(estimate.tail.expectedShortfall - truth) <= 1.96 * error { covered += 1 }
    }
    #expect(isClose(Double(covered) / 3_000, 0.95, absolute: 0.03))
  }

  @Test func tooSmallASampleHasNoErrors() throws {
    let estimate = try TailEstimate(ofLosses: [1, 2, 3], at: .ninetyNinePercent)
    #expect(estimate.valueAtRiskStandardError == nil)
    #expect(estimate.expectedShortfallStandardError == nil)
    #expect(estimate.valueAtRiskInterval.bounds == nil)
  }

  @Test func failures() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) {
      try TailEstimate(ofLosses: [], at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.notFinite(index: 1)) {
      try TailEstimate(ofLosses: [0, .nan], at: .ninetyNinePercent)
    }
  }
}
