import Instruments
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import TestSupport
import Testing
import Valuation

@Suite struct CollateralViewsTests {
  private let asOf = day(299)

  /// The account's positions entered at their marks, on one balance of USD.
  private func marked(_ account: Account, cash: Double, _ market: MarketSnapshot) throws -> Account {
    let positions = try account.positions.map { held in
      let underlying = held.contract.underlying
      let base = try #require(market.price(of: underlying.base))
      let quote = try #require(market.price(of: underlying.quote))
      return try Position(
        contract: held.contract, quantity: held.quantity, multiplier: held.multiplier,
        entryPrice: base / quote,
        leverage: held.leverage)
    }
    return Account(id: "cash", balances: [try Balance(asset: .usd, quantity: cash)], positions: positions)
  }

  private func scaled(_ account: Account, by factor: Double) throws -> Account {
    let balances = try account.balances.map {
      try Balance(asset: $0.asset, quantity: $0.quantity > 0 ? factor * $0.quantity : $0.quantity)
    }
    return Account(id: "scaled", balances: balances, positions: account.positions)
  }

  @Test("in cash, equity is the initial margin recomputed with cash, exactly")
  func cash() throws {
    let history = try syntheticHistory(seed: 3, days: 300)
    let account = try mixedAccount(history, at: asOf)
    let set = settings(asOf: asOf)
    let regimes = try everyRegime()
    let comparison = try ComparisonStudy(
      name: "views", account: account, regimes: regimes, history: history, settings: set
    ).compare()
    let bench = try Bench(history, set, regimes)
    let market = try MarketSnapshot(of: history, at: asOf)
    for rules in regimes where rules.pooling == .single {
      let need = try comparison.result(rules.id).need(.cashAtRequirement)
      let state = try bench.state(of: marked(account, cash: need.value, market))
      let assessment = try requirement(of: rules, for: state, given: bench.evidence.inClosedForm())
      #expect(need.scale == nil)
      #expect(isClose(assessment.equity, need.value, relative: 1e-12))
      #expect(isClose(assessment.initial, need.value, relative: 1e-12), "\(rules.id)")
    }
    // Each wallet of the segregated account gets its own cash; brackets do not net.
    let segregated = try comparison.result("segregated").need(.cashAtRequirement)
    #expect(
      isClose(
        segregated.value, try comparison.result("cross").need(.cashAtRequirement).value, relative: 1e-12))
  }

  @Test("with own collateral, equity meets the initial margin at λ and at no smaller multiple")
  func own() throws {
    let history = try syntheticHistory(seed: 3, days: 300)
    let account = try mixedAccount(history, at: asOf)
    let set = settings(asOf: asOf)
    let regimes = try everyRegime().filter { $0.pooling == .single }
    let comparison = try ComparisonStudy(
      name: "views", account: account, regimes: regimes, history: history, settings: set
    ).compare()
    let bench = try Bench(history, set, regimes)
    let evidence = bench.evidence.inClosedForm()
    let reference = try comparison.result("cross").need(.ownAtRequirement).value
    for rules in regimes {
      let need = try comparison.result(rules.id).need(.ownAtRequirement)
      let scale = try #require(need.scale)
      func headroom(_ factor: Double) throws -> Double {
        let assessment = try requirement(
          of: rules, for: bench.state(of: scaled(account, by: factor)), given: evidence)
        return assessment.equity - assessment.initial
      }
      #expect(abs(try headroom(scale)) <= 1e-8 * need.value, "\(rules.id)")
      for step in 0..<400 {
        #expect(try headroom(scale * Double(step) / 400 * (1 - 1e-9)) < 0, "\(rules.id) at \(step)")
      }
      let state = try bench.state(of: account)
      let collateral = state.rows.indices.filter { state.isOwnCollateral($0) }.reduce(0) {
        $0 + state.values[$1]
      }
      #expect(isClose(need.value, scale * collateral, relative: 1e-9))
      #expect(isClose(try #require(need.capitalEfficiency), 1 - need.value / reference, absolute: 1e-12))
    }
    #expect(try comparison.result("cross").need(.ownAtRequirement).capitalEfficiency == 0)
  }

  @Test("of several roots the smallest is taken: collateral may cost more margin than it brings")
  func smallestRoot() throws {
    // Beyond the first tier nothing counts, while the tail of the collateral itself grows without end: equity meets the
    // requirement on an interval of multiples only.
    let history = try syntheticHistory(seed: 4, days: 300)
    let solana = try price(of: sol, in: history, at: asOf)
    let ether = try price(of: eth, in: history, at: asOf)
    let account = Account(
      id: "roots", balances: [try Balance(asset: sol, quantity: 50_000 / solana)],
      positions: [
        try Position(contract: contract("ETH/USDT:USDT"), quantity: 20_000 / ether, entryPrice: ether)
      ])
    let capped = CollateralSchedule(
      terms: [:],
      others: try CollateralTerms(tiers: [.init(upTo: 12_000, ratio: 1), .init(upTo: nil, ratio: 0)]))
    let term = TailRiskTerm(
      measure: .valueAtRisk, confidence: .ninetyNinePercent, scenarios: .historical(sample(250)))
    let rules = try regime(
      "cross", [NamedTerm(name: "tail", term: .tailRisk(term))], initial: "4 * tail", maintenance: "tail",
      collateral: capped)
    let set = settings(asOf: asOf)
    let comparison = try ComparisonStudy(
      name: "roots", account: account, regimes: [rules], history: history, settings: set
    ).compare()
    let scale = try #require(try comparison.result("cross").need(.ownAtRequirement).scale)
    let bench = try Bench(history, set, [rules])
    func headroom(_ factor: Double) throws -> Double {
      let assessment = try requirement(
        of: rules, for: bench.state(of: scaled(account, by: factor)), given: bench.evidence)
      return assessment.equity - assessment.initial
    }
    #expect(scale < 0.24)
    #expect(try headroom(0.24) > 0)
    #expect(try headroom(1) < 0)
    #expect(abs(try headroom(scale)) < 1e-5)
    for step in 0..<1_000 { #expect(try headroom(scale * Double(step) / 1_000 * (1 - 1e-9)) < 0) }
  }

  @Test("no multiple of collateral that does not count meets a requirement, and that is said")
  func none() throws {
    let history = try syntheticHistory(seed: 3, days: 300)
    let worthless = try regime(
      "cross", [try brackets()], initial: "brackets", maintenance: "brackets",
      collateral: CollateralSchedule(terms: [:], others: .notAccepted))
    let comparison = try ComparisonStudy(
      name: "none", account: mixedAccount(history, at: asOf), regimes: [worthless], history: history,
      settings: settings(asOf: asOf)
    ).compare()
    let result = try comparison.result("cross")
    #expect(result.needs.map(\.view) == [.cashAtRequirement])
    #expect(result.safety.map(\.view) == [.asHeld, .cashAtRequirement])
    #expect(result.notes.contains { $0.contains("no multiple") })
  }

  @Test("an account that needs nothing is met by nothing")
  func nothingNeeded() throws {
    let history = try syntheticHistory(seed: 3, days: 300)
    let account = Account(id: "idle", balances: [try Balance(asset: btc, quantity: 1)], positions: [])
    let comparison = try ComparisonStudy(
      name: "idle", account: account, regimes: [crossRegime()], history: history,
      settings: settings(asOf: asOf)
    ).compare()
    let need = try comparison.result("cross").need(.ownAtRequirement)
    #expect(need.scale == 0 && need.value == 0 && need.capitalEfficiency == nil)
  }
}
