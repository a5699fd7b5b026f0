import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import TestSupport
import Testing
import Valuation

@Suite struct EvidenceTests {
  private let gaussian = monteCarloRequest(.gaussian)
  private let student = monteCarloRequest(.studentT(degreesOfFreedom: 4))
  private let history = ScenarioRequest.historical(
    HistoricalRequest(lookBack: .observations(250), horizon: .days(1)))

  private func sets(count: Int) throws -> [ScenarioRequest: ScenarioSet] {
    let source = try source(of: try normalHistory(seed: 5), seed: 5, count: count)
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in [gaussian, student, history] { sets[request] = try source.scenarios(for: request) }
    return sets
  }

  private var state: BookState {
    var ledger = Ledger()
    ledger.balance(btc, worth: 50_000, price: 20_000)
    ledger.position(eth, settling: usdt, notional: -80_000, unrealised: 500)
    return ledger.state
  }

  private func rules(_ request: ScenarioRequest) throws -> MarginRegime {
    try regime([NamedTerm(name: "tail", term: tailTerm(of: request))], initial: "tail")
  }

  @Test(
    "sections cut the draws into equal parts in their order, a remainder left out; history is whole in each")
  func sections() throws {
    let sets = try sets(count: 1_003)
    let sections = Evidence(sets: sets, parallelism: .sequential).sections(5)
    #expect(sections.count == 5)
    for (number, section) in sections.enumerated() {
      for request in [gaussian, student] {
        let part = try #require(sets[request]).selecting(Array((200 * number)..<(200 * (number + 1))))
        let expected = try requirement(
          of: rules(request), for: state, given: Evidence(sets: [request: part], parallelism: .sequential))
        #expect(try requirement(of: rules(request), for: state, given: section) == expected)
      }
      let whole = Evidence(sets: sets, parallelism: .sequential)
      #expect(
        try requirement(of: rules(history), for: state, given: section)
          == requirement(of: rules(history), for: state, given: whole))
    }
  }

  @Test("laws over one stream colour the same base numbers")
  func commonRandomNumbers() throws {
    let sets = try sets(count: 500)
    let normal = try #require(sets[gaussian]).moves
    let heavy = try #require(sets[student]).moves
    for scenario in 0..<500 {
      let scale = heavy[0, scenario] / normal[0, scenario]
      #expect(scale > 0)
      #expect(isClose(heavy[1, scenario], scale * normal[1, scenario], relative: 1e-12))
    }
  }

  @Test("resampled history: the chosen moves, and the law estimated from the chosen observations")
  func resampled() throws {
    let sets = try sets(count: 500)
    var generator = SeededGenerator(seed: 22)
    let chosen = (0..<250).map { _ in Int(generator.next() % 250) }
    var sizes: [Int] = []
    let resampled = try Evidence(sets: sets, parallelism: .sequential).resampled { observations in
      sizes.append(observations)
      return chosen
    }
    #expect(sizes == [250, 250, 250])
    let moves = try #require(sets[history]).selecting(chosen)
    #expect(
      try requirement(of: rules(history), for: state, given: resampled)
        == requirement(
          of: rules(history), for: state, given: Evidence(sets: [history: moves], parallelism: .sequential)))
    let calibration = try #require(sets[gaussian]?.calibration)
    let law = try calibration.law(ofObservations: chosen)
    let exposures = Matrix(rows: 3, columns: 1, elements: [50_000, -80_000, 80_500])
    let expected = 2.326347874040841 * law.standardDeviations(of: exposures)[0]
    #expect(
      isClose(
        try requirement(of: rules(gaussian), for: state, given: resampled).initial, expected, relative: 1e-12)
    )
  }

  @Test("choosing every observation once gives the estimate itself")
  func identityResample() throws {
    let evidence = Evidence(sets: try sets(count: 500), parallelism: .sequential)
    let same = try evidence.resampled { Array(0..<$0) }
    for request in [gaussian, student] {
      #expect(
        try requirement(of: rules(request), for: state, given: same)
          == requirement(of: rules(request), for: state, given: evidence.inClosedForm()))
    }
    #expect(
      try requirement(of: rules(history), for: state, given: same)
        == requirement(of: rules(history), for: state, given: evidence.inClosedForm()))
  }
}
