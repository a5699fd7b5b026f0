import Statistics
import TestSupport
import Testing

@Suite struct ReplicatedEstimateTests {
  @Test func theErrorDependsOnWhatTheReplicatesAre() throws {
    let replicates = [1.0, 2, 3, 4]
    let deviation = (5.0 / 3).squareRoot()
    let sections = try ReplicatedEstimate(value: 2.5, replicates: replicates, kind: .sections)
    let bootstrap = try ReplicatedEstimate(value: 2.5, replicates: replicates, kind: .bootstrap)
    #expect(isClose(sections.standardError, deviation / 2, relative: 1e-15))
    #expect(isClose(bootstrap.standardError, deviation, relative: 1e-15))
  }

  @Test("common random numbers: the error of a difference is that of the differences") func differences()
    throws
  {
    let first = try ReplicatedEstimate(value: 10, replicates: [9, 10, 11, 12], kind: .sections)
    let second = try ReplicatedEstimate(value: 8, replicates: [7, 8, 9, 10], kind: .sections)
    let difference = try ReplicatedEstimate.combine(first, second) { $0 - $1 }
    #expect(difference.value == 2)
    #expect(difference.standardError == 0)
    let sum = try ReplicatedEstimate.combine(first, second) { $0 + $1 }
    #expect(isClose(sum.standardError, 2 * first.standardError, relative: 1e-15))
  }

  @Test func scalingScalesTheError() throws {
    let estimate = try ReplicatedEstimate(value: 3, replicates: [2, 3, 5], kind: .bootstrap)
    let scaled = try estimate.map { 4 * $0 }
    #expect(scaled.value == 12)
    #expect(isClose(scaled.standardError, 4 * estimate.standardError, relative: 1e-15))
    #expect(try estimate.map { max(100, $0) }.standardError == 0)
  }

  @Test func anyNumberOfEstimatesCombine() throws {
    let parts = try (0..<3).map { part throws in
      try ReplicatedEstimate(value: Double(part), replicates: [1, 2, Double(part)], kind: .bootstrap)
    }
    let largest = try ReplicatedEstimate.combine(parts) { $0.reduce(-.infinity, max) }
    #expect(largest.value == 2)
    #expect(largest.replicates == [1, 2, 2])
  }

  // 4,000 sectioned means of 40 × 25 uniform draws; 2.0227 errors (Student t, 39 degrees of freedom) cover the
  // truth in 95 %, within a band of 5 binomial standard deviations: a false alarm is rarer than 1 in 10⁶.
  @Test func sectionsCoverTheTruth() throws {
    var generator = SeededGenerator(seed: 8)
    var covered = 0
    for _ in 0..<4_000 {
      let means = (0..<40).map { _ in (0..<25).reduce(0.0) { sum, _ in sum + generator.uniform() } / 25 }
      let estimate = try ReplicatedEstimate(
        value: means.reduce(0, +) / 40, replicates: means, kind: .sections)
      if abs(estimate.value - 0.5) <= 2.022_690_92 * estimate.standardError { covered += 1 }
    }
    #expect(isClose(Double(covered) / 4_000, 0.95, absolute: 5 * (0.95 * 0.05 / 4_000).squareRoot()))
  }

  @Test func failures() throws {
    #expect(throws: StatisticsError.sampleTooSmall(count: 1, needed: 2)) {
      try ReplicatedEstimate(value: 1, replicates: [1], kind: .sections)
    }
    #expect(throws: StatisticsError.resultNotFinite) {
      try ReplicatedEstimate(value: .nan, replicates: [1, 2], kind: .sections)
    }
    #expect(throws: StatisticsError.notFinite(index: 1)) {
      try ReplicatedEstimate(value: 1, replicates: [1, .infinity], kind: .bootstrap)
    }
    let estimate = try ReplicatedEstimate(value: 1, replicates: [1, 0], kind: .bootstrap)
    #expect(throws: StatisticsError.notFinite(index: 1)) { try estimate.map { 1 / $0 } }
  }

  @Test func unlikeReplicatesStop() async {
    await #expect(processExitsWith: .failure) {
      let first = try ReplicatedEstimate(value: 1, replicates: [1, 2], kind: .sections)
      let second = try ReplicatedEstimate(value: 1, replicates: [1, 2], kind: .bootstrap)
      _ = try ReplicatedEstimate.combine(first, second, with: +)
    }
  }
}
