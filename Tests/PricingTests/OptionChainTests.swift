import Instruments
import MarketData
import Pricing
import TestSupport
import Testing

@Suite struct OptionChainTests {
  /// Third-party figures: quantflow 1.2.0 prints its implied volatilities of bid and ask with seven digits.
  @Test func impliedVolatilitiesAgreeWithQuantflowInEveryPrintedDigit() throws {
    let rows = try optionChainRows("deribit-btc-2026-05-21-implied-volatility.csv")
    #expect(rows.count == 387)
    var compared = 0
    for row in rows {
      let kind = try #require(OptionKind(rawValue: row["kind"] ?? ""))
      let strike = try #require(Double(row["strike"] ?? ""))
      let forward = try #require(Double(row["forward"] ?? ""))
      let years = try #require(Double(row["years"] ?? ""))
      for side in ["bid", "ask"] {
        let price = try #require(Double(row[side] ?? ""))
        let printed = try #require(Double(row["\(side)_iv"] ?? ""))
        let implied = try impliedVolatility(
          price: price * forward, forward: forward, strike: strike, years: years, kind: kind)
        #expect(isClose(implied, printed, absolute: 0.5000001e-7), "\(row)")
        compared += 1
      }
    }
    #expect(compared == 774)
  }

  /// 868 options: 434 in the money, 66 without a bid (all out of the money), 368 with a volatility.
  @Test func everyOutOfTheMoneyOptionWithABidHasAVolatility() throws {
    let chain = try OptionChain()
    #expect(chain.expiries.count == 13)
    var counts = [0, 0, 0, 0]
    for one in chain.expiries {
      let years = chain.asOf.years(to: one.expiry)
      let quoted = QuotedSmile(quotes: one.quotes, forward: one.middle, years: years)
      counts[0] += quoted.smile.count
      for omitted in quoted.omitted {
        switch omitted {
        case .inTheMoney: counts[1] += 1
        case .noMiddle: counts[2] += 1
        case .noVolatility: counts[3] += 1
        }
      }
      for point in quoted.smile {
        let kind: OptionKind = point.strike < one.middle ? .put : .call
        let quote = try #require(one.quotes.first { $0.kind == kind && $0.strike == point.strike })
        let price = black76Price(
          forward: one.middle, strike: point.strike, years: years, volatility: point.volatility, kind: kind)
        #expect(isClose(price, try #require(quote.middle), relative: 1e-11))
        #expect((0.1...3).contains(point.volatility))
      }
    }
    #expect(counts == [368, 434, 66, 0])
  }

  @Test func theSurfaceGivesBackItsQuotes() throws {
    let chain = try OptionChain()
    let surface = try chain.surface()
    for one in chain.expiries {
      let years = chain.asOf.years(to: one.expiry)
      for point in QuotedSmile(quotes: one.quotes, forward: one.middle, years: years).smile {
        let volatility = surface.volatility(strike: point.strike, expiry: one.expiry)
        #expect(isClose(volatility, point.volatility, relative: 1e-12))
      }
      #expect(surface.forward(at: one.expiry) == one.middle)
    }
  }

  /// A volatility 25-delta put above the call: the market of the day feared a fall.
  @Test func skewAndTermStructureAreThoseOfTheDay() throws {
    let chain = try OptionChain()
    let surface = try chain.surface()
    for one in chain.expiries {
      let put = surface.volatility(delta: -0.25, expiry: one.expiry)
      let call = surface.volatility(delta: 0.25, expiry: one.expiry)
      let middle = surface.volatility(strike: one.middle, expiry: one.expiry)
      #expect(put > call)
      #expect((0.16...0.43).contains(middle))
    }
  }

  /// No portfolio at bid and ask earns anything; the middle prices, which nobody trades at, are not so clean.
  @Test func theQuotesAdmitNoArbitrageAndTheMiddlesLittle() throws {
    let chain = try OptionChain()
    for one in chain.expiries {
      #expect(arbitrageWarnings(quotes: one.quotes, expiry: one.expiry, forward: one.forward).isEmpty)
    }
    let warnings = try chain.surface().arbitrageWarnings(tolerance: 1e-6)
    func count(_ rule: ArbitrageRule) -> Int { warnings.count { $0.rule == rule } }
    #expect(count(.calendar) == 0)
    #expect(count(.butterfly) == 20)
    #expect(count(.verticalSpread) == 2)
    // A tick is 0.0001 of the forward.
    let large = try chain.surface().arbitrageWarnings(tolerance: 1e-4)
    let december = try Timestamp("2026-12-25T08:00:00Z")
    let march = try Timestamp("2027-03-26T08:00:00Z")
    #expect(
      large.filter { $0.expiry == december }.map(\.strikes) == [
        [85_000, 86_000, 88_000], [160_000, 170_000, 180_000], [160_000, 170_000],
      ])
    #expect(
      large.filter { $0.expiry == march }.map(\.strikes) == [
        [54_000, 55_000, 56_000], [84_000, 85_000, 86_000], [102_000, 104_000, 105_000],
      ])
    #expect(large.count == 6)
    #expect(large.allSatisfy { $0.gain < 16 })
  }
}

extension OptionChain {
  fileprivate func surface() throws -> VolatilitySurface {
    let slices = try expiries.map { one in
      let smile = QuotedSmile(quotes: one.quotes, forward: one.middle, years: asOf.years(to: one.expiry))
        .smile
      return try VolatilitySlice(expiry: one.expiry, asOf: asOf, forward: one.middle, smile: smile)
    }
    return try VolatilitySurface(
      underlying: Underlying(base: try Asset("BTC"), quote: .usd), asOf: asOf, slices: slices)
  }
}
