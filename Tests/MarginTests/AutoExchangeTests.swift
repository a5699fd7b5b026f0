import Instruments
import Margin
import TestSupport
import Testing
import Valuation

@Suite struct AutoExchangeTests {
  private func rule(_ rates: [Asset: Double]) throws -> AutoExchange {
    try AutoExchange(trigger: 10_000, rates: rates)
  }

  @Test("BN-MA-3: 20,000 USD of debt are covered by 20,513 USD of coin sold at 97.5 %")
  func covers() throws {
    // Binance, Multi-Assets Mode: BUSD −20,000, BTC at a rate of 97.5 %: 20,000 / 0.975 are sold.
    var ledger = Ledger()
    ledger.balance(usdt, worth: -20_000)
    ledger.balance(btc, worth: 100_000, price: 20_000)
    let sales = try rule([btc: 0.975]).sales(for: ledger.state)
    #expect(sales.count == 1)
    #expect(isClose(sales[0].value, 20_512.82, absolute: 0.005))
    #expect(isClose(sales[0].covered, 20_000, relative: 1e-12))
    #expect(sales[0].sold == btc && sales[0].debt == usdt)
  }

  @Test("BN-MA-4: two debts of 9,000 USD each are below the trigger")
  func noTrigger() throws {
    var ledger = Ledger()
    ledger.balance(usdt, worth: -9_000)
    ledger.balance(eth, worth: -9_000, price: 1_500)
    ledger.balance(btc, worth: 100_000, price: 20_000)
    #expect(try rule([btc: 0.975, eth: 0.975, usdt: 0.999]).sales(for: ledger.state).isEmpty)
  }

  @Test("assets are sold pro rata, never more than is held, and never those without a rate")
  func shares() throws {
    var generator = SeededGenerator(seed: 51)
    for _ in 0..<200 {
      let owed = generator.magnitude(4.1, 6)
      let held = [btc, eth, sol].map { ($0, generator.magnitude(3, 6)) }
      var ledger = Ledger()
      ledger.balance(usdt, worth: -owed)
      for (coin, value) in held { ledger.balance(coin, worth: value, price: 10) }
      let rates = [btc: 0.975, eth: 0.95]
      let sales = try rule(rates).sales(for: ledger.state)
      #expect(sales.map(\.sold) == [btc, eth])
      let worth = held[0].1 * 0.975 + held[1].1 * 0.95
      let covered = sales.reduce(0) { $0 + $1.covered }
      #expect(isClose(covered, min(owed, worth), relative: 1e-12))
      #expect(isClose(sales[0].value / held[0].1, sales[1].value / held[1].1, relative: 1e-12))
      for (sale, (_, value)) in zip(sales, held) { #expect(sale.value <= value * (1 + 1e-12)) }
    }
  }

  @Test("rules outside their domain are refused", arguments: [-1.0, .nan, .infinity])
  func refusals(trigger: Double) {
    #expect(throws: MarginError.self) { try AutoExchange(trigger: trigger, rates: [:]) }
    #expect(throws: MarginError.self) { try AutoExchange(trigger: 0, rates: [btc: trigger]) }
    #expect(throws: MarginError.self) { try AutoExchange(trigger: 0, rates: [btc: 0]) }
  }
}
