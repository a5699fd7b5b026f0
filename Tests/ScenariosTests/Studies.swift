import Instruments
import MarketData
import Parallel
import RealModule
import Sampling
import Scenarios
import Statistics

/// Midnight of a day counted from 2024-01-01.
func day(_ number: Int) -> Timestamp { Timestamp(seconds: 1_704_067_200 + number * 86_400) }

/// A history of daily rows from 2024-01-01, one series an asset.
func dailyHistory(_ series: [(asset: Asset, prices: [Double?])]) throws -> PriceHistory {
  let rows = series.first?.prices.count ?? 0
  return try PriceHistory(
    times: (0..<rows).map { day($0) }, series: series.map { PriceSeries(asset: $0.asset, prices: $0.prices) })
}

/// Prices that follow correlated random moves: a common shock, and one of their own.
func randomPrices(_ asset: Asset, days: Int, volatility: Double, common: Double = 0.6) -> [Double?] {
  let stream = DrawStream(seed: 42, stream: 77)
  let names = ["shared", asset.symbol].map { stableIdentifier(of: $0) }
  let shocks = normals(stream: stream, factors: names, scenarios: 0..<days)
  var price = 100.0
  return (0..<days).map { index in
    price *= Double.exp(
      volatility * (common * shocks[index] + (1 - common * common).squareRoot() * shocks[days + index]))
    return price
  }
}

/// A history of random prices with volatilities of 2, 3, 4 … percent a day.
func randomHistory(_ symbols: [String], days: Int) throws -> PriceHistory {
  try dailyHistory(
    try symbols.enumerated().map { place, symbol in
      let asset = try Asset(symbol)
      return (asset, randomPrices(asset, days: days, volatility: 0.02 + 0.01 * Double(place)))
    })
}

/// A source over a history, at its last row unless said otherwise.
func source(
  _ history: PriceHistory, asOf: Timestamp? = nil, models: ScenarioModels = ScenarioModels(),
  seed: UInt64 = 7,
  count: Int = 1_000, parallelism: Parallelism = .sequential
) throws -> ScenarioSource {
  try ScenarioSource(
    history: history, asOf: asOf ?? history.times[history.times.count - 1], models: models, seed: seed,
    count: count, parallelism: parallelism)
}

/// The request for the last so many moves.
func lastMoves(_ count: Int, days: Int = 1, _ scaling: HorizonScaling = .overlapping) -> HistoricalRequest {
  HistoricalRequest(lookBack: .observations(count), horizon: .days(days), scaling: scaling)
}

/// The request for draws from a law estimated from the last so many moves, with the mean taken as zero.
func draws(_ law: MoveLaw, from sample: HistoricalRequest, _ stream: ScenarioStream = .estimation)
  -> ScenarioRequest
{
  .monteCarlo(
    MonteCarloRequest(law: law, sample: sample, estimator: .equallyWeighted(mean: .zero), stream: stream))
}
