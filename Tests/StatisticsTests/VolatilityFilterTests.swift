import Statistics
import TestSupport
import Testing

@Suite struct VolatilityFilterTests {
  private let average = { () throws(EstimationError) in
    try VolatilityRecursion.exponentiallyWeighted(decay: 0.94)
  }

  @Test("by hand: two dates, λ = 0.5") func byHand() throws {
    let recursion = try VolatilityRecursion.exponentiallyWeighted(decay: 0.5)
    let filter = try VolatilityFilter([3, 1], recursion: recursion)
    // The mean square is 5; then (9 + 5)/2 = 7 and (1 + 7)/2 = 4.
    #expect(isClose(filter.volatilities[0], 5.0.squareRoot(), relative: 1e-15))
    #expect(isClose(filter.volatilities[1], 7.0.squareRoot(), relative: 1e-15))
    #expect(isClose(filter.nextVolatility, 2, relative: 1e-15))
    #expect(isClose(filter.nextVariance, 4, relative: 1e-15))
    #expect(isClose(filter.residuals[1], 1 / 7.0.squareRoot(), relative: 1e-15))
    #expect(isClose(filter.rescaledReturns()[0], 3 * 2 / 5.0.squareRoot(), relative: 1e-15))
    #expect(isClose(filter.longRunVolatility, 5.0.squareRoot(), relative: 1e-15))
  }

  @Test("a volatility uses only the returns before it") func noLookAhead() throws {
    var generator = SeededGenerator(seed: 23)
    let returns = (0..<300).map { _ in generator.uniform() - 0.5 }
    var changed = returns
    changed[200] = 9
    let recursion = try average()
    let first = try VolatilityFilter(returns, recursion: recursion, presampleVariance: 0.1)
    let second = try VolatilityFilter(changed, recursion: recursion, presampleVariance: 0.1)
    #expect(first.volatilities[...200] == second.volatilities[...200])
    #expect(first.volatilities[201] < second.volatilities[201])
  }

  @Test("residuals times volatilities are the returns; scaling the returns scales the volatilities")
  func properties() throws {
    var generator = SeededGenerator(seed: 24)
    for floorShare in [0, 0.5, 1] {
      let returns = (0..<250).map { _ in (generator.uniform() - 0.5) * (1 + 3 * generator.uniform()) }
      let garch = try VolatilityRecursion(constant: 0.01, reaction: 0.1, decay: 0.85)
      for recursion in [try average(), garch] {
        let filter = try VolatilityFilter(
          returns, recursion: recursion, mean: 0.02, floorShare: floorShare)
        for date in returns.indices {
          let rebuilt = 0.02 + filter.residuals[date] * filter.volatilities[date]
          #expect(isClose(rebuilt, returns[date], absolute: 1e-14))
          #expect(filter.volatilities[date] >= floorShare * filter.longRunVolatility * (1 - 1e-15))
        }
        if floorShare == 0 { #expect(filter.flooredDates == 0) }
        if floorShare == 1 { #expect(filter.flooredDates > 0) }
      }
      let single = try VolatilityFilter(returns, recursion: average(), floorShare: floorShare)
      let double = try VolatilityFilter(
        returns.map { 2 * $0 }, recursion: average(), floorShare: floorShare)
      #expect(double.residuals == single.residuals)
      #expect(double.nextVolatility == 2 * single.nextVolatility)
    }
  }

  @Test("Hull–White: the rescaled returns have today's volatility throughout") func rescaling() throws {
    var generator = SeededGenerator(seed: 25)
    // A calm half and one four times as wild.
    let returns = (0..<2_000).map { (generator.uniform() - 0.5) * ($0 < 1_000 ? 1 : 4) }
    let filter = try VolatilityFilter(returns, recursion: average())
    let rescaled = filter.rescaledReturns()
    let calm = try DescriptiveStatistics(Array(rescaled[100..<1_000])).standardDeviation
    let wild = try DescriptiveStatistics(Array(rescaled[1_100...])).standardDeviation
    #expect(isClose(calm / wild, 1, absolute: 0.1))
    #expect(isClose(wild, filter.nextVolatility, relative: 0.1))
    #expect(filter.rescaledReturns(to: 1) == filter.residuals)
  }

  @Test("the floor keeps a quiet stretch from making a shock boundless") func floor() throws {
    let returns = [1.0, -1] + [Double](repeating: 0, count: 400) + [0.5]
    let bare = try VolatilityFilter(returns, recursion: average())
    let floored = try VolatilityFilter(returns, recursion: average(), floorShare: 0.5)
    #expect(bare.residuals[402] > 1_000)
    #expect(isClose(floored.residuals[402], 0.5 / (0.5 * floored.longRunVolatility), relative: 1e-14))
    #expect(floored.flooredDates > 300)
    #expect(floored.nextVariance == bare.nextVariance)
    #expect(bare.flooredDates == 0)
  }

  @Test func failures() throws {
    let recursion = try average()
    #expect(throws: EstimationError.sampleTooSmall(count: 1, needed: 2)) {
      try VolatilityFilter([1], recursion: recursion)
    }
    #expect(throws: EstimationError.notFinite(index: 1)) {
      try VolatilityFilter([1, .nan, .infinity], recursion: recursion)
    }
    #expect(throws: EstimationError.noVariation(index: nil)) {
      try VolatilityFilter([0, 0, 0], recursion: recursion)
    }
    #expect(throws: EstimationError.noVariation(index: nil)) {
      try VolatilityFilter([2, 2], recursion: recursion, mean: 2)
    }
    // A variance of nothing but the past dies out: 0.5¹¹⁰⁰ is zero.
    let forgetful = try VolatilityRecursion.exponentiallyWeighted(decay: 0.5)
    #expect {
      try VolatilityFilter([1] + [Double](repeating: 0, count: 1_200) + [1], recursion: forgetful)
    } throws: { error in
      guard case .noVariation(.some)? = error as? EstimationError else { return false }
      return true
    }
    for bad in [-0.1, 1.1, .nan] {
      #expect(throws: EstimationError.self) {
        try VolatilityFilter([1, 2], recursion: recursion, floorShare: bad)
      }
    }
    for bad in [0, -1, Double.nan, .infinity] {
      #expect(throws: EstimationError.self) {
        try VolatilityFilter([1, 2], recursion: recursion, presampleVariance: bad)
      }
    }
    #expect(throws: EstimationError.self) { try VolatilityFilter([1, 2], recursion: recursion, mean: .nan) }
  }
}
