import Instruments
import MarketData
import RealModule
import Sampling
import Scenarios
import Statistics

/// Assets that know nothing of each other, each with moves σ_t·Z_t of a known volatility recursion.
struct SyntheticMarket {
  /// One more row than days.
  let history: PriceHistory
  /// The volatility of the move after the last of each asset.
  let nextVolatilities: [Double]

  /// Draws a market.
  ///
  /// - Parameters:
  ///   - number: names the market; markets of different numbers are independent.
  ///   - assets: how many assets.
  ///   - days: how many moves, after 250 that are not kept.
  ///   - recursion: how variances follow each other, from their long-run level on.
  /// - Throws: what a recursion without a long-run level, or a history, throws.
  init(_ number: UInt32, assets: Int, days: Int, recursion: VolatilityRecursion) throws {
    let warmUp = 250
    let stream = DrawStream(seed: 20_240_101, stream: number)
    var series: [(asset: Asset, prices: [Double?])] = []
    var next: [Double] = []
    for asset in 0..<assets {
      let shocks = normals(stream: stream, factors: [UInt64(asset)], scenarios: 0..<(warmUp + days))
      var variance = try recursion.longRunVariance.unwrapped()
      var price = 100.0
      var prices: [Double?] = []
      for (date, shock) in shocks.enumerated() {
        if date == warmUp { prices.append(price) }
        let move = shock * variance.squareRoot()
        variance = recursion.next(variance: variance, deviation: move)
        if date >= warmUp {
          price *= 1 + move
          prices.append(price)
        }
      }
      series.append((try Asset("A\(asset)"), prices))
      next.append(variance.squareRoot())
    }
    history = try dailyHistory(series)
    nextVolatilities = next
  }

  /// A recursion whose variance is always that of a daily volatility of 2 %.
  static func constant() throws -> VolatilityRecursion {
    try VolatilityRecursion(constant: 0.0004, reaction: 0, decay: 0)
  }

  /// GARCH(1,1) with a long-run volatility of 2 % a day.
  static func clustered() throws -> VolatilityRecursion {
    try VolatilityRecursion(constant: 0.0004 * 0.03, reaction: 0.09, decay: 0.88)
  }
}

extension Optional {
  private struct Missing: Error {}

  func unwrapped() throws -> Wrapped {
    guard let self else { throw Missing() }
    return self
  }
}
