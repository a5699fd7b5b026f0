import Instruments
import LinearAlgebra
import MarketData
import Parallel
import Scenarios
import TestSupport
import Testing
import Valuation

/// What the factors can touch of a book, in USD: the yardstick of rounding.
private func grossExposure(_ book: BookState) -> Double {
  zip(book.values, book.notionals).reduce(0) { $0 + abs($1.0) + 2 * abs($1.1) }
}

/// Every row of a book on its own.
private func rowByRow(_ book: BookState) -> [[Int]] { book.rows.indices.map { [$0] } }

@Suite struct ProfitAndLossTests {
  private let study: Study

  init() throws {
    study = try Study()
  }

  private func book(_ account: Account, _ prices: [Asset: Double]) throws -> BookState {
    try BookState(of: account, in: MarketSnapshot(asOf: asOf, prices: prices))
  }

  /// Runs random accounts through random scenarios.
  private func forRandomBooks(
    _ count: Int, seed: UInt64, _ body: (CoinRevaluation, BookState, ScenarioSet) throws -> Void
  ) throws {
    var random = SplitMix(state: seed)
    for _ in 0..<count {
      let prices = study.randomPrices(&random)
      let account = try study.randomAccount(prices, &random)
      let coins = CoinRevaluation(study: study, prices: prices, account: account)
      try body(coins, try book(account, prices), study.randomSet(4, &random))
    }
  }

  /// A linear position: N·(s_base + b − s_q) + U·s_q; an inverse one: N_f·(S/P0)·s_base − N_f·(S/P)·β.
  @Test func theFormulasInPrint() throws {
    let pair = Underlying(base: study.bitcoin, quote: study.tether)
    let coinPair = Underlying(base: study.bitcoin, quote: .usd)
    let account = Account(
      id: "two",
      balances: [],
      positions: [
        try Position(
          contract: .perpetual(Perpetual(underlying: pair, style: .linear)), quantity: 2, entryPrice: 58_000,
          markPrice: 61_000),
        try Position(
          contract: .perpetual(Perpetual(underlying: coinPair, style: .inverse)), quantity: -60,
          multiplier: 100,
          entryPrice: 50_000, markPrice: 60_600),
      ])
    let book = try book(account, [study.bitcoin: 60_000, study.tether: 0.99])
    var moves = Matrix(rows: study.factors.count, columns: 1, repeating: 0)
    moves[0, 0] = -0.2
    moves[3, 0] = 0.01
    moves[5, 0] = 0.03
    moves[6, 0] = -0.02
    let gains = try book.profitAndLoss(
      under: study.set(moves), of: [[0], [1], [0, 1]], parallelism: .sequential)
    let linear = 120_780 * (-0.2 + 0.03 - 0.01) + 5_940 * 0.01
    let inverse = -6_000 * (60_000.0 / 50_000) * -0.2 - -6_000 * (60_000.0 / 60_600) * -0.02
    #expect(isClose(gains[0, 0], linear, relative: 1e-13))
    #expect(isClose(gains[1, 0], inverse, relative: 1e-13))
    #expect(isClose(gains[2, 0], linear + inverse, relative: 1e-13))
  }

  @Test func profitAndLossIsThatOfFullRevaluationInCoins() throws {
    try forRandomBooks(2_500, seed: 11) { coins, book, set in
      let tolerance = 1e-12 * grossExposure(book)
      let today = coins.values
      #expect(zip(book.values, today).allSatisfy { abs($0 - $1) <= tolerance })
      let everything = [Array(book.rows.indices)]
      let gains = try book.profitAndLoss(
        under: set, of: rowByRow(book) + everything, parallelism: .sequential)
      for scenario in 0..<set.count {
        let revalued = zip(coins.values(after: set, scenario), today).map { $0 - $1 }
        for (row, gain) in revalued.enumerated() {
          #expect(abs(gains[row, scenario] - gain) <= tolerance)
        }
        #expect(abs(gains[book.rows.count, scenario] - revalued.reduce(0, +)) <= tolerance)
      }
    }
  }

  @Test func aMovedStateIsTheBookOfTheMovedMarket() throws {
    try forRandomBooks(600, seed: 12) { coins, book, set in
      let tolerance = 4e-12 * grossExposure(book)
      let states = try book.moved(by: set, scenarios: 0..<set.count)
      #expect(states.count == set.count)
      #expect(states.rows == book.rows)
      for scenario in 0..<set.count {
        let restated = try coins.restated(after: set, scenario)
        let anew = try self.book(restated.account, restated.prices)
        let state = states.state(at: scenario)
        #expect(state.rows == anew.rows)
        #expect(zip(state.values, anew.values).allSatisfy { abs($0 - $1) <= tolerance })
        #expect(zip(state.notionals, anew.notionals).allSatisfy { abs($0 - $1) <= tolerance })
        #expect(
          zip(state.settlementPrices, anew.settlementPrices).allSatisfy { isClose($0, $1, relative: 1e-15) })
      }
    }
  }

  @Test func movedStatesDifferFromTodayByTheProfitAndLoss() throws {
    try forRandomBooks(300, seed: 13) { _, book, set in
      let states = try book.moved(by: set, scenarios: 0..<set.count)
      let gains = try book.profitAndLoss(under: set, of: rowByRow(book), parallelism: .sequential)
      let tolerance = 1e-12 * grossExposure(book)
      for row in book.rows.indices {
        for scenario in 0..<set.count {
          #expect(abs(states.values[row, scenario] - book.values[row] - gains[row, scenario]) <= tolerance)
        }
      }
    }
  }

  @Test func exposuresTimesMovesAreTheProfitAndLoss() throws {
    try forRandomBooks(300, seed: 14) { _, book, set in
      let rows = Array(book.rows.indices)
      let exposures = try BookStates(book).exposures(to: study.factors, of: rows)
      #expect(exposures.rows == study.factors.count && exposures.columns == 1)
      let product = multiply(transposed: exposures, set.moves)
      let gains = try book.profitAndLoss(under: set, of: [rows], parallelism: .sequential)
      #expect(product.maximumAbsoluteDifference(from: gains) <= 1e-12 * grossExposure(book))
    }
  }

  @Test func movedStatesMoveOn() throws {
    try forRandomBooks(400, seed: 15) { coins, book, set in
      let states = try book.moved(by: set, scenarios: 0..<set.count)
      let further = try states.moved(by: set, scenario: 3)
      let exposures = try states.exposures(to: study.factors, of: Array(book.rows.indices))
      for scenario in 0..<set.count {
        let once = try coins.restated(after: set, scenario)
        let twice = once.values(after: set, 3)
        let state = further.state(at: scenario)
        let tolerance = 1e-11 * (grossExposure(book) + grossExposure(state))
        #expect(zip(state.values, twice).allSatisfy { abs($0 - $1) <= tolerance })
        let gain = (0..<study.factors.count).reduce(0) { $0 + exposures[$1, scenario] * set.moves[$1, 3] }
        #expect(abs(gain - (twice.reduce(0, +) - once.values.reduce(0, +))) <= tolerance)
        let alone = try states.state(at: scenario).moved(by: set, scenarios: 3..<4)
        #expect(alone.state(at: 0) == state)
      }
    }
  }

  @Test func aRangeOfScenariosGivesTheSameStatesAsTheWhole() throws {
    try forRandomBooks(50, seed: 16) { _, book, set in
      let whole = try book.moved(by: set, scenarios: 0..<4)
      let part = try book.moved(by: set, scenarios: 1..<3)
      #expect(part.count == 2)
      #expect(part.state(at: 0) == whole.state(at: 1))
      #expect(part.state(at: 1) == whole.state(at: 2))
    }
  }

  /// An isolated position cannot lose more than is left of its margin.
  @Test func theAccountStopsLosingWhereIsolatedMarginEnds() throws {
    var clipped = 0
    try forRandomBooks(500, seed: 17) { coins, book, set in
      let total = try book.accountProfitAndLoss(under: set, parallelism: .sequential)
      let today = coins.values
      let pools = Dictionary(grouping: book.rows.indices) { book.rows[$0].isolated ?? -1 }
      for scenario in 0..<set.count {
        let after = coins.values(after: set, scenario)
        var expected = 0.0
        for (pool, rows) in pools {
          let equity = rows.reduce(0) { $0 + today[$1] }
          let gain = rows.reduce(0) { $0 + after[$1] - today[$1] }
          let isClipped = pool >= 0 && gain < -max(0, equity)
          clipped += isClipped ? 1 : 0
          expected += isClipped ? -max(0, equity) : gain
        }
        #expect(abs(total[scenario] - expected) <= 1e-11 * grossExposure(book))
      }
    }
    #expect(clipped > 100)
  }

  @Test func anEmptyBookAndAnEmptySetAreWorthNothing() throws {
    var random = SplitMix(state: 18)
    let set = study.randomSet(5, &random)
    let empty = try book(Account(id: "empty", balances: [], positions: []), [:])
    #expect(
      try empty.profitAndLoss(under: set, of: [[]], parallelism: .sequential)
        == Matrix(rows: [[0, 0, 0, 0, 0]]))
    #expect(try empty.profitAndLoss(under: set, of: [], parallelism: .sequential).rows == 0)
    #expect(empty.netMarketValue == 0)
    #expect(empty.grossNotional == 0)
    let cash = try book(
      Account(id: "cash", balances: [try Balance(asset: .usd, quantity: 5)], positions: []), [:])
    #expect(
      try cash.profitAndLoss(under: set, of: [[0]], parallelism: .sequential).row(0) == [0, 0, 0, 0, 0])
    let none = study.set(Matrix(rows: study.factors.count, columns: 0, repeating: 0))
    #expect(try cash.profitAndLoss(under: none, of: [[0]], parallelism: .sequential).columns == 0)
    #expect(try cash.moved(by: none, scenarios: 0..<0).count == 0)
  }
}

@Suite struct ProfitAndLossDeterminismTests {
  private let study: Study
  private let book: BookState
  private let set: ScenarioSet

  init() throws {
    study = try Study()
    var random = SplitMix(state: 21)
    let prices = study.randomPrices(&random)
    let account = try study.randomAccount(prices, &random)
    let option = try Position(
      contract: .option(
        OptionContract(
          underlying: Underlying(base: study.bitcoin, quote: study.circle), style: .linear,
          expiry: asOf.advanced(bySeconds: 5_000_000), strike: 40_000, kind: .put)),
      quantity: -3, entryPrice: 100, impliedVolatility: 0.6)
    let full = Account(id: "full", balances: account.balances, positions: account.positions + [option])
    book = try BookState(of: full, in: MarketSnapshot(asOf: asOf, prices: prices))
    set = study.randomSet(10_000, &random)
  }

  private func gains(_ count: Int, _ groups: [[Int]], _ parallelism: Parallelism) throws -> Matrix {
    try book.profitAndLoss(under: set.selecting(Array(0..<count)), of: groups, parallelism: parallelism)
  }

  @Test(arguments: [1, 4_095, 4_096, 4_097, 10_000])
  func theBitsDependNeitherOnThreadsNorOnTheNumberOfScenarios(_ count: Int) throws {
    let groups = [Array(book.rows.indices), [0], [book.rows.count - 1], []]
    let whole = try gains(10_000, groups, .sequential)
    let alone = try gains(count, groups, .sequential)
    for group in groups.indices { #expect(alone.row(group) == Array(whole.row(group).prefix(count))) }
    for threads in [1, 2, 3, 8] {
      #expect(try gains(count, groups, .threads(threads)) == alone)
    }
  }

  /// The plain twin: one scenario at a time, the factors in their order.
  @Test func theBlocksGiveTheBitsOfAPlainLoop() throws {
    let linear = book.rows.indices.filter { book.rows[$0].kind != .option }
    let exposures = try BookStates(book).exposures(to: study.factors, of: linear).column(0)
    let gains = try gains(10_000, [linear], .threads(2))
    for scenario in 0..<10_000 {
      var sum = 0.0
      for (factor, exposure) in exposures.enumerated() where exposure != 0 {
        sum += exposure * set.moves[factor, scenario]
      }
      guard gains[0, scenario] == sum else {
        Issue.record("scenario \(scenario): \(gains[0, scenario]) is not \(sum)")
        return
      }
    }
  }

  @Test func movedStatesAreTheSameInEveryRange() throws {
    let whole = try book.moved(by: set, scenarios: 0..<10_000)
    for range in [0..<1, 4_095..<4_097, 4_096..<8_192, 9_999..<10_000] {
      let part = try book.moved(by: set, scenarios: range)
      #expect(part.state(at: 0) == whole.state(at: range.lowerBound))
      #expect(part.state(at: range.count - 1) == whole.state(at: range.upperBound - 1))
    }
  }
}
