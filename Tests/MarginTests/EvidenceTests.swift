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
    guard case .law(let law) = try calibration.remade(fromObservations: chosen) else {
      Issue.record("a Gaussian law has a closed form")
      return
    }
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

  /// Draws of the Gaussian request said to be made of replicates, or of no law.
  private func drawn(
    _ count: Int, replicates: Int? = nil, calibration: Bool = false
  ) throws -> ScenarioSet {
    let set = try #require(try sets(count: count)[gaussian])
    return ScenarioSet(
      factors: set.factors, moves: set.moves, labels: set.labels, coverage: set.coverage,
      calibration: calibration ? set.calibration : nil, replicates: replicates)
  }

  private let bootstrap = ScenarioRequest.bootstrap(
    BootstrapRequest(
      steps: HistoricalRequest(lookBack: .observations(250), horizon: .days(1)), horizon: .days(2),
      dynamics: nil))

  private func value(_ request: ScenarioRequest, _ given: Evidence) throws -> Double {
    try requirement(of: rules(request), for: state, given: given).initial
  }

  @Test(
    "where a set is made of replicates a section is one of them, and all other draws are cut into as many")
  func replicates() throws {
    let replicated = try drawn(800, replicates: 8, calibration: true)
    let plain = try drawn(403)
    let evidence = Evidence(sets: [student: replicated, bootstrap: plain], parallelism: .sequential)
    let sections = evidence.sections(5)
    #expect(sections.count == 8)
    for (number, section) in sections.enumerated() {
      for (request, set, length) in [(student, replicated, 100), (bootstrap, plain, 50)] {
        let part = set.selecting(Array((length * number)..<(length * (number + 1))))
        let expected = try value(request, Evidence(sets: [request: part], parallelism: .sequential))
        #expect(try value(request, section) == expected)
      }
    }
    let empty = Evidence(sets: [student: replicated.selecting([])], parallelism: .sequential)
    #expect(empty.sections(3).count == 3)
  }

  @Test("draws without a law are thinned to the first 4,096, or to whole replicates among them")
  func thinned() throws {
    let plain = try drawn(5_000)
    let given = Evidence(sets: [bootstrap: plain], parallelism: .sequential)
    #expect(given.thinnedDraws == nil)
    #expect(given.inClosedForm().thinnedDraws == 4_096)
    let first = Evidence(sets: [bootstrap: plain.selecting(Array(0..<4_096))], parallelism: .sequential)
    #expect(try value(bootstrap, given.inClosedForm()) == value(bootstrap, first))
    let replicated = Evidence(sets: [bootstrap: try drawn(6_000, replicates: 4)], parallelism: .sequential)
    #expect(replicated.inClosedForm().thinnedDraws == 3_000)
    let long = Evidence(sets: [bootstrap: try drawn(10_000, replicates: 2)], parallelism: .sequential)
    #expect(long.inClosedForm().thinnedDraws == 5_000)
    let few = Evidence(sets: [bootstrap: try drawn(500)], parallelism: .sequential).inClosedForm()
    #expect(few.thinnedDraws == nil)
    #expect(try value(bootstrap, few) > 0)
    let law = Evidence(sets: [gaussian: try drawn(5_000, calibration: true)], parallelism: .sequential)
    #expect(law.inClosedForm().thinnedDraws == nil)
  }

  @Test(
    "a law asked for without draws is that of the draws in closed form, in sections and resamples as well")
  func lawRequest() throws {
    guard case .monteCarlo(let request) = gaussian else { return }
    let law = ScenarioRequest.law(request)
    let source = try source(of: try normalHistory(seed: 5), seed: 5, count: 100)
    let sets = [law: try source.scenarios(for: law), gaussian: try source.scenarios(for: gaussian)]
    let given = Evidence(sets: sets, parallelism: .sequential)
    let closed = try value(gaussian, given.inClosedForm())
    #expect(try value(law, given) == closed)
    #expect(try value(law, given.sections(2)[1]) == closed)
    #expect(try value(law, given.inClosedForm()) == closed)
    let chosen = (0..<250).map { ($0 * $0) % 250 }
    let resampled = try given.resampled { _ in chosen }
    #expect(try value(law, resampled) == value(gaussian, resampled))
    #expect(try value(law, resampled) != closed)
  }

  @Test("weights of age stay in their places when history is sampled again")
  func resampledWeights() throws {
    var generator = SeededGenerator(seed: 3)
    let plain = randomMoves(&generator, count: 250)
    let set = ScenarioSet(
      factors: plain.factors, moves: plain.moves, labels: plain.labels, coverage: plain.coverage,
      weights: try .ageWeighted(count: 250, decay: 0.98))
    let chosen = (0..<250).map { ($0 * 7) % 250 }
    let resampled = try Evidence(sets: [history: set], parallelism: .sequential).resampled { _ in chosen }
    let expected = Evidence(sets: [history: set.resampled(chosen)], parallelism: .sequential)
    #expect(try value(history, resampled) == value(history, expected))
  }
}
