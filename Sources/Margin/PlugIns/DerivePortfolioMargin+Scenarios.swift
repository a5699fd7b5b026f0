import Instruments
import LinearAlgebra
import RealModule
import Scenarios
import Valuation

/// The options of one expiry, in one state.
struct ExpiryBook {
  let rows: [Int]
  let years: Double
  let state: Int
  let states: BookStates

  /// What the options are worth when forwards move and volatility becomes another, in USD.
  func value(
    spot: Double = 0, volatility: (_ terms: OptionTerms, _ market: OptionMarket) -> Double = { $1.volatility }
  ) -> Double {
    rows.reduce(0) { sum, row in
      guard let terms = states.rows[row].option else { return sum }
      let market = states.optionMarket(of: row, in: state)
      let moved = OptionMarket(
        forward: market.forward * (1 + spot), volatility: volatility(terms, market))
      return sum + terms.value(in: moved) * states.quotePrice(of: row, in: state)
    }
  }
}

extension DerivePortfolioMargin.Shock {
  /// What the options of one expiry are worth after the shock, before the static discount.
  func value(of book: ExpiryBook, under rule: DerivePortfolioMargin) -> Double {
    switch self {
    case .move(let move):
      let days = book.years * 365
      return book.value(spot: move.spot) { _, market in
        move.volatility.applied(to: market.volatility, days: days, law: rule.volatility)
      }
    case .linearSkew, .absoluteSkew:
      let cap = self == .linearSkew ? rule.skew.linear : rule.skew.absolute
      let highest = cap.highest(years: book.years)
      let width = rule.skew.width(years: book.years)
      return book.value { terms, market in
        guard market.forward > 0 else { return market.volatility }
        let moneyness = Double.log(terms.strike / market.forward)
        let distance = self == .linearSkew ? moneyness : abs(moneyness)
        let move =
          distance >= 0
          ? min(highest, distance * highest / width) : max(-highest, distance * highest / width)
        return market.volatility * max(0, 1 + move)
      }
    }
  }

  /// Whether every expiry counts as a loss, whichever way its value went.
  var isSkew: Bool { self == .linearSkew || self == .absoluteSkew }
}

extension DerivePortfolioMargin.SkewCap {
  /// The greatest relative move of the volatility of options with some years to expiry.
  func highest(years: Double) -> Double { slope * years.squareRoot() + base }
}

extension DerivePortfolioMargin.Skew {
  /// The log moneyness at which the move reaches its cap.
  func width(years: Double) -> Double {
    let root = years.squareRoot()
    return max(minimumWidth, root * widthScale * (widthVolatility + root * widthSlope))
  }
}

extension DerivePortfolioMargin.StaticDiscount {
  /// The factors on positive and on negative values of the options of one expiry.
  func factors(years: Double, discountFactor: Double) -> (long: Double, short: Double) {
    let rate = years > 0 ? max(0, -.log(discountFactor) / years) : 0
    let long = longBase * .exp(-years * (rate * longRate + longAddition))
    let short = shortBase * .exp(years * (rate * shortRate + shortAddition))
    return (long, min(1 / discountFactor, short))
  }
}
