import Instruments
import MarketData
import Pricing
import RealModule
import TestSupport
import Testing

private let asOf = Timestamp(seconds: 1_750_000_000)
private let inAYear = asOf.advanced(bySeconds: 365 * Timestamp.secondsPerDay)

@Suite struct VolatilitySurfaceSmileTests {
  @Test func aSliceHoldsLogMoneynessAndTotalVariance() throws {
    let smile = [110.0, 90, 100].map { SmileQuote(strike: $0, volatility: $0 / 200) }
    let slice = try VolatilitySlice(expiry: inAYear, asOf: asOf, forward: 100, smile: smile)
    #expect(slice.points.map(\.strike) == [90, 100, 110])
    #expect(slice.points.map(\.totalVariance) == [0.45 * 0.45, 0.25, 0.55 * 0.55])
    #expect(slice.points[1].logMoneyness == 0)
    #expect(slice.points[2].logMoneyness == .log(1.1))
  }

  @Test func faultsAreNamed() {
    func slice(_ smile: [SmileQuote], expiry: Timestamp = inAYear, forward: Double = 100) throws {
      _ = try VolatilitySlice(expiry: expiry, asOf: asOf, forward: forward, smile: smile)
    }
    let one = SmileQuote(strike: 100, volatility: 0.5)
    #expect(throws: VolatilitySurfaceError.noPoints(expiry: inAYear)) { try slice([]) }
    #expect(throws: VolatilitySurfaceError.expired(expiry: asOf, asOf: asOf)) {
      try slice([one], expiry: asOf)
    }
    #expect(throws: VolatilitySurfaceError.unsortedStrikes(expiry: inAYear, strike: 100)) {
      try slice([one, one])
    }
    for bad in [0, -0.5, Double.nan, .infinity] {
      #expect(throws: VolatilitySurfaceError.self) { try slice([SmileQuote(strike: 100, volatility: bad)]) }
      #expect(throws: VolatilitySurfaceError.self) { try slice([SmileQuote(strike: bad, volatility: 0.5)]) }
      #expect(throws: VolatilitySurfaceError.self) { try slice([one], forward: bad) }
    }
  }

  @Test func quotesThatGiveNoVolatilityAreListedWithTheReason() throws {
    let fair = black76Price(forward: 100, strike: 120, years: 1, volatility: 0.4, kind: .call)
    let good = try OptionQuote(kind: .call, strike: 120, bid: fair - 0.25, ask: fair + 0.25)
    let inside = try OptionQuote(kind: .put, strike: 120, bid: 25, ask: 26)
    let unbid = try OptionQuote(kind: .put, strike: 50, bid: nil, ask: 0.1)
    let crossed = try OptionQuote(kind: .put, strike: 60, bid: 0.2, ask: 0.1)
    let absurd = try OptionQuote(kind: .put, strike: 80, bid: 90, ask: 91)
    let atTheMoneyPut = try OptionQuote(kind: .put, strike: 100, bid: 10, ask: 11)
    let quoted = QuotedSmile(
      quotes: [inside, good, unbid, crossed, absurd, atTheMoneyPut], forward: 100, years: 1)
    #expect(quoted.smile.count == 1)
    #expect(quoted.smile[0].strike == 120)
    #expect(isClose(quoted.smile[0].volatility, 0.4, relative: 1e-12))
    #expect(
      quoted.omitted == [
        .inTheMoney(inside), .noMiddle(unbid), .noMiddle(crossed),
        .noVolatility(absurd, .notBelowUpperBound(price: 90.5, upperBound: 80)), .inTheMoney(atTheMoneyPut),
      ])
  }
}

@Suite struct VolatilitySurfaceLookupTests {
  private func surface(_ smiles: [[SmileQuote]]) throws -> VolatilitySurface {
    let slices = try smiles.enumerated().map { index, smile in
      try VolatilitySlice(
        expiry: asOf.advanced(bySeconds: (index + 1) * 30 * Timestamp.secondsPerDay), asOf: asOf,
        forward: 100 + Double(index), smile: smile)
    }
    return try VolatilitySurface(
      underlying: Underlying(base: try Asset("BTC"), quote: .usd), asOf: asOf, slices: slices)
  }

  private func skewed() throws -> VolatilitySurface {
    try surface([
      [(70, 0.9), (90, 0.6), (100, 0.5), (110, 0.52), (140, 0.7)].map(SmileQuote.init),
      [(60, 0.8), (90, 0.62), (101, 0.55), (120, 0.56), (160, 0.65)].map(SmileQuote.init),
    ])
  }

  @Test func aStrikeGivesBackItsVolatility() throws {
    let market = try skewed()
    let first = market.slices[0].expiry
    for (strike, volatility) in [
      (70.0, 0.9), (90, 0.6), (100, 0.5), (110, 0.52), (140, 0.7), (50, 0.9), (900, 0.7),
    ] {
      #expect(isClose(market.volatility(strike: strike, expiry: first), volatility, relative: 1e-14))
    }
  }

  /// Strike and delta are inverse to each other, between the expiries and outside them as well.
  @Test func theStrikeOfADeltaHasThatDelta() throws {
    let market = try skewed()
    for days in [5, 30, 40, 60, 200] {
      let expiry = asOf.advanced(bySeconds: days * Timestamp.secondsPerDay)
      let years = market.years(to: expiry)
      for delta in [0.001, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, -0.001, -0.1, -0.25, -0.5, -0.9, -0.999] {
        let strike = market.strike(delta: delta, expiry: expiry)
        let volatility = market.volatility(strike: strike, expiry: expiry)
        let greeks = black76Greeks(
          forward: market.forward(at: expiry), strike: strike, years: years, volatility: volatility,
          kind: delta > 0 ? .call : .put)
        #expect(isClose(greeks.delta, delta, absolute: 1e-12), "\(days) \(delta)")
        #expect(isClose(market.volatility(delta: delta, expiry: expiry), volatility, relative: 1e-12))
      }
    }
  }

  @Test func aFlatSurfaceHasOneVolatility() throws {
    let flat = try surface([
      [SmileQuote(strike: 80, volatility: 0.6)], [SmileQuote(strike: 150, volatility: 0.6)],
    ])
    for days in [1, 30, 45, 60, 300] {
      let expiry = asOf.advanced(bySeconds: days * Timestamp.secondsPerDay)
      for strike in [1.0, 50, 100, 1_000] {
        #expect(isClose(flat.volatility(strike: strike, expiry: expiry), 0.6, relative: 1e-13))
      }
      #expect(isClose(flat.volatility(delta: 0.3, expiry: expiry), 0.6, relative: 1e-13))
    }
  }

  @Test func aDeltaOutsideItsRangeIsAMistake() async {
    for delta in [0.0, 1, -1, 2] {
      await #expect(processExitsWith: .failure) { [delta = delta as Double] in
        let start = Timestamp(seconds: 0)
        let end = Timestamp(seconds: 86_400)
        let one = try VolatilitySlice(
          expiry: end, asOf: start, forward: 1, smile: [SmileQuote(strike: 1, volatility: 1)])
        let only = try VolatilitySurface(
          underlying: Underlying(base: .usd, quote: .usd), asOf: start, slices: [one])
        _ = only.strike(delta: delta, expiry: end)
      }
    }
  }
}
