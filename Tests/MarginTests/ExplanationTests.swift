import Instruments
import Margin
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct ExplanationTests {
  @Test("the lines of a pool add up to its equity, its terms and its requirements")
  func linesAddUp() throws {
    var generator = SeededGenerator(seed: 23)
    let given = Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 500), .grid(smallGrid): gridSet(smallGrid)],
      parallelism: .sequential)
    for _ in 0..<10 {
      let state = Ledger.random(&generator).state
      for rules in try everyRegime() {
        let assessment = try requirement(of: rules, for: state, given: given)
        let lines = try explanation(of: rules, for: state, given: given)
        for pool in assessment.pools {
          func sum(_ term: String, _ quantity: String) -> Double {
            lines.filter { $0.pool == pool.name && $0.term == term && $0.quantity == quantity }
              .reduce(0) { $0 + $1.amount }
          }
          let scale = 1e-12 * (state.grossNotional + state.values.reduce(0) { $0 + abs($1) })
          #expect(isClose(sum("equity", "marketValue"), pool.marketValue, absolute: scale))
          #expect(isClose(sum("equity", "counted"), pool.equity, absolute: scale))
          #expect(isClose(sum("requirement", "initial"), pool.initial, absolute: scale))
          #expect(isClose(sum("requirement", "maintenance"), pool.maintenance, absolute: scale))
          for term in rules.terms {
            if case .tailRisk = term.term {
              #expect(isClose(sum(term.name, "loss"), sum(term.name, "amount"), absolute: scale))
            }
            let amounts = assessment.components.filter { $0.pool == pool.name && $0.name == term.name }
            for part in amounts {
              let explained = sum(term.name, part.requirement.rawValue) + sum(term.name, "amount")
              #expect(isClose(explained, part.amount, absolute: scale), "\(term.name)")
            }
          }
        }
      }
    }
  }

  @Test("where one scenario does not say it all, a tail is explained by shares that add up to it")
  func shares() throws {
    var generator = SeededGenerator(seed: 24)
    let given = Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 500)], parallelism: .sequential)
    let law = monteCarloRequest(.gaussian)
    let source = try source(of: try normalHistory(seed: 25), seed: 25, count: 200)
    let closed = Evidence(sets: [law: try source.scenarios(for: law)], parallelism: .sequential)
      .inClosedForm()
    var pair = Ledger()
    pair.balance(btc, worth: 50_000)
    pair.position(eth, settling: usdt, notional: -80_000)
    let random = Ledger.random(&generator, isolated: false).state
    func term(
      _ request: ScenarioRequest, _ reading: TailReading = .whole, _ quantile: TailQuantile = .lowerQuantile
    ) -> MarginTerm {
      .tailRisk(
        TailRiskTerm(
          measure: .valueAtRisk, confidence: .ninetyNinePercent, scenarios: request, quantile: quantile,
          reading: reading))
    }
    let cases: [(MarginTerm, BookState, Evidence)] = [
      (term(historicalRequest, .eachAsset(.sum)), random, given),
      (term(historicalRequest, .subsamples(count: 4, .mean)), random, given),
      (term(historicalRequest, .whole, .type7), random, given), (term(law), pair.state, closed),
    ]
    for (term, state, given) in cases {
      let rules = try regime([NamedTerm(name: "tail", term: term)], initial: "tail")
      let lines = try explanation(of: rules, for: state, given: given)
      let shares = lines.filter { $0.term == "tail" && $0.quantity == "share" }
      let amount = try requirement(of: rules, for: state, given: given).initial
      let gross = shares.reduce(0) { $0 + abs($1.amount) }
      #expect(shares.count >= state.rows.count)
      #expect(abs(shares.reduce(0) { $0 + $1.amount } - amount) <= 1e-12 * gross)
    }
  }
}
