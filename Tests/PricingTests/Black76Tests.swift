import Instruments
import Pricing
import RealModule
import TestSupport
import Testing

@Suite struct Black76Tests {
  // E. G. Haug, The Complete Guide to Option Pricing Formulas, 2nd edition, 2007, chapter 1.
  @Test("B76-HAUG: an option on a future") func haugFuture() {
    let discount = Double.exp(-0.10 * 0.75)
    for kind in OptionKind.allCases {
      let price = discount * black76Price(forward: 19, strike: 19, years: 0.75, volatility: 0.28, kind: kind)
      #expect(isClose(price, 1.701050725236268, relative: 1e-14))
      #expect(isClose(price, 1.7011, absolute: 0.00005))
    }
  }

  // J. C. Hull, Options, Futures, and Other Derivatives, chapter on the Black-Scholes-Merton model.
  @Test("BS-HULL: a call and a put on a share") func hullShare() {
    let discount = Double.exp(-0.1 * 0.5)
    let forward = 42 / discount
    let call = discount * black76Price(forward: forward, strike: 40, years: 0.5, volatility: 0.2, kind: .call)
    let put = discount * black76Price(forward: forward, strike: 40, years: 0.5, volatility: 0.2, kind: .put)
    #expect(isClose(call, 4.759422392871536, relative: 1e-13))
    #expect(isClose(put, 0.808599372900091, relative: 1e-12))
    #expect(isClose(call, 4.76, absolute: 0.005))
    #expect(isClose(put, 0.81, absolute: 0.005))
  }

  // E. G. Haug, as above: a share, an index with a yield (Merton), a currency (Garman-Kohlhagen).
  @Test(
    "BS-HAUG: spot forms through their forwards",
    arguments: [
      (60.0, 65.0, 0.25, 0.08, 0.0, 0.30, OptionKind.call, 2.1333684449162),
      (100.0, 95.0, 0.5, 0.10, 0.05, 0.20, OptionKind.put, 2.4647876467558),
      (1.56, 1.6, 0.5, 0.06, 0.08, 0.12, OptionKind.call, 0.0290992531494),
    ])
  func haugSpotForms(
    spot: Double, strike: Double, years: Double, rate: Double, yield: Double, volatility: Double,
    kind: OptionKind,
    expected: Double
  ) {
    let forward = spot * Double.exp((rate - yield) * years)
    let price =
      Double.exp(-rate * years)
      * black76Price(forward: forward, strike: strike, years: years, volatility: volatility, kind: kind)
    #expect(isClose(price, expected, relative: 2e-12))
  }

  @Test func putCallParity() {
    for forward in [0.001, 1, 37, 100, 250, 1e6] {
      for strike in [0.01, 50, 100, 333, 1e5] {
        for volatility in [0, 1e-9, 0.05, 0.6, 3, 50] {
          let call = black76Price(
            forward: forward, strike: strike, years: 0.3, volatility: volatility, kind: .call)
          let put = black76Price(
            forward: forward, strike: strike, years: 0.3, volatility: volatility, kind: .put)
          #expect(abs(call - put - (forward - strike)) <= 4e-15 * (forward + strike))
        }
      }
    }
  }

  @Test func withoutVolatilityOrTimeAnOptionIsItsPayoff() {
    for forward in [0, 80, 100, 120.5] {
      for (years, volatility) in [(0, 0.5), (0.5, 0), (0, 0), (1e-300, 1e-200)] {
        let call = black76Price(
          forward: forward, strike: 100, years: years, volatility: volatility, kind: .call)
        let put = black76Price(
          forward: forward, strike: 100, years: years, volatility: volatility, kind: .put)
        #expect(call == max(0, forward - 100))
        #expect(put == max(0, 100 - forward))
      }
    }
  }

  @Test func withoutAForwardACallIsWorthlessAndAPutItsStrike() {
    #expect(black76Price(forward: 0, strike: 7, years: 1, volatility: 2, kind: .call) == 0)
    #expect(black76Price(forward: 0, strike: 7, years: 1, volatility: 2, kind: .put) == 7)
  }

  @Test(arguments: [1e3, 1e10, 1e300, Double.greatestFiniteMagnitude])
  func withBoundlessVolatilityACallIsItsForwardAndAPutItsStrike(_ volatility: Double) {
    for years in [0.25, 1, 100] {
      #expect(black76Price(forward: 90, strike: 100, years: years, volatility: volatility, kind: .call) == 90)
      #expect(black76Price(forward: 90, strike: 100, years: years, volatility: volatility, kind: .put) == 100)
    }
  }

  @Test func farStrikesStayWithinTheirBounds() {
    for (forward, strike) in [(1e300, 1e-300), (1e-300, 1e300), (1e-300, 1e-300), (1e300, 1e300)] {
      for volatility in [1e-300, 0.5, 1e300] {
        let call = black76Price(
          forward: forward, strike: strike, years: 1, volatility: volatility, kind: .call)
        let put = black76Price(forward: forward, strike: strike, years: 1, volatility: volatility, kind: .put)
        #expect(call >= max(0, forward - strike))
        #expect(call <= forward)
        #expect(put >= max(0, strike - forward))
        #expect(put <= strike)
      }
    }
  }

  @Test func pricesRiseWithVolatilityAndTime() {
    for kind in OptionKind.allCases {
      for strike in [60.0, 100, 180] {
        func price(_ years: Double, _ volatility: Double) -> Double {
          black76Price(forward: 100, strike: strike, years: years, volatility: volatility, kind: kind)
        }
        for step in 4..<60 {
          let level = Double(step) / 20
          #expect(price(0.5, level) < price(0.5, level + 0.05))
          #expect(price(level, 0.7) < price(level + 0.05, 0.7))
        }
      }
    }
  }

  @Test func callsRiseAndPutsFallWithTheForward() {
    for step in 10..<400 {
      let forward = Double(step)
      func price(_ forward: Double, _ kind: OptionKind) -> Double {
        black76Price(forward: forward, strike: 100, years: 0.5, volatility: 0.8, kind: kind)
      }
      let callSlope = price(forward + 1, .call) - price(forward, .call)
      let putSlope = price(forward + 1, .put) - price(forward, .put)
      #expect(callSlope > 0 && callSlope < 1)
      #expect(putSlope < 0 && putSlope > -1)
    }
  }

  @Test func pricesScaleWithTheUnitOfTheQuote() {
    for scale in [1e-6, 3.7, 1e6] {
      let small = black76Price(forward: 105, strike: 100, years: 0.2, volatility: 0.9, kind: .put)
      let large = black76Price(
        forward: 105 * scale, strike: 100 * scale, years: 0.2, volatility: 0.9, kind: .put)
      #expect(isClose(large, small * scale, relative: 1e-13))
    }
  }

  @Test func inputsOutsideTheirDomainsAreStopped() async {
    await #expect(processExitsWith: .failure) {
      _ = black76Price(forward: .nan, strike: 1, years: 1, volatility: 1, kind: .call)
    }
    await #expect(processExitsWith: .failure) {
      _ = black76Price(forward: 1, strike: 0, years: 1, volatility: 1, kind: .call)
    }
    await #expect(processExitsWith: .failure) {
      _ = black76Price(forward: 1, strike: 1, years: -1, volatility: 1, kind: .call)
    }
    await #expect(processExitsWith: .failure) {
      _ = black76Price(forward: 1, strike: 1, years: 1, volatility: .infinity, kind: .call)
    }
  }
}
