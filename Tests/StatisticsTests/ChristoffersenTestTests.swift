import NumericalMethods
import Statistics
import TestSupport
import Testing

@Suite struct ChristoffersenTestTests {
  /// A series of `count` dates: single exceedances two dates apart from the second on, the first `doubled` of them two
  /// dates long.
  private func series(_ count: Int, runs: Int, doubled: Int) -> [Bool] {
    var series = [Bool](repeating: false, count: count)
    var date = 1
    for run in 0..<runs {
      series[date] = true
      if run < doubled {
        date += 1
        series[date] = true
      }
      date += 2
    }
    return series
  }

  @Test("MathWorks: 57 of 1,043 at 95 %, four of them after another") func mathWorks() throws {
    // varbacktest.cci and .cc, Normal95: N00 932, N10 53, N01 53, N11 4.
    let test = try ChristoffersenTest(series(1_043, runs: 53, doubled: 4), at: .ninetyFivePercent)
    #expect(test.transitions.noneAfterNone == 932)
    #expect(test.transitions.noneAfterExceedance == 53)
    #expect(test.transitions.exceedanceAfterNone == 53)
    #expect(test.transitions.exceedanceAfterExceedance == 4)
    #expect(isClose(test.independenceRatio, 0.25866, absolute: 5e-6))
    #expect(isClose(test.asymptoticIndependencePValue, 0.61104, absolute: 5e-6))
    #expect(isClose(test.conditionalCoverageRatio, 0.72013, absolute: 5e-6))
    #expect(isClose(test.asymptoticConditionalCoveragePValue, 0.69763, absolute: 5e-6))
    #expect(isClose(test.unconditional.likelihoodRatio, 0.46147, absolute: 5e-6))
    // Over a thousand dates the exact probabilities are near the asymptotic ones.
    #expect(isClose(test.exactConditionalCoveragePValue, 0.69763, absolute: 0.05))
  }

  @Test("transitions run forward in time") func direction() throws {
    let test = try ChristoffersenTest([true, true, false, false, false], at: Confidence(0.9))
    #expect(test.transitions.exceedanceAfterExceedance == 1)
    #expect(test.transitions.noneAfterExceedance == 1)
    #expect(test.transitions.exceedanceAfterNone == 0)
    #expect(test.transitions.noneAfterNone == 2)
  }

  @Test("the exact probabilities: all 2ⁿ series", arguments: [2, 3, 7, 11]) func enumeration(count: Int)
    throws
  {
    let confidence = try Confidence(0.8)
    let all = try (0..<1 << count).map { bits throws in
      try ChristoffersenTest((0..<count).map { bits >> $0 & 1 == 1 }, at: confidence)
    }
    for test in all {
      let hits = test.unconditional.exceedances
      let alike = all.filter { $0.unconditional.exceedances == hits }
      let further = alike.filter { $0.independenceRatio >= test.independenceRatio - 1e-8 }
      #expect(
        isClose(
          test.exactIndependencePValue, Double(further.count) / Double(alike.count), relative: 1e-11))
      var probability = 0.0
      for other in all where other.conditionalCoverageRatio >= test.conditionalCoverageRatio - 1e-8 {
        var term = 1.0
        for date in 0..<count { term *= date < other.unconditional.exceedances ? 0.2 : 0.8 }
        probability += term
      }
      #expect(isClose(test.exactConditionalCoveragePValue, probability, relative: 1e-10))
    }
  }

  @Test("clustered exceedances are caught, scattered ones are not") func clusters() throws {
    let clustered = (0..<500).map { (200..<206).contains($0) }
    let scattered = (0..<500).map { $0 % 83 == 40 }
    let caught = try ChristoffersenTest(clustered, at: .ninetyNinePercent)
    let passed = try ChristoffersenTest(scattered, at: .ninetyNinePercent)
    #expect(caught.unconditional.exceedances == passed.unconditional.exceedances)
    #expect(caught.exactIndependencePValue < 1e-6)
    #expect(caught.exactConditionalCoveragePValue < 1e-6)
    #expect(passed.exactIndependencePValue > 0.5)
    #expect(passed.exactConditionalCoveragePValue > 0.5)
  }

  @Test("no exceedance and nothing but exceedances have a ratio of zero") func edges() throws {
    for series in [[Bool](repeating: false, count: 250), [Bool](repeating: true, count: 4)] {
      let test = try ChristoffersenTest(series, at: .ninetyNinePercent)
      #expect(test.independenceRatio == 0)
      #expect(test.exactIndependencePValue == 1)
      #expect(test.asymptoticIndependencePValue == 1)
      #expect(test.conditionalCoverageRatio == test.unconditional.likelihoodRatio)
    }
  }

  // 2,000 series of 250 independent dates: an exact test of level 5 % rejects at most that often. The count is at most
  // Binomial(2,000, 0.05); six standard deviations above its mean is reached less than once in 10⁶.
  @Test("the exact tests reject a right value at risk no more often than they say") func size() throws {
    let replications = 2_000
    var generator = SeededGenerator(seed: 41)
    var independence = 0
    var coverage = 0
    for _ in 0..<replications {
      let series = (0..<250).map { _ in generator.uniform() < 0.025 }
      let test = try ChristoffersenTest(series, at: .ninetySevenPointFivePercent)
      if test.exactIndependencePValue < 0.05 { independence += 1 }
      if test.exactConditionalCoveragePValue < 0.05 { coverage += 1 }
    }
    let expected = 0.05 * Double(replications)
    let limit = expected + 6 * (expected * 0.95).squareRoot()
    #expect(Double(independence) < limit)
    #expect(Double(coverage) < limit)
    #expect(coverage > 0)
  }

  @Test func fewerThanTwoDatesAreRefused() {
    for count in 0...1 {
      #expect(throws: StatisticsError.sampleTooSmall(count: count, needed: 2)) {
        try ChristoffersenTest([Bool](repeating: false, count: count), at: .ninetyNinePercent)
      }
    }
  }
}
