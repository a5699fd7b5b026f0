import Instruments
import LinearAlgebra
import Margin
import MarketData
import Sampling
import Scenarios
import Statistics
import Studies

/// A comparison of the default one's size without files: 14 assets, four years of days, twelve legs, five regimes.
enum SyntheticStudy {
  static func comparison(scenarios: Int) throws -> ComparisonStudy {
    let history = try history()
    let last = history.times[history.times.count - 31]
    let window = HistoricalRequest(lookBack: .observations(500), horizon: .days(1))
    return ComparisonStudy(
      name: "synthetic", account: try account(), regimes: try regimes(over: window), history: history,
      settings: ComparisonSettings(
        asOf: last, models: try models(), seed: 20_221_107, scenarioCount: scenarios,
        judge: JudgeModel(law: .studentT(degreesOfFreedom: 4), sample: window, estimator: .sample),
        realisedObservations: 30, reference: "brackets"))
  }

  private static let stablecoin = "A13"
  private static let names = (0..<14).map { "A\($0)" }

  /// A one-factor market; the last asset is a stablecoin.
  private static func history() throws -> PriceHistory {
    let days = 1_461
    let start = try Timestamp(year: 2020, month: 1, day: 1)
    let times = (0..<days).map { Timestamp(seconds: start.seconds + $0 * 86_400) }
    let draws = normals(stream: DrawStream(seed: 1), factors: (0...14).map(UInt64.init), scenarios: 0..<days)
    let series = try names.enumerated().map { index, name in
      let scale = name == stablecoin ? 0.001 : 0.03
      var price = name == stablecoin ? 1 : 10 * Double(index + 1)
      let prices = (0..<days).map { day -> Double? in
        let common = draws[14 * days + day]
        let own = draws[index * days + day]
        price *= 1 + scale * max(-5, min(5, 0.8 * common + 0.6 * own))
        return price
      }
      return PriceSeries(asset: try Asset(name), prices: prices)
    }
    return try PriceHistory(times: times, series: series)
  }

  private static func models() throws -> ScenarioModels {
    ScenarioModels(
      basis: try names.prefix(4).map {
        BasisModel(asset: try Asset($0), style: .linear, dailyVolatility: 0.001)
      })
  }

  private static func account() throws -> Account {
    let balances = try ([stablecoin] + names.prefix(4)).map { name in
      try Balance(asset: try Asset(name), quantity: name == stablecoin ? 100_000 : 500)
    }
    let positions = try names.prefix(12).enumerated().map { index, name in
      try Position(
        contract: try Contract(name: "\(name)/\(stablecoin):\(stablecoin)"),
        quantity: index % 2 == 0 ? -1_000 : 800, entryPrice: 10 * Double(index + 1), leverage: 5)
    }
    return Account(id: "synthetic", balances: balances, positions: positions)
  }

  private static func regimes(over window: HistoricalRequest) throws -> [MarginRegime] {
    let tails: [(String, TailRiskTerm.Measure, Confidence, ScenarioRequest)] = [
      ("historical", .valueAtRisk, .ninetyNinePercent, .historical(window)),
      (
        "gaussian", .valueAtRisk, .ninetyNinePercent,
        .monteCarlo(
          MonteCarloRequest(
            law: .gaussian, sample: window, estimator: .exponentiallyWeighted(decay: 0.97, mean: .zero)))
      ),
      (
        "student-t", .expectedShortfall, .ninetySevenPointFivePercent,
        .monteCarlo(
          MonteCarloRequest(law: .studentT(degreesOfFreedom: 4), sample: window, estimator: .sample))
      ),
    ]
    let steps = (-5...5).map { GridPoint(spot: 0.03 * Double($0)) }
    let grid = ScenarioGridTerm(grid: GridRequest(points: steps, unmoved: [try Asset(stablecoin)]))
    let units = RiskUnits(
      spot: .included,
      groups: [
        .init(
          assets: [],
          rules: try TermRules(
            terms: [NamedTerm(name: "grid", term: .scenarioGrid(grid))], initial: .term("grid"),
            maintenance: .term("grid")))
      ])
    let schedule = try BracketSchedule([
      Bracket(upTo: 50_000, maintenanceRate: 0.005, maximumLeverage: 50),
      Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 20),
    ])
    let haircut = CollateralSchedule(
      terms: [:],
      others: try CollateralTerms(tiers: [.init(upTo: 1_000_000, ratio: 0.9), .init(upTo: nil, ratio: 0.5)]))
    let brackets = RateSum(initialRule: .chosenLeverage, laws: [:], others: .brackets(schedule))
    let rules = [
      try regime("brackets", .crossCollateral, .rateSum(brackets), haircut, multiple: 1),
      try regime("grid", .scenarioGrid, .riskUnits(units), haircut, multiple: 1.3),
    ]
    return rules
      + (try tails.map { name, measure, confidence, request in
        let term = TailRiskTerm(measure: measure, confidence: confidence, scenarios: request)
        return try regime(name, .valueAtRisk, .tailRisk(term), .marketValue, multiple: 1.3)
      })
  }

  private static func regime(
    _ id: String, _ family: RegimeFamily, _ term: MarginTerm, _ collateral: CollateralSchedule,
    multiple: Double
  ) throws -> MarginRegime {
    MarginRegime(
      id: id, summary: id, family: family, source: "synthetic", pooling: .single, collateral: collateral,
      rules: try TermRules(
        terms: [NamedTerm(name: "risk", term: term)], initial: .multiple(multiple, .term("risk")),
        maintenance: .term("risk")), levels: .classic)
  }
}
