import Instruments
import Margin
import MarketData
import TestSupport
import Testing
import Valuation

/// A published schedule: where each bracket ends, its rate, its most leverage, and the deduction printed beside it.
private struct PublishedSchedule {
  let rows: [(upTo: Double?, rate: Double, leverage: Double, deduction: Double)]

  // Binance BTCUSDT, from the exchange API dump in the freqtrade repository, commit of 2024-10-24.
  static let bitcoin = PublishedSchedule(rows: [
    (50e3, 0.004, 125, 0), (600e3, 0.005, 100, 50), (3e6, 0.0065, 75, 950), (12e6, 0.01, 50, 11_450),
    (70e6, 0.02, 25, 131_450), (100e6, 0.025, 20, 481_450), (230e6, 0.05, 10, 2_981_450),
    (480e6, 0.10, 5, 14_481_450), (600e6, 0.125, 4, 26_481_450), (800e6, 0.15, 3, 41_481_450),
    (1.2e9, 0.25, 2, 121_481_450), (nil, 0.50, 1, 421_481_450),
  ])
  // Binance SOLUSDT, same source.
  static let solana = PublishedSchedule(rows: [
    (20e3, 0.005, 100, 0), (100e3, 0.0065, 75, 30), (800e3, 0.01, 50, 380), (4e6, 0.02, 25, 8_380),
    (8e6, 0.025, 20, 28_380), (40e6, 0.05, 10, 228_380), (80e6, 0.10, 5, 2_228_380),
    (100e6, 0.125, 4, 4_228_380),
    (200e6, 0.25, 2, 16_728_380), (nil, 0.50, 1, 66_728_380),
  ])
  // Bybit BTCUSDT, margin-parameters page: its first six tiers, and what lies beyond them.
  static let bybit = PublishedSchedule(rows: [
    (2e6, 0.005, 100, 0), (2.6e6, 0.0056, 90, 1_200), (3.2e6, 0.0063, 80, 3_020), (3.8e6, 0.0067, 75, 4_300),
    (4.4e6, 0.0071, 70, 5_820), (5e6, 0.0077, 65, 8_460), (5.6e6, 0.0091, 55, 15_460),
    (8.5e6, 0.01, 50, 20_500),
    (10e6, 0.013, 45, 46_000), (nil, 0.015, 40, 66_000),
  ])

  func schedule() throws -> BracketSchedule {
    try BracketSchedule(
      rows.map { Bracket(upTo: $0.upTo, maintenanceRate: $0.rate, maximumLeverage: $0.leverage) })
  }

  /// The venues' way to write it: notional × rate − deduction.
  func byDeduction(_ notional: Double) -> Double {
    let row = rows.first { notional <= $0.upTo ?? .infinity } ?? rows[rows.count - 1]
    return notional * row.rate - row.deduction
  }
}

@Suite struct RateSumTests {
  @Test("BN-BR-1: maintenance margin of BTCUSDT")
  func binanceBitcoin() throws {
    let schedule = try PublishedSchedule.bitcoin.schedule()
    #expect(isClose(schedule.maintenance(of: 500_000), 2_450, relative: 1e-14))
    #expect(isClose(schedule.maintenance(of: 5_000_000), 38_550, relative: 1e-14))
    #expect(isClose(schedule.maintenance(of: 100_000_000), 2_018_550, relative: 1e-14))
  }

  @Test("BB-LIN-2: maintenance margin of Bybit's BTCUSDT")
  func bybitBitcoin() throws {
    let schedule = try PublishedSchedule.bybit.schedule()
    #expect(isClose(schedule.maintenance(of: 2_600_000), 13_360, relative: 1e-14))
    #expect(isClose(schedule.maintenance(of: 10_000_000), 84_000, relative: 1e-14))
  }

  @Test("the marginal sum is the published deduction law, on random notionals and at every edge")
  func deductionTwin() throws {
    var generator = SeededGenerator(seed: 1)
    for published in [PublishedSchedule.bitcoin, .solana, .bybit] {
      let schedule = try published.schedule()
      let edges = published.rows.compactMap(\.upTo)
      for notional in edges + edges.map(\.nextUp) + (0..<2_000).map({ _ in generator.magnitude(0, 9.5) }) {
        #expect(isClose(schedule.maintenance(of: notional), published.byDeduction(notional), relative: 1e-11))
      }
    }
    #expect(try PublishedSchedule.bitcoin.schedule().maintenance(of: 0) == 0)
  }

  @Test("maintenance is progressive, continuous and rises")
  func shape() throws {
    let schedule = try PublishedSchedule.bitcoin.schedule()
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<5_000 {
      let notional = generator.magnitude(2, 9)
      let factor = 1 + 20 * generator.uniform()
      let more = schedule.maintenance(of: factor * notional)
      #expect(more >= factor * schedule.maintenance(of: notional) * (1 - 1e-14))
    }
    for edge in schedule.brackets.compactMap(\.upTo) {
      let step = edge * 1e-9
      let jump = schedule.maintenance(of: edge + step) - schedule.maintenance(of: edge - step)
      #expect(jump > 0 && jump < 2 * step)
      #expect(schedule.maximumLeverage(of: edge) > schedule.maximumLeverage(of: edge.nextUp))
    }
  }

  @Test("initial margin: chosen leverage capped by the bracket, the bracket's own, never below maintenance")
  func initialRules() throws {
    let schedule = try PublishedSchedule.bitcoin.schedule()
    let law = RateLaw.brackets(schedule)
    let chosen = RateSum(initialRule: .chosenLeverage, laws: [:], others: law)
    let most = RateSum(initialRule: .maximumLeverage, laws: [:], others: law)
    #expect(chosen.margins(of: 40_000, leverage: 20, law: law).initial == 2_000)
    #expect(most.margins(of: 40_000, leverage: 20, law: law).initial == 320)
    #expect(chosen.margins(of: 5e6, leverage: 100, law: law).initial == 100_000)
    // Beyond 1.2 bn the leverage is one: the whole notional.
    #expect(chosen.margins(of: 2e9, leverage: 3, law: law).initial == 2e9)
    let steep = try BracketSchedule([Bracket(upTo: nil, maintenanceRate: 0.5, maximumLeverage: 10)])
    #expect(chosen.margins(of: 100, leverage: 10, law: .brackets(steep)).initial == 50)
  }

  @Test("the sum over positions does not net, and neither side nor sign matters")
  func withoutNetting() throws {
    var ledger = Ledger()
    ledger.position(btc, settling: usdt, notional: 500_000, leverage: 10)
    ledger.position(btc, settling: btc, notional: -500_000, leverage: 20)
    ledger.position(eth, settling: usdt, notional: -20_000, leverage: 4)
    let rules = try regime(
      [NamedTerm(name: "brackets", term: .rateSum(try smallBrackets()))], initial: "brackets")
    let book = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(isClose(book.initial, 50_000 + 25_000 + 5_000, relative: 1e-14))
    #expect(isClose(book.maintenance, 2 * (200 + 2_250) + 100 + 200, relative: 1e-14))
    let opposite = try requirement(of: rules, for: ledger.state.scaled(by: -1), given: noEvidence)
    #expect(opposite.initial == book.initial && opposite.maintenance == book.maintenance)
  }

  @Test("open orders count with their worst side in the initial margin, and not in the maintenance margin")
  func openOrders() throws {
    let market = try MarketSnapshot(asOf: Timestamp("2024-06-01"), prices: [btc: 90_000, usdt: 1])
    let contract = try Contract(name: "BTC/USDT:USDT")
    func margins(_ tierSize: RateSum.TierSize, orders: [Double]) throws -> MarginAssessment {
      let account = Account(
        id: "orders", balances: [],
        positions: [try Position(contract: contract, quantity: -1, entryPrice: 90_000)],
        orders: try orders.map { try Order(contract: contract, quantity: $0, price: 90_000) })
      let flat = try AffineRate(initialRate: 0.02, maintenanceRate: 0.01, slope: 0.001)
      let rates = RateSum(initialRule: .maximumLeverage, tierSize: tierSize, laws: [:], others: .affine(flat))
      return try requirement(
        of: regime([NamedTerm(name: "rates", term: .rateSum(rates))], initial: "rates"),
        for: BookState(of: account, in: market), given: noEvidence)
    }
    for tierSize in RateSum.TierSize.allCases {
      let bare = try margins(tierSize, orders: [])
      let open = try margins(tierSize, orders: [3, -2])
      // PX-CM-1: short 1, buys 3, sells 2: two bought or three sold, so that three decide.
      #expect(isClose(open.initial, 3 * 90_000 * 0.023, relative: 1e-12))
      #expect(open.maintenance == bare.maintenance)
      #expect(isClose(bare.maintenance, 90_000 * 0.011, relative: 1e-12))
    }
  }

  @Test("a size in coin meets its brackets in coin, whatever its price")
  func bracketsInCoin() throws {
    // Binance, COIN-M: 50 BTC at 5 % with a cumulative amount of 1.81 BTC is BN-CM-2's; here two rows of such a table.
    let schedule = try BracketSchedule(
      [
        Bracket(upTo: 50, maintenanceRate: 0.025, maximumLeverage: 20),
        Bracket(upTo: nil, maintenanceRate: 0.05, maximumLeverage: 10),
      ], unit: .quantity)
    let rates = RateSum(initialRule: .maximumLeverage, laws: [:], others: .brackets(schedule))
    for price in [20_000.0, 60_000] {
      var ledger = Ledger()
      ledger.position(btc, settling: btc, notional: 80 * price, price: price)
      let found = try requirement(
        of: regime([NamedTerm(name: "rates", term: .rateSum(rates))], initial: "rates"), for: ledger.state,
        given: noEvidence)
      #expect(isClose(found.maintenance / price, 50 * 0.025 + 30 * 0.05, relative: 1e-12))
      #expect(isClose(found.initial / price, 8, relative: 1e-12))
    }
  }

  @Test("progressive rates: twice the position asks for at least twice the margin, under every law")
  func progressive() throws {
    let brackets = RateLaw.brackets(try PublishedSchedule.bitcoin.schedule())
    let whole = RateLaw.brackets(
      try BracketSchedule(
        [
          Bracket(upTo: 1e5, maintenanceRate: 0.004, maximumLeverage: 100),
          Bracket(upTo: nil, maintenanceRate: 0.02, maximumLeverage: 20),
        ], application: .whole))
    let laws: [RateLaw] = [
      brackets, whole, .affine(try AffineRate(initialRate: 0.02, maintenanceRate: 0.01, slope: 0.00005)),
      .power(try PowerRate(initialFloor: 0.05, maintenanceFloor: 0.025, factor: 1e-6, power: 0.8)),
    ]
    var generator = SeededGenerator(seed: 61)
    for law in laws {
      let sum = RateSum(initialRule: .maximumLeverage, laws: [:], others: law)
      for _ in 0..<500 {
        let notional = generator.magnitude(2, 7)
        let factor = 1 + 9 * generator.uniform()
        let one = sum.margins(of: notional, quantity: notional / 20_000, leverage: 1, law: law)
        let more = sum.margins(
          of: factor * notional, quantity: factor * notional / 20_000, leverage: 1, law: law)
        #expect(more.maintenance >= factor * one.maintenance * (1 - 1e-12))
        #expect(more.initial >= factor * one.initial * (1 - 1e-12))
      }
    }
  }

  @Test(
    "tables with gaps, falling rates or numbers outside their domain are refused",
    arguments: [
      [], [Bracket(upTo: 5, maintenanceRate: 0.1, maximumLeverage: 2)],
      [bracket(5, 0.1), bracket(5, 0.2), bracket(nil, 0.3)],
      [bracket(5, 0.1), bracket(4, 0.2), bracket(nil, 0.3)],
      [bracket(nil, 0.1), bracket(nil, 0.2)], [bracket(0, 0.1), bracket(nil, 0.2)],
      [bracket(-1, 0.1), bracket(nil, 0.2)], [bracket(.nan, 0.1), bracket(nil, 0.2)],
      [bracket(.infinity, 0.1), bracket(nil, 0.2)], [bracket(5, 0.2), bracket(nil, 0.1)],
      [bracket(nil, -0.1)], [bracket(nil, 1.1)], [bracket(nil, .nan)], [bracket(nil, 0.1, leverage: 0.5)],
      [bracket(nil, 0.1, leverage: .nan)], [bracket(nil, 0.1, leverage: .infinity)],
      [bracket(5, 0.1, leverage: 5), bracket(nil, 0.2, leverage: 10)],
    ])
  func refusals(brackets: [Bracket]) {
    #expect {
      try BracketSchedule(brackets)
    } throws: { error in
      guard case .invalidTable(name: "brackets", _)? = error as? MarginError else { return false }
      return true
    }
  }
}

private func bracket(_ upTo: Double?, _ rate: Double, leverage: Double = 2) -> Bracket {
  Bracket(upTo: upTo, maintenanceRate: rate, maximumLeverage: leverage)
}
