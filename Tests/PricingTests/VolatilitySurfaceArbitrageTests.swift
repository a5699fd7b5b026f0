import Instruments
import MarketData
import Pricing
import TestSupport
import Testing

private let asOf = Timestamp(seconds: 1_750_000_000)
private let month = asOf.advanced(bySeconds: 30 * Timestamp.secondsPerDay)
private let quarter = asOf.advanced(bySeconds: 90 * Timestamp.secondsPerDay)

private func slice(_ expiry: Timestamp, _ smile: [(Double, Double)]) throws -> VolatilitySlice {
  try VolatilitySlice(expiry: expiry, asOf: asOf, forward: 100, smile: smile.map(SmileQuote.init))
}

private func warnings(_ slices: [VolatilitySlice], tolerance: Double = 1e-12) throws -> [ArbitrageWarning] {
  let underlying = Underlying(base: try Asset("BTC"), quote: .usd)
  return try VolatilitySurface(underlying: underlying, asOf: asOf, slices: slices)
    .arbitrageWarnings(tolerance: tolerance)
}

private func fairPrice(_ strike: Double, _ kind: OptionKind) -> Double {
  black76Price(forward: 100, strike: strike, years: 0.25, volatility: 0.6, kind: kind)
}

/// Quotes around fair prices: what the given changes add to the bid and ask of some of them.
private func quotes(
  spread: Double = 0.5, _ changes: [(kind: OptionKind, strike: Double, by: Double)] = []
) throws -> [OptionQuote] {
  try OptionKind.allCases.flatMap { kind in
    try [80.0, 90, 100, 110, 120].map { strike in
      let change = changes.first { $0.kind == kind && $0.strike == strike }?.by ?? 0
      let fair = fairPrice(strike, kind) + change
      return try OptionQuote(kind: kind, strike: strike, bid: fair - spread / 2, ask: fair + spread / 2)
    }
  }
}

private func warnings(_ quotes: [OptionQuote], forward: ClosedRange<Double> = 99.9...100.1)
  -> [ArbitrageWarning]
{
  arbitrageWarnings(quotes: quotes, expiry: quarter, forward: forward)
}

@Suite struct SurfaceArbitrageTests {
  @Test func aFlatSurfaceHasNone() throws {
    let strikes = stride(from: 40.0, through: 250, by: 5)
    let flat = strikes.map { ($0, 0.6) }
    #expect(try warnings([slice(month, flat), slice(quarter, flat)], tolerance: 1e-14).isEmpty)
  }

  @Test func fallingVarianceIsACalendarArbitrage() throws {
    let early = try slice(month, [(80, 0.9), (100, 0.6), (125, 0.9)])
    let late = try slice(quarter, [(80, 0.9), (100, 0.3), (125, 0.9)])
    let found = try warnings([early, late]).filter { $0.rule == .calendar }
    #expect(found.count == 1)
    let warning = try #require(found.first)
    #expect(warning.expiry == month && warning.laterExpiry == quarter && warning.kind == nil)
    #expect(warning.strikes == [100, 100])
    let gain =
      black76Price(forward: 100, strike: 100, years: 30.0 / 365, volatility: 0.6, kind: .call)
      - black76Price(forward: 100, strike: 100, years: 90.0 / 365, volatility: 0.3, kind: .call)
    #expect(isClose(warning.gain, gain, relative: 1e-12))
    #expect("\(warning)".hasPrefix("calendar \(month) and \(quarter) at 100.0, 100.0: "))
    #expect(try warnings([early, late], tolerance: gain / 100 * 1.01).allSatisfy { $0.rule != .calendar })
  }

  @Test func extrapolationIsNotJudged() throws {
    let narrow = try slice(month, [(95, 2), (105, 2)])
    let wide = try slice(quarter, [(50, 0.6), (94, 0.6), (106, 0.6), (200, 0.6)])
    let found = try warnings([narrow, wide]).filter { $0.rule == .calendar }
    #expect(found.map { $0.strikes[0].rounded() } == [95, 105])
  }

  @Test func aPeakInTheSmileIsAButterflyArbitrage() throws {
    let peak = try slice(month, [(80, 0.6), (90, 0.6), (100, 0.8), (110, 0.6), (120, 0.6)])
    let found = try warnings([peak])
    #expect(found.map(\.rule) == [.butterfly])
    #expect(found.map(\.strikes) == [[90, 100, 110]])
    #expect(
      found.allSatisfy { $0.expiry == month && $0.laterExpiry == nil && $0.kind == .call && $0.gain > 0 })
  }

  @Test func aSteepSmileIsAVerticalArbitrage() throws {
    let steep = try slice(month, [(100, 0.6), (110, 1.6)])
    let found = try warnings([steep])
    #expect(found.map(\.rule) == [.verticalSpread])
    #expect(found.map(\.strikes) == [[100, 110]])
  }
}

@Suite struct QuoteArbitrageTests {
  @Test func fairQuotesHaveNone() throws {
    #expect(try warnings(quotes()).isEmpty)
    #expect(try warnings(quotes(spread: 0), forward: 100...100).allSatisfy { $0.gain < 1e-12 })
  }

  @Test func aCallTooDearForItsPutBreaksParity() throws {
    let found = try warnings(quotes([(.call, 110, 0.9)]))
    #expect(found.map(\.rule) == [.putCallParity])
    #expect(found[0].strikes == [110] && found[0].kind == nil && found[0].expiry == quarter)
    // Call sold 0.25 below its middle, put bought 0.25 above, the forward 0.1 above.
    #expect(isClose(found[0].gain, 0.9 - 0.25 - 0.25 - 0.1, absolute: 1e-12))
  }

  @Test func aCallTooCheapForItsPutBreaksParity() throws {
    let found = try warnings(quotes([(.call, 90, -0.9)]))
    #expect(found.filter { $0.rule == .putCallParity }.map(\.strikes) == [[90]])
    #expect(isClose(found[0].gain, 0.3, absolute: 1e-12))
  }

  @Test func aDearMiddleStrikeBreaksTheButterfly() throws {
    let bump = 2.5
    let found = try warnings(quotes([(.put, 100, bump), (.call, 100, bump)]))
    #expect(found.allSatisfy { $0.rule == .butterfly && $0.strikes == [90, 100, 110] })
    #expect(found.map(\.kind) == [.call, .put])
  }

  @Test func pricesInTheWrongOrderBreakTheVerticalSpread() throws {
    let inverted = fairPrice(110, .call) - fairPrice(120, .call) + 1
    let calls = try warnings(quotes([(.call, 120, inverted)])).filter { $0.rule == .verticalSpread }
    #expect(calls.map(\.strikes) == [[110, 120]])
    #expect(calls.allSatisfy { $0.kind == .call && isClose($0.gain, 0.5, absolute: 1e-12) })
    let puts = try warnings(quotes([(.put, 80, fairPrice(90, .put) - fairPrice(80, .put) + 1)]))
    #expect(puts.contains { $0.rule == .verticalSpread && $0.kind == .put && $0.strikes == [80, 90] })
  }

  @Test func aSpreadDearerThanItsStrikesIsOneToo() throws {
    let found = try warnings(quotes([(.call, 80, 5)])).filter { $0.rule == .verticalSpread }
    let gain = fairPrice(80, .call) + 5 - fairPrice(90, .call) - 0.5 - 10
    #expect(found.map(\.strikes) == [[80, 90]])
    #expect(isClose(found[0].gain, gain, absolute: 1e-12))
  }

  @Test func aMissingSideIsNoTrade() throws {
    let open = try quotes([(.call, 110, 3)]).map { quote in
      try OptionQuote(kind: quote.kind, strike: quote.strike, bid: nil, ask: quote.ask)
    }
    #expect(warnings(open).isEmpty)
  }

  @Test func orderDoesNotMatter() throws {
    let some = try quotes([(.call, 100, 4), (.put, 90, -4)])
    #expect(warnings(some) == warnings(some.reversed()))
    #expect(!warnings(some).isEmpty)
  }
}
