import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct QuadraticTailTests {
  private let request: ScenarioRequest = {
    guard case .monteCarlo(let request) = monteCarloRequest(.gaussian) else { preconditionFailure() }
    return .law(request)
  }()

  private func rules(
    _ measure: TailRiskTerm.Measure, _ method: ClosedFormMethod, of request: ScenarioRequest? = nil,
    _ reading: TailReading = .whole
  ) throws -> MarginRegime {
    let term = TailRiskTerm(
      measure: measure, confidence: .ninetyNinePercent, scenarios: request ?? self.request, reading: reading,
      method: method)
    return try regime([NamedTerm(name: "tail", term: .tailRisk(term))], initial: "tail")
  }

  private func evidence(seed: UInt64) throws -> (given: Evidence, set: ScenarioSet) {
    let set = try source(of: try normalHistory(seed: seed), seed: seed, count: 200).scenarios(for: request)
    return (Evidence(sets: [request: set], parallelism: .sequential), set)
  }

  /// Inverse options, whose value in USD depends on the price of BTC alone.
  private func inverseOptions(_ quantities: [Double]) throws -> BookState {
    let names = ["BTC/USD:BTC-200925-21000-C", "BTC/USD:BTC-201225-18000-P"]
    let market = try MarketSnapshot(asOf: day(0), prices: [btc: 20_000, eth: 1_500, usdt: 1])
    return try BookState(
      of: Account(
        id: "inverse", balances: [],
        positions: try zip(names, quantities).map { name, quantity in
          try Position(
            contract: try Contract(name: name), quantity: quantity, entryPrice: 1_000, impliedVolatility: 0.6)
        }), in: market)
  }

  private func normal(_ x: Double) -> Double { 0.5 * .erfc(-x / 2.0.squareRoot()) }

  /// The tail of −(δx + ½γx²) for normal x by bisection and Simpson's rule.
  private func twin(_ delta: Double, _ gamma: Double, _ deviation: Double) -> (worst: Double, mean: Double) {
    func probability(beyond loss: Double) -> Double {
      // δx + ½γx² < −loss, between or outside two roots.
      let discriminant = delta * delta - 2 * gamma * loss
      guard discriminant > 0 else { return gamma > 0 ? 0 : 1 }
      let roots = [-1.0, 1].map { (-delta + $0 * discriminant.squareRoot()) / gamma / deviation }.sorted()
      let inside = normal(roots[1]) - normal(roots[0])
      return gamma > 0 ? inside : normal(roots[0]) + normal(-roots[1])
    }
    var low = -1e7
    var high = 1e7
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if probability(beyond: middle) > 0.01 { low = middle } else { high = middle }
    }
    let end = gamma > 0 ? min(high + 1e6, delta * delta / (2 * gamma)) : high + 40 * abs(delta) * deviation
    let steps = 4_000
    var sum = 0.0
    for step in 0...steps {
      let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
      sum += weight * probability(beyond: high + (end - high) * Double(step) / Double(steps))
    }
    return (high, high + sum * (end - high) / Double(3 * steps) / 0.01)
  }

  @Test("one factor: every method against its formula", arguments: [[-3.0, -2], [4.0, 1], [-2.0, 5]])
  func oneFactor(quantities: [Double]) throws {
    let (given, set) = try evidence(seed: 81)
    let state = try inverseOptions(quantities)
    let profit = try state.quadraticProfit(of: [0, 1], in: set.factors)
    let place = try #require(set.factors.index(of: .spot(btc)))
    let delta = profit.delta[place]
    let gamma = profit.gamma[place, place]
    let deviation = try #require(set.calibration?.law).covariance[place, place].squareRoot()
    func value(_ measure: TailRiskTerm.Measure, _ method: ClosedFormMethod) throws -> Double {
      try requirement(of: rules(measure, method), for: state, given: given).initial
    }
    let (worst, mean) = twin(delta, gamma, deviation)
    #expect(isClose(try value(.valueAtRisk, .exact), worst, relative: 1e-9))
    #expect(isClose(try value(.expectedShortfall, .exact), mean, relative: 1e-6))
    // N-VAR, N-ES at 99 %.
    let (z, e) = (2.326347874040841, 2.665214220345808)
    let size = abs(delta) * deviation
    #expect(isClose(try value(.valueAtRisk, .deltaNormal), z * size, relative: 1e-12))
    #expect(isClose(try value(.expectedShortfall, .deltaNormal), e * size, relative: 1e-12))
    let curve = gamma * deviation * deviation
    let spread = (size * size + curve * curve / 2).squareRoot()
    #expect(isClose(try value(.valueAtRisk, .deltaGammaNormal), z * spread - curve / 2, relative: 1e-12))
    #expect(
      isClose(try value(.expectedShortfall, .deltaGammaNormal), e * spread - curve / 2, relative: 1e-12))
    for measure in TailRiskTerm.Measure.allCases {
      let exact = try value(measure, .exact)
      #expect(isClose(try value(measure, .saddlepoint), exact, relative: 0.05))
    }
  }

  @Test("the saddlepoint of a law that is nearly normal has the normal tail mean")
  func saddlepointShortfall() throws {
    let (given, _) = try evidence(seed: 82)
    // Deep in the money and short: gamma is next to nothing.
    let market = try MarketSnapshot(asOf: day(0), prices: [btc: 20_000, eth: 1_500, usdt: 1])
    let state = try BookState(
      of: Account(
        id: "deep", balances: [],
        positions: [
          try Position(
            contract: try Contract(name: "BTC/USD:BTC-200925-4000-C"), quantity: -2, entryPrice: 1,
            impliedVolatility: 0.5)
        ]), in: market)
    let linear = try requirement(of: rules(.expectedShortfall, .deltaNormal), for: state, given: given)
      .initial
    for method in [ClosedFormMethod.saddlepoint, .cornishFisher, .deltaGammaNormal, .exact] {
      let value = try requirement(of: rules(.expectedShortfall, method), for: state, given: given).initial
      #expect(isClose(value, linear, relative: 1e-5), "\(method)")
    }
  }

  @Test("a linear book has the elliptical tail whatever the method, and a batch is as good as one by one")
  func linear() throws {
    let (given, _) = try evidence(seed: 83)
    var ledger = Ledger()
    ledger.balance(btc, worth: 50_000)
    ledger.position(eth, settling: usdt, notional: -80_000, unrealised: 500)
    let values = try ClosedFormMethod.allCases.map {
      try requirement(of: rules(.valueAtRisk, $0), for: ledger.state, given: given).initial
    }
    #expect(Set(values).count == 1)
    let state = try inverseOptions([-1, 1])
    for method in ClosedFormMethod.allCases {
      let one = try requirement(of: rules(.valueAtRisk, method), for: state, given: given).initial
      let many = try requirements(of: rules(.valueAtRisk, method), for: state.repeated(3), given: given)
      #expect(many.pools[0].initial == [one, one, one])
    }
  }

  @Test("readings of a quadratic law: moves of one asset alone, and the cascade")
  func readings() throws {
    let (given, _) = try evidence(seed: 84)
    let state = try inverseOptions([-1, 1])
    func value(_ reading: TailReading) throws -> Double {
      try requirement(of: rules(.valueAtRisk, .exact, reading), for: state, given: given).initial
    }
    let whole = try value(.whole)
    // The book depends on one asset, so that its own tail is the whole.
    #expect(isClose(try value(.eachAsset(.sum)), whole, relative: 1e-12))
    let four = [LiquidityHorizon(assets: [], horizon: .days(4))]
    #expect(isClose(try value(.liquidityHorizons(four)), 2 * whole, relative: 1e-12))
  }

  @Test(
    "options under draws in closed form or under a Student-t law are refused, and so is an expansion outside its domain"
  )
  func refusals() throws {
    let state = try inverseOptions([-3, -2])
    let drawn = monteCarloRequest(.gaussian)
    let source = try source(of: try normalHistory(seed: 85), seed: 85, count: 200)
    let draws = Evidence(sets: [drawn: try source.scenarios(for: drawn)], parallelism: .sequential)
    #expect(throws: MarginError.noClosedForm(term: "tail")) {
      try requirement(of: rules(.valueAtRisk, .exact, of: drawn), for: state, given: draws.inClosedForm())
    }
    guard case .monteCarlo(let heavy) = monteCarloRequest(.studentT(degreesOfFreedom: 5)) else { return }
    let student = ScenarioRequest.law(heavy)
    let law = Evidence(sets: [student: try source.scenarios(for: student)], parallelism: .sequential)
    #expect(throws: MarginError.noClosedForm(term: "tail")) {
      try requirement(of: rules(.valueAtRisk, .exact, of: student), for: state, given: law)
    }
    let bootstrap = ScenarioRequest.bootstrap(
      BootstrapRequest(
        steps: HistoricalRequest(lookBack: .all, horizon: .days(1)), horizon: .days(1), dynamics: nil))
    let set = try source.scenarios(for: drawn)
    let plain = ScenarioSet(
      factors: set.factors, moves: set.moves, labels: set.labels, coverage: set.coverage)
    let thinned = Evidence(sets: [bootstrap: plain], parallelism: .sequential)
    #expect(throws: Never.self) {
      try requirement(of: rules(.valueAtRisk, .exact, of: bootstrap), for: state, given: thinned)
    }
    #expect(throws: MarginError.noClosedForm(term: "tail")) {
      try requirement(
        of: rules(.valueAtRisk, .exact, of: bootstrap), for: state, given: thinned.inClosedForm())
    }
    // A long straddle is nearly all gamma: its losses are skewed beyond what the expansion can bear.
    let (given, _) = try evidence(seed: 86)
    let straddle = try inverseOptions([2, 3.2])
    #expect {
      try requirement(of: rules(.valueAtRisk, .cornishFisher), for: straddle, given: given)
    } throws: { error in
      guard case .quadraticLaw(.expansionNotMonotone, term: "tail")? = error as? MarginError else {
        return false
      }
      return true
    }
  }
}
