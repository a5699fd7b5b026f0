import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Studies
import Valuation

/// A small comparison made by hand: 2 BTC and 10,000 USDT against a short perpetual of 40,000 USD, under a pooled, a
/// segregated and two value-at-risk regimes, with one refusal.
enum Sample {
  static func comparison() throws -> RegimeComparison {
    let asOf = try Timestamp("2022-11-01")
    let solana = try Asset("SOL1")
    return RegimeComparison(
      study: "demo",
      account: Account(
        id: "carry",
        purpose: "Cash-and-carry: BTC held, the perpetual sold, so that what is left is the basis.",
        balances: [], positions: []),
      settings: ComparisonSettings(
        asOf: asOf, seed: 7, scenarioCount: 100_000,
        judge: JudgeModel(
          law: .studentT(degreesOfFreedom: 4),
          sample: HistoricalRequest(lookBack: .observations(500), horizon: .days(1)), estimator: .sample),
        realisedObservations: 30, closeOutCost: 0.005, reference: "cross"),
      netMarketValue: 59_500, grossNotional: 40_000,
      results: [try cross(), try segregated(), try gaussian(), try student()],
      refusals: [
        RegimeRefusal(
          regime: try regime("historical-99", .valueAtRisk, rate: 0.1),
          reason: .margin(.valuation(.factorNotCovered(.spot(solana), missing: 115, of: 500))))
      ],
      modelRange: (
        lowest: RegimeAmount(regime: "gaussian-99", amount: 1_200),
        highest: RegimeAmount(regime: "student-99", amount: 1_400)
      ),
      tails: try tails(), covariances: [try covariance()], coverage: try coverage(),
      changes: [
        ChangeEffect(
          change: "trade -0.5 BTC/USDT:USDT", regime: "cross", after: 5_250,
          difference: Estimate(value: 1_250), equityDifference: -12.5),
        ChangeEffect(
          change: "trade -0.5 BTC/USDT:USDT", regime: "gaussian-99", after: 1_100.5,
          difference: Estimate(value: -99.5, simulationError: 4.56, calibrationError: 31.2)),
        ChangeEffect(
          change: "trade -0.5 BTC/USDT:USDT", regime: "student-99", after: nil, difference: nil),
      ],
      notes: ["basis held constant for BTC: the study names no basis model"])
  }

  /// Four losses, too few for an interval; and ten, with a closed form beside them.
  static func tails() throws -> [TailReport] {
    [
      TailReport(
        usedBy: ["gaussian-99", "judge"], scenarios: "gaussian 1 d, sample covariance over 500 observations",
        confidence: try Confidence(0.75), valueAtRisk: Estimate(value: 30, simulationError: 8.5),
        expectedShortfall: Estimate(value: 40), valueAtRiskInterval: .sampleTooSmall(needed: 13),
        sampleSize: 4, effectiveSampleSize: 4, closedFormValueAtRisk: 31.5,
        closedFormExpectedShortfall: 42.25, bindingScenario: "draw 3")
    ]
  }

  static func covariance() throws -> CovarianceReport {
    CovarianceReport(
      usedBy: ["gaussian-99"], law: "gaussian 1 d, sample covariance over 500 observations",
      factors: ["spot:BTC", "spot:USDT", "spot:USD1"],
      covariance: Matrix(rows: [[0.0025, 0.00125, 0], [0.00125, 0.0025, 0], [0, 0, 0]]),
      spectrum: try spectrum())
  }

  /// A spectrum can only be had from a calibration.
  static func spectrum() throws -> CorrelationSpectrum {
    let start = try Timestamp("2022-01-01")
    let prices: [Double] = [100, 110, 99, 108.9]
    let history = try PriceHistory(
      times: prices.indices.map { start.advanced(bySeconds: $0 * Timestamp.secondsPerDay) },
      series: [PriceSeries(asset: try Asset("BTC"), prices: prices)])
    let source = try ScenarioSource(
      history: history, asOf: try Timestamp("2022-01-04"), models: ScenarioModels(), seed: 1, count: 100,
      parallelism: .sequential)
    let set = try source.scenarios(
      for: .monteCarlo(
        MonteCarloRequest(
          law: .gaussian, sample: HistoricalRequest(lookBack: .observations(3), horizon: .days(1)),
          estimator: .equallyWeighted(mean: .zero))))
    guard let spectrum = set.calibration?.spectrum else { throw Missing() }
    return spectrum
  }

  private struct Missing: Error {}

  /// One asset that is there throughout, one that starts late and turns to dust, and a factor without history.
  static func coverage() throws -> [CoverageReport] {
    let times = try (1...5).map { try Timestamp("2022-10-2\($0)") }
    let history = try PriceHistory(
      times: times,
      series: [
        PriceSeries(asset: try Asset("BTC"), prices: [100, 101, 102, 103, 104]),
        PriceSeries(asset: try Asset("LUNA"), prices: [nil, 80, 1, 0.0001, 0.0002]),
      ])
    let panel = try history.moves(
      lookBack: .observations(4), asOf: times[4], horizon: .days(1), dustFloor: 0.001)
    let scenarios = "historical 1 d, 4 observations"
    return [
      CoverageReport(
        scenarios: scenarios, factor: "spot:BTC",
        coverage: FactorCoverage(source: .history, history: panel.coverage[0])),
      CoverageReport(
        scenarios: scenarios, factor: "spot:LUNA",
        coverage: FactorCoverage(source: .history, missing: [0, 3], history: panel.coverage[1])),
      CoverageReport(
        scenarios: scenarios, factor: "basis:BTC:linear", coverage: FactorCoverage(source: .constant)),
    ]
  }
}

extension Sample {
  static func regime(
    _ id: String, _ family: RegimeFamily, rate: Double, pooling: Pooling = .single,
    collateral: CollateralSchedule = .marketValue, assumptions: [String] = []
  ) throws -> MarginRegime {
    let term = NamedTerm(name: "charge", term: .charge(try ChargeTerm(base: .grossNotional, rate: rate)))
    return MarginRegime(
      id: id, summary: "A charge on gross notional.", family: family, source: "made for tests",
      effectiveFrom: try Timestamp("2022-01-01"), assumptions: assumptions, pooling: pooling,
      collateral: collateral,
      rules: try TermRules(
        terms: [term], initial: .term("charge"), maintenance: .multiple(0.5, .term("charge"))),
      levels: .classic)
  }

  static func state() throws -> BookState {
    let bitcoin = try Asset("BTC")
    let tether = try Asset("USDT")
    return BookState(
      rows: [
        BookRow(name: "BTC", kind: .balance, asset: bitcoin, settlement: bitcoin),
        BookRow(name: "USDT", kind: .balance, asset: tether, settlement: tether),
        BookRow(name: "BTC/USDT:USDT", kind: .linear, asset: bitcoin, settlement: tether, leverage: 5),
      ],
      values: [50_000, 10_000, -500], notionals: [0, 0, -40_000], settlementPrices: [25_000, 1, 1])
  }

  static func crossRegime() throws -> MarginRegime {
    let haircut = try CollateralTerms(tiers: [CollateralTerms.Tier(upTo: nil, ratio: 0.9)])
    return try regime(
      "cross", .crossCollateral, rate: 0.1,
      collateral: CollateralSchedule(terms: [try Asset("BTC"): haircut], others: .marketValue),
      assumptions: ["one haircut for all sizes"])
  }

  private static func assessment(of regime: MarginRegime) throws -> MarginAssessment {
    try requirement(of: regime, for: try state(), given: Evidence(sets: [:], parallelism: .sequential))
  }

  private static func distances(of regime: MarginRegime) throws -> [MarginDistance] {
    try Margin.distances(
      of: regime, for: try state(), given: Evidence(sets: [:], parallelism: .sequential))
  }

  /// 50,000 · 0.9 + 9,500 of equity, 4,000 of initial margin.
  private static func cross() throws -> RegimeResult {
    let regime = try crossRegime()
    return RegimeResult(
      regime: regime, assessment: try assessment(of: regime), initial: Estimate(value: 4_000),
      maintenance: Estimate(value: 2_000), differenceToReference: nil,
      needs: [
        CollateralNeed(view: .cashAtRequirement, scale: nil, value: 4_000, capitalEfficiency: 0),
        CollateralNeed(view: .ownAtRequirement, scale: 0.0825, value: 4_950, capitalEfficiency: 0),
      ],
      safety: [
        safety(
          .model, .asHeld, events: (restricted: 12, call: 10, liquidation: 10, bankrupt: 0), mean: 0,
          error: 0,
          given: nil, worst: 0),
        safety(
          .model, .cashAtRequirement, events: (restricted: 45_000, call: 34, liquidation: 34, bankrupt: 9),
          mean: 0.123456, error: 0.0234, given: 1_371.7, worst: 4_321.5),
        safety(
          .realised, .asHeld, events: (restricted: 0, call: 0, liquidation: 0, bankrupt: 0), of: 30, mean: 0,
          error: nil, given: nil, worst: 0),
        safety(
          .realised, .cashAtRequirement, events: (restricted: 13, call: 1, liquidation: 1, bankrupt: 0),
          of: 30,
          mean: 0, error: nil, given: nil, worst: 0),
      ],
      distances: try distances(of: regime), notes: [])
  }

  /// Two wallets: 50,000 without a position, 9,500 against 4,000.
  private static func segregated() throws -> RegimeResult {
    let regime = try regime("segregated", .segregated, rate: 0.1, pooling: .settlementAsset)
    return RegimeResult(
      regime: regime, assessment: try assessment(of: regime), initial: Estimate(value: 4_000),
      maintenance: Estimate(value: 2_000), differenceToReference: Estimate(value: 0),
      needs: [CollateralNeed(view: .cashAtRequirement, scale: nil, value: 4_000, capitalEfficiency: 0)],
      safety: [
        safety(
          .model, .asHeld, events: (restricted: 2_345, call: 1_234, liquidation: 1_234, bankrupt: 56),
          mean: 8.76, error: 0.432, given: 15_642, worst: 31_000,
          difference: Estimate(value: 8.76, simulationError: 0.432)),
        safety(
          .model, .cashAtRequirement, events: (restricted: 45_000, call: 34, liquidation: 34, bankrupt: 9),
          mean: 0.123456, error: 0.0234, given: 1_371.7, worst: 4_321.5,
          difference: Estimate(value: 0, simulationError: 0)),
      ],
      notes: ["no multiple of the account's own collateral up to 64 meets the initial margin"])
  }

  private static func gaussian() throws -> RegimeResult {
    let regime = try regime("gaussian-99", .valueAtRisk, rate: 0.03, assumptions: ["returns have mean zero"])
    return RegimeResult(
      regime: regime, assessment: try assessment(of: regime),
      initial: Estimate(value: 1_200, simulationError: 12.34, calibrationError: 98.7),
      maintenance: Estimate(value: 600, simulationError: 6.17, calibrationError: 49.35),
      differenceToReference: Estimate(value: -2_800, simulationError: 12.34, calibrationError: 98.7),
      needs: [
        CollateralNeed(view: .cashAtRequirement, scale: nil, value: 1_187.5, capitalEfficiency: 0.703125),
        CollateralNeed(view: .ownAtRequirement, scale: 0.0225, value: 1_350, capitalEfficiency: 0.7272727),
      ],
      safety: [
        safety(
          .model, .cashAtRequirement,
          events: (restricted: 50_000, call: 2_100, liquidation: 2_100, bankrupt: 1_051),
          mean: 5.4321, error: 0.345, given: 516.9, worst: 12_345.6,
          difference: Estimate(value: 5.3086, simulationError: 0.341))
      ],
      notes: [])
  }

  private static func student() throws -> RegimeResult {
    let regime = try regime("student-99", .valueAtRisk, rate: 0.035, assumptions: ["returns have mean zero"])
    return RegimeResult(
      regime: regime, assessment: try assessment(of: regime),
      initial: Estimate(value: 1_400, simulationError: 0, calibrationError: 1_234),
      maintenance: Estimate(value: 700),
      differenceToReference: Estimate(value: -2_600, calibrationError: 1_234),
      needs: [], safety: [],
      notes: [
        "not judged: a note that is long enough to be broken into more than one line of the page, which it is"
      ])
  }

  private static func safety(
    _ judge: JudgeKind, _ view: CollateralView,
    events: (restricted: Int, call: Int, liquidation: Int, bankrupt: Int), of scenarios: Int = 100_000,
    mean: Double,
    error: Double?, given: Double?, worst: Double, difference: Estimate? = nil
  ) -> SafetyAssessment {
    SafetyAssessment(
      judge: judge, view: view, restricted: event(events.restricted, scenarios),
      marginCall: event(events.call, scenarios), liquidation: event(events.liquidation, scenarios),
      bankruptcy: event(events.bankrupt, scenarios),
      uncoveredLoss: Estimate(value: mean, simulationError: error), uncoveredLossGivenBankruptcy: given,
      worstUncoveredLoss: worst, differenceToReference: difference)
  }

  /// The bounds are made up, but for zero events: 1 − 0.025^(1/n).
  private static func event(_ count: Int, _ scenarios: Int) -> EventProbability {
    let none = scenarios == 30 ? 0.1157 : 0.0000368881
    let frequency = Double(count) / Double(scenarios)
    return EventProbability(
      count: count, scenarios: scenarios, lower: count == 0 ? 0 : frequency / 2,
      upper: count == 0 ? none : min(1, frequency * 2))
  }
}
