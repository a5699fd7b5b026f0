import Instruments
import Margin
import Parallel
import Scenarios
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
}
