import Parallel
import RealModule
import Sampling
import Statistics
import TestSupport
import Testing

/// Intervals for the value at risk of moves of several days, by a block bootstrap of the single days they are made of.
///
/// The days of a history are resampled in blocks and compounded anew, so that an overlapping move never joins days that the
/// sample does not. The interval goes from the third to the 117th of 119 resampled estimates.
@Suite struct OverlappingMovesTests {
  /// Cases of 250 independent normal days of 2 %, moves of some days, a 95 % value at risk.
  struct Cases: CustomTestStringConvertible, Sendable {
    let days: Int
    /// One day for independent moves, else twice the horizon.
    let blockLength: Int
    let replications: Int
    /// Where the share of intervals that cover may lie.
    let band: ClosedRange<Double>

    var testDescription: String { "moves of \(days) days" }
  }

  #if DEBUG
    private static let isFull = false
  #else
    private static let isFull = true
  #endif
  private static let dayCount = 250
  private static let resamples = 119

  /// The 95 % value at risk of every overlapping run of so many days.
  private static func valueAtRisk(_ days: [Double], length: Int) throws -> Double {
    var prices = [1.0]
    for day in days { prices.append(prices[prices.count - 1] * (1 + day)) }
    let losses = (length..<prices.count).map { 1 - prices[$0] / prices[$0 - length] }
    return try TailRisk(ofLosses: losses, at: .ninetyFivePercent).valueAtRisk
  }

  /// The 95 % value at risk of compounded moves: of one day by the normal quantile, of more by 400,000 independent ones, to
  /// 0.3 % of itself.
  private static func truth(length: Int) throws -> Double {
    if length == 1 { return 0.02 * 1.6448536269514722 }
    let paths = isFull ? 400_000 : 20_000
    var growth = [Double](repeating: 1, count: paths)
    for day in 0..<length {
      let shocks = normals(
        stream: DrawStream(seed: 3, stream: 1), factors: [UInt64(day)], scenarios: 0..<paths)
      for path in 0..<paths { growth[path] *= 1 + 0.02 * shocks[path] }
    }
    return try TailRisk(ofLosses: growth.map { 1 - $0 }, at: .ninetyFivePercent).valueAtRisk
  }

  /// The share of 95 % intervals that cover: 93.9 % of 4,000 for independent moves, 92.6 and 89.4 % of 1,000 for moves of five
  /// and ten days, of which a year holds 50 and 25 that are independent.
  ///
  /// Each band is what was found, five binomial deviations either way: a false alarm of 6e-7.
  @Test(arguments: [
    Cases(days: 1, blockLength: 1, replications: 4_000, band: 0.92...0.96),
    Cases(days: 5, blockLength: 10, replications: 1_000, band: 0.885...0.967),
    Cases(days: 10, blockLength: 20, replications: 1_000, band: 0.845...0.943),
  ])
  func coverage(of cases: Cases) throws {
    let replications = Self.isFull ? cases.replications : 20
    let truth = try Self.truth(length: cases.days)
    let covers = try mapBlocks(of: replications, size: 1, parallelism: .allCores) { (replication, _) in
      let stream = DrawStream(seed: 4, stream: UInt32(replication))
      let days = normals(stream: stream, factors: [1], scenarios: 0..<Self.dayCount).map { 0.02 * $0 }
      let bootstrap = try BlockBootstrap(
        dateCount: Self.dayCount, blockLength: cases.blockLength, replicateCount: Self.resamples,
        seed: UInt64(replication))
      let values = try bootstrap.replicates { dates in
        try Self.valueAtRisk(dates.map { days[$0] }, length: cases.days)
      }.sorted()
      return values[2] <= truth && truth <= values[116]
    }
    let share = Double(covers.count { $0 }) / Double(replications)
    #expect((Self.isFull ? cases.band : 0.6...1).contains(share), "\(share)")
  }
}
