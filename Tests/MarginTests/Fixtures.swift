import Instruments
import LinearAlgebra
import Margin
import MarketData
import Parallel
import RealModule
import Scenarios
import Statistics
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

  /// A number between 10^low and 10^high, evenly over magnitudes.
  mutating func magnitude(_ low: Double, _ high: Double) -> Double {
    .exp(.log(10) * (low + (high - low) * uniform()))
  }
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
let usdt = asset("USDT")
let testFactors = FactorSpace([
  .spot(btc), .spot(eth), .spot(sol), .spot(usdt), .basis(btc, .inverse), .basis(eth, .linear),
])

/// Rows of a book as a test writes them down.
struct Ledger {
  private(set) var rows: [BookRow] = []
  private(set) var values: [Double] = []
  private(set) var notionals: [Double] = []
  private(set) var prices: [Double] = []

  mutating func balance(
    _ asset: Asset, worth: Double, price: Double = 1, isolated: Int? = nil, sleeve: String? = nil
  ) {
    append(
      BookRow(
        name: asset.symbol, kind: .balance, asset: asset, settlement: asset, isolated: isolated,
        sleeve: sleeve),
      worth, 0, price)
  }

  mutating func position(
    _ asset: Asset, settling settlement: Asset, notional: Double, unrealised: Double = 0,
    leverage: Double = 10,
    price: Double = 1, isolated: Int? = nil, sleeve: String? = nil
  ) {
    append(
      BookRow(
        name: "\(asset)/\(settlement)", kind: asset == settlement ? .inverse : .linear, asset: asset,
        settlement: settlement, leverage: leverage, isolated: isolated, sleeve: sleeve),
      unrealised, notional, price)
  }

  private mutating func append(_ row: BookRow, _ value: Double, _ notional: Double, _ price: Double) {
    rows.append(row)
    values.append(value)
    notionals.append(notional)
    prices.append(price)
  }

  var state: BookState {
    BookState(rows: rows, values: values, notionals: notionals, settlementPrices: prices)
  }

  /// A book of every kind of row, with two isolated positions when asked for.
  static func random(_ generator: inout SeededGenerator, isolated: Bool = true) -> Ledger {
    var ledger = Ledger()
    let coinPrices = [btc: 20_000.0, eth: 1_500, sol: 30, usdt: 1.0005]
    for (place, coin) in [btc, eth, sol, usdt].enumerated() {
      let sign = place == 2 ? -1.0 : 1
      ledger.balance(
        coin, worth: sign * generator.magnitude(3, 6), price: coinPrices[coin] ?? 1,
        sleeve: place == 1 ? "core" : nil)
    }
    for number in 0..<6 {
      let coin = [btc, eth, sol][number % 3]
      let settlement = number == 4 ? eth : usdt
      let notional = generator.magnitude(3, 6.5) * (generator.uniform() < 0.5 ? -1 : 1)
      ledger.position(
        coin, settling: settlement, notional: notional, unrealised: 0.05 * notional * generator.normal(),
        leverage: 1 + 30 * generator.uniform(), price: coinPrices[settlement] ?? 1,
        sleeve: number == 1 ? "core" : nil)
    }
    ledger.position(btc, settling: btc, notional: generator.magnitude(3, 6), unrealised: 1_000, price: 20_000)
    if isolated {
      for number in 0..<2 {
        ledger.balance(usdt, worth: generator.magnitude(3, 5), price: 1.0005, isolated: number)
        ledger.position(
          eth, settling: usdt, notional: -generator.magnitude(3, 6), unrealised: 10, price: 1.0005,
          isolated: number)
      }
    }
    return ledger
  }
}

extension BookState {
  func reordered(_ order: [Int]) -> BookState {
    BookState(
      rows: order.map { rows[$0] }, values: order.map { values[$0] }, notionals: order.map { notionals[$0] },
      settlementPrices: order.map { settlementPrices[$0] })
  }

  func scaled(by factor: Double) -> BookState {
    BookState(
      rows: rows, values: values.map { factor * $0 }, notionals: notionals.map { factor * $0 },
      settlementPrices: settlementPrices)
  }

  /// A book of the same rows with other sizes.
  func resized(_ generator: inout SeededGenerator, values scale: Double) -> BookState {
    BookState(
      rows: rows, values: values.map { _ in scale * generator.normal() },
      notionals: notionals.map { $0 == 0 ? 0 : 1e6 * generator.normal() }, settlementPrices: settlementPrices)
  }

  /// Both books together, of the same rows.
  func adding(_ other: BookState) -> BookState {
    BookState(
      rows: rows, values: zip(values, other.values).map { $0 + $1 },
      notionals: zip(notionals, other.notionals).map { $0 + $1 }, settlementPrices: settlementPrices)
  }

  /// The P&L of some rows in one scenario, from the definitions alone.
  func handProfit(_ chosen: [Int], in set: ScenarioSet, _ scenario: Int) -> Double {
    func move(_ factor: RiskFactor) -> Double {
      set.factors.index(of: factor).map { set.moves[$0, scenario] } ?? 0
    }
    return chosen.reduce(0) { total, index in
      let row = rows[index]
      let base = move(.spot(row.asset))
      let settlement = move(.spot(row.settlement))
      let notional = notionals[index]
      let value = values[index]
      switch row.kind {
      case .balance: return total + value * settlement
      case .order: return total
      case .linear:
        return total + notional * (base + move(.basis(row.asset, .linear)) - settlement) + value * settlement
      case .inverse:
        // N_f·(S/P0)·s − N_f·(S/P)·β with N_f·S/P the notional and N_f·S/P0 the sum of value and notional.
        return total + (value + notional) * base - notional * move(.basis(row.asset, .inverse))
      case .option: preconditionFailure("no hand formula")
      }
    }
  }
}

func day(_ number: Int) -> Timestamp { Timestamp(seconds: 1_600_000_000 / 86_400 * 86_400 + number * 86_400) }

/// Moves with a common part, one row a factor of ``testFactors``.
func randomMoves(_ generator: inout SeededGenerator, count: Int) -> ScenarioSet {
  var moves = Matrix(rows: testFactors.count, columns: count, repeating: 0)
  for scenario in 0..<count {
    let common = 0.03 * generator.normal()
    for factor in 0..<3 { moves[factor, scenario] = max(-0.9, common + 0.02 * generator.normal()) }
    moves[3, scenario] = 0.001 * generator.normal()
    moves[4, scenario] = 0.001 * generator.normal()
    moves[5, scenario] = 0.002 * generator.normal()
  }
  return ScenarioSet(
    factors: testFactors, moves: moves,
    labels: .moves(starts: (0..<count).map { day($0) }, ends: (0..<count).map { day($0 + 1) }),
    coverage: testFactors.factors.map { _ in FactorCoverage(source: .history) })
}

let historicalRequest = ScenarioRequest.historical(
  HistoricalRequest(lookBack: .observations(500), horizon: .days(1)))

func regime(
  _ terms: [NamedTerm], initial: String, maintenance: String? = nil, pooling: Pooling = .single,
  collateral: CollateralSchedule = .marketValue, levels: MarginLevels = .classic
) throws -> MarginRegime {
  MarginRegime(
    id: "test", summary: "", family: .crossCollateral, source: "", pooling: pooling, collateral: collateral,
    rules: try TermRules(
      terms: terms, initial: CombineExpression(parsing: initial),
      maintenance: CombineExpression(parsing: maintenance ?? initial)), levels: levels)
}

func tailTerm(
  _ measure: TailRiskTerm.Measure = .valueAtRisk, at confidence: Confidence = .ninetyNinePercent,
  of request: ScenarioRequest = historicalRequest
) -> MarginTerm {
  .tailRisk(TailRiskTerm(measure: measure, confidence: confidence, scenarios: request))
}

let noEvidence = Evidence(sets: [:], parallelism: .sequential)

/// Schedules of three brackets for every base asset.
func smallBrackets(_ rule: RateSum.InitialRule = .chosenLeverage) throws -> RateSum {
  RateSum(
    initialRule: rule,
    laws: [
      btc: try marginalBrackets([
        Bracket(upTo: 50_000, maintenanceRate: 0.004, maximumLeverage: 125),
        Bracket(upTo: 600_000, maintenanceRate: 0.005, maximumLeverage: 100),
        Bracket(upTo: nil, maintenanceRate: 0.01, maximumLeverage: 50),
      ])
    ],
    others: try marginalBrackets([
      Bracket(upTo: 10_000, maintenanceRate: 0.01, maximumLeverage: 50),
      Bracket(upTo: 250_000, maintenanceRate: 0.02, maximumLeverage: 20),
      Bracket(upTo: nil, maintenanceRate: 0.05, maximumLeverage: 5),
    ]))
}

/// A term that charges nothing on every position, so that none goes without a word.
func freeOfCharge() throws -> NamedTerm {
  NamedTerm(name: "free", term: .charge(try ChargeTerm(base: .grossNotional, rate: 0)))
}

/// Marginal brackets of notional in USD.
func marginalBrackets(_ brackets: [Bracket]) throws -> RateLaw { .brackets(try BracketSchedule(brackets)) }

/// Haircuts in tiers by quantity and by USD, a debt that counts for more than its value.
func smallSchedule(_ unrealised: CollateralSchedule.UnrealisedTreatment = .withBalance) throws
  -> CollateralSchedule
{
  CollateralSchedule(
    terms: [
      btc: try CollateralTerms(
        tiers: [.init(upTo: 5, ratio: 0.98), .init(upTo: 20, ratio: 0.9), .init(upTo: nil, ratio: 0)],
        unit: .quantity),
      sol: try CollateralTerms(tiers: [.init(upTo: nil, ratio: 0.8)], debtRatio: 1.1),
      usdt: try CollateralTerms(tiers: [.init(upTo: 1_000_000, ratio: 0.9999), .init(upTo: nil, ratio: 0.95)]
      ),
    ],
    others: try CollateralTerms(tiers: [.init(upTo: 100_000, ratio: 0.95), .init(upTo: nil, ratio: 0.7)]),
    unrealised: unrealised)
}

let smallGrid = GridRequest(
  points: [
    GridPoint(spot: -0.5, weight: 0.25), GridPoint(spot: -0.15), GridPoint(spot: -0.05),
    GridPoint(spot: 0.05),
    GridPoint(spot: 0.15), GridPoint(spot: 1, weight: 0.12),
  ], unmoved: [usdt])

/// The set a grid request asks for over ``testFactors``.
func gridSet(_ request: GridRequest, factors: FactorSpace = testFactors) -> ScenarioSet {
  ScenarioSet(request, over: factors)
}

/// A regime of one grid, unit by unit.
func gridRegime(_ grid: ScenarioGridTerm, spot: RiskUnits.SpotTreatment) throws -> MarginRegime {
  let rules = try TermRules(
    terms: [NamedTerm(name: "grid", term: .scenarioGrid(grid))], initial: .term("grid"),
    maintenance: .term("grid"))
  let units = RiskUnits(spot: spot, groups: [.init(assets: [], rules: rules)])
  return try regime([NamedTerm(name: "units", term: .riskUnits(units))], initial: "units")
}

/// A history of normal daily moves of two coins and a stablecoin.
func normalHistory(seed: UInt64, days: Int = 300) throws -> PriceHistory {
  var generator = SeededGenerator(seed: seed)
  var prices: [[Double?]] = [[], [], []]
  var levels = [20_000.0, 1_500, 1]
  for _ in 0..<days {
    let common = 0.02 * generator.normal()
    for coin in 0..<3 { prices[coin].append(levels[coin]) }
    levels[0] *= 1 + common + 0.01 * generator.normal()
    levels[1] *= 1 + 1.2 * common + 0.02 * generator.normal()
    levels[2] = 1 + 0.001 * generator.normal()
  }
  return try PriceHistory(
    times: (0..<days).map { day($0) },
    series: zip([btc, eth, usdt], prices).map { PriceSeries(asset: $0, prices: $1) })
}

func source(
  of history: PriceHistory, seed: UInt64, count: Int, parallelism: Parallelism = .sequential
) throws -> ScenarioSource {
  try ScenarioSource(
    history: history, asOf: history.times[history.times.count - 1], models: ScenarioModels(), seed: seed,
    count: count,
    parallelism: parallelism)
}

func monteCarloRequest(_ law: MoveLaw, observations: Int = 250) -> ScenarioRequest {
  .monteCarlo(
    MonteCarloRequest(
      law: law, sample: HistoricalRequest(lookBack: .observations(observations), horizon: .days(1)),
      estimator: .sample))
}
