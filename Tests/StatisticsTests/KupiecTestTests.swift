import NumericalMethods
import Statistics
import TestSupport
import Testing

@Suite struct KupiecTestTests {
  @Test("POF-MW1: 57 of 1,043 at 95 %, as MathWorks prints it") func mathWorks() throws {
    let test = try KupiecTest(exceedances: 57, observations: 1_043, at: .ninetyFivePercent)
    #expect(isClose(test.likelihoodRatio, 0.461466395329, absolute: 5e-13))
    #expect(isClose(test.asymptoticPValue, 0.4969394477, absolute: 5e-11))
    #expect(isClose(test.expectedExceedances, 52.15, relative: 1e-14))
  }

  @Test("POF-30: 7 of 30 at 99 %") func thirty() throws {
    let test = try KupiecTest(exceedances: 7, observations: 30, at: .ninetyNinePercent)
    #expect(isClose(test.likelihoodRatio, 32.3383311729, absolute: 5e-11))
    #expect(isClose(test.asymptoticPValue, 1.295327e-8, relative: 5e-7))
  }

  /// ED-BT: the R package PerformanceAnalytics prints an expected 14.65, an actual 15 and a p-value of 1 for the EDHEC
  /// index Convertible Arbitrage against its own historical value at risk.
  @Test(
    "ED-BT: 15 of 293 against 14.65",
    .enabled(if: ReferenceFolder.location != nil, ReferenceFolder.skipMessage))
  func hedgeFundIndex() throws {
    let losses = try ReferenceFolder.column("Convertible Arbitrage", of: "pa_edhec_293.csv").map { -$0 }
    let level = try valueAtRisk(ofLosses: losses, at: .ninetyFivePercent, rule: .type7)
    let exceedances = losses.count { $0 > level }
    #expect(exceedances == 15)
    let test = try KupiecTest(
      exceedances: exceedances, observations: losses.count, at: .ninetyFivePercent)
    #expect(isClose(test.expectedExceedances, 14.65, relative: 1e-14))
    // No count is nearer to 14.65, so every count is at least as far out.
    #expect(isClose(test.exactPValue, 1, absolute: 1e-14))
  }

  @Test(
    "POF-EDGE: no exceedance, and others at 99 %",
    arguments: [
      (250, 0, 5.02516792675), (250, 5, 1.95680978823), (250, 10, 12.9554910624), (365, 8, 3.90800751753),
    ])
  func edges(observations: Int, exceedances: Int, expected: Double) throws {
    let test = try KupiecTest(
      exceedances: exceedances, observations: observations, at: .ninetyNinePercent)
    #expect(isClose(test.likelihoodRatio, expected, relative: 5e-12))
  }

  @Test("POF-EDGE: the expected count has a ratio of zero, with a plus sign") func expectedCount() throws {
    let test = try KupiecTest(exceedances: 10, observations: 1_000, at: .ninetyNinePercent)
    #expect(test.likelihoodRatio == 0)
    #expect(test.likelihoodRatio.sign == .plus)
    #expect(test.asymptoticPValue == 1)
    #expect(test.exactPValue == 1)
  }

  @Test("every observation an exceedance: n·log(1/p)") func allExceedances() throws {
    let test = try KupiecTest(exceedances: 4, observations: 4, at: Confidence(0.75))
    #expect(isClose(test.likelihoodRatio, 11.090354888959125, relative: 1e-14))
    // The count of none has the smaller ratio 2.30, so only 0.25⁴ is as far out.
    #expect(isClose(test.exactPValue, 0.00390625, relative: 1e-12))
  }

  /// Levels in thousandths of the tail, with the ranges for 255, 510 and 1,000 observations.
  static let table: [(tail: Double, ranges: [ClosedRange<Int>])] = [
    (0.01, [1...6, 2...10, 5...16]), (0.025, [3...11, 7...20, 16...35]), (0.05, [7...20, 17...35, 38...64]),
    (0.075, [12...27, 28...50, 60...91]), (0.1, [17...35, 39...64, 82...119]),
  ]

  @Test("KUP-TAB: the counts not rejected at 5 %", arguments: table)
  func nonRejection(tail: Double, ranges: [ClosedRange<Int>]) throws {
    for (observations, range) in zip([255, 510, 1_000], ranges) {
      #expect(
        try KupiecTest.acceptedCounts(
          observations: observations, at: Confidence(1 - tail), method: .asymptotic) == range)
    }
  }

  @Test("KUP-TAB: no exceedance in 255 days at 99 % is formally rejected") func noneIn255() throws {
    let test = try KupiecTest(exceedances: 0, observations: 255, at: .ninetyNinePercent)
    #expect(isClose(test.likelihoodRatio, 5.13, absolute: 0.005))
  }

  @Test("the asymptotic test's true size is 9.5 % at 250 days and 99 %") func asymptoticSize() throws {
    let accepted = try KupiecTest.acceptedCounts(
      observations: 250, at: .ninetyNinePercent, method: .asymptotic)
    let counts = BinomialDistribution(trials: 250, probability: 0.01)
    let size = 1 - accepted.reduce(0) { $0 + counts.density($1) }
    #expect(isClose(size, 0.095, absolute: 0.0005))
  }

  @Test(
    "the exact probability: the plain sum over all counts, and a test no larger than its level",
    arguments: [(1, 0.99), (20, 0.9), (250, 0.99), (365, 0.975), (730, 0.999)])
  func exact(observations: Int, level: Double) throws {
    let confidence = try Confidence(level)
    let counts = BinomialDistribution(trials: observations, probability: 1 - level)
    let ratios = try (0...observations).map { count throws in
      try KupiecTest(exceedances: count, observations: observations, at: confidence).likelihoodRatio
    }
    let accepted = try KupiecTest.acceptedCounts(observations: observations, at: confidence)
    var rejected = 0.0
    for count in 0...observations {
      let test = try KupiecTest(exceedances: count, observations: observations, at: confidence)
      let plain = ratios.indices.filter { ratios[$0] >= ratios[count] * (1 - 1e-9) }
        .reduce(0) { $0 + counts.density($1) }
      #expect(isClose(test.exactPValue, plain, relative: 1e-9, absolute: 1e-290))
      #expect(accepted.contains(count) == (test.exactPValue >= 1 - Confidence.ninetyFivePercent.value))
      if !accepted.contains(count) { rejected += counts.density(count) }
    }
    #expect(rejected <= 0.05)
  }

  @Test func impossibleCountsAreRefused() {
    #expect(throws: StatisticsError.countOutOfRange(0, allowed: 1...Int.max)) {
      try KupiecTest(exceedances: 0, observations: 0, at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.countOutOfRange(-1, allowed: 0...5)) {
      try KupiecTest(exceedances: -1, observations: 5, at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.countOutOfRange(6, allowed: 0...5)) {
      try KupiecTest(exceedances: 6, observations: 5, at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.countOutOfRange(0, allowed: 1...Int.max)) {
      try KupiecTest.acceptedCounts(observations: 0, at: .ninetyNinePercent)
    }
  }
}
