import Margin
import Scenarios
import Testing

@Suite struct MarginRegimeTests {
  @Test("an expression may only name the regime's own terms")
  func unknownTerm() throws {
    let terms = [NamedTerm(name: "base", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1)))]
    #expect(throws: MarginError.unknownTerm("bas", known: ["base"])) { try regime(terms, initial: "bas") }
    #expect(throws: MarginError.unknownTerm("flor", known: ["base"])) {
      try regime(terms, initial: "base", maintenance: "max(base, flor)")
    }
  }

  @Test("equal requests are made once, in the order of the terms")
  func requests() throws {
    let rules = try regime(
      [
        NamedTerm(name: "gauss", term: tailTerm(of: monteCarloRequest(.gaussian))),
        NamedTerm(name: "charge", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1))),
        NamedTerm(name: "history", term: tailTerm()),
        NamedTerm(name: "again", term: tailTerm(.expectedShortfall, of: monteCarloRequest(.gaussian))),
        NamedTerm(name: "grid", term: .scenarioGrid(ScenarioGridTerm(grid: smallGrid))),
      ], initial: "gauss + history")
    #expect(rules.requests == [monteCarloRequest(.gaussian), historicalRequest, .grid(smallGrid)])
  }

  @Test("a regime over other pools differs in its pooling alone")
  func overPools() throws {
    let rules = try regime([], initial: "0")
    let pools = [MarginPool(name: "x", rows: [0])]
    #expect(rules.over(pools: pools).pooling == .fixed(pools))
    #expect(rules.over(pools: pools).initial == rules.initial)
  }
}
