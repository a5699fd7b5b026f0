import Instruments
import MarketData
import TestSupport
import Testing

private let year = 365 * Timestamp.secondsPerDay
private let start = Timestamp(seconds: 1_750_000_000)

private func expiry(_ years: Double) -> Timestamp { start.advanced(bySeconds: Int(years * Double(year))) }

/// A point at a log-moneyness whose strike only has to lie on its side of the forward.
private func point(_ logMoneyness: Double, _ totalVariance: Double) -> VolatilityPoint {
  VolatilityPoint(
    strike: 100 + 50 * logMoneyness, logMoneyness: logMoneyness, totalVariance: totalVariance)
}

private func slice(_ years: Double, _ points: [VolatilityPoint]) throws -> VolatilitySlice {
  try VolatilitySlice(expiry: expiry(years), forward: 100, points: points)
}

private func surface(_ slices: [VolatilitySlice]) throws -> VolatilitySurface {
  let underlying = Underlying(base: try Asset("BTC"), quote: .usd)
  return try VolatilitySurface(underlying: underlying, asOf: start, slices: slices)
}

@Suite struct VolatilitySliceTests {
  @Test func linearBetweenPointsAndConstantBeyond() throws {
    let smile = try slice(1, [point(-0.5, 0.5), point(0, 0.25), point(1, 0.75)])
    #expect(smile.totalVariance(atLogMoneyness: -0.5) == 0.5)
    #expect(smile.totalVariance(atLogMoneyness: 0) == 0.25)
    #expect(smile.totalVariance(atLogMoneyness: 1) == 0.75)
    #expect(smile.totalVariance(atLogMoneyness: -0.25) == 0.375)
    #expect(smile.totalVariance(atLogMoneyness: 0.5) == 0.5)
    #expect(smile.totalVariance(atLogMoneyness: -9) == 0.5)
    #expect(smile.totalVariance(atLogMoneyness: 9) == 0.75)
  }

  @Test func onePointIsAFlatSmile() throws {
    let smile = try slice(1, [point(0.1, 0.3)])
    for place in [-1, 0.1, 1] { #expect(smile.totalVariance(atLogMoneyness: place) == 0.3) }
  }

  @Test func faultsAreNamed() throws {
    let end = expiry(1)
    #expect(throws: VolatilitySurfaceError.noPoints(expiry: end)) { try slice(1, []) }
    #expect(throws: VolatilitySurfaceError.unsortedStrikes(expiry: end, strike: 100)) {
      try slice(1, [point(0, 0.1), point(0, 0.1)])
    }
    #expect(throws: VolatilitySurfaceError.unsortedStrikes(expiry: end, strike: 75)) {
      try slice(1, [point(0, 0.1), point(-0.5, 0.1)])
    }
    for bad in [0, -1, Double.nan, .infinity] {
      #expect(throws: VolatilitySurfaceError.self) { try slice(1, [point(0, bad)]) }
      #expect(throws: VolatilitySurfaceError.self) {
        try slice(1, [VolatilityPoint(strike: bad, logMoneyness: 0, totalVariance: 0.1)])
      }
      #expect(throws: VolatilitySurfaceError.self) {
        try VolatilitySlice(expiry: end, forward: bad, points: [point(0, 0.1)])
      }
    }
    for bad in [-0.1, Double.nan, .infinity] {
      #expect(throws: VolatilitySurfaceError.self) {
        try slice(1, [VolatilityPoint(strike: 110, logMoneyness: bad, totalVariance: 0.1)])
      }
    }
  }
}

@Suite struct VolatilitySurfaceTests {
  @Test func linearInTimeAtConstantMoneyness() throws {
    let both = try surface([
      slice(1, [point(-1, 0.2), point(1, 0.4)]), slice(3, [point(-1, 0.6), point(1, 0.6)]),
    ])
    for place in [-2, -1, -0.3, 0, 0.8, 1, 2] {
      let early = both.totalVariance(atLogMoneyness: place, expiry: expiry(1))
      let late = both.totalVariance(atLogMoneyness: place, expiry: expiry(3))
      #expect(early == both.slices[0].totalVariance(atLogMoneyness: place))
      #expect(late == both.slices[1].totalVariance(atLogMoneyness: place))
      let middle = both.totalVariance(atLogMoneyness: place, expiry: expiry(2))
      #expect(isClose(middle, (early + late) / 2, relative: 1e-15))
    }
  }

  @Test func volatilityIsFlatOutsideTheExpiries() throws {
    let both = try surface([
      slice(1, [point(-1, 0.2), point(1, 0.4)]), slice(2, [point(-1, 0.6), point(1, 0.6)]),
    ])
    for place in [-1, 0, 0.5] {
      let first = both.volatility(atLogMoneyness: place, expiry: expiry(1))
      let last = both.volatility(atLogMoneyness: place, expiry: expiry(2))
      #expect(isClose(both.volatility(atLogMoneyness: place, expiry: expiry(0.25)), first, relative: 1e-14))
      #expect(isClose(both.volatility(atLogMoneyness: place, expiry: expiry(9)), last, relative: 1e-14))
      let variance = both.totalVariance(atLogMoneyness: place, expiry: expiry(0.5))
      #expect(isClose(variance, both.slices[0].totalVariance(atLogMoneyness: place) / 2, relative: 1e-14))
    }
  }

  @Test func varianceNeverFallsWhereSlicesDoNotCross() throws {
    let both = try surface([
      slice(1, [point(-1, 0.2), point(0, 0.1), point(2, 0.4)]),
      slice(2, [point(-1.5, 0.7), point(0.5, 0.25), point(1, 0.5)]),
    ])
    for step in -40...40 {
      let place = Double(step) / 16
      var before = 0.0
      for years in [0.1, 0.5, 1, 1.2, 1.5, 1.9, 2, 3] {
        let variance = both.totalVariance(atLogMoneyness: place, expiry: expiry(years))
        #expect(variance >= before)
        before = variance
      }
    }
  }

  @Test func theForwardIsLinearInTimeAndConstantOutside() throws {
    let early = try VolatilitySlice(expiry: expiry(1), forward: 100, points: [point(0, 0.1)])
    let late = try VolatilitySlice(
      expiry: expiry(2), forward: 110,
      points: [VolatilityPoint(strike: 110, logMoneyness: 0, totalVariance: 0.3)])
    let both = try surface([early, late])
    let expected = [(0.5, 100.0), (1, 100), (1.5, 105), (2, 110), (3, 110)]
    for (years, forward) in expected {
      #expect(isClose(both.forward(at: expiry(years)), forward, relative: 1e-12))
    }
    #expect(both.years(to: expiry(2)) == 2)
  }

  @Test func faultsAreNamed() throws {
    let flat = [point(0, 0.1)]
    #expect(throws: VolatilitySurfaceError.noSlices) { try surface([]) }
    #expect(throws: VolatilitySurfaceError.expired(expiry: start, asOf: start)) {
      try surface([slice(0, flat), slice(1, flat)])
    }
    #expect(throws: VolatilitySurfaceError.unsortedExpiries(expiry: expiry(1))) {
      try surface([slice(1, flat), slice(1, flat)])
    }
    #expect(throws: VolatilitySurfaceError.unsortedExpiries(expiry: expiry(1))) {
      try surface([slice(2, flat), slice(1, flat)])
    }
  }

  @Test func anExpiredOptionHasNoVolatility() async {
    await #expect(processExitsWith: .failure) {
      let flat = VolatilityPoint(strike: 100, logMoneyness: 0, totalVariance: 0.1)
      let asOf = Timestamp(seconds: 0)
      let one = try VolatilitySlice(expiry: asOf.advanced(bySeconds: 9), forward: 100, points: [flat])
      let underlying = Underlying(base: .usd, quote: .usd)
      let only = try VolatilitySurface(underlying: underlying, asOf: asOf, slices: [one])
      _ = only.volatility(atLogMoneyness: 0, expiry: asOf)
    }
  }
}

@Suite struct OptionQuoteTests {
  @Test func theMiddleNeedsBothSidesUncrossed() throws {
    #expect(try OptionQuote(kind: .call, strike: 100, bid: 2, ask: 3).middle == 2.5)
    #expect(try OptionQuote(kind: .call, strike: 100, bid: 3, ask: 3).middle == 3)
    #expect(try OptionQuote(kind: .call, strike: 100, bid: nil, ask: 3).middle == nil)
    #expect(try OptionQuote(kind: .put, strike: 100, bid: 2, ask: nil).middle == nil)
    #expect(try OptionQuote(kind: .put, strike: 100, bid: 4, ask: 3).middle == nil)
  }

  @Test func faultsAreNamed() {
    #expect(throws: OptionQuoteError.outOfDomain(field: "strike", value: 0)) {
      try OptionQuote(kind: .call, strike: 0, bid: 1, ask: 2)
    }
    #expect(throws: OptionQuoteError.outOfDomain(field: "bid", value: -1)) {
      try OptionQuote(kind: .call, strike: 1, bid: -1, ask: 2)
    }
    #expect(throws: OptionQuoteError.outOfDomain(field: "ask", value: .infinity)) {
      try OptionQuote(kind: .call, strike: 1, bid: nil, ask: .infinity)
    }
    #expect(throws: OptionQuoteError.self) { try OptionQuote(kind: .call, strike: .nan, bid: nil, ask: nil) }
  }
}
