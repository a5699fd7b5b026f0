import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Scenarios
import Statistics
import Testing

struct RegimeFileTests {
  @Test func theSoundRegimeIsRead() throws {
    let regime = try Loaded<MarginRegime>(regimeText: Sound.regime, file: "r.yaml").value
    #expect(regime.id == "test")
    #expect(regime.family == .crossCollateral)
    #expect(regime.pooling == .single)
    #expect(regime.levels == .classic)
    #expect(regime.terms.map(\.name) == ["positions", "risk", "floor"])
    #expect(
      regime.collateral.terms(of: try Asset("BTC"))
        == (try CollateralTerms(
          tiers: [CollateralTerms.Tier(upTo: 10, ratio: 0.98), CollateralTerms.Tier(upTo: nil, ratio: 0.9)],
          unit: .quantity)))
    #expect(
      regime.requests == [
        .historical(HistoricalRequest(lookBack: .observations(500), horizon: .days(1)))
      ])
    #expect(regime.initial == (try CombineExpression(parsing: "max(1.3 * risk, floor) + positions")))
  }

  @Test func everyWordOfScenariosIsRead() throws {
    func request(_ scenarios: String) throws -> ScenarioRequest? {
      let text = Sound.regime("historical: {lookBack: 500, horizon: 1 d}", scenarios)
      return try Loaded<MarginRegime>(regimeText: text, file: "r.yaml").value.requests.first
    }
    let march = LookBack.period(from: try Timestamp("2020-02-15"), to: try Timestamp("2020-04-15"))
    #expect(
      try request(
        "historical: {lookBack: {from: 2020-02-15, to: 2020-04-15}, horizon: 6 h, scaling: squareRoot}")
        == .historical(HistoricalRequest(lookBack: march, horizon: Horizon(hours: 6), scaling: .squareRoot)))
    let sample = HistoricalRequest(lookBack: .observations(365), horizon: .days(2))
    let estimators: [(String, CovarianceEstimator)] = [
      ("sample", .sample),
      ("{exponentiallyWeighted: 0.97}", .exponentiallyWeighted(decay: 0.97, mean: .zero)),
      (
        "{exponentiallyWeighted: {decay: 0.94, mean: sample}}",
        .exponentiallyWeighted(decay: 0.94, mean: .sample)
      ),
      ("{equallyWeighted: {mean: zero}}", .equallyWeighted(mean: .zero)),
    ]
    for (text, estimator) in estimators {
      let drawn = MonteCarloRequest(law: .studentT(degreesOfFreedom: 4), sample: sample, estimator: estimator)
      #expect(
        try request("monteCarlo: {law: {studentT: 4}, lookBack: 365, horizon: 2 d, covariance: \(text)}")
          == .monteCarlo(drawn))
    }
    let gaussian = MonteCarloRequest(law: .gaussian, sample: sample, estimator: .sample)
    #expect(try request("monteCarlo: {law: gaussian, lookBack: 365, horizon: 2 d}") == .monteCarlo(gaussian))
  }

  @Test func gridsAreProductsAndPoints() throws {
    let grid = """
      scenarioGrid:
            unmoved: [USDT]
            prices: [-0.1, 0.1]
            volatilities: [0, 0.5]
            points: [{spot: 0.4, weight: 0.35, volatility: up}]
            volatilityLaw: {up: 0.5, down: 0.25, shortTermPower: 0.3, longTermPower: 0.13}
            tail: {moves: [-0.66, 5], constant: 0.16, volatility: {points: 0.3}, dampener: 100_000}
            gains: {USDT: {offset: 0.4, maximum: 1_000_000}}
            profitIn: settlementAsset
      """
    let text = Sound.regime("charge: {base: grossNotional, rate: 0.01}", grid)
    let regime = try Loaded<MarginRegime>(regimeText: text, file: "r.yaml").value
    let points = [
      GridPoint(spot: -0.1), GridPoint(spot: 0.1), GridPoint(spot: -0.1, volatility: 0.5),
      GridPoint(spot: 0.1, volatility: 0.5), GridPoint(spot: 0.4, volatility: .up, weight: 0.35),
      GridPoint(spot: -0.66, volatility: .points(0.3), weight: 0.16 / 0.66, dampener: 100_000),
      GridPoint(spot: 5, volatility: .points(0.3), weight: 0.16 / 5, dampener: 100_000),
    ]
    let law = try VolatilityShockLaw(
      up: 0.5, down: 0.25, minimumUp: 0, shortTermPower: 0.3, longTermPower: 0.13, floorDays: 1)
    let tether = try Asset("USDT")
    let term = ScenarioGridTerm(
      grid: GridRequest(points: points, volatilityLaw: law, unmoved: [tether]), profitUnit: .settlementAsset,
      gains: [tether: try GainRule(offset: 0.4, maximum: 1_000_000)])
    #expect(regime.terms[2].term == .scenarioGrid(term))
  }

  @Test func poolingIsAWordOrSleeves() throws {
    let text = Sound.regime(
      "pooling: single",
      """
      pooling:
        allocated:
          - name: alts
            collateral: {excludedAssets: [BTC], sleeve: alts}
            positions: {assets: [ADA], maximumLeverage: 3}
      """)
    let expected = Allocation(
      name: "alts", collateral: RowSelector(excludedAssets: [try Asset("BTC")], sleeve: "alts"),
      positions: RowSelector(assets: [try Asset("ADA")], maximumLeverage: 3))
    #expect(
      try Loaded<MarginRegime>(regimeText: text, file: "r.yaml").value.pooling == .allocated([expected]))
    let segregated = Sound.regime("pooling: single", "pooling: settlementAsset")
    #expect(
      try Loaded<MarginRegime>(regimeText: segregated, file: "r.yaml").value.pooling == .settlementAsset)
  }

  // MARK: - One bad input of every kind

  @Test(arguments: [
    (
      "family: crossCollateral", "family: crosscollateral",
      "3:9: family: unknown family 'crosscollateral'; did you mean 'crossCollateral'? allowed are segregated, "
        + "crossCollateral, allocated, scenarioGrid, valueAtRisk"
    ),
    (
      "pooling: single", "pooling: singel",
      "5:10: pooling: unknown pooling 'singel'; did you mean 'single'? allowed are single, settlementAsset, "
        + "{allocated: …}"
    ),
    ("pooling: single", "pooling: [single]", "5:10: pooling: expected a mapping of keys, found a list"),
    (
      "pooling: single", "pooling: ~",
      "5:10: pooling: expected pooling: single, settlementAsset, or keys, found nothing"
    ),
    (
      "others: {ratio: 0.8}", "others: {ratio: 1.2}",
      "7:19: collateral.others.ratio: expected a number from 0 to 1, found '1.2'"
    ),
    ("others: {ratio: 0.8}", "others: {}", "7:11: collateral.others: the key 'tiers' is missing"),
    (
      "others: {ratio: 0.8}", "others: {ratio: 0.8, tiers: [{ratio: 1}]}",
      "7:19: collateral.others.ratio: give a ratio or tiers, not both"
    ),
    ("  others: {ratio: 0.8}\n", "", "7:3: collateral: the key 'others' is missing"),
    (
      "{upTo: 10, ratio: 0.98}", "{ratio: 0.98}",
      "12:11: collateral.assets.BTC.tiers[0]: only the last row may leave out upTo"
    ),
    (
      "- {ratio: 0.9}", "- {upTo: 20, ratio: 0.9}",
      "13:18: collateral.assets.BTC.tiers[1].upTo: the last row must have no upTo, so that nothing lies above the "
        + "table"
    ),
    (
      "unit: quantity", "unit: coins",
      "10:13: collateral.assets.BTC.unit: unknown unit 'coins'; allowed are quantity, usd"
    ),
    (
      "upTo: 600_000", "upTo: 40_000",
      "20:18: terms.positions.rateSum.others[1].upTo: expected more than 50000, where the row before ends, found "
        + "'40_000'"
    ),
    (
      "{upTo: 600_000", "{from: 60_000, upTo: 600_000",
      "20:18: terms.positions.rateSum.others[1].from: expected 50000, where the row before ends, found '60_000'"
    ),
    (
      "maintenanceRate: 0.01,", "maintenanceRate: 0.001,",
      "21:29: terms.positions.rateSum.others[2].maintenanceRate: expected at least the 0.005 of the bracket "
        + "before, found '0.001'"
    ),
    (
      "maximumLeverage: 50}", "maximumLeverage: 150}",
      "21:52: terms.positions.rateSum.others[2].maximumLeverage: expected at most the 100 of the bracket before, "
        + "found '150'"
    ),
    (
      "rateSum:", "ratesum:",
      "16:5: terms.positions: unknown key 'ratesum'; did you mean 'rateSum'? allowed are rateSum, optionRule, loan, "
        + "haircut, tailRisk, scenarioGrid, charge, rollCharge, riskUnits, stated, plugIn"
    ),
    (
      "confidence: 0.99", "confidence: 0.01",
      "25:19: terms.risk.tailRisk.confidence: expected a confidence above 0.5 and below 1, such as 0.99, found '0.01'"
    ),
    (
      "confidence: 0.99", "confidence: 99",
      "25:19: terms.risk.tailRisk.confidence: expected a confidence above 0.5 and below 1, such as 0.99, found '99'"
    ),
    (
      "lookBack: 500", "lookBack: 0",
      "27:32: terms.risk.tailRisk.scenarios.historical.lookBack: expected a whole number of at least 1, found '0'"
    ),
    (
      "lookBack: 500", "lookBack: {from: 2020-04-15, to: 2020-02-15}",
      "27:55: terms.risk.tailRisk.scenarios.historical.lookBack.to: expected a date not before 2020-04-15, found "
        + "2020-02-15"
    ),
    (
      "horizon: 1 d", "horizon: 1 day",
      "27:46: terms.risk.tailRisk.scenarios.historical.horizon: expected a horizon such as '1 d' or '6 h', found "
        + "'1 day'"
    ),
    (
      "historical: {lookBack", "monteCarlo: {law: {studentT: 2}, lookBack",
      "27:38: terms.risk.tailRisk.scenarios.monteCarlo.law.studentT: expected a finite number above 2, found '2'"
    ),
    (
      "historical: {lookBack: 500",
      "monteCarlo: {law: gaussian, covariance: {exponentiallyWeighted: 1}, lookBack: 500",
      "27:73: terms.risk.tailRisk.scenarios.monteCarlo.covariance.exponentiallyWeighted: expected a decay above 0 and "
        + "below 1, such as 0.97, found '1'"
    ),
    (
      "charge: {base: grossNotional, rate: 0.01}", "loan: {initialRate: 0.01, maintenanceRate: 0.02}",
      "29:11: terms.floor.loan: rates lie between 0 and 1, the initial rate not below the maintenance rate"
    ),
    (
      "charge: {base: grossNotional, rate: 0.01}", "scenarioGrid: {prices: [-1]}",
      "29:29: terms.floor.scenarioGrid.prices[0]: expected a number above -1 and at most 1000, "
        + "found '-1'"
    ),
    (
      "charge: {base: grossNotional, rate: 0.01}", "scenarioGrid: {unmoved: [USDT]}",
      "29:19: terms.floor.scenarioGrid: a grid needs prices, points or a tail"
    ),
    (
      "  floor:\n", "  max:\n",
      "28:3: terms.max: expected a name of letters, digits and '_' that starts with a letter and is not max, min, "
        + "sum, initial or maintenance, found 'max'"
    ),
    (
      "max(1.3 * risk, floor) + positions", "max(1.3 * risk, flor) + positions",
      "30:26: initial: unknown term 'flor'; did you mean 'floor'? allowed are positions, risk, floor, "
        + "maintenance"
    ),
    (
      "max(1.3 * risk, floor) + positions", "max(1.3 * risk, floor + positions",
      "30:43: initial: \")\" is missing"
    ),
    (
      "max(1.3 * risk, floor) + positions", "max(risk * floor)",
      "30:19: initial: one side of * must be a number"
    ),
    (
      "max(1.3 * risk, floor) + positions", "[risk]",
      "30:10: initial: expected an expression such as max(1.3 * risk, floor), found a list"
    ),
    (
      "regime: test", "regime: test\nlevels: {callAt: 2, liquidationAt: 1}",
      "2:9: levels: callAt and liquidationAt are positive, and the call comes first"
    ),
  ])
  func aBadInputIsNamedWithItsPlace(_ text: String, _ bad: String, _ message: String) {
    #expect(regimeLines(Sound.regime(text, bad)).first == "r.yaml:\(message)")
  }

  @Test func everyUnknownTermOfBothExpressionsIsNamed() {
    let text = Sound.regime("risk", "risk2").replacingOccurrences(of: "risk2:", with: "risk:")
    let message = "unknown term 'risk2'; did you mean 'risk'? allowed are positions, risk, floor"
    #expect(
      regimeLines(text) == [
        "r.yaml:30:20: initial: \(message), maintenance", "r.yaml:31:18: maintenance: \(message), initial",
      ])
  }

  @Test func anExpressionOverSeveralLinesKeepsItsPlaces() {
    let text = Sound.regime(
      "max(1.3 * risk, floor) + positions", ">-\n  max(1.3 * risk,\n      flour)\n  + positions")
    #expect(
      regimeLines(text) == [
        "r.yaml:32:7: initial: unknown term 'flour'; did you mean 'floor'? allowed are positions, risk, floor, "
          + "maintenance"
      ])
  }
}
