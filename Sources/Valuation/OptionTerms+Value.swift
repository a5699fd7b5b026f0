import Instruments
import Pricing

/// What an option is priced from, at one moment.
public struct OptionMarket: Hashable, Sendable {
  /// The forward price in the quote asset; not negative.
  public var forward: Double
  /// The implied volatility per year; not negative.
  public var volatility: Double

  /// Makes a market.
  ///
  /// - Parameters:
  ///   - forward: the forward price in the quote asset; not negative.
  ///   - volatility: the implied volatility per year; not negative.
  public init(forward: Double, volatility: Double) {
    self.forward = forward
    self.volatility = volatility
  }
}

extension OptionTerms {
  /// What all units are worth, in the quote asset: discount · units · Black-76.
  ///
  /// - Parameter market: what the option is priced from.
  /// - Returns: in the quote asset; negative for a short option.
  public func value(in market: OptionMarket) -> Double {
    units * discountFactor * price(in: market, years: years)
  }

  /// What all units gain for a relative move of one of the forward, at the slope of today, in the quote asset.
  ///
  /// - Parameter market: what the option is priced from.
  /// - Returns: units · discount · F · ∂(Black-76)/∂F.
  public func delta(in market: OptionMarket) -> Double {
    let greeks = black76Greeks(
      forward: market.forward, strike: strike, years: years, volatility: market.volatility, kind: kind)
    return units * discountFactor * market.forward * greeks.delta
  }

  /// What all units lose when days pass and nothing else happens, in the quote asset.
  ///
  /// - Parameters:
  ///   - days: how many; not negative.
  ///   - market: what the option is priced from.
  /// - Returns: today's value less the value then; positive for most long options.
  public func decay(days: Double, in market: OptionMarket) -> Double {
    let later = max(0, years - days / 365)
    return units * discountFactor * (price(in: market, years: years) - price(in: market, years: later))
  }

  private func price(in market: OptionMarket, years: Double) -> Double {
    black76Price(
      forward: market.forward, strike: strike, years: years, volatility: market.volatility, kind: kind)
  }

  /// The market after relative moves; time does not advance.
  ///
  /// The forward of a linear option is quoted in its settlement asset, which moves itself: it becomes
  /// F·(1 + s_base + b)/(1 + s_settlement). That of an inverse option is quoted in USD; its basis move β is that of
  /// spot over forward, so that it becomes F·(1 + s_base)/(1 + β).
  func market(
    _ market: OptionMarket, after moves: RowMoves, volatility: Double
  ) -> OptionMarket {
    let gain = style == .linear ? max(0, 1 + moves.spot + moves.basis) : 1 + moves.spot
    let quote = 1 + (style == .linear ? moves.settlement : moves.basis)
    return OptionMarket(
      forward: quote > 0 ? market.forward * gain / quote : 0,
      volatility: volatility)
  }
}

/// The relative moves of the factors one row depends on.
struct RowMoves {
  var spot: Double
  var basis: Double
  var settlement: Double
  var volatility: Double
}
