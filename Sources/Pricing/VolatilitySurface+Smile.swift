public import Instruments
public import MarketData
import RealModule

/// A strike and the implied volatility of its option.
public struct SmileQuote: Hashable, Sendable {
  /// The strike, in the quote asset.
  public let strike: Double
  /// The implied volatility per year.
  public let volatility: Double

  /// Makes a quote.
  ///
  /// - Parameters:
  ///   - strike: the strike, in the quote asset.
  ///   - volatility: the implied volatility per year.
  public init(strike: Double, volatility: Double) {
    self.strike = strike
    self.volatility = volatility
  }
}

extension VolatilitySlice {
  /// Makes the slice of one expiry from strikes and volatilities.
  ///
  /// - Parameters:
  ///   - expiry: when the options expire.
  ///   - asOf: the moment of the quotes; before `expiry`.
  ///   - forward: the forward price for this expiry; positive, finite.
  ///   - smile: at least one, in any order, each strike once; strikes and volatilities positive and finite.
  /// - Throws: `VolatilitySurfaceError` naming the first fault.
  public init(
    expiry: Timestamp, asOf: Timestamp, forward: Double, smile: [SmileQuote]
  ) throws(VolatilitySurfaceError) {
    guard expiry > asOf else { throw .expired(expiry: expiry, asOf: asOf) }
    let years = asOf.years(to: expiry)
    let points = smile.sorted { $0.strike < $1.strike }.map { quote in
      VolatilityPoint(
        strike: quote.strike, logMoneyness: .log(quote.strike / forward),
        totalVariance: quote.volatility * quote.volatility.magnitude * years)
    }
    try self.init(expiry: expiry, forward: forward, points: points)
  }
}

/// Why the quotes of an option are not on a smile.
public enum OmittedQuote: Hashable, Sendable {
  /// In the money: the option out of the money at the same strike speaks for it.
  case inTheMoney(OptionQuote)
  /// Without a bid, without an ask, or crossed.
  case noMiddle(OptionQuote)
  /// With a middle price that no volatility explains.
  case noVolatility(OptionQuote, PricingError)
}

/// The implied volatilities of one expiry's quotes, and the quotes that gave none.
public struct QuotedSmile: Hashable, Sendable {
  /// The volatilities of the middle prices, by ascending strike.
  public let smile: [SmileQuote]
  /// The other quotes, in the order given.
  public let omitted: [OmittedQuote]

  /// Takes the options out of the money, a call where the strike is the forward, at their middle price.
  ///
  /// - Parameters:
  ///   - quotes: the quotes of one expiry, each contract once.
  ///   - forward: the forward price for this expiry; positive, finite.
  ///   - years: to expiry; positive, finite.
  public init(quotes: [OptionQuote], forward: Double, years: Double) {
    var smile: [SmileQuote] = []
    var omitted: [OmittedQuote] = []
    for quote in quotes {
      let isOutOfTheMoney = quote.kind == (quote.strike < forward ? .put : .call)
      guard isOutOfTheMoney else {
        omitted.append(.inTheMoney(quote))
        continue
      }
      guard let price = quote.middle else {
        omitted.append(.noMiddle(quote))
        continue
      }
      do throws(PricingError) {
        let volatility = try impliedVolatility(
          price: price, forward: forward, strike: quote.strike, years: years, kind: quote.kind)
        smile.append(SmileQuote(strike: quote.strike, volatility: volatility))
      } catch {
        omitted.append(.noVolatility(quote, error))
      }
    }
    self.smile = smile.sorted { $0.strike < $1.strike }
    self.omitted = omitted
  }
}
