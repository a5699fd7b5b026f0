import Instruments
import Margin
import MarketData
import Parallel
import TestSupport
import Testing
import Valuation

/// What a rule without scenario sets is given.
private let noScenarios = Evidence(sets: [:], parallelism: .sequential)

/// Compares everything a vector prints with what the rule computes.
func checkDeriveCase(_ one: DeriveCase) throws {
  let regime = try one.regime()
  let state = try one.state()
  let assessment = try requirement(of: regime, for: state, given: noScenarios)
  let expected = one.expected
  #expect(isClose(assessment.equity, expected.equity, absolute: 1e-6))
  #expect(
    isClose(assessment.equity - assessment.initial, expected.initial, absolute: 1e-6),
    "\(one): IM \(assessment.equity - assessment.initial)")
  #expect(
    isClose(assessment.equity - assessment.maintenance, expected.maintenance, absolute: 1e-6),
    "\(one): MM \(assessment.equity - assessment.maintenance)")
  let lines = try explanation(of: regime, for: state, given: noScenarios)
  func amounts(_ quantity: String, _ row: (String) -> Bool = { _ in true }) -> [Double] {
    lines.filter { $0.quantity == quantity && row($0.row) }.map(\.amount)
  }
  if let worst = expected.worst { #expect(isClose(amounts("worst")[0], worst, relative: 1e-9)) }
  if let binding = expected.binding {
    #expect(lines.contains { $0.detail.contains("binding: \(binding)") }, "\(one)")
  }
  if let forward = expected.forwardContingency {
    let figure = amounts("basisContingency") { $0 == one.base }[0]
    #expect(isClose(figure, forward, relative: 1e-9, absolute: 1e-9))
  }
  if let contingency = expected.contingency {
    // Printed to nine decimals.
    #expect(isClose(amounts("contingency").reduce(0, +), contingency, absolute: 6e-10))
    #expect(isClose(amounts("initialAddition").reduce(0, +), expected.initialAddition ?? 0, absolute: 6e-10))
  }
  for (scenario, profit) in expected.profits {
    let figure = try #require(amounts("profit") { $0 == "\(one.base) \(scenario)" }.first, "\(scenario)")
    #expect(isClose(figure, profit, relative: 1e-9, absolute: 1e-10), "\(one), \(scenario): \(figure)")
  }
}

@Suite struct DerivePortfolioMarginTests {
  @Test("Derive vectors: surpluses to 1e-6, scenarios to 1e-9 of themselves", arguments: DeriveCase.published)
  func publishedVector(_ one: DeriveCase) throws { try checkDeriveCase(one) }

  /// Figures of the vector DRV-25 besides profits.
  @Test("DRV-25: discount factors and volatility multipliers")
  func intermediates() throws {
    let one = try #require(DeriveCase.published.first { $0.id.hasPrefix("DRV-25") })
    let lines = try explanation(of: one.regime(), for: one.state(), given: noScenarios)
    let printed = [
      ("longDiscount", 0.939517378372809), ("shortDiscount", 1.0075735901873772),
      ("volatilityUp", 1.6015261094358761), ("volatilityDown", 0.6691606398102681),
    ]
    for (quantity, value) in printed {
      let figure = try #require(lines.first { $0.quantity == quantity }?.amount)
      #expect(isClose(figure, value, relative: 1e-12), "\(quantity) \(figure)")
    }
  }

  @Test("DRV-6: a stablecoin at 0.1 multiplies the loss by 2.76") func peg() throws {
    let one = try #require(DeriveCase.published.first { $0.id.hasPrefix("DRV-6") })
    let lines = try explanation(of: one.regime(), for: one.state(), given: noScenarios)
    #expect(isClose(lines.first { $0.quantity == "initialLossFactor" }?.amount ?? 0, 2.76, relative: 1e-12))
  }

  /// A book of random perpetuals and options on ETH over three expiries.
  private func randomCase(_ generator: inout SeededGenerator) -> DeriveCase {
    func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &generator) }
    let options = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
      let seconds = [200_000, 2_000_000, 20_000_000].randomElement(using: &generator) ?? 200_000
      return DeriveCase.Option(
        seconds: seconds, forward: 3_000 * (1 + Double(seconds) * 2e-9),
        strike: number(15...60).rounded() * 100, kind: Bool.random(using: &generator) ? .call : .put,
        units: number(-5...5), volatility: number(0.3...1.5), discount: 0.99, confidence: number(0...1))
    }
    return DeriveCase(
      id: "random", cash: number(-1_000...10_000), spot: 3_000, spotConfidence: number(0...1),
      perpetual: .init(units: number(-3...3), mark: number(2_900...3_100), entry: 3_000), options: options,
      expected: .init(initial: 0, maintenance: 0, equity: 0))
  }

  @Test("Random books: margins of what is held, whatever the order of the rows") func properties() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var one = randomCase(&generator)
      let whole = try requirement(of: one.regime(), for: one.state(), given: noScenarios)
      #expect(whole.maintenance >= 0 && whole.initial >= whole.maintenance)
      let lines = try explanation(of: one.regime(), for: one.state(), given: noScenarios)
      let profits = lines.filter { $0.quantity == "profit" }.map(\.amount)
      let worst = try #require(lines.first { $0.quantity == "worst" }?.amount)
      #expect(worst <= 0 && profits.allSatisfy { $0 >= worst })
      one.options.shuffle(using: &generator)
      let shuffled = try requirement(of: one.regime(), for: one.state(), given: noScenarios)
      #expect(isClose(shuffled.initial, whole.initial, relative: 1e-9, absolute: 1e-9))
      // Twice the book asks for twice as much; cash asks for nothing.
      var twice = one
      twice.cash = 5
      twice.perpetual?.units *= 2
      for index in twice.options.indices { twice.options[index].units *= 2 }
      let doubled = try requirement(of: twice.regime(), for: twice.state(), given: noScenarios)
      #expect(isClose(doubled.initial, 2 * whole.initial, relative: 1e-9, absolute: 1e-9))
      #expect(isClose(doubled.maintenance, 2 * whole.maintenance, relative: 1e-9, absolute: 1e-9))
    }
  }

  @Test("A book and its opposite together risk nothing") func opposite() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<50 {
      var one = randomCase(&generator)
      one.perpetual = nil
      for index in one.options.indices { one.options[index].confidence = 1 }
      one.spotConfidence = 1
      one.options += one.options.map {
        var opposite = $0
        opposite.units = -$0.units
        return opposite
      }
      let assessment = try requirement(of: one.regime(), for: one.state(), given: noScenarios)
      #expect(isClose(assessment.initial, 0, absolute: 1e-6))
    }
  }

  @Test("Many states side by side are the same bits as one by one") func batches() throws {
    let one = try #require(DeriveCase.published.first { $0.id.hasPrefix("DRV-25") })
    let state = try one.state()
    let alone = try requirement(of: one.regime(), for: state, given: noScenarios)
    let batch = try requirements(of: one.regime(), for: state.repeated(3), given: noScenarios)
    #expect(batch.pools[0].initial == [Double](repeating: alone.initial, count: 3))
    #expect(batch.pools[0].maintenance == [Double](repeating: alone.maintenance, count: 3))
  }

  @Test("Two base assets are two units") func twoBases() throws {
    let ether = try #require(DeriveCase.published.first { $0.id.hasPrefix("DRV-25") })
    let bitcoin = try #require(DeriveCase.published.first { $0.id.hasPrefix("DRV-20") })
    let both = try ether.account().joined(with: bitcoin.account())
    let state = try BookState(of: both, in: MarketSnapshot(asOf: DeriveCase.moment, prices: [:]))
    let together = try requirement(of: ether.regime(), for: state, given: noScenarios)
    let first = try requirement(of: ether.regime(), for: ether.state(), given: noScenarios)
    let second = try requirement(of: bitcoin.regime(), for: bitcoin.state(), given: noScenarios)
    #expect(isClose(together.initial, first.initial + second.initial, relative: 1e-12))
    #expect(isClose(together.maintenance, first.maintenance + second.maintenance, relative: 1e-12))
  }

  @Test("Parameters outside their domain are refused") func refusals() throws {
    #expect(throws: MarginError.self) { try DerivePortfolioMargin.SkewCap(base: -1, slope: 0) }
    #expect(throws: MarginError.self) { try DerivePortfolioMargin.SkewCap(base: .nan, slope: 0) }
    #expect(throws: MarginError.self) {
      try DerivePortfolioMargin.ConfidenceCharge(threshold: 1.5, rate: 1)
    }
    #expect(throws: MarginError.self) {
      try DerivePortfolioMargin.ContingencyRates(maintenance: .infinity, initialAddition: 0)
    }
    #expect(throws: MarginError.self) {
      try DerivePortfolioMargin.BasisContingency(up: 0.05, down: 0.05, addition: 1, perYear: 1)
    }
    #expect(throws: MarginError.self) {
      try DerivePortfolioMargin.LossFactors(initial: 0, maintenance: 1, pegThreshold: 1, pegFactor: 1)
    }
    #expect(throws: MarginError.self) {
      let cash = try Asset("USDC")
      let haircut = try DerivePortfolioMargin.ContingencyRates(maintenance: 0, initialAddition: 0)
      return try deriveVectorRule(collateral: [cash: .init(cancels: nil, haircut: haircut)])
    }
  }
}

extension Account {
  /// The holdings of two accounts in one.
  fileprivate func joined(with other: Account) -> Account {
    Account(
      id: id, balances: balances + other.balances, positions: positions + other.positions,
      prices: prices.merging(other.prices) { first, _ in first },
      stated: stated.merging(other.stated) { first, _ in first })
  }
}
