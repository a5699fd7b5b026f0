import Statistics
import TestSupport
import Testing

@Suite struct VolatilityRecursionTests {
  @Test("GARCH-REC: QuantLib's ten volatilities") func quantLib() throws {
    let recursion = try VolatilityRecursion(constant: 0.2, reaction: 0.2, decay: 0.3)
    let printed = [
      0.452769, 0.513323, 0.530141, 0.535084, 0.536558, 0.536999, 0.537132, 0.537171, 0.537183, 0.537187,
    ]
    var variance = 0.01
    for expected in printed {
      variance = recursion.next(variance: variance, deviation: 0.1)
      #expect(isClose(variance.squareRoot(), expected, absolute: 5e-7))
    }
    #expect(isClose(try #require(recursion.longRunVariance), 0.4, relative: 1e-15))
  }

  @Test("effective observations of 0.94, 0.97 and 0.99 are 32, 66 and 199") func effective() throws {
    for (decay, expected) in [(0.94, 32.0), (0.97, 66), (0.99, 199)] {
      let recursion = try VolatilityRecursion.exponentiallyWeighted(decay: decay)
      #expect(recursion.effectiveObservations.rounded() == expected)
      #expect(recursion.longRunVariance == nil)
    }
  }

  @Test("an exponentially weighted average is the weighted mean of squares") func weightedMean() throws {
    let recursion = try VolatilityRecursion.exponentiallyWeighted(decay: 0.9)
    var generator = SeededGenerator(seed: 21)
    let deviations = (0..<40).map { _ in generator.uniform() - 0.5 }
    var variance = 0.3
    for deviation in deviations { variance = recursion.next(variance: variance, deviation: deviation) }
    var expected = 0.3
    for deviation in deviations { expected = 0.9 * expected + 0.1 * deviation * deviation }
    #expect(isClose(variance, expected, relative: 1e-14))
  }

  @Test func expectedVarianceSumsTheForecasts() throws {
    let garch = try VolatilityRecursion(constant: 0.1, reaction: 0.1, decay: 0.8)
    // The long-run variance is 1; a variance of 2 decays towards it by 0.9 a date.
    #expect(isClose(garch.expectedVariance(next: 2, horizon: 3), 3 + 1 + 0.9 + 0.81, relative: 1e-14))
    let average = try VolatilityRecursion.exponentiallyWeighted(decay: 0.94)
    #expect(isClose(average.expectedVariance(next: 0.25, horizon: 10), 2.5, relative: 1e-13))
  }

  @Test("a path is the recursion written out, and undoes the filter") func path() throws {
    let recursion = try VolatilityRecursion(constant: 0.05, reaction: 0.15, decay: 0.8)
    var generator = SeededGenerator(seed: 22)
    let returns = (0..<200).map { _ in generator.uniform() - 0.5 }
    let filter = try VolatilityFilter(returns, recursion: recursion)
    let first = filter.volatilities[0] * filter.volatilities[0]
    let rebuilt = recursion.path(shocks: filter.residuals, from: first)
    for (value, expected) in zip(rebuilt, returns) { #expect(isClose(value, expected, absolute: 1e-13)) }
    let floored = recursion.path(shocks: [1, 1], from: 0.01, leastVariance: 4)
    #expect(floored == [2, 2])
    #expect(recursion.path(shocks: [], from: 1).isEmpty)
  }

  @Test(
    arguments: [
      (-1, 0.1, 0.8, EstimationError.Parameter.constant), (.nan, 0.1, 0.8, .constant),
      (.infinity, 0.1, 0.8, .constant), (0.1, -0.1, 0.8, .reaction), (0.1, .nan, 0.8, .reaction),
      (0.1, 0.1, 1, .decay), (0.1, 0.1, -0.1, .decay), (0.1, 0.1, .nan, .decay),
      (0.1, 0.3, 0.8, .persistence),
    ])
  func impossibleParametersAreRefused(
    constant: Double, reaction: Double, decay: Double, named: EstimationError.Parameter
  ) {
    #expect {
      try VolatilityRecursion(constant: constant, reaction: reaction, decay: decay)
    } throws: { error in
      guard case .parameterOutOfRange(named, _)? = error as? EstimationError else { return false }
      return true
    }
  }

  @Test(arguments: [0, 1, -0.5, Double.nan]) func impossibleDecaysAreRefused(decay: Double) {
    #expect(throws: EstimationError.self) { try VolatilityRecursion.exponentiallyWeighted(decay: decay) }
  }
}
