import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import TestSupport
import Testing
import Valuation

@Suite struct BookStateChangedTests {
  private let study: Study
  private let book: BookState

  init() throws {
    study = try Study()
    let positions = [
      try Position(contract: Contract(name: "BTC/USDT:USDT"), quantity: 2, entryPrice: 58_000),
      try Position(
        contract: Contract(name: "BTC/USDT:USDT-240927-60000-P"), quantity: 3, entryPrice: 1,
        impliedVolatility: 0.6),
      try Position(
        contract: Contract(name: "BTC/USD:BTC-240927-70000-C"), quantity: -1, entryPrice: 1,
        impliedVolatility: 0.7),
    ]
    book = try BookState(
      of: Account(
        id: "changed", balances: [try Balance(asset: study.tether, quantity: 100)], positions: positions,
        stated: ["protection": 7]),
      in: MarketSnapshot(asOf: asOf, prices: [study.bitcoin: 60_000, study.tether: 0.99]))
  }

  private func scenarios() -> ScenarioSet {
    var random = SplitMix(state: 71)
    return study.randomSet(5, &random)
  }

  @Test func otherValuesLeaveAllElse() throws {
    let other = book.replacing(values: [1, 2, 3, 4])
    #expect(other.values == [1, 2, 3, 4])
    #expect(other.replacing(values: book.values) == book)
    #expect(other.stated == ["protection": 7] && other.hasOptions)
    let set = scenarios()
    // Options are valued from their markets: what was put in their place does not follow them.
    let states = try (book.moved(by: set, scenarios: 0..<5), other.moved(by: set, scenarios: 0..<5))
    for row in [2, 3] { #expect(states.0.values.row(row) == states.1.values.row(row)) }
    #expect(states.0.stated == ["protection": 7])
  }

  @Test func chosenRowsMoveAsTheyDidAmongTheOthers() throws {
    let chosen = book.selecting(rows: [3, 1])
    #expect(chosen.rows == [book.rows[3], book.rows[1]])
    #expect(chosen.values == [book.values[3], book.values[1]])
    #expect(chosen.spotPrices == [60_000, 60_000])
    let set = scenarios()
    let states = try (book.moved(by: set, scenarios: 0..<5), chosen.moved(by: set, scenarios: 0..<5))
    #expect(states.1.values.row(0) == states.0.values.row(3))
    #expect(states.1.values.row(1) == states.0.values.row(1))
    #expect(!book.selecting(rows: [0, 1]).hasOptions)
    #expect(book.selecting(rows: [0, 1, 2, 3]) == book)
  }

  @Test func cashStandsInTheLastRowAndMovesNothing() throws {
    let richer = book.appending(cash: 500)
    #expect(richer.rows.count == 5 && richer.rows[4].asset == .usd && richer.rows[4].kind == .balance)
    #expect(richer.netMarketValue == book.netMarketValue + 500)
    #expect(richer.settlementPrices[4] == 1 && richer.spotPrices[4] == 1 && richer.notionals[4] == 0)
    #expect(richer.selecting(rows: [0, 1, 2, 3]) == book)
    let states = try richer.moved(by: scenarios(), scenarios: 0..<5)
    #expect(states.values.row(4) == [500, 500, 500, 500, 500])
    #expect(book.selecting(rows: [0]).appending(cash: 1).hasOptions == false)
  }
}
