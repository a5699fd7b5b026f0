import Statistics
import TestSupport
import Testing

@Suite struct DescriptiveStatisticsTests {
  private static func alternating(_ first: Double, _ low: Double, _ high: Double) -> [Double] {
    [first] + (0..<500).flatMap { _ in [low, high] }
  }

  /// NIST Statistical Reference Datasets, univariate summary statistics, NumAcc1–4.
  @Test(
    "NIST-ACC1–4: mean, deviation and autocorrelation",
    arguments: [
      ([10_000_001, 10_000_003, 10_000_002], 10_000_002, 1, -0.5, 1e-15),
      (alternating(1.2, 1.1, 1.3), 1.2, 0.1, -0.999, 1e-14),
      (alternating(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 0.1, -0.999, 1e-9),
      (alternating(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 0.1, -0.999, 1e-8),
    ] as [([Double], Double, Double, Double, Double)])
  func nist(values: [Double], mean: Double, deviation: Double, autocorrelation: Double, tolerance: Double)
    throws
  {
    let statistics = try DescriptiveStatistics(values)
    #expect(isClose(statistics.mean, mean, relative: 1e-15))
    #expect(isClose(statistics.standardDeviation, deviation, relative: tolerance))
    #expect(isClose(try #require(statistics.lagOneAutocorrelation), autocorrelation, relative: tolerance))
  }

  @Test("NIST-ACC4: the deviation of the doubles themselves, which are not tenths") func nistInDoubles()
    throws
  {
    let values = Self.alternating(10_000_000.2, 10_000_000.1, 10_000_000.3)
    let statistics = try DescriptiveStatistics(values)
    #expect(isClose(statistics.standardDeviation, 0.100_000_000_558_79, absolute: 0.5e-14))
  }

  @Test("moments of a small series, by hand") func byHand() throws {
    // Deviations −2, −1, 0, 3: squares 14, cubes 18, fourth powers 98.
    let statistics = try DescriptiveStatistics([3, 4, 5, 8])
    #expect(statistics.mean == 5)
    #expect(isClose(statistics.variance, 14.0 / 3, relative: 1e-15))
    #expect(isClose(try #require(statistics.skewness), 4.5 / (3.5 * 3.5.squareRoot()), relative: 1e-15))
    #expect(isClose(try #require(statistics.excessKurtosis), 24.5 / 12.25 - 3, relative: 1e-15))
    #expect(isClose(try #require(statistics.lagOneAutocorrelation), 2.0 / 14, relative: 1e-15))
    #expect(statistics.count == 4)
  }

  @Test("a constant offset changes no moment about the mean") func offset() throws {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<5_000).map { _ in 1 / generator.uniform().squareRoot() }
    let plain = try DescriptiveStatistics(values)
    // A power of two, so that the shifted numbers keep all but 20 bits; the moments see only that rounding.
    let shifted = try DescriptiveStatistics(values.map { $0 + 1_048_576 })
    #expect(isClose(shifted.standardDeviation, plain.standardDeviation, relative: 1e-9))
    #expect(isClose(try #require(shifted.skewness), try #require(plain.skewness), relative: 1e-9))
    #expect(isClose(try #require(shifted.excessKurtosis), try #require(plain.excessKurtosis), relative: 1e-9))
  }

  @Test func aConstantSeriesHasNoShape() throws {
    let statistics = try DescriptiveStatistics([Double](repeating: 0.1, count: 1_000))
    #expect(statistics.mean == 0.1)
    #expect(statistics.standardDeviation == 0)
    #expect(statistics.skewness == nil)
    #expect(statistics.excessKurtosis == nil)
    #expect(statistics.lagOneAutocorrelation == nil)
  }

  @Test func failures() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 1, needed: 2)) { try DescriptiveStatistics([1]) }
    #expect(throws: StatisticsError.notFinite(index: 2)) { try DescriptiveStatistics([1, 2, .nan]) }
    #expect(throws: StatisticsError.notFinite(index: 0)) { try DescriptiveStatistics([.infinity, 2]) }
  }
}
