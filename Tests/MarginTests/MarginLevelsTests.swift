import Instruments
import Margin
import Testing

@Suite struct MarginLevelsTests {
  @Test("the classic levels: restricted below initial margin, liquidated at maintenance margin")
  func classic() {
    let levels = MarginLevels.classic
    #expect(levels.status(equity: 100, initial: 100, maintenance: 50) == .healthy)
    #expect(levels.status(equity: 99.99, initial: 100, maintenance: 50) == .restricted)
    #expect(levels.status(equity: 50, initial: 100, maintenance: 50) == .liquidation)
    #expect(levels.status(equity: 50.01, initial: 100, maintenance: 50) == .restricted)
    #expect(levels.ratio(equity: 200, maintenance: 50) == 0.25)
  }

  @Test("Binance's uniMMR: equity over maintenance, call at 1.2, liquidation at 1.05")
  func equityOverMaintenance() throws {
    let levels = try MarginLevels(convention: .equityOverMaintenance, callAt: 1.2, liquidationAt: 1.05)
    #expect(levels.status(equity: 300, initial: 200, maintenance: 100) == .healthy)
    #expect(levels.status(equity: 121, initial: 200, maintenance: 100) == .restricted)
    #expect(levels.status(equity: 120, initial: 200, maintenance: 100) == .marginCall)
    #expect(levels.status(equity: 105, initial: 200, maintenance: 100) == .liquidation)
    #expect(levels.status(equity: 105.001, initial: 200, maintenance: 100) == .marginCall)
    #expect(levels.ratio(equity: 150, maintenance: 100) == 1.5)
    #expect(levels.ratio(equity: 150, maintenance: 0) == nil)
  }

  @Test("maintenance over equity with an early call and a late liquidation")
  func maintenanceOverEquity() throws {
    let levels = try MarginLevels(convention: .maintenanceOverEquity, callAt: 0.7, liquidationAt: 0.95)
    #expect(levels.status(equity: 200, initial: 150, maintenance: 100) == .healthy)
    #expect(levels.status(equity: 142, initial: 150, maintenance: 100) == .marginCall)
    #expect(levels.status(equity: 105.3, initial: 150, maintenance: 100) == .marginCall)
    #expect(levels.status(equity: 105.2, initial: 150, maintenance: 100) == .liquidation)
    // A call may come before the restriction of new risk does.
    #expect(levels.status(equity: 142, initial: 110, maintenance: 100) == .marginCall)
  }

  @Test(
    "without equity there is no utilisation and, where anything is demanded, liquidation",
    arguments: RatioConvention.allCases)
  func withoutEquity(convention: RatioConvention) throws {
    let levels = try MarginLevels(convention: convention)
    #expect(levels.status(equity: 0, initial: 0, maintenance: 0) == .healthy)
    #expect(levels.status(equity: 0, initial: 10, maintenance: 0) == .restricted)
    #expect(levels.status(equity: 0, initial: 10, maintenance: 5) == .liquidation)
    #expect(levels.status(equity: -1, initial: 10, maintenance: 5) == .liquidation)
    #expect(levels.status(equity: -1, initial: 0, maintenance: 0) == .liquidation)
    #expect(levels.status(equity: 1, initial: 0, maintenance: 0) == .healthy)
    if convention == .maintenanceOverEquity {
      #expect(levels.ratio(equity: 0, maintenance: 5) == nil)
      #expect(levels.ratio(equity: -1, maintenance: 5) == nil)
    }
    var ledger = Ledger()
    ledger.balance(sol, worth: -10, price: 30)
    ledger.position(btc, settling: .usd, notional: 100)
    let rules = try regime(
      [NamedTerm(name: "a", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1)))], initial: "a",
      levels: levels)
    let assessment = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(assessment.status == .liquidation)
    #expect(assessment.utilisation == nil)
  }

  @Test("both conventions agree where their levels are reciprocal")
  func reciprocalLevels() throws {
    var generator = SeededGenerator(seed: 7)
    let left = try MarginLevels(convention: .maintenanceOverEquity, callAt: 0.5, liquidationAt: 1)
    let right = try MarginLevels(convention: .equityOverMaintenance, callAt: 2, liquidationAt: 1)
    for _ in 0..<2_000 {
      let equity = 100 * generator.normal()
      let maintenance = max(0, 100 * generator.normal())
      let initial = maintenance * (1 + generator.uniform())
      #expect(
        left.status(equity: equity, initial: initial, maintenance: maintenance)
          == right.status(equity: equity, initial: initial, maintenance: maintenance))
    }
  }

  @Test("levels out of order or outside their domain are refused")
  func refusals() {
    for (convention, call, liquidation) in [
      (RatioConvention.maintenanceOverEquity, 1.0, 0.9), (.equityOverMaintenance, 1, 1.1),
      (.maintenanceOverEquity, 0, 1),
      (.equityOverMaintenance, 1, 0), (.maintenanceOverEquity, .nan, 1), (.maintenanceOverEquity, 1, .nan),
      (.maintenanceOverEquity, 1, .infinity), (.equityOverMaintenance, .infinity, 1),
      (.maintenanceOverEquity, -1, 1),
    ] {
      #expect(throws: MarginError.self) {
        try MarginLevels(convention: convention, callAt: call, liquidationAt: liquidation)
      }
    }
  }

  @Test("the worst pool is the most strained one, and among those without equity the one that lacks most")
  func worstPool() throws {
    var ledger = Ledger()
    for (number, (margin, loss)) in [(100.0, 0.0), (10, -15), (10, -500), (40, 0)].enumerated() {
      ledger.balance(usdt, worth: margin, isolated: number)
      ledger.position(btc, settling: usdt, notional: 300, unrealised: loss, isolated: number)
    }
    let rules = try regime(
      [NamedTerm(name: "a", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0.1)))], initial: "a",
      levels: try MarginLevels(convention: .equityOverMaintenance))
    let assessment = try requirement(of: rules, for: ledger.state, given: noEvidence)
    #expect(assessment.pools.map(\.status) == [.healthy, .liquidation, .liquidation, .healthy])
    #expect(assessment.worstPool?.name == "isolated 3")
    #expect(assessment.venueRatio == -490 / 30.0)
    #expect(assessment.pools.map(\.utilisation) == [0.3, nil, nil, 0.75])
  }
}
