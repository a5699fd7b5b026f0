import Instruments
import MarketData

/// Midnight of a day counted from 2024-01-01.
func day(_ number: Int) -> Timestamp { Timestamp(seconds: 1_704_067_200 + number * 86_400) }

/// A history of daily rows from 2024-01-01, one series an asset.
func dailyHistory(_ series: [(asset: Asset, prices: [Double?])]) throws -> PriceHistory {
  let rows = series.first?.prices.count ?? 0
  return try PriceHistory(
    times: (0..<rows).map { day($0) }, series: series.map { PriceSeries(asset: $0.asset, prices: $0.prices) })
}
