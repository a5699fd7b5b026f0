import Instruments
import Margin
import TestSupport
import Testing
import Valuation

@Suite struct CollateralScheduleTests {
  // Bybit's collateral value ratio of BTC as listed in September 2025.
  private func bybitBitcoin() throws -> CollateralTerms {
    try CollateralTerms(
      tiers: [
        .init(upTo: 10, ratio: 0.98), .init(upTo: 20, ratio: 0.95), .init(upTo: 30, ratio: 0.90),
        .init(upTo: 40, ratio: 0.85), .init(upTo: 50, ratio: 0.80), .init(upTo: nil, ratio: 0),
      ], unit: .quantity)
  }

  @Test("BB-CVR-1: 25 BTC count for 23.8 BTC, 60 BTC for 44.8", arguments: [1.0, 20_000, 97_093.7])
  func bybitTiers(price: Double) throws {
    let terms = try bybitBitcoin()
    #expect(isClose(terms.countedValue(of: 25 * price, price: price), 23.8 * price, relative: 1e-14))
    #expect(isClose(terms.countedValue(of: 60 * price, price: price), 44.8 * price, relative: 1e-14))
    #expect(isClose(terms.countedValue(of: 600 * price, price: price), 44.8 * price, relative: 1e-14))
    #expect(terms.countedValue(of: 0, price: price) == 0)
  }

  @Test("BN-HC-1: BNB worth 1,000 counts for 950, ADA for 900")
  func binanceHaircuts() throws {
    let schedule = CollateralSchedule(
      terms: [asset("BNB"): try CollateralTerms(tiers: [.init(upTo: nil, ratio: 0.95)])],
      others: try CollateralTerms(tiers: [.init(upTo: nil, ratio: 0.9)]))
    #expect(schedule.terms(of: asset("BNB")).countedValue(of: 1_000, price: 300) == 950)
    #expect(schedule.terms(of: asset("ADA")).countedValue(of: 1_000, price: 0.4) == 900)
    #expect(schedule.terms(of: .usd).countedValue(of: 1_000, price: 1) == 1_000)
  }

  @Test("BN-MA-1, BN-MA-2: Multi-Assets Mode, debts at the ask rate")
  func binanceMultiAssets() throws {
    // USDT: index 0.99, bid 0.9801, ask 0.99495; in USD of value, bid ratio 0.99 and ask ratio 1.005.
    let schedule = CollateralSchedule(
      terms: [usdt: try CollateralTerms(tiers: [.init(upTo: nil, ratio: 0.99)], debtRatio: 1.005)],
      others: .marketValue)
    var ledger = Ledger()
    ledger.balance(usdt, worth: 200 * 0.99, price: 0.99)
    ledger.balance(asset("USDC"), worth: 220)
    let rules = try regime([], initial: "0", collateral: schedule)
    #expect(
      isClose(try requirement(of: rules, for: ledger.state, given: noEvidence).equity, 416.02, absolute: 1e-9)
    )
    var indebted = Ledger()
    indebted.balance(usdt, worth: -200 * 0.99, price: 0.99)
    #expect(
      isClose(
        try requirement(of: rules, for: indebted.state, given: noEvidence).equity, -200 * 0.99495,
        absolute: 1e-9))
  }

  @Test("tiers by quantity follow the price, tiers by value do not")
  func tierUnits() throws {
    let tiers: [CollateralTerms.Tier] = [.init(upTo: 10, ratio: 1), .init(upTo: nil, ratio: 0.5)]
    let byQuantity = try CollateralTerms(tiers: tiers, unit: .quantity)
    let byValue = try CollateralTerms(tiers: tiers, unit: .usd)
    #expect(byQuantity.countedValue(of: 60, price: 3) == 30 + 15)
    #expect(byValue.countedValue(of: 60, price: 3) == 10 + 25)
    #expect(byQuantity.countedValue(of: 60, price: 0) == 0)
  }

  @Test("what counts is concave, never above the market value, and debts count at least in full")
  func shape() throws {
    var generator = SeededGenerator(seed: 3)
    let terms = try bybitBitcoin()
    for _ in 0..<2_000 {
      let price = generator.magnitude(0, 5)
      let (left, right) = (generator.magnitude(-1, 2.5) * price, generator.magnitude(-1, 2.5) * price)
      func counted(_ value: Double) -> Double { terms.countedValue(of: value, price: price) }
      #expect(counted(left) <= left && counted(left) >= 0)
      #expect(counted((left + right) / 2) >= (counted(left) + counted(right)) / 2 * (1 - 1e-13))
      #expect(counted(-left) <= -left)
    }
  }

  @Test("unrealised P&L joins the balance of its settlement asset, or counts at market value")
  func unrealised() throws {
    var ledger = Ledger()
    ledger.balance(btc, worth: 100_000, price: 20_000)
    ledger.position(btc, settling: btc, notional: 50_000, unrealised: -10_000, price: 20_000)
    ledger.position(eth, settling: usdt, notional: 50_000, unrealised: -500)
    ledger.balance(sol, worth: -1_000, price: 30)
    let equity = { (treatment: CollateralSchedule.UnrealisedTreatment) in
      try requirement(
        of: regime([freeOfCharge()], initial: "0", collateral: smallSchedule(treatment)), for: ledger.state,
        given: noEvidence
      ).equity
    }
    // 90,000 USD are 4.5 BTC, inside the first tier; the debt in SOL counts for 1.1 times its value.
    #expect(isClose(try equity(.withBalance), 0.98 * 90_000 - 500 - 1_100, relative: 1e-14))
    #expect(isClose(try equity(.atMarketValue), 0.98 * 100_000 - 10_000 - 500 - 1_100, relative: 1e-14))
  }

  @Test("a schedule at market value counts everything in full")
  func marketValue() throws {
    var generator = SeededGenerator(seed: 4)
    let state = Ledger.random(&generator).state
    let assessment = try requirement(
      of: regime([freeOfCharge()], initial: "0"), for: state, given: noEvidence)
    #expect(isClose(assessment.equity, state.netMarketValue, relative: 1e-12))
    for pool in assessment.pools { #expect(isClose(pool.equity, pool.marketValue, relative: 1e-12)) }
    #expect(CollateralTerms.notAccepted.countedValue(of: 5, price: 1) == 0)
    #expect(CollateralTerms.notAccepted.countedValue(of: -5, price: 1) == -5)
  }

  @Test("tiers with gaps or numbers outside their domain are refused")
  func refusals() {
    typealias Tier = CollateralTerms.Tier
    let bad: [([Tier], Double)] = [
      ([], 1), ([Tier(upTo: 5, ratio: 0.5)], 1), ([Tier(upTo: nil, ratio: 1.01)], 1),
      ([Tier(upTo: nil, ratio: -0.1)], 1),
      ([Tier(upTo: nil, ratio: .nan)], 1),
      ([Tier(upTo: 5, ratio: 1), Tier(upTo: 5, ratio: 0.5), Tier(upTo: nil, ratio: 0)], 1),
      ([Tier(upTo: .nan, ratio: 1), Tier(upTo: nil, ratio: 0)], 1),
      ([Tier(upTo: nil, ratio: 1), Tier(upTo: nil, ratio: 0)], 1),
      ([Tier(upTo: nil, ratio: 1)], 0.99), ([Tier(upTo: nil, ratio: 1)], .nan),
      ([Tier(upTo: nil, ratio: 1)], .infinity),
    ]
    for (tiers, debtRatio) in bad {
      #expect {
        try CollateralTerms(tiers: tiers, debtRatio: debtRatio)
      } throws: { error in
        guard case .invalidTable(name: "tiers", _)? = error as? MarginError else { return false }
        return true
      }
    }
  }
}
