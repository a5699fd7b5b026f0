import Instruments
import LinearAlgebra
import MarketData
import Scenarios
import Valuation

/// The factors of ``testFactors`` and the volatility of options on BTC.
let optionFactors = FactorSpace(testFactors.factors + [.volatility(btc)])

/// Moves of the factors of ``optionFactors``.
func randomOptionMoves(_ generator: inout SeededGenerator, count: Int) -> ScenarioSet {
  let moves = randomMoves(&generator, count: count)
  var all = Matrix(rows: optionFactors.count, columns: count, repeating: 0)
  for scenario in 0..<count {
    for factor in 0..<testFactors.count { all[factor, scenario] = moves.moves[factor, scenario] }
    all[testFactors.count, scenario] = -0.5 * moves.moves[0, scenario] + 0.03 * generator.normal()
  }
  return ScenarioSet(
    factors: optionFactors, moves: all, labels: moves.labels,
    coverage: optionFactors.factors.map { _ in FactorCoverage(source: .history) })
}

/// A book of balances, perpetuals and options on BTC in both styles, of random sizes.
func randomOptionBook(_ generator: inout SeededGenerator) throws -> BookState {
  let market = try MarketSnapshot(
    asOf: Timestamp("2026-06-01"), prices: [btc: 20_000, eth: 1_500, sol: 30, usdt: 1.0005])
  func position(_ name: String, _ size: Double, price: Double, volatility: Double? = nil) throws -> Position {
    let quantity = size * (0.2 + generator.uniform()) * (generator.uniform() < 0.5 ? -1 : 1)
    return try Position(
      contract: try Contract(name: name), quantity: quantity, entryPrice: price, impliedVolatility: volatility
    )
  }
  let account = Account(
    id: "options",
    balances: [try Balance(asset: usdt, quantity: 50_000), try Balance(asset: btc, quantity: 2)],
    positions: [
      try position("BTC/USDT:USDT-260925-24000-C", 3, price: 1_000, volatility: 0.6),
      try position("BTC/USDT:USDT-260701-18000-P", 3, price: 500, volatility: 0.7),
      try position("BTC/USD:BTC-260925-20000-P", 2, price: 1_500, volatility: 0.65),
      try position("ETH/USDT:USDT", 20, price: 1_500), try position("BTC/USD:BTC", 20_000, price: 20_100),
    ])
  return try BookState(of: account, in: market)
}
