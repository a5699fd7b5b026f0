import Instruments
import Pricing

/// What an option is priced from, at one moment.
struct OptionMarket: Hashable, Sendable {
  /// The forward price in the quote asset.
  var forward: Double
  /// The implied volatility per year.
  var volatility: Double
}

extension OptionTerms {
  /// USD value in a market; `quotePrice` is USD for one unit of the quote asset.
  func value(in market: OptionMarket, quotePrice: Double) -> Double {
    units * quotePrice
      * black76Price(
        forward: market.forward, strike: strike, years: years, volatility: market.volatility, kind: kind)
  }

  /// The market after relative moves; time does not advance.
  ///
  /// The forward of a linear option is quoted in its settlement asset, which moves itself: it becomes
  /// F·(1 + s_base + b)/(1 + s_settlement). That of an inverse option is quoted in USD; its basis move β is that of
  /// spot over forward, so that it becomes F·(1 + s_base)/(1 + β).
  func market(_ market: OptionMarket, after moves: RowMoves) -> OptionMarket {
    let gain = style == .linear ? max(0, 1 + moves.spot + moves.basis) : 1 + moves.spot
    let quote = 1 + (style == .linear ? moves.settlement : moves.basis)
    return OptionMarket(
      forward: quote > 0 ? market.forward * gain / quote : 0,
      volatility: market.volatility * max(0, 1 + moves.volatility))
  }
}

/// The relative moves of the factors one row depends on.
struct RowMoves {
  var spot: Double
  var basis: Double
  var settlement: Double
  var volatility: Double
}
