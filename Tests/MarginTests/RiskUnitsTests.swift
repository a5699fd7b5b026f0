import Instruments
import Margin
import Parallel
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct RiskUnitsTests {
  private let evidence = Evidence(sets: [.grid(smallGrid): gridSet(smallGrid)], parallelism: .sequential)

  private func initial(_ state: BookState, _ spot: RiskUnits.SpotTreatment = .excluded) throws -> Double {
    try requirement(
      of: gridRegime(ScenarioGridTerm(grid: smallGrid), spot: spot), for: state, given: evidence
    ).initial
  }

  @Test("scan risk of a book and its opposite together is nothing")
  func opposites() throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<50 {
      let state = Ledger.random(&generator, isolated: false).state
      let positions = state.rows.indices.filter { state.rows[$0].kind.isPosition }
      let both = BookState(
        rows: positions.flatMap { [state.rows[$0], state.rows[$0]] },
        values: positions.flatMap { [state.values[$0], -state.values[$0]] },
        notionals: positions.flatMap { [state.notionals[$0], -state.notionals[$0]] },
        settlementPrices: positions.flatMap { [state.settlementPrices[$0], state.settlementPrices[$0]] })
      #expect(isClose(try initial(both), 0, absolute: 1e-9 * state.grossNotional))
    }
  }

  @Test("scan risk is homogeneous and subadditive where gains have no cap")
  func coherence() throws {
    var generator = SeededGenerator(seed: 32)
    for _ in 0..<100 {
      let left = Ledger.random(&generator, isolated: false).state
      let right = left.resized(&generator, values: 1e4)
      let both = left.adding(right)
      let factor = generator.magnitude(-2, 2)
      for spot in [RiskUnits.SpotTreatment.excluded, .included] {
        let (one, other) = (try initial(left, spot), try initial(right, spot))
        #expect(isClose(try initial(left.scaled(by: factor), spot), factor * one, relative: 1e-12))
        #expect(try initial(both, spot) <= (one + other) * (1 + 1e-12))
      }
    }
  }

  @Test("GT-1: spot is used up to the net delta, and no further")
  func spotInUse() throws {
    // Gate, unified account: 5 BTC held against a net delta of −4: 4 offset, 1 is free.
    func book(_ held: Double) -> BookState {
      var ledger = Ledger()
      ledger.balance(btc, worth: held * 20_000, price: 20_000)
      ledger.position(btc, settling: usdt, notional: -80_000)
      return ledger.state
    }
    #expect(isClose(try initial(book(5), .netDelta), 0, absolute: 1e-9))
    #expect(isClose(try initial(book(3), .netDelta), 0.15 * 20_000, relative: 1e-12))
    #expect(isClose(try initial(book(5), .included), 0.15 * 20_000, relative: 1e-12))
    #expect(isClose(try initial(book(5), .excluded), 0.15 * 80_000, relative: 1e-12))
    // A coin held beside a long position hedges nothing.
    var long = Ledger()
    long.balance(btc, worth: 100_000, price: 20_000)
    long.position(btc, settling: usdt, notional: 80_000)
    #expect(try initial(long.state, .netDelta) == initial(long.state, .excluded))
  }

  @Test("a unit moves its own asset alone: a contract settled in another coin is no hedge of it")
  func otherCoins() throws {
    var ledger = Ledger()
    ledger.position(eth, settling: btc, notional: 150_000, price: 20_000)
    #expect(isClose(try initial(ledger.state), 0.15 * 150_000, relative: 1e-12))
    var inverse = Ledger()
    inverse.position(eth, settling: eth, notional: 150_000, price: 1_500)
    #expect(isClose(try initial(inverse.state), 0.15 * 150_000, relative: 1e-12))
  }

  @Test("a dampener bears USD at the far move, before what is left is turned back into coin")
  func dampenedCoins() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: btc, notional: -1_000_000, price: 20_000)
    let grid = GridRequest(
      points: [GridPoint(spot: 5, weight: 0.16 / 5, dampener: 100_000)], unmoved: [usdt])
    let given = Evidence(sets: [.grid(grid): gridSet(grid)], parallelism: .sequential)
    let rules = try gridRegime(ScenarioGridTerm(grid: grid, profitUnit: .settlementAsset), spot: .excluded)
    let found = try requirement(of: rules, for: ledger.state, given: given).initial
    // 16 % of a million USD less 100,000, in coin at 1.16 times the price of today.
    #expect(isClose(found, 60_000 / 1.16, relative: 1e-12))
  }

  @Test("gains in one settlement asset offset losses in another in part, and up to a cap")
  func gains() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 100_000)
    ledger.position(btc, settling: btc, notional: -60_000, price: 20_000)
    let grid = GridRequest(points: [GridPoint(spot: -0.1), GridPoint(spot: 0.1)], unmoved: [usdt])
    let given = Evidence(sets: [.grid(grid): gridSet(grid)], parallelism: .sequential)
    func worst(_ gains: [Asset: GainRule]) throws -> Double {
      try requirement(
        of: gridRegime(ScenarioGridTerm(grid: grid, gains: gains), spot: .excluded), for: ledger.state,
        given: given
      ).initial
    }
    #expect(isClose(try worst([:]), 10_000 - 6_000, relative: 1e-12))
    let half = try GainRule(offset: 0.5)
    #expect(isClose(try worst([btc: half, usdt: half]), 10_000 - 3_000, relative: 1e-12))
    #expect(isClose(try worst([btc: GainRule(offset: 1, maximum: 1_000)]), 9_000, relative: 1e-12))
    #expect(isClose(try worst([btc: GainRule(offset: 0)]), 10_000, relative: 1e-12))
  }

  @Test(
    "profits in coin: a fall of 16 % costs an inverse long 19.05 % of its coins, and a tail no more than its constant"
  )
  func coinProfits() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: btc, notional: 20_000, price: 20_000)
    let tail = [-0.66, -0.33, 1, 5].map { GridPoint(spot: $0, weight: 0.16 / abs($0)) }
    for (points, short) in [([GridPoint(spot: -0.16), GridPoint(spot: 0.16)], false), (tail, true)] {
      let grid = GridRequest(points: points, unmoved: [usdt])
      let given = Evidence(sets: [.grid(grid): gridSet(grid)], parallelism: .sequential)
      let rules = try gridRegime(ScenarioGridTerm(grid: grid, profitUnit: .settlementAsset), spot: .excluded)
      let long = try requirement(of: rules, for: ledger.state, given: given)
      #expect(isClose(long.initial / 20_000, 0.16 / 0.84, relative: 1e-12))
      guard short else { continue }
      let opposite = try requirement(of: rules, for: ledger.state.scaled(by: -1), given: given)
      #expect(isClose(opposite.initial / 20_000, 0.16 / 1.16, relative: 1e-12))
    }
  }

  @Test("what the venue printed replaces what would be revalued")
  func recorded() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 100_000, price: 0.5)
    let moves = smallGrid.points.map(\.move)
    let row = Dictionary(uniqueKeysWithValues: moves.map { ($0, $0.spot == 0.05 ? -70.0 : 1) })
    let rules = try gridRegime(ScenarioGridTerm(grid: smallGrid), spot: .excluded)
    func initial(_ recorded: RecordedProfits) throws -> Double {
      let given = Evidence(
        sets: [.grid(smallGrid): gridSet(smallGrid)], recorded: recorded, parallelism: .sequential)
      return try requirement(of: rules, for: ledger.state, given: given).initial
    }
    #expect(try initial(RecordedProfits(rows: ["BTC/USDT": row])) == 35)
    #expect(try initial(RecordedProfits(units: [btc: row])) == 70)
    #expect(try initial(RecordedProfits(rows: ["ETH/USDT": row])) > 1_000)
  }

  @Test("a unit on an asset no group covers is refused by name")
  func uncovered() throws {
    let rules = try TermRules(
      terms: [NamedTerm(name: "charge", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1)))],
      initial: .term("charge"), maintenance: .term("charge"))
    let units = RiskUnits(spot: .excluded, groups: [.init(assets: [eth], rules: rules)])
    let regime = try regime([NamedTerm(name: "units", term: .riskUnits(units))], initial: "units")
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1)
    #expect(throws: MarginError.assetNotCovered(term: "units", asset: btc)) {
      try requirement(of: regime, for: ledger.state, given: noEvidence)
    }
  }

  @Test("requirements that are made of each other, or of themselves, are refused")
  func circles() throws {
    let term = NamedTerm(name: "a", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1)))
    for (initial, maintenance) in [("maintenance", "initial"), ("initial", "a"), ("a", "maintenance")] {
      #expect(throws: MarginError.circularRequirements) {
        try regime([term], initial: initial, maintenance: maintenance)
      }
    }
    let rules = try regime([term], initial: "a", maintenance: "0.5 * initial")
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1_000)
    let assessment = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(assessment.initial == 100 && assessment.maintenance == 50)
  }
}
