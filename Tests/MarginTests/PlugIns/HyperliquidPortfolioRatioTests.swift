import Instruments
import Margin
import MarketData
import Parallel
import TestSupport
import Testing
import Valuation

@Suite struct HyperliquidPortfolioRatioTests {
  private let noScenarios = Evidence(sets: [:], parallelism: .sequential)
  private let cash: Asset
  private let hype: Asset
  private let bitcoin: Asset

  init() throws {
    cash = try Asset("USDC")
    hype = try Asset("HYPE")
    bitcoin = try Asset("BTC")
  }

  private func rule(
    loanToValue: Double, borrowCap: Double? = nil, supplyCap: Double? = nil,
    minimum: HyperliquidPortfolioRatio.MinimumRule = .floor
  ) throws -> HyperliquidPortfolioRatio {
    try HyperliquidPortfolioRatio(
      tokens: [.init(asset: cash, borrowCap: borrowCap)],
      collateral: [
        hype: .init(loanToValue: loanToValue, supplyCap: supplyCap),
        bitcoin: .init(loanToValue: 0.5, supplyCap: nil),
      ],
      contracts: RateSum(
        initialRule: .chosenLeverage,
        laws: [
          bitcoin: .brackets(
            BracketSchedule([
              Bracket(upTo: 150_000_000, maintenanceRate: 0.0125, maximumLeverage: 40),
              Bracket(upTo: nil, maintenanceRate: 0.025, maximumLeverage: 20),
            ]))
        ],
        others: .brackets(BracketSchedule([Bracket(upTo: nil, maintenanceRate: 0.05, maximumLeverage: 10)]))),
      minimum: 20, minimumRule: minimum)
  }

  private func state(
    _ balances: [(Asset, Double)], prices: [Asset: Double], positions: [Position] = []
  ) throws -> BookState {
    let account = try Account(
      id: "hyperliquid", balances: balances.map { try Balance(asset: $0.0, quantity: $0.1) },
      positions: positions, prices: prices.merging([cash: 1]) { price, _ in price })
    return try BookState(of: account, in: MarketSnapshot(asOf: DeriveCase.moment, prices: [:]))
  }

  private func perpetual(_ asset: Asset, _ units: Double, mark: Double, leverage: Double) throws -> Position {
    let underlying = Underlying(base: asset, quote: cash)
    return try Position(
      contract: .perpetual(Perpetual(underlying: underlying, style: .linear)), quantity: units,
      entryPrice: mark, markPrice: mark, leverage: leverage)
  }

  private func figures(
    _ rule: HyperliquidPortfolioRatio, _ state: BookState
  ) throws -> (assessment: MarginAssessment, figure: (String) -> Double?) {
    let levels = try MarginLevels(callAt: 0.95, liquidationAt: 0.95)
    let regime = try plugInRegime(.hyperliquidPortfolioRatio(rule), levels: levels)
    let assessment = try requirement(of: regime, for: state, given: noScenarios)
    let lines = try explanation(of: regime, for: state, given: noScenarios)
    return (assessment, { quantity in lines.first { $0.quantity == quantity }?.amount })
  }

  /// 10,000 tokens at 40 USD and an LTV of one half lend 200,000 USD.
  @Test("HL-1: what a balance lends") func borrowable() throws {
    let held = try state([(hype, 10_000)], prices: [hype: 40])
    let (assessment, figure) = try figures(rule(loanToValue: 0.5), held)
    #expect(figure("borrowCapacity") == 200_000)
    #expect(assessment.equity - assessment.initial == 200_000)
  }

  /// 1 BTC at 80,000 and 200 HYPE at 50, LTV one half each, 42,000 borrowed: weighted 45,000, health 107.14 %.
  @Test("HL-2: health of a loan") func health() throws {
    let held = try state(
      [(bitcoin, 1), (hype, 200), (cash, -42_000)], prices: [hype: 50, bitcoin: 80_000])
    let (assessment, figure) = try figures(rule(loanToValue: 0.5), held)
    #expect(figure("borrowCapacity") == 45_000)
    #expect(isClose(figure("borrowHealth") ?? 0, 1.0714, absolute: 5e-5))
    // The ratio, by hand: (20 + 42,000)/((80,000 + 10,000)·0.75).
    #expect(isClose(assessment.venueRatio ?? 0, 42_020.0 / 67_500, relative: 1e-12))
    #expect(assessment.status == .healthy)
  }

  /// 100 USDC borrowed against HYPE at 40, LTV one half: 5 HYPE are locked.
  @Test("HL-3: what a loan locks") func locked() throws {
    let held = try state([(hype, 50), (cash, -100)], prices: [hype: 40])
    let (_, figure) = try figures(rule(loanToValue: 0.5), held)
    #expect(isClose(figure("locked") ?? 0, 5, relative: 1e-12))
  }

  /// An account read from the venue's API on 2026-09-08: HYPE as collateral, USDC owed, cross positions at most leverage.
  ///
  /// Net cross equity −1,622.72000727 (3,440.00649873 less 5,062.72650600 isolated), cross initial margin 1,072.67120400;
  /// the venue returned a ratio of 36.071679 %. The positions, of which only the margin is published, stand as one.
  /// Source: a public reconstruction of the account, with the venue's answers, recorded 2026-09-08.
  @Test("HL-4 (secondary): the ratio the venue returned") func returnedRatio() throws {
    let held = try state(
      [(hype, 100.04466674), (cash, 3_440.00649873 - 5_062.72650600)], prices: [hype: 84.035],
      positions: [perpetual(hype, 10_726.71204 / 84.035, mark: 84.035, leverage: 10)])
    let (assessment, figure) = try figures(rule(loanToValue: 0.65), held)
    #expect(isClose(figure("contractsMaintenance") ?? 0, 536.335602, absolute: 1e-8))
    #expect(isClose(figure("borrowedForMaintenance") ?? 0, 2_159.05560927, absolute: 1e-8))
    #expect(isClose(figure("borrowCapacity") ?? 0, 5_464.71482017, absolute: 1e-6))
    #expect(isClose(assessment.venueRatio ?? 0, 0.36071679, absolute: 5e-9))
    let (added, _) = try figures(rule(loanToValue: 0.65, minimum: .addition), held)
    #expect(
      isClose(added.venueRatio ?? 0, 0.36339, absolute: 5e-6), "the minimum as it is published does not fit")
  }

  @Test("Caps bound what collateral counts for") func caps() throws {
    let held = try state([(hype, 1_000), (cash, -1_000)], prices: [hype: 40])
    let (capped, figure) = try figures(rule(loanToValue: 0.5, supplyCap: 100), held)
    #expect(figure("borrowCapacity") == 2_000)
    #expect(isClose(capped.venueRatio ?? 0, 1_020.0 / 3_000, relative: 1e-12))
    let (lent, _) = try figures(rule(loanToValue: 0.5, borrowCap: 2_000), held)
    #expect(isClose(lent.venueRatio ?? 0, 1_020.0 / 2_000, relative: 1e-12))
  }

  @Test("Liquidation lies at 0.95: on either side of the price at which the ratio gets there")
  func liquidation()
    throws
  {
    // (20 + 30,000)/(1,000·P·0.75) = 0.95.
    let price = 30_020 / (0.95 * 750)
    for (factor, status) in [(1.0001, MarginStatus.restricted), (0.9999, .liquidation)] {
      let held = try state([(hype, 1_000), (cash, -30_000)], prices: [hype: price * factor])
      #expect(try figures(rule(loanToValue: 0.5), held).assessment.status == status)
    }
  }

  @Test("Nothing left to count: the requirement stands, never infinity") func nothingLeft() throws {
    let held = try state(
      [(cash, -500)], prices: [hype: 40], positions: [perpetual(hype, 10, mark: 40, leverage: 5)])
    let (assessment, _) = try figures(rule(loanToValue: 0.5), held)
    #expect(assessment.maintenance.isFinite && assessment.status == .liquidation)
  }

  @Test("Tokens apart: the worse ratio counts") func worstToken() throws {
    let other = try Asset("USDH")
    let one = try rule(loanToValue: 0.5)
    let both = try HyperliquidPortfolioRatio(
      tokens: one.tokens + [.init(asset: other, borrowCap: nil)], collateral: one.collateral,
      contracts: one.contracts, minimum: 20, minimumRule: .floor)
    let held = try state([(hype, 100), (cash, -100), (other, -1_000)], prices: [hype: 40, other: 1])
    let (assessment, _) = try figures(both, held)
    #expect(isClose(assessment.venueRatio ?? 0, 1_020.0 / 3_000, relative: 1e-12))
  }

  @Test("More of an unchanged market is the same ratio") func homogeneous() throws {
    func ratio(_ scale: Double) throws -> Double {
      let held = try state(
        [(hype, 500 * scale), (cash, -3_000 * scale)], prices: [hype: 40, bitcoin: 60_000],
        positions: [perpetual(bitcoin, 0.5 * scale, mark: 60_000, leverage: 10)])
      return try figures(rule(loanToValue: 0.65), held).assessment.venueRatio ?? 0
    }
    #expect(isClose(try ratio(7), try ratio(1), relative: 1e-12))
  }

  @Test("A token cannot be collateral, and there must be one") func refusals() throws {
    let good = try rule(loanToValue: 0.5)
    #expect(throws: MarginError.self) {
      try HyperliquidPortfolioRatio(
        tokens: [], collateral: [:], contracts: good.contracts, minimum: 20, minimumRule: .floor)
    }
    #expect(throws: MarginError.self) {
      try HyperliquidPortfolioRatio(
        tokens: good.tokens, collateral: [good.tokens[0].asset: .init(loanToValue: 0.5, supplyCap: nil)],
        contracts: good.contracts, minimum: 20, minimumRule: .floor)
    }
    #expect(throws: MarginError.self) {
      try HyperliquidPortfolioRatio(
        tokens: good.tokens, collateral: [:], contracts: good.contracts, minimum: .nan, minimumRule: .floor)
    }
  }
}
