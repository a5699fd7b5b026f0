import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct ScenarioGridTermTests {
  private func rules(_ spot: RiskUnits.SpotTreatment, _ grid: GridRequest = smallGrid) throws -> MarginRegime
  {
    try gridRegime(ScenarioGridTerm(grid: grid), spot: spot)
  }

  private let evidence = Evidence(sets: [.grid(smallGrid): gridSet(smallGrid)], parallelism: .sequential)

  /// The sum over units of the worst weighted loss, point by point and row by row.
  private func bruteForce(_ state: BookState, _ rows: [Int], _ spot: RiskUnits.SpotTreatment) -> Double {
    let set = gridSet(smallGrid)
    let bases = Set(rows.filter { state.rows[$0].kind.isPosition }.map { state.rows[$0].asset })
    return bases.sorted().reduce(0) { total, base in
      let unit = rows.filter {
        state.rows[$0].asset == base && (spot == .included || state.rows[$0].kind.isPosition)
      }
      let losses = smallGrid.points.indices.map {
        -state.handProfit(unit, in: set, $0) * smallGrid.points[$0].weight
      }
      return total + max(0, losses.max() ?? 0)
    }
  }

  @Test(
    "the grid against brute force, spot in and out", arguments: [RiskUnits.SpotTreatment.included, .excluded])
  func bruteForceTwin(spot: RiskUnits.SpotTreatment) throws {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<100 {
      let state = Ledger.random(&generator).state
      let rules = try rules(spot)
      let assessment = try requirement(of: rules, for: state, given: evidence)
      for (pool, rows) in zip(assessment.pools, rules.pooling.pools(of: state.rows).map(\.rows)) {
        #expect(isClose(pool.initial, bruteForce(state, rows, spot), relative: 1e-12))
      }
    }
  }

  @Test("a long coin hedges a short perpetual where spot belongs to the unit")
  func cashAndCarry() throws {
    var ledger = Ledger()
    ledger.balance(btc, worth: 100_000, price: 20_000)
    ledger.position(btc, settling: usdt, notional: -100_000)
    let hedged = try requirement(of: rules(.included), for: ledger.state, given: evidence)
    #expect(isClose(hedged.initial, 0, absolute: 1e-9))
    let bare = try requirement(of: rules(.excluded), for: ledger.state, given: evidence)
    #expect(isClose(bare.initial, 15_000, relative: 1e-12))
    #expect(bare.binding == "units (BTC grid spot +15 %)")
  }

  @Test("units do not net with each other, and the binding point of each is named")
  func unitsAddUp() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 100_000)
    ledger.position(eth, settling: usdt, notional: -100_000)
    let assessment = try requirement(of: rules(.excluded), for: ledger.state, given: evidence)
    #expect(isClose(assessment.initial, 15_000 + 15_000, relative: 1e-12))
    #expect(assessment.binding == "units (BTC grid spot -15 %; ETH grid spot +15 %)")
  }

  @Test("a grid with a toy option, through the one central function")
  func toyOption() throws {
    let market = try MarketSnapshot(asOf: Timestamp("2023-06-01"), prices: [btc: 30_000, usdt: 1])
    let option = try Contract(name: "BTC/USDT:USDT-230929-30000-C")
    let account = Account(
      id: "toy", balances: [try Balance(asset: usdt, quantity: 10_000)],
      positions: [
        try Position(
          contract: option, quantity: -2, entryPrice: 2_000, markPrice: 30_300, impliedVolatility: 0.6),
        try Position(contract: try Contract(name: "BTC/USDT:USDT"), quantity: 1, entryPrice: 30_000),
      ])
    let state = try BookState(of: account, in: market)
    let factors = FactorSpace([.spot(btc), .spot(usdt), .volatility(btc)])
    let grid = GridRequest(
      points: [-0.15, 0, 0.15].flatMap { spot in
        [-0.3, 0, 0.3].map { GridPoint(spot: spot, volatility: .relative($0)) }
      }, unmoved: [usdt])
    let set = gridSet(grid, factors: factors)
    let evidence = Evidence(sets: [.grid(grid): set], parallelism: .sequential)
    let assessment = try requirement(of: rules(.excluded, grid), for: state, given: evidence)
    let worst = try grid.points.indices.map { point in
      let moved = try state.moved(by: set, scenarios: point..<(point + 1)).state(at: 0)
      return -(1...2).reduce(0) { $0 + moved.values[$1] - state.values[$1] }
    }.max()
    #expect(isClose(assessment.initial, try #require(worst), relative: 1e-12))
    // Short two calls against one coin: up in price and up in volatility is worst.
    #expect(assessment.binding == "units (BTC grid spot +15 %, volatility +30 %)")
    let batch = try requirements(of: rules(.excluded, grid), for: state.repeated(2), given: evidence)
    #expect(batch.pools[0].initial == [assessment.initial, assessment.initial])
  }

  @Test("evidence without the grid is named by the term that misses it")
  func missingEvidence() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 1)
    #expect(throws: MarginError.missingEvidence(term: "grid")) {
      try requirement(of: rules(.included), for: ledger.state, given: noEvidence)
    }
  }
}
