import Instruments
import Pricing
import RealModule
import TestSupport
import Testing

/// A price's error relative to vega: how well its digits determine the volatility, as a relative error.
///
/// Both terms of the price carry rounding, that of the normal distribution growing with the square of its argument; in
/// the money and close to the upper bound the price itself carries that of its size.
private func conditioning(forward: Double, strike: Double, deviation: Double, price: Double) -> Double {
  let upper = Double.log(forward / strike) / deviation + deviation / 2
  let vega = forward * 0.398_942_280_401_432_7 * .exp(-upper * upper / 2)
  let tail = 0.5 * Double.erfc(abs(upper) * 0.5.squareRoot())
  let terms = max(price, forward * tail * (1 + upper * upper))
  return Double.ulpOfOne * terms / (vega * deviation)
}

@Suite struct ImpliedVolatilityTests {
  /// Strikes from e⁻⁶ to e⁶ of the forward, deviations from 5e-4 to 20: whatever the digits of the price determine.
  @Test func roundTripOverAWideGrid() throws {
    var tried = 0
    var exact = 0
    for step in -60...60 {
      for power in -60...24 {
        let strike = 100 * Double.exp(Double(step) / 10)
        let volatility = Double.exp(Double(power) / 8)
        for kind in OptionKind.allCases {
          let price = black76Price(forward: 100, strike: strike, years: 1, volatility: volatility, kind: kind)
          let intrinsicValue = max(0, kind == .call ? 100 - strike : strike - 100)
          guard price > max(intrinsicValue, 1e-300), price < (kind == .call ? 100 : strike) else { continue }
          let implied = try impliedVolatility(
            price: price, forward: 100, strike: strike, years: 1, kind: kind)
          let possible = conditioning(forward: 100, strike: strike, deviation: volatility, price: price)
          #expect(
            isClose(implied, volatility, relative: max(1e-12, 8 * possible)),
            "\(kind) \(strike) \(volatility)")
          tried += 1
          if isClose(implied, volatility, relative: 1e-12) { exact += 1 }
        }
      }
    }
    #expect(tried > 9_000)
    #expect(exact > 7_000)
  }

  @Test func everyOutOfTheMoneyOptionOfAMarketComesBackExactly() throws {
    for days in [1.0, 7, 30, 90, 365, 730] {
      for percent in [10.0, 25, 50, 100, 200, 400] {
        for sigmas in [-7.0, -4, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 2, 4, 7] {
          let deviation = percent / 100 * (days / 365).squareRoot()
          let strike = 62_500 * Double.exp(sigmas * deviation)
          let kind = OptionKind.allCases[strike < 62_500 ? 1 : 0]
          let price = black76Price(
            forward: 62_500, strike: strike, years: days / 365, volatility: percent / 100, kind: kind)
          let implied = try impliedVolatility(
            price: price, forward: 62_500, strike: strike, years: days / 365, kind: kind)
          #expect(isClose(implied, percent / 100, relative: 1e-12), "\(days) d, \(percent) %, \(sigmas)")
        }
      }
    }
  }

  /// At the money V = F·(2Φ(σ√T/2) − 1).
  @Test func atTheMoneyByTheQuantile() throws {
    for deviation in [1e-3, 0.1, 1.0, 4] {
      let price = 100 * Double.erf(deviation / 2 * 0.5.squareRoot())
      let implied = try impliedVolatility(price: price, forward: 100, strike: 100, years: 4, kind: .put)
      #expect(isClose(implied, deviation / 2, relative: 1e-12))
    }
  }

  /// Haug, The complete guide to option pricing formulas (2007): F 19, X 19, T 0.75, r 0.10, σ 0.28, price 1.7011.
  @Test func b76Haug() throws {
    let price = 1.701_050_725_236_268 * Double.exp(0.075)
    let implied = try impliedVolatility(price: price, forward: 19, strike: 19, years: 0.75, kind: .call)
    #expect(isClose(implied, 0.28, relative: 1e-12))
  }

  @Test func risesWithThePriceAndIsTheSameForCallAndPut() throws {
    var before = 0.0
    for price in [1e-250, 1e-100, 1e-10, 1e-3, 0.5, 2, 7, 20, 50, 90, 99.9, 99.999_999] {
      let call = try impliedVolatility(price: price, forward: 100, strike: 130, years: 0.5, kind: .call)
      #expect(call > before)
      before = call
      guard price > 0.1, price < 99 else { continue }
      let put = try impliedVolatility(price: price + 30, forward: 100, strike: 130, years: 0.5, kind: .put)
      #expect(isClose(put, call, relative: 1e-12))
    }
  }

  @Test func pricesThatNoVolatilityExplainsAreNamed() {
    func implied(_ price: Double, _ kind: OptionKind) throws(PricingError) -> Double {
      try impliedVolatility(price: price, forward: 100, strike: 80, years: 1, kind: kind)
    }
    #expect(throws: PricingError.belowIntrinsicValue(price: 19, intrinsicValue: 20)) {
      _ = try implied(19, .call)
    }
    #expect(throws: PricingError.belowIntrinsicValue(price: -1, intrinsicValue: 0)) {
      _ = try implied(-1, .put)
    }
    #expect(throws: PricingError.noTimeValue(price: 20)) {
      _ = try implied(20, .call)
    }
    #expect(throws: PricingError.noTimeValue(price: 0)) {
      _ = try implied(0, .put)
    }
    #expect(throws: PricingError.notBelowUpperBound(price: 100, upperBound: 100)) {
      _ = try implied(100, .call)
    }
    #expect(throws: PricingError.notBelowUpperBound(price: 81, upperBound: 80)) {
      _ = try implied(81, .put)
    }
  }

  @Test func inputsOutsideTheirDomainAreNamed() {
    for bad in [0, -1, Double.nan, .infinity] {
      for place in 0..<3 {
        var inputs = [100.0, 100, 1]
        inputs[place] = bad
        let error = #expect(throws: PricingError.self) {
          try impliedVolatility(
            price: 5, forward: inputs[0], strike: inputs[1], years: inputs[2], kind: .call)
        }
        guard case .outOfDomain(let field, _, _) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(field == ["forward", "strike", "years"][place])
      }
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: PricingError.self) {
        try impliedVolatility(price: bad, forward: 100, strike: 100, years: 1, kind: .call)
      }
    }
  }

  @Test func extremePricesStillGiveAFinitePositiveVolatility() throws {
    for strike in [1e-6, 1, 99.999_999_999, 100, 100.000_000_001, 1e4, 1e12] {
      for fraction in [Double.leastNonzeroMagnitude, 1e-300, 1e-30, 1e-6, 0.5, 1 - 1e-9, 1 - 1e-15] {
        let kind: OptionKind = strike < 100 ? .put : .call
        let price = fraction * min(100, strike)
        guard price > 0 else { continue }
        let implied = try impliedVolatility(price: price, forward: 100, strike: strike, years: 1, kind: kind)
        #expect(implied > 0 && implied.isFinite)
      }
    }
  }
}
