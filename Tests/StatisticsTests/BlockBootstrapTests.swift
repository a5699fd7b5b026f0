import Statistics
import TestSupport
import Testing

@Suite struct BlockBootstrapTests {
  @Test func aResampleIsMadeOfWholeBlocksThatWrapRound() throws {
    let bootstrap = try BlockBootstrap(dateCount: 50, blockLength: 7, replicateCount: 40, seed: 1)
    for replicate in 0..<40 {
      let indices = bootstrap.indices(replicate: replicate)
      #expect(indices.count == 50)
      #expect(indices.allSatisfy { (0..<50).contains($0) })
      for position in 1..<50 where position % 7 != 0 {
        #expect(indices[position] == (indices[position - 1] + 1) % 50)
      }
    }
  }

  @Test func aResampleIsAFunctionOfSeedAndReplicate() throws {
    let bootstrap = try BlockBootstrap(dateCount: 30, blockLength: 3, replicateCount: 9, seed: 5)
    let again = try BlockBootstrap(dateCount: 30, blockLength: 3, replicateCount: 5, seed: 5)
    let other = try BlockBootstrap(dateCount: 30, blockLength: 3, replicateCount: 5, seed: 6)
    #expect(bootstrap.indices(replicate: 4) == again.indices(replicate: 4))
    #expect(bootstrap.indices(replicate: 4) != bootstrap.indices(replicate: 3))
    #expect(bootstrap.indices(replicate: 4) != other.indices(replicate: 4))
  }

  // 20,000 resamples of 60 dates: each date's count is nearly binomial with mean 20,000; blocks of 4 make its variance
  // at most 4 times as large. 60 dates at 6.2 of those deviations: a false alarm is rarer than 1 in 10⁶.
  @Test func everyDateIsDrawnEquallyOften() throws {
    let bootstrap = try BlockBootstrap(dateCount: 60, blockLength: 4, replicateCount: 20_000, seed: 3)
    var counts = [Double](repeating: 0, count: 60)
    for replicate in 0..<20_000 {
      for index in bootstrap.indices(replicate: replicate) { counts[index] += 1 }
    }
    for count in counts { #expect(isClose(count, 20_000, absolute: 6.2 * (4 * 20_000.0).squareRoot())) }
  }

  // The deviation over 4,000 resamples of the mean of a fixed series, against √(population variance / n): its own
  // error is 1.1 %, the band 5.5 times that.
  @Test("blocks of one are the ordinary bootstrap") func independentData() throws {
    var generator = SeededGenerator(seed: 21)
    let series = (0..<200).map { _ in generator.uniform() }
    let bootstrap = try BlockBootstrap(dateCount: 200, blockLength: 1, replicateCount: 4_000, seed: 2)
    let mean = series.reduce(0, +) / 200
    let replicates = bootstrap.replicates { dates in dates.reduce(0) { $0 + series[$1] } / 200 }
    let estimate = try ReplicatedEstimate(value: mean, replicates: replicates, kind: .bootstrap)
    let variance = series.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 200
    #expect(isClose(estimate.standardError, (variance / 200).squareRoot(), relative: 0.06))
  }

  @Test("sums over overlapping days need blocks: their error is several times the naive one") func overlap()
    throws
  {
    var generator = SeededGenerator(seed: 22)
    let daily = (0..<1_010).map { _ in generator.uniform() - 0.5 }
    let tenDays = (0..<1_000).map { first in daily[first..<first + 10].reduce(0, +) }
    func error(blockLength: Int) throws -> Double {
      let bootstrap = try BlockBootstrap(
        dateCount: 1_000, blockLength: blockLength, replicateCount: 400, seed: 9)
      let replicates = bootstrap.replicates { dates in dates.reduce(0) { $0 + tenDays[$1] } / 1_000 }
      return try ReplicatedEstimate(value: 0, replicates: replicates, kind: .bootstrap).standardError
    }
    #expect(try error(blockLength: 50) > 2 * error(blockLength: 1))
  }

  @Test func theDefaultBlockLength() throws {
    #expect(BlockBootstrap.defaultBlockLength(dateCount: 1) == 1)
    #expect(BlockBootstrap.defaultBlockLength(dateCount: 1_000) == 10)
    #expect(BlockBootstrap.defaultBlockLength(dateCount: 1_001) == 11)
    #expect(BlockBootstrap.defaultBlockLength(dateCount: 1_000, horizon: 20) == 20)
    #expect(BlockBootstrap.defaultBlockLength(dateCount: 5, horizon: 20) == 5)
    #expect(try BlockBootstrap(dateCount: 1_000, replicateCount: 2, seed: 0).blockLength == 10)
  }

  @Test func aFailingStatisticStopsTheBootstrap() throws {
    let bootstrap = try BlockBootstrap(dateCount: 5, replicateCount: 3, seed: 0)
    #expect(throws: StatisticsError.resultNotFinite) {
      try bootstrap.replicates { _ throws(StatisticsError) in throw .resultNotFinite }
    }
  }

  @Test func failures() {
    #expect(throws: StatisticsError.countOutOfRange(0, allowed: 1...Int.max)) {
      try BlockBootstrap(dateCount: 0, replicateCount: 3, seed: 0)
    }
    #expect(throws: StatisticsError.countOutOfRange(6, allowed: 1...5)) {
      try BlockBootstrap(dateCount: 5, blockLength: 6, replicateCount: 3, seed: 0)
    }
    #expect(throws: StatisticsError.countOutOfRange(1, allowed: 2...Int.max)) {
      try BlockBootstrap(dateCount: 5, replicateCount: 1, seed: 0)
    }
  }
}
