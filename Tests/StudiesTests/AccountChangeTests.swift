import Instruments
import MarketData
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct AccountChangeTests {
  private let market: MarketSnapshot

  init() throws {
    market = try MarketSnapshot(asOf: day(0), prices: [btc: 20_000, eth: 1_500, usdt: 1.001])
  }

  private func value(_ account: Account) throws -> Double {
    try BookState(of: account, in: market).netMarketValue
  }

  private func notional(_ account: Account, _ name: String) throws -> Double {
    let state = try BookState(of: account, in: market)
    return state.rows.indices.filter { state.rows[$0].name == name }.reduce(0) { $0 + state.notionals[$1] }
  }

  private func account(_ positions: [Position]) throws -> Account {
    Account(
      id: "a",
      balances: [try Balance(asset: usdt, quantity: 10_000), try Balance(asset: btc, quantity: 0.4)],
      positions: positions)
  }

  @Test(
    "a trade at the mark changes neither value nor more than its own notional: adding, reducing, closing, flipping",
    arguments: [
      ("BTC/USDT:USDT", 0.5, 19_000.0), ("BTC/USD:BTC", 8_000, 21_500), ("ETH/USDT:USDT", -3, 1_400),
    ],
    [0.3, -0.4, -1, -2.5])
  func tradeAtMark(held: (name: String, quantity: Double, entry: Double), share: Double) throws {
    let linear = contract(held.name)
    let mark = held.name.hasPrefix("ETH") ? 1_500.0 : 20_000
    // The mark of a linear contract without one of its own is spot over the price of its quote asset.
    let paid = linear.style == .linear ? mark / 1.001 : mark
    let before = try account([
      try Position(
        contract: linear, quantity: held.quantity, entryPrice: held.entry, leverage: 7, sleeve: "core")
    ])
    let trade = try Position(contract: linear, quantity: share * held.quantity, entryPrice: paid, leverage: 3)
    let after = try AccountChange.trade(trade).applied(to: before, in: market)
    #expect(isClose(try value(after), try value(before), absolute: 1e-9))
    #expect(
      isClose(
        try notional(after, held.name), (1 + share) * (try notional(before, held.name)), absolute: 1e-9))
    #expect(after.positions.count == (share == -1 ? 0 : 1))
    for position in after.positions {
      // Leverage is the trade's: a venue keeps one for a contract. The sleeve stays with the position.
      #expect(position.leverage == 3 && position.sleeve == "core")
      let expected = 1 + share > 0 && share < 0 ? held.entry : paid
      if share < 0 { #expect(isClose(position.entryPrice, expected, relative: 1e-14)) }
    }
  }

  @Test("a trade away from the mark earns what it was bought below the mark")
  func tradeAwayFromMark() throws {
    let linear = contract("BTC/USDT:USDT")
    let before = try account([try Position(contract: linear, quantity: 0.5, entryPrice: 19_000)])
    for quantity in [0.2, -0.2, -0.5, -0.9] {
      let trade = try Position(contract: linear, quantity: quantity, entryPrice: 19_500)
      let after = try AccountChange.trade(trade).applied(to: before, in: market)
      let gain = quantity * (20_000 - 19_500 * 1.001)
      #expect(isClose(try value(after), try value(before) + gain, absolute: 1e-9))
    }
    let inverse = contract("BTC/USD:BTC")
    let held = try account([try Position(contract: inverse, quantity: -6_000, entryPrice: 19_000)])
    for quantity in [-2_000.0, 2_000, 6_000, 9_000] {
      let trade = try Position(contract: inverse, quantity: quantity, entryPrice: 19_500)
      let after = try AccountChange.trade(trade).applied(to: held, in: market)
      let gain = quantity * (20_000 / 19_500 - 1)
      #expect(isClose(try value(after), try value(held) + gain, absolute: 1e-9))
    }
  }

  @Test("a new contract, another multiplier and isolated margin stand on their own")
  func apart() throws {
    let linear = contract("BTC/USDT:USDT")
    let isolated = try Position(contract: linear, quantity: 0.5, entryPrice: 19_000, isolatedMargin: 1_000)
    let shared = try Position(contract: linear, quantity: 0.25, entryPrice: 19_000)
    let trade = try Position(contract: linear, quantity: 0.1, entryPrice: 20_000)
    let joined = try AccountChange.trade(trade).applied(to: account([isolated, shared]), in: market)
    #expect(joined.positions.map(\.quantity) == [0.5, 0.35])
    let alone = try AccountChange.trade(trade).applied(to: account([isolated]), in: market)
    #expect(alone.positions.map(\.quantity) == [0.5, 0.1])
    let other = try Position(contract: linear, quantity: 1, multiplier: 0.01, entryPrice: 20_000)
    #expect(try AccountChange.trade(other).applied(to: account([shared]), in: market).positions.count == 2)
    let ring = try Position(contract: linear, quantity: 1, entryPrice: 20_000, isolatedMargin: 5)
    #expect(try AccountChange.trade(ring).applied(to: account([shared]), in: market).positions.count == 2)
  }

  @Test(
    "an option changes hands against its premium",
    arguments: ["BTC/USDT:USDT-190927-22000-C", "BTC/USD:BTC-190927-22000-P"])
  func options(name: String) throws {
    let option = contract(name)
    func held(_ quantity: Double) throws -> Position {
      try Position(
        contract: option, quantity: quantity, entryPrice: 500, markPrice: 20_000, impliedVolatility: 0.7)
    }
    let empty = try account([])
    let single = try value(account([held(1)])) - (try value(empty))
    // Paid at its value, in the quote asset of the contract.
    let premium = option.style == .linear ? single / 1.001 : single
    func trade(_ quantity: Double) throws -> AccountChange {
      .trade(
        try Position(
          contract: option, quantity: quantity, entryPrice: premium, markPrice: 20_000, impliedVolatility: 0.7
        ))
    }
    for start in [nil, 2.0, -2] {
      for quantity in [1.0, -1, -2, 3] {
        let before = try account(start.map { [try held($0)] } ?? [])
        let after = try trade(quantity).applied(to: before, in: market)
        #expect(isClose(try value(after), try value(before), absolute: 1e-6))
        #expect(after.positions.reduce(0) { $0 + $1.quantity } == (start ?? 0) + quantity)
      }
    }
  }

  @Test("a swap keeps the market value, takes from every balance of an asset and leaves no empty one")
  func swaps() throws {
    let before = Account(
      id: "a",
      balances: [
        try Balance(asset: btc, quantity: 0.25, sleeve: "core"), try Balance(asset: eth, quantity: 5),
        try Balance(asset: btc, quantity: 0.5),
      ], positions: [])
    for quantity in [0.1, 0.25, 0.6, 0.75] {
      let after = try AccountChange.swap(from: btc, quantity: quantity, to: usdt).applied(
        to: before, in: market)
      #expect(isClose(try value(after), try value(before), relative: 1e-14))
      let left = after.balances.filter { $0.asset == btc }
      #expect(isClose(left.reduce(0) { $0 + $1.quantity }, 0.75 - quantity, absolute: 1e-15))
      #expect(left.allSatisfy { $0.quantity > 0 })
      let bought = try #require(after.balances.first { $0.asset == usdt })
      #expect(isClose(bought.quantity, quantity * 20_000 / 1.001, relative: 1e-14))
    }
    let debt = try account([])
    let repaid = try AccountChange.swap(from: btc, quantity: 0.1, to: usdt).applied(to: debt, in: market)
    #expect(repaid.balances.map(\.asset) == [usdt, btc])
  }

  @Test("what an account cannot do is refused")
  func refusals() throws {
    let account = try account([])
    for quantity in [0.4000001, -0.1, 0, .nan] {
      #expect(throws: StudyError.self) {
        try AccountChange.swap(from: btc, quantity: quantity, to: usdt).applied(to: account, in: market)
      }
    }
    #expect(throws: StudyError.swapExceedsBalance(asset: eth, held: 0, wanted: 1)) {
      try AccountChange.swap(from: eth, quantity: 1, to: usdt).applied(to: account, in: market)
    }
    #expect(throws: StudyError.valuation(.noPrice(sol, asOf: day(0)))) {
      try AccountChange.swap(from: btc, quantity: 0.1, to: sol).applied(to: account, in: market)
    }
  }

  @Test("changes are named as they were asked for")
  func descriptions() throws {
    let trade = try Position(contract: contract("BTC/USDT:USDT"), quantity: -0.5, entryPrice: 1)
    #expect(AccountChange.trade(trade).description == "trade -0.5 BTC/USDT:USDT at 1.0x")
    #expect(AccountChange.swap(from: btc, quantity: 1, to: usdt).description == "swap 1.0 BTC to USDT")
  }
}
