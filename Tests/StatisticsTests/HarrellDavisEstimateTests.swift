import NumericalMethods
import Statistics
import TestSupport
import Testing

@Suite struct HarrellDavisEstimateTests {
  /// The sample of the example in the documentation of scipy.stats.mstats.hdquantiles.
  private static let documented = [1.2, 2.5, 3.7, 4.0, 5.1, 6.3, 7.0, 8.2, 9.4]

  @Test("HD-MJ: scipy's documented example, and its variance and jackknife error") func scipy() throws {
    let estimate = try HarrellDavisEstimate(ofLosses: Self.documented, at: Confidence(0.75))
    #expect(isClose(estimate.valueAtRisk, 7.430626414674935, relative: 1e-13))
    // hdquantiles(var=True) and hdquantiles_sd of SciPy 1.17.1, as it prints them.
    let variance = estimate.orderStatisticStandardError * estimate.orderStatisticStandardError
    #expect(isClose(variance, 1.61555911, absolute: 5e-9))
    #expect(isClose(try #require(estimate.standardError), 1.06465849, absolute: 5e-9))
    let higher = try HarrellDavisEstimate(ofLosses: Self.documented, at: Confidence(0.9))
    #expect(isClose(higher.valueAtRisk, 8.83426168, absolute: 5e-9))
    #expect(isClose(try #require(higher.standardError), 1.0309618, absolute: 5e-8))
  }

  @Test("the plain twin: every weight, every jackknife sample") func plainTwin() throws {
    var generator = SeededGenerator(seed: 31)
    for count in [3, 10, 57, 300] {
      let losses = (0..<count).map { _ in 1 / generator.uniform() }
      for level in [0.6, 0.9, 0.99] {
        let estimate = try HarrellDavisEstimate(ofLosses: losses, at: Confidence(level))
        #expect(isClose(estimate.valueAtRisk, plain(losses, level), relative: 1e-11))
        let leftOut = losses.indices.map { index in
          var rest = losses
          rest.remove(at: index)
          return plain(rest, level)
        }
        let mean = leftOut.reduce(0, +) / Double(count)
        let squares = leftOut.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares * Double(count - 1) / Double(count)).squareRoot()
        #expect(isClose(try #require(estimate.standardError), error, relative: 1e-9), "\(count) \(level)")
      }
    }
  }

  private func plain(_ losses: [Double], _ level: Double) -> Double {
    let size = Double(losses.count)
    let law = BetaDistribution((size + 1) * level, (size + 1) * (1 - level))
    return losses.sorted().enumerated().reduce(0) { sum, item in
      let above = law.cumulative(Double(item.offset + 1) / size)
      return sum + item.element * (above - law.cumulative(Double(item.offset) / size))
    }
  }

  @Test("a shift and a positive factor carry over; a constant sample is its own quantile") func equivariance()
    throws
  {
    var generator = SeededGenerator(seed: 32)
    for count in [5, 40, 700] {
      let losses = (0..<count).map { _ in generator.uniform() }
      let estimate = try HarrellDavisEstimate(ofLosses: losses, at: .ninetyFivePercent)
      let moved = try HarrellDavisEstimate(ofLosses: losses.map { 4 * $0 + 2 }, at: .ninetyFivePercent)
      #expect(isClose(moved.valueAtRisk, 4 * estimate.valueAtRisk + 2, relative: 1e-13))
      #expect(
        isClose(
          try #require(moved.standardError), 4 * (try #require(estimate.standardError)), relative: 1e-9))
    }
    let constant = try HarrellDavisEstimate(ofLosses: [3, 3, 3, 3], at: .ninetyNinePercent)
    #expect(isClose(constant.valueAtRisk, 3, relative: 1e-14))
    #expect(isClose(try #require(constant.standardError), 0, absolute: 1e-14))
  }

  // The mean of 2,000 estimates of the 95 % quantile of 200 uniforms: the i-th of n has the mean i/(n+1), the weights'
  // mean rank is n·c + ½ but for 1e-5. The band is 5.2 standard errors: a false alarm less than once in 10⁶. The error's
  // own error is below 2 %.
  @Test("its mean is that of its order statistics, its error the spread it has") func recovery() throws {
    let replications = 2_000
    let count = 200
    var generator = SeededGenerator(seed: 33)
    var values: [Double] = []
    var errors = 0.0
    for _ in 0..<replications {
      let estimate = try HarrellDavisEstimate(
        ofLosses: (0..<count).map { _ in generator.uniform() }, at: .ninetyFivePercent)
      values.append(estimate.valueAtRisk)
      errors += try #require(estimate.standardError) / Double(replications)
    }
    let statistics = try DescriptiveStatistics(values)
    let error = statistics.standardDeviation / Double(replications).squareRoot()
    let expected = (0.95 * Double(count) + 0.5) / Double(count + 1)
    #expect(isClose(statistics.mean, expected, absolute: 5.2 * error + 2e-5))
    #expect(isClose(errors, statistics.standardDeviation, relative: 0.15))
  }

  @Test func aLargeSampleReadsOnlyItsTail() throws {
    var generator = SeededGenerator(seed: 34)
    let losses = (0..<200_000).map { _ in generator.uniform() }
    let estimate = try HarrellDavisEstimate(ofLosses: losses, at: .ninetyNinePercent)
    #expect(isClose(estimate.valueAtRisk, 0.99, absolute: 6 * (0.99 * 0.01 / 200_000).squareRoot()))
  }

  @Test func failures() throws {
    #expect(throws: StatisticsError.sampleTooSmall(count: 1, needed: 2)) {
      try HarrellDavisEstimate(ofLosses: [1], at: .ninetyNinePercent)
    }
    #expect(throws: StatisticsError.notFinite(index: 2)) {
      try HarrellDavisEstimate(ofLosses: [1, 2, .nan, 4], at: .ninetyNinePercent)
    }
    #expect(try HarrellDavisEstimate(ofLosses: [1, 2], at: .ninetyNinePercent).standardError == nil)
  }
}
