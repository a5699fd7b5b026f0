import Instruments
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
import Studies
import Valuation

/// A small generator for test inputs, the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// A uniform number in the open interval (0, 1).
  mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal number.
  mutating func normal() -> Double { Double.sqrt(-2 * .log(uniform())) * .cos(2 * .pi * uniform()) }
}

func asset(_ symbol: String) -> Asset {
  do {
    return try Asset(symbol)
  } catch {
    preconditionFailure("\(error)")
  }
}

let btc = asset("BTC")
let eth = asset("ETH")
let sol = asset("SOL")
let luna = asset("LUNA")
let usdt = asset("USDT")

func day(_ number: Int) -> Timestamp { Timestamp(seconds: 18_000 * 86_400 + number * 86_400) }

/// A market of normal daily moves: three coins with a common factor, a stablecoin, and LUNA that dies on a given day.
func syntheticHistory(seed: UInt64, days: Int, lunaDies: Int? = nil, solStarts: Int = 0) throws
  -> PriceHistory
{
  var generator = SeededGenerator(seed: seed)
  var levels = [20_000.0, 1_500, 30, 80, 1]
  var prices = [[Double?]](repeating: [], count: 5)
  for number in 0..<days {
    for place in 0..<5 { prices[place].append(place == 2 && number < solStarts ? nil : levels[place]) }
    let common = 0.02 * generator.normal()
    levels[0] *= 1 + common + 0.01 * generator.normal()
    levels[1] *= 1 + 1.1 * common + 0.015 * generator.normal()
    levels[2] *= 1 + 1.3 * common + 0.03 * generator.normal()
    levels[3] *= 1 + 1.2 * common + 0.03 * generator.normal()
    levels[4] = 1 + 0.0005 * generator.normal()
    if let lunaDies, number + 1 >= lunaDies { levels[3] = 0.0001 * Double(1 + (number + 1 - lunaDies) % 3) }
  }
  return try PriceHistory(
    times: (0..<days).map(day),
    series: zip([btc, eth, sol, luna, usdt], prices).map { PriceSeries(asset: $0, prices: $1) })
}

func contract(_ name: String) -> Contract {
  do {
    return try Contract(name: name)
  } catch {
    preconditionFailure("\(error)")
  }
}

func price(of asset: Asset, in history: PriceHistory, at moment: Timestamp) throws -> Double {
  guard let price = try MarketSnapshot(of: history, at: moment).price(of: asset) else {
    throw MarketDataError.tooShort(rows: 0)
  }
  return price
}

/// A book of linear and inverse legs on mixed collateral, with a debt and, when asked for, an isolated position.
func mixedAccount(_ history: PriceHistory, at moment: Timestamp, isolated: Bool = false) throws -> Account {
  let bitcoin = try price(of: btc, in: history, at: moment)
  let ether = try price(of: eth, in: history, at: moment)
  let solana = try price(of: sol, in: history, at: moment)
  var positions = [
    try Position(
      contract: contract("BTC/USDT:USDT"), quantity: -150_000 / bitcoin, entryPrice: bitcoin * 1.02,
      leverage: 10),
    try Position(
      contract: contract("ETH/USDT:USDT"), quantity: 140_000 / ether, entryPrice: ether * 0.99, leverage: 8),
    try Position(
      contract: contract("SOL/USDT:USDT"), quantity: 60_000 / solana, entryPrice: solana, leverage: 5),
    try Position(
      contract: contract("BTC/USD:BTC"), quantity: 50_000, entryPrice: bitcoin * 0.98, leverage: 5),
  ]
  if isolated {
    positions.append(
      try Position(
        contract: contract("ETH/USDT:USDT"), quantity: -30_000 / ether, entryPrice: ether, leverage: 20,
        isolatedMargin: 1_500))
  }
  return Account(
    id: "mixed",
    balances: [
      try Balance(asset: btc, quantity: 12_000 / bitcoin), try Balance(asset: eth, quantity: 6_000 / ether),
      try Balance(asset: usdt, quantity: 9_000), try Balance(asset: sol, quantity: -1_000 / solana),
    ], positions: positions)
}

func sample(_ observations: Int) -> HistoricalRequest {
  HistoricalRequest(lookBack: .observations(observations), horizon: .days(1))
}

func monteCarlo(_ law: MoveLaw, _ observations: Int = 250) -> ScenarioRequest {
  .monteCarlo(MonteCarloRequest(law: law, sample: sample(observations), estimator: .sample))
}

func regime(
  _ id: String, _ terms: [NamedTerm], initial: String, maintenance: String, pooling: Pooling = .single,
  collateral: CollateralSchedule = .marketValue, family: RegimeFamily = .crossCollateral
) throws -> MarginRegime {
  MarginRegime(
    id: id, summary: "", family: family, source: "", pooling: pooling, collateral: collateral,
    rules: try TermRules(
      terms: terms, initial: CombineExpression(parsing: initial),
      maintenance: CombineExpression(parsing: maintenance)),
    levels: .classic)
}

func tailRegime(
  _ id: String, _ request: ScenarioRequest, _ measure: TailRiskTerm.Measure = .valueAtRisk,
  at confidence: Confidence = .ninetyNinePercent, multiple: String = "1.3"
) throws -> MarginRegime {
  try regime(
    id,
    [
      NamedTerm(
        name: "tail",
        term: .tailRisk(TailRiskTerm(measure: measure, confidence: confidence, scenarios: request)))
    ],
    initial: "\(multiple) * tail", maintenance: "tail", family: .valueAtRisk)
}

func brackets() throws -> NamedTerm {
  NamedTerm(
    name: "brackets",
    term: .rateSum(
      RateSum(
        initialRule: .chosenLeverage, laws: [:],
        others: .brackets(
          try BracketSchedule([
            Bracket(upTo: 50_000, maintenanceRate: 0.02, maximumLeverage: 25),
            Bracket(upTo: 120_000, maintenanceRate: 0.03, maximumLeverage: 20),
            Bracket(upTo: nil, maintenanceRate: 0.05, maximumLeverage: 10),
          ])))))
}

func haircuts() throws -> CollateralSchedule {
  CollateralSchedule(
    terms: [
      btc: try CollateralTerms(
        tiers: [.init(upTo: 0.3, ratio: 0.95), .init(upTo: nil, ratio: 0.8)], unit: .quantity),
      usdt: try CollateralTerms(tiers: [.init(upTo: nil, ratio: 0.9999)]),
    ],
    others: try CollateralTerms(
      tiers: [.init(upTo: 3_000, ratio: 0.9), .init(upTo: nil, ratio: 0.7)], debtRatio: 1.05))
}

let testGrid = GridRequest(
  points: [-0.1, -0.05, 0.05, 0.1].map { GridPoint(spot: $0) }, unmoved: [usdt])

func crossRegime() throws -> MarginRegime {
  try regime("cross", [try brackets()], initial: "brackets", maintenance: "brackets", collateral: haircuts())
}

func segregatedRegime() throws -> MarginRegime {
  try regime(
    "segregated", [try brackets()], initial: "brackets", maintenance: "brackets", pooling: .settlementAsset,
    family: .segregated)
}

func gridRegime() throws -> MarginRegime {
  try regime(
    "grid", [NamedTerm(name: "grid", term: .scenarioGrid(ScenarioGridTerm(grid: testGrid)))],
    initial: "1.3 * grid", maintenance: "grid", collateral: haircuts(), family: .scenarioGrid)
}

func everyRegime() throws -> [MarginRegime] {
  [
    try segregatedRegime(), try crossRegime(), try gridRegime(),
    try tailRegime("historical", .historical(sample(250))),
    try tailRegime("gaussian", monteCarlo(.gaussian)),
    try tailRegime("student", monteCarlo(.studentT(degreesOfFreedom: 4)), .expectedShortfall),
  ]
}

func settings(
  asOf: Timestamp, seed: UInt64 = 1, scenarios: Int = 2_000, realised: Int = 0, closeOutCost: Double = 0,
  bootstrap: CalibrationBootstrap = CalibrationBootstrap(replicates: 2, blockLength: 5),
  models: ScenarioModels = ScenarioModels(), reference: String = "cross", judgeLookBack: Int = 250,
  parallelism: Parallelism = .sequential
) -> ComparisonSettings {
  ComparisonSettings(
    asOf: asOf, models: models, seed: seed, scenarioCount: scenarios,
    judge: JudgeModel(law: .studentT(degreesOfFreedom: 3), sample: sample(judgeLookBack), estimator: .sample),
    realisedObservations: realised, closeOutCost: closeOutCost, bootstrap: bootstrap, reference: reference,
    parallelism: parallelism)
}

extension RegimeComparison {
  func result(_ id: String) throws -> RegimeResult {
    guard let result = results.first(where: { $0.regime.id == id }) else {
      throw StudyError.unknownReference(id, known: results.map(\.regime.id))
    }
    return result
  }

  /// Everything a comparison says, with every digit; rules and settings, which are not results, left out.
  var everyDigit: [String] {
    results.map {
      "\($0.assessment) \($0.initial) \($0.maintenance) \(String(describing: $0.differenceToReference)) "
        + "\($0.needs) \($0.safety) \($0.notes)"
    } + refusals.map { "\($0.reason)" } + tails.map { "\($0)" } + covariances.map { "\($0)" }
      + coverage.map { "\($0)" } + changes.map { "\($0)" } + notes + ["\(String(describing: modelRange))"]
  }
}

extension RegimeResult {
  func safety(_ judge: JudgeKind, _ view: CollateralView) throws -> SafetyAssessment {
    guard let found = safety.first(where: { $0.judge == judge && $0.view == view }) else {
      throw StudyError.unknownReference(view.rawValue, known: safety.map(\.view.rawValue))
    }
    return found
  }

  func need(_ view: CollateralView) throws -> CollateralNeed {
    guard let need = needs.first(where: { $0.view == view }) else {
      throw StudyError.unknownReference(view.rawValue, known: needs.map(\.view.rawValue))
    }
    return need
  }
}

/// The evidence a comparison works with, made apart from it.
struct Bench {
  let history: PriceHistory
  let settings: ComparisonSettings
  let source: ScenarioSource
  let evidence: Evidence

  init(_ history: PriceHistory, _ settings: ComparisonSettings, _ regimes: [MarginRegime]) throws {
    self.history = history
    self.settings = settings
    source = try ScenarioSource(
      history: history, asOf: settings.asOf, models: settings.models, seed: settings.seed,
      count: settings.scenarioCount, parallelism: .sequential)
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in regimes.flatMap(\.requests) { sets[request] = try source.scenarios(for: request) }
    evidence = Evidence(sets: sets, parallelism: .sequential)
  }

  var judge: ScenarioSet {
    get throws {
      try source.scenarios(
        for: .monteCarlo(
          MonteCarloRequest(
            law: settings.judge.law, sample: settings.judge.sample, estimator: settings.judge.estimator,
            stream: .judge)))
    }
  }

  func state(of account: Account) throws -> BookState {
    try BookState(of: account, in: MarketSnapshot(of: history, at: settings.asOf))
  }
}
