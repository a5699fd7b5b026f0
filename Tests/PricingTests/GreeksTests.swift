import Instruments
import Pricing
import TestSupport
import Testing

private struct Option: CustomStringConvertible {
  var forward: Double
  var strike: Double
  var years: Double
  var volatility: Double
  var kind: OptionKind

  var price: Double {
    black76Price(forward: forward, strike: strike, years: years, volatility: volatility, kind: kind)
  }

  var greeks: Greeks {
    black76Greeks(forward: forward, strike: strike, years: years, volatility: volatility, kind: kind)
  }

  var description: String { "\(kind) F \(forward) K \(strike) T \(years) σ \(volatility)" }

  /// The central difference of a figure in one field, the step relative to the field.
  func slope(in field: WritableKeyPath<Option, Double>, _ figure: (Option) -> Double) -> Double {
    let step = 1e-4 * self[keyPath: field]
    var up = self
    var down = self
    up[keyPath: field] += step
    down[keyPath: field] -= step
    return (figure(up) - figure(down)) / (up[keyPath: field] - down[keyPath: field])
  }
}

private let grid: [Option] = [70.0, 90, 99, 100, 101, 115, 160].flatMap { strike in
  [0.02, 0.25, 1.5].flatMap { years in
    [0.3, 0.8, 1.6].flatMap { volatility in
      OptionKind.allCases.map { kind in
        Option(forward: 100, strike: strike, years: years, volatility: volatility, kind: kind)
      }
    }
  }
}

@Suite struct GreeksTests {
  /// A central difference with step h errs by h²·f‴/6, at most a few 1e-6 of the largest value of the figure here.
  @Test func agreeWithCentralDifferences() {
    for option in grid {
      let greeks = option.greeks
      let forward = option.forward
      let root = option.years.squareRoot()
      func agrees(_ value: Double, _ difference: Double, _ scale: Double) -> Bool {
        isClose(value, difference, relative: 1e-5, absolute: 1e-5 * scale)
      }
      #expect(agrees(greeks.delta, option.slope(in: \.forward, \.price), 1e-2), "\(option)")
      #expect(agrees(greeks.gamma, option.slope(in: \.forward, \.greeks.delta), 1e-2), "\(option)")
      #expect(agrees(greeks.vega, option.slope(in: \.volatility, \.price), forward * root / 10), "\(option)")
      #expect(agrees(-greeks.thetaPerDay * 365, option.slope(in: \.years, \.price), 1), "\(option)")
      #expect(agrees(greeks.vanna, option.slope(in: \.volatility, \.greeks.delta), 1), "\(option)")
      #expect(agrees(greeks.vanna, option.slope(in: \.forward, \.greeks.vega), 1), "\(option)")
      #expect(
        agrees(greeks.volga, option.slope(in: \.volatility, \.greeks.vega), forward * root / 10), "\(option)")
    }
  }

  @Test func callLessPutIsAForward() {
    for var option in grid {
      option.kind = .call
      let call = option.greeks
      option.kind = .put
      let put = option.greeks
      #expect(isClose(call.delta - put.delta, 1, absolute: 1e-15))
      #expect(call.gamma == put.gamma)
      #expect(call.vega == put.vega)
      #expect(call.thetaPerDay == put.thetaPerDay)
      #expect(call.vanna == put.vanna)
      #expect(call.volga == put.volga)
    }
  }

  @Test func signsAndBounds() {
    for option in grid {
      let greeks = option.greeks
      #expect(option.kind == .call ? (0...1).contains(greeks.delta) : (-1...0).contains(greeks.delta))
      #expect(greeks.gamma >= 0 && greeks.vega >= 0 && greeks.thetaPerDay <= 0)
    }
  }

  /// The heat equation: one year's theta is half the variance times gamma.
  @Test func thetaIsGammaTimesHalfTheVariance() {
    for option in grid {
      let greeks = option.greeks
      let drift = 0.5 * option.volatility * option.volatility * option.forward * option.forward * greeks.gamma
      #expect(isClose(greeks.thetaPerDay * 365, -drift, relative: 1e-13))
    }
  }

  /// The price is homogeneous of degree one in forward and strike: V = F·∂V/∂F + K·∂V/∂K.
  @Test func scaleWithForwardAndStrike() {
    for option in grid {
      var doubled = option
      doubled.forward *= 2
      doubled.strike *= 2
      #expect(doubled.greeks.delta == option.greeks.delta)
      #expect(doubled.greeks.gamma * 2 == option.greeks.gamma)
      #expect(doubled.greeks.vega == option.greeks.vega * 2)
    }
  }

  @Test func withoutVolatilityOrTimeTheyAreThoseOfThePayoff() {
    for (years, volatility) in [(0.0, 0.5), (1, 0), (0, 0)] {
      for (forward, call) in [(110.0, 1.0), (100, 0.5), (90, 0), (0, 0)] {
        for kind in OptionKind.allCases {
          let greeks = black76Greeks(
            forward: forward, strike: 100, years: years, volatility: volatility, kind: kind)
          #expect(greeks.delta == (kind == .call ? call : call - 1))
          #expect(
            [greeks.gamma, greeks.vega, greeks.thetaPerDay, greeks.vanna, greeks.volga].allSatisfy { $0 == 0 }
          )
        }
      }
    }
  }

  @Test func hugeVolatilityMakesACallTheForwardAndAPutTheStrike() {
    for volatility in [100.0, 1e6, 1e150, 1e300] {
      let call = black76Greeks(forward: 100, strike: 120, years: 1, volatility: volatility, kind: .call)
      let put = black76Greeks(forward: 100, strike: 120, years: 1, volatility: volatility, kind: .put)
      #expect(call.delta == 1)
      #expect(put.delta == 0)
      for greeks in [call, put] {
        #expect(greeks.gamma == 0 && greeks.vega == 0 && greeks.vanna == 0 && greeks.volga == 0)
      }
    }
  }

  @Test func areFiniteEverywhere() {
    let extremes = [0, 1e-300, 1e-12, 1e-3, 1, 1e3, 1e12, 1e150]
    for forward in [0, 1e-9, 99.999_999_999_999_99, 100, 1e9] {
      for years in extremes {
        for volatility in extremes {
          for kind in OptionKind.allCases {
            let greeks = black76Greeks(
              forward: forward, strike: 100, years: years, volatility: volatility, kind: kind)
            let all = [
              greeks.delta, greeks.gamma, greeks.vega, greeks.thetaPerDay, greeks.vanna, greeks.volga,
            ]
            #expect(all.allSatisfy { $0.isFinite }, "F \(forward) T \(years) σ \(volatility)")
          }
        }
      }
    }
  }

  @Test func anOptionOutsideItsDomainIsAMistake() async {
    await #expect(processExitsWith: .failure) {
      _ = black76Greeks(forward: .nan, strike: 100, years: 1, volatility: 1, kind: .call)
    }
    await #expect(processExitsWith: .failure) {
      _ = black76Greeks(forward: 100, strike: 0, years: 1, volatility: 1, kind: .call)
    }
    await #expect(processExitsWith: .failure) {
      _ = black76Greeks(forward: 100, strike: 100, years: 1, volatility: -0.1, kind: .call)
    }
  }
}
