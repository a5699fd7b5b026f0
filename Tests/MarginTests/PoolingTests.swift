import Instruments
import Margin
import Parallel
import Scenarios
import Testing
import Valuation

@Suite struct PoolingTests {
  private let allocations = [
    Allocation(
      name: "altcoins", collateral: RowSelector(assets: [sol, eth]),
      positions: RowSelector(excludedAssets: [btc], maximumLeverage: 10)),
    Allocation(name: "core", collateral: RowSelector(sleeve: "core"), positions: RowSelector(sleeve: "core")),
  ]

  @Test("every row is in exactly one pool, and an isolated position in one of its own")
  func partition() {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let rows = Ledger.random(&generator).state.rows
      for pooling in [Pooling.single, .settlementAsset, .allocated(allocations), .allocated([])] {
        let pools = pooling.pools(of: rows)
        #expect(pools.flatMap(\.rows).sorted() == Array(rows.indices))
        #expect(Set(pools.map(\.name)).count == pools.count)
        for pool in pools {
          #expect(pool.rows == pool.rows.sorted())
          #expect(Set(pool.rows.map { rows[$0].isolated }).count == 1)
        }
      }
    }
  }

  @Test("one pool for all, or one for each settlement asset, in the order of the book")
  func names() {
    var generator = SeededGenerator(seed: 9)
    let rows = Ledger.random(&generator).state.rows
    #expect(Pooling.single.pools(of: rows).map(\.name) == ["account", "isolated 1", "isolated 2"])
    let segregated = Pooling.settlementAsset.pools(of: rows)
    #expect(segregated.map(\.name) == ["BTC", "ETH", "SOL", "USDT", "isolated 1", "isolated 2"])
    for pool in segregated.dropLast(2) {
      #expect(pool.rows.allSatisfy { rows[$0].settlement.symbol == pool.name })
    }
  }

  @Test("the first sleeve that matches takes a row, balances by one rule and positions by another")
  func precedence() {
    var ledger = Ledger()
    // Both sleeves match: the first wins.
    ledger.balance(eth, worth: 10, sleeve: "core")
    ledger.balance(usdt, worth: 10, sleeve: "core")
    ledger.balance(btc, worth: 10)
    ledger.position(eth, settling: usdt, notional: 5, leverage: 10)
    // Too much leverage for the first sleeve.
    ledger.position(eth, settling: usdt, notional: 5, leverage: 10.5)
    // Excluded by asset from the first sleeve, taken by name into the second.
    ledger.position(btc, settling: usdt, notional: 5, leverage: 2, sleeve: "core")
    // Isolated, whatever its sleeve.
    ledger.balance(sol, worth: 3, isolated: 0, sleeve: "core")
    ledger.position(sol, settling: sol, notional: 3, leverage: 2, isolated: 0)
    let pools = Pooling.allocated(allocations).pools(of: ledger.rows)
    #expect(pools.map(\.name) == ["altcoins", "core", "pooled", "isolated 1"])
    #expect(pools.map(\.rows) == [[0, 3], [1, 5], [2, 4], [6, 7]])
  }

  @Test("fixed pools are what they are")
  func fixed() {
    var generator = SeededGenerator(seed: 10)
    let rows = Ledger.random(&generator).state.rows
    let pools = [MarginPool(name: "x", rows: [0, 2]), MarginPool(name: "y", rows: [1])]
    #expect(Pooling.fixed(pools).pools(of: rows) == pools)
  }

  @Test("ring-fencing gains moves between pools cost margin: the sum of parts is never below the whole")
  func ringFencingCosts() throws {
    var generator = SeededGenerator(seed: 11)
    let evidence = Evidence(
      sets: [historicalRequest: randomMoves(&generator, count: 500)], parallelism: .sequential)
    for _ in 0..<50 {
      let state = Ledger.random(&generator, isolated: false).state
      let terms = [NamedTerm(name: "shortfall", term: tailTerm(.expectedShortfall))]
      let whole = try requirement(of: regime(terms, initial: "shortfall"), for: state, given: evidence)
      for pooling in [Pooling.settlementAsset, .allocated(allocations)] {
        let parts = try requirement(
          of: regime(terms, initial: "shortfall", pooling: pooling), for: state, given: evidence)
        #expect(parts.initial >= whole.initial * (1 - 1e-12))
      }
    }
  }
}
