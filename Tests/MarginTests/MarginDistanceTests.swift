import Instruments
import Margin
import MarketData
import TestSupport
import Testing
import Valuation

@Suite struct MarginDistanceTests {
  private func rules(_ schedule: BracketSchedule) throws -> MarginRegime {
    let law = RateLaw.brackets(schedule)
    return try regime(
      [
        NamedTerm(
          name: "rates", term: .rateSum(RateSum(initialRule: .chosenLeverage, laws: [:], others: law)))
      ],
      initial: "rates")
  }

  /// Binance's liquidation price of the one linear position of a wallet, tier by tier: the tier in which it is consistent.
  ///
  /// Source: Binance, How to calculate the liquidation price of USDⓈ-M futures contracts.
  private func liquidationPrice(
    wallet: Double, quantity: Double, entry: Double, _ schedule: BracketSchedule
  ) -> Double? {
    let side: Double = quantity > 0 ? 1 : -1
    let size = abs(quantity)
    var start = 0.0
    var deduction = 0.0
    var rate = 0.0
    var candidates: [Double] = []
    for bracket in schedule.brackets {
      deduction += start * (bracket.maintenanceRate - rate)
      rate = bracket.maintenanceRate
      let price = (wallet + deduction - side * size * entry) / (size * rate - side * size)
      let end = bracket.upTo ?? .infinity
      if price > 0, size * price > start, size * price <= end { candidates.append(price) }
      start = end
    }
    return quantity > 0 ? candidates.max() : candidates.min()
  }

  @Test("the liquidation price is the published formula's, re-tiered, over random positions of either side")
  func binanceFormula() throws {
    let schedule = try BracketSchedule([
      Bracket(upTo: 50_000, maintenanceRate: 0.004, maximumLeverage: 125),
      Bracket(upTo: 600_000, maintenanceRate: 0.005, maximumLeverage: 100),
      Bracket(upTo: 3_000_000, maintenanceRate: 0.0065, maximumLeverage: 75),
      Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 50),
    ])
    var generator = SeededGenerator(seed: 41)
    var retiered = 0
    for _ in 0..<200 {
      let entry = 20_000.0
      let notional = generator.magnitude(4, 7) * (generator.uniform() < 0.5 ? -1 : 1)
      let wallet = abs(notional) * (0.02 + 0.4 * generator.uniform())
      let state = try book(wallet: wallet, quantity: notional / entry, entry: entry)
      let expected = try #require(
        liquidationPrice(wallet: wallet, quantity: notional / entry, entry: entry, schedule))
      let found = try distance(of: rules(schedule), state, notional > 0 ? .fall : .rise)
      #expect(isClose(entry * (1 + (try #require(found))), expected, relative: 1e-10))
      let tier: (Double) -> Int = { size in
        schedule.brackets.firstIndex { size <= $0.upTo ?? .infinity } ?? 0
      }
      if tier(abs(notional)) != tier(abs(notional) * expected / entry) { retiered += 1 }
    }
    #expect(retiered > 20)
  }

  @Test(
    "on both sides of every bracket edge the price is where equity meets the maintenance margin of its own tier"
  )
  func edges() throws {
    let schedule = try BracketSchedule([
      Bracket(upTo: 90_000, maintenanceRate: 0.01, maximumLeverage: 50),
      Bracket(upTo: 110_000, maintenanceRate: 0.05, maximumLeverage: 20),
      Bracket(upTo: nil, maintenanceRate: 0.1, maximumLeverage: 10),
    ])
    for edge in [90_000.0, 110_000] {
      for side in [-1.0, 1] {
        for offset in [-1e-6, 0, 1e-6] {
          // A tenth away from the edge, with a wallet such that liquidation falls at, just below or just above it.
          let target = edge * (1 + offset)
          let start = edge * (1 + 0.1 * side)
          let wallet = schedule.maintenance(of: target) - side * (target - start)
          let state = try book(wallet: wallet, quantity: side * start / 20_000, entry: 20_000)
          let move = try #require(
            try distance(of: rules(schedule), state, side > 0 ? .fall : .rise))
          #expect(isClose(start * (1 + move), target, relative: 1e-10))
        }
      }
    }
  }

  @Test("whole-position tiers jump, and the first move at which they do is found")
  func jumps() throws {
    let schedule = try BracketSchedule(
      [
        Bracket(upTo: 105_000, maintenanceRate: 0.01, maximumLeverage: 50),
        Bracket(upTo: nil, maintenanceRate: 0.5, maximumLeverage: 2),
      ], application: .whole)
    // Short 100,000: at 105,000 equity is 25,000 and the maintenance margin jumps from 1,050 to 52,500.
    let state = try book(wallet: 30_000, quantity: -5, entry: 20_000)
    let move = try #require(try distance(of: rules(schedule), state, .rise))
    #expect(isClose(move, 0.05, absolute: 1e-12))
  }

  @Test(
    "a level reached today is at zero, one that no move reaches has none, and a call comes before a liquidation"
  )
  func ends() throws {
    let schedule = try BracketSchedule([Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 50)])
    let gone = try book(wallet: 500, quantity: 5, entry: 20_000)
    #expect(try distance(of: rules(schedule), gone, .fall) == 0)
    let safe = try book(wallet: 1_000, quantity: 0.001, entry: 20_000)
    #expect(try distance(of: rules(schedule), safe, .fall) == nil)
    let early = try regime(
      rules(schedule).terms, initial: "rates",
      levels: MarginLevels(convention: .equityOverMaintenance, callAt: 3, liquidationAt: 1.05))
    let state = try book(wallet: 20_000, quantity: 5, entry: 20_000)
    let found = try distances(of: early, for: state, given: noEvidence)
    let call = try #require(found.first { $0.direction == .fall && $0.level == .call }?.move)
    let liquidation = try #require(found.first { $0.direction == .fall && $0.level == .liquidation }?.move)
    #expect(isClose(call, -17_000 / 97_000, relative: 1e-10))
    #expect(isClose(liquidation, -18_950 / 98_950, relative: 1e-10))
    #expect(found.allSatisfy { $0.axis == .asset(btc) })
  }

  @Test("the whole market moves every coin alike, and no stablecoin")
  func market() throws {
    var ledger = Ledger()
    ledger.balance(usdt, worth: 30_000)
    ledger.position(btc, settling: usdt, notional: 100_000)
    ledger.position(eth, settling: usdt, notional: 100_000)
    let schedule = try BracketSchedule([Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 50)])
    let found = try distances(of: rules(schedule), for: ledger.state, given: noEvidence)
    let falls = found.filter { $0.direction == .fall && $0.level == .liquidation }
    #expect(falls.map(\.axis) == [.asset(btc), .asset(eth), .market])
    // 30,000 − 100,000·x = 0.01·(200,000 − 100,000·x), and twice the loss along the market.
    #expect(isClose(falls[0].move ?? 0, -28_000 / 99_000, relative: 1e-10))
    #expect(isClose(falls[2].move ?? 0, -28_000 / 198_000, relative: 1e-10))
  }

  private func book(wallet: Double, quantity: Double, entry: Double) throws -> BookState {
    let market = try MarketSnapshot(asOf: Timestamp("2024-06-01"), prices: [btc: entry, usdt: 1])
    let account = Account(
      id: "position", balances: [try Balance(asset: usdt, quantity: wallet)],
      positions: [
        try Position(
          contract: Contract(name: "BTC/USDT:USDT"), quantity: quantity, entryPrice: entry, leverage: 20)
      ])
    return try BookState(of: account, in: market)
  }

  private func distance(
    of rules: MarginRegime, _ state: BookState, _ direction: MarginDistance.Direction
  ) throws -> Double? {
    try distances(of: rules, for: state, given: noEvidence).first {
      $0.direction == direction && $0.level == .liquidation
    }?.move
  }
}
