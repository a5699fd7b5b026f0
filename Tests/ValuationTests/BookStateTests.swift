import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct BookStateTests {
  private let study: Study
  private let market: MarketSnapshot

  init() throws {
    study = try Study()
    market = try MarketSnapshot(
      asOf: asOf, prices: [study.bitcoin: 60_000, study.ether: 3_000, study.tether: 0.99])
  }

  private func position(
    _ name: String, quantity: Double, entry: Double, mark: Double? = nil, isolated: Double? = nil,
    volatility: Double? = nil
  ) throws -> Position {
    try Position(
      contract: Contract(name: name), quantity: quantity, entryPrice: entry, markPrice: mark, leverage: 5,
      isolatedMargin: isolated, impliedVolatility: volatility, sleeve: "carry")
  }

  private func book(_ balances: [Balance], _ positions: [Position]) throws -> BookState {
    try BookState(of: Account(id: "account", balances: balances, positions: positions), in: market)
  }

  @Test func balancesAreWorthTheirMarketValue() throws {
    let book = try book(
      [
        Balance(asset: study.bitcoin, quantity: 0.5, sleeve: "cold"),
        Balance(asset: study.tether, quantity: -1_000),
        Balance(asset: .usd, quantity: 7),
      ], [])
    #expect(book.rows.map(\.name) == ["BTC", "USDT", "USD"])
    #expect(book.values == [30_000, -990, 7])
    #expect(book.notionals == [0, 0, 0])
    #expect(book.settlementPrices == [60_000, 0.99, 1])
    #expect(book.rows.map(\.sleeve) == ["cold", nil, nil])
    #expect(book.rows.allSatisfy { $0.kind == .balance && $0.leverage == 1 && $0.isolated == nil })
    #expect(book.netMarketValue == 29_017)
    #expect(book.grossNotional == 0)
    #expect(!book.hasOptions)
    #expect([0, 1, 2].map { book.isOwnCollateral($0) } == [true, false, true])
  }

  @Test func aLinearPositionIsWorthItsGainInTheQuoteAsset() throws {
    let book = try book([], [position("BTC/USDT:USDT", quantity: 2, entry: 58_000, mark: 61_000)])
    let row = book.rows[0]
    #expect(row.kind == .linear)
    #expect(row.asset == study.bitcoin)
    #expect(row.settlement == study.tether)
    #expect(row.leverage == 5)
    #expect(row.sleeve == "carry")
    #expect(row.expiry == nil)
    #expect(book.values == [5_940])
    #expect(isClose(book.notionals[0], 120_780, relative: 1e-15))
    #expect(book.settlementPrices == [0.99])
    #expect(!book.isOwnCollateral(0))
  }

  @Test func withoutAMarkThePriceIsSpotInTheQuoteAsset() throws {
    let book = try book([], [position("BTC/USDT:USDT", quantity: -2, entry: 58_000)])
    #expect(isClose(book.notionals[0], -120_000, relative: 1e-15))
    #expect(isClose(book.values[0], -(120_000 - 114_840), relative: 1e-13))
  }

  @Test func anInversePositionIsWorthItsGainInCoin() throws {
    let book = try book([], [position("BTC/USD:BTC-240927", quantity: -6_000, entry: 50_000, mark: 60_600)])
    #expect(book.rows[0].kind == .inverse)
    #expect(book.rows[0].settlement == study.bitcoin)
    #expect(book.rows[0].expiry == (try Timestamp("2024-09-27T08:00")))
    #expect(isClose(book.values[0], -6_000 * (1 / 50_000.0 - 1 / 60_600.0) * 60_000, relative: 1e-13))
    #expect(isClose(book.notionals[0], -6_000 * 60_000 / 60_600.0, relative: 1e-15))
    #expect(book.settlementPrices == [60_000])
  }

  @Test func isolatedMarginIsARowOfItsOwnInTheSettlementAsset() throws {
    let book = try book(
      [Balance(asset: .usd, quantity: 1)],
      [
        position("BTC/USDT:USDT", quantity: 1, entry: 60_000, isolated: 500),
        position("ETH/USDT:USDT", quantity: 1, entry: 3_000),
        position("ETH/USD:ETH", quantity: 100, entry: 3_000, isolated: 0.25),
      ])
    #expect(
      book.rows.map(\.name) == ["USD", "USDT", "BTC/USDT:USDT", "ETH/USDT:USDT", "ETH", "ETH/USD:ETH"])
    #expect(book.rows.map(\.isolated) == [nil, 0, 0, nil, 1, 1])
    #expect(book.values[1] == 495)
    #expect(book.values[4] == 750)
    #expect(book.rows[1].kind == .balance)
    #expect(!book.isOwnCollateral(1))
  }

  @Test func anAssetWithoutAPriceIsNamed() throws {
    let missing = ValuationError.noPrice(study.solana, asOf: asOf)
    #expect(throws: missing) { try book([Balance(asset: study.solana, quantity: 1)], []) }
    #expect(throws: missing) { try book([], [position("SOL/USDT:USDT", quantity: 1, entry: 1)]) }
    #expect(throws: missing) { try book([], [position("SOL/USD:SOL", quantity: 1, entry: 1, isolated: 1)]) }
    #expect(throws: ValuationError.noPrice(study.circle, asOf: asOf)) {
      try book([], [position("BTC/USDC:USDC", quantity: 1, entry: 1, mark: 1)])
    }
  }

  @Test func anExpiredContractIsRefused() throws {
    for (name, expiry) in [
      ("BTC/USDT:USDT-231229", "2023-12-29T08:00"), ("BTC/USD:BTC-231231", "2023-12-31T08:00"),
    ] {
      #expect(
        throws: ValuationError.expired(contract: name, expiry: try Timestamp(expiry), asOf: asOf)
      ) { try book([], [position(name, quantity: 1, entry: 1)]) }
    }
    let now = Contract.datedFuture(
      DatedFuture(
        underlying: Underlying(base: study.bitcoin, quote: study.tether), style: .linear, expiry: asOf))
    #expect(throws: ValuationError.expired(contract: now.name, expiry: asOf, asOf: asOf)) {
      try book([], [Position(contract: now, quantity: 1, entryPrice: 1)])
    }
  }

  @Test func anOptionNeedsItsVolatility() throws {
    let name = "BTC/USDT:USDT-240927-60000-C"
    #expect(throws: ValuationError.noImpliedVolatility(contract: name)) {
      try book([], [position(name, quantity: 1, entry: 1)])
    }
    #expect(try book([], [position(name, quantity: 1, entry: 1, volatility: 0.5)]).hasOptions)
  }

  @Test func anInverseContractHasItsFaceInDollars() throws {
    for name in ["BTC/USDT:BTC", "BTC/USDT:BTC-240927-60000-C"] {
      #expect(throws: ValuationError.inverseFaceNotUSD(contract: name)) {
        try book([], [position(name, quantity: 1, entry: 1, volatility: 0.5)])
      }
    }
  }

  @Test func anOrderHasTheNotionalOfAPositionAndNoValue() throws {
    let orders = [
      try Order(contract: Contract(name: "BTC/USDT:USDT"), quantity: 2, price: 61_000, leverage: 4),
      try Order(contract: Contract(name: "BTC/USDT:USDT"), quantity: -1),
      try Order(contract: Contract(name: "BTC/USD:BTC"), quantity: -600, multiplier: 10, price: 50_000),
      try Order(contract: Contract(name: "BTC/USDT:USDT-240927-60000-C"), quantity: 3, price: 900),
    ]
    let held = try position("BTC/USDT:USDT", quantity: 1, entry: 60_000, mark: 60_500)
    let book = try BookState(
      of: Account(id: "orders", balances: [], positions: [held], orders: orders), in: market)
    #expect(book.rows.map(\.kind) == [.linear, .order, .order, .order, .order])
    #expect(book.rows.map(\.leverage) == [5, 4, 1, 1, 1])
    #expect(book.rows[1].entryPrice == 61_000 && book.rows[2].entryPrice == 60_500)
    #expect(book.rows.map(\.units) == [1, 2, -1, -6_000, 3])
    #expect(isClose(book.notionals[1], 2 * 61_000 * 0.99, relative: 1e-15))
    // Without a limit the mark of the position in the same contract.
    #expect(isClose(book.notionals[2], -60_500 * 0.99, relative: 1e-15))
    #expect(isClose(book.notionals[3], -6_000 * 60_000 / 50_000.0, relative: 1e-15))
    // An order for options has none: no rule charges it.
    #expect(book.notionals[4] == 0)
    #expect(Array(book.values.dropFirst()) == [0, 0, 0, 0])
    #expect(!book.hasOptions)
    #expect(RowKind.allCases.map(\.isPosition) == [false, true, true, true, false])
  }

  @Test func anOrderGainsNothingAndItsNotionalMoves() throws {
    let order = try Order(contract: Contract(name: "BTC/USDT:USDT"), quantity: 2, price: 61_000)
    let book = try BookState(
      of: Account(id: "orders", balances: [], positions: [], orders: [order]), in: market)
    var random = SplitMix(state: 32)
    let set = study.randomSet(20, &random)
    #expect(
      try book.profitAndLoss(under: set, of: [[0]], parallelism: .sequential).row(0).allSatisfy { $0 == 0 })
    let states = try book.moved(by: set, scenarios: 0..<20)
    let exposures = try states.exposures(to: study.factors, of: [0])
    #expect(exposures.elements.allSatisfy { $0 == 0 })
    for scenario in 0..<20 {
      #expect(states.values[0, scenario] == 0)
      let move = 1 + set.moves[0, scenario] + set.moves[5, scenario]
      #expect(isClose(states.notionals[0, scenario], book.notionals[0] * move, relative: 1e-13))
      let alone = try BookStates(book).moved(by: set, scenario: scenario)
      #expect(isClose(alone.notionals[0, 0], states.notionals[0, scenario], relative: 1e-14))
    }
    #expect(BookStates(book).deltas(of: 0) == book.notionals)
  }

  @Test func anExpiredOrMispricedOrderIsRefused() throws {
    let expired = try Order(contract: Contract(name: "BTC/USDT:USDT-231229"), quantity: 1)
    #expect(throws: ValuationError.self) {
      try BookState(of: Account(id: "o", balances: [], positions: [], orders: [expired]), in: market)
    }
    let unknown = try Order(contract: Contract(name: "SOL/USDT:USDT"), quantity: 1)
    #expect(throws: ValuationError.noPrice(study.solana, asOf: asOf)) {
      try BookState(of: Account(id: "o", balances: [], positions: [], orders: [unknown]), in: market)
    }
  }

  @Test func theAccountsOwnPricesReplaceTheMarkets() throws {
    let account = Account(
      id: "own",
      balances: [
        try Balance(asset: study.bitcoin, quantity: 1), try Balance(asset: study.ether, quantity: 1),
      ],
      positions: [try position("SOL/USDT:USDT", quantity: 10, entry: 100)],
      prices: [study.bitcoin: 59_000, study.solana: 99], stated: ["protection": 12])
    let book = try BookState(of: account, in: market)
    #expect(book.values[0] == 59_000)
    #expect(book.values[1] == 3_000)
    #expect(isClose(book.notionals[2], 990, relative: 1e-15))
    #expect(book.spotPrices == [59_000, 3_000, 99])
    #expect(book.settlementPrices == [59_000, 3_000, 0.99])
    #expect(book.stated == ["protection": 12])
    #expect(book.repeated(2).stated == book.stated)
  }

  @Test func spotPricesMoveWithSpot() throws {
    let book = try book(
      [Balance(asset: study.ether, quantity: 2)],
      [
        position("BTC/USDT:USDT", quantity: 1, entry: 60_000),
        position("BTC/USD:BTC", quantity: 100, entry: 60_000),
        position("BTC/USDT:USDT-240927-60000-C", quantity: 1, entry: 1, volatility: 0.5),
      ])
    #expect(book.spotPrices == [3_000, 60_000, 60_000, 60_000])
    #expect(book.settlementPrices == [3_000, 0.99, 60_000, 0.99])
    var random = SplitMix(state: 33)
    let set = study.randomSet(10, &random)
    let states = try book.moved(by: set, scenarios: 0..<10)
    for scenario in 0..<10 {
      let alone = try BookStates(book).moved(by: set, scenario: scenario)
      for (row, spot) in [1, 0, 0, 0].enumerated() {
        let expected = book.spotPrices[row] * (1 + set.moves[spot, scenario])
        #expect(isClose(states.spotPrices[row, scenario], expected, relative: 1e-14))
        #expect(isClose(alone.spotPrices[row, 0], expected, relative: 1e-14))
      }
    }
  }

  @Test func columnsAreOfOneLength() async {
    await #expect(processExitsWith: .failure) {
      _ = BookState(rows: [], values: [1], notionals: [], settlementPrices: [])
    }
  }

  @Test func anOptionRowNeedsItsTerms() async {
    await #expect(processExitsWith: .failure) {
      _ = BookRow(name: "option", kind: .option, asset: .usd, settlement: .usd)
    }
  }
}

@Suite struct BookStatesTests {
  @Test func batchesHoldTheStatesTheyAreMadeOf() throws {
    let study = try Study()
    var random = SplitMix(state: 31)
    let prices = study.randomPrices(&random)
    let book = try BookState(
      of: study.randomAccount(prices, &random), in: MarketSnapshot(asOf: asOf, prices: prices))
    #expect(BookStates(book).state(at: 0) == book)
    #expect(BookStates(book).count == 1)
    let repeated = book.repeated(3)
    #expect(repeated.count == 3)
    for index in 0..<3 { #expect(repeated.state(at: index) == book) }
  }

  @Test func scalingCollateralLeavesDebtAndIsolatedMarginAlone() throws {
    let study = try Study()
    let contract = try Contract(name: "BTC/USDT:USDT")
    let account = Account(
      id: "scaled",
      balances: [
        try Balance(asset: study.bitcoin, quantity: 2), try Balance(asset: study.tether, quantity: -100),
      ],
      positions: [try Position(contract: contract, quantity: 1, entryPrice: 90, isolatedMargin: 50)])
    let book = try BookState(
      of: account, in: MarketSnapshot(asOf: asOf, prices: [study.bitcoin: 100, study.tether: 1]))
    #expect(book.values == [200, -100, 50, 10])
    let scaled = book.repeated(3).withCollateral(scaledBy: [0, 1, 2.5])
    #expect(scaled.state(at: 0).values == [0, -100, 50, 10])
    #expect(scaled.state(at: 1) == book)
    #expect(scaled.state(at: 2).values == [500, -100, 50, 10])
    #expect(scaled.state(at: 2).notionals == book.notionals)
  }
}
