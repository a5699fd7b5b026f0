import Instruments
public import LinearAlgebra
public import MarketData
import Pricing
public import Scenarios

/// The profit of a book to second order in the moves of its factors: P&L ≈ δᵀx + ½·xᵀΓx, in USD, gains positive.
public struct QuadraticProfit: Hashable, Sendable {
  /// δ, USD for a relative move of one, one entry a factor.
  public let delta: [Double]
  /// Γ, USD for the product of two relative moves of one, factor × factor, symmetric.
  public let gamma: Matrix

  /// Joins the parts.
  ///
  /// - Parameters:
  ///   - delta: δ, one entry a factor.
  ///   - gamma: Γ, factor × factor, symmetric.
  public init(delta: [Double], gamma: Matrix) {
    precondition(
      gamma.rows == delta.count && gamma.columns == delta.count, "one row and one column a factor")
    self.delta = delta
    self.gamma = gamma
  }

  /// Whether the profit is linear: no pair of moves adds to what they add alone.
  public var isLinear: Bool { gamma.elements.allSatisfy { $0 == 0 } }

  /// The profit for one vector of moves.
  ///
  /// - Parameter moves: relative moves, one a factor.
  /// - Returns: δᵀx + ½·xᵀΓx in USD.
  public func profit(for moves: [Double]) -> Double {
    precondition(moves.count == delta.count, "one move a factor")
    var profit = 0.0
    for (row, move) in moves.enumerated() where move != 0 {
      var curved = 0.0
      for (column, other) in moves.enumerated() { curved += gamma[row, column] * other }
      profit += move * (delta[row] + 0.5 * curved)
    }
    return profit
  }
}

extension BookState {
  /// The profit of some rows to second order in the moves of spot prices, bases and volatilities.
  ///
  /// Linear rows have no second order, and their part is exact. An option's part follows from its Black-76 Greeks by the
  /// chain rule: with f the relative move of its forward, 1 + f = (1 + s + b)/(1 + q) of a linear option, whose value is in
  /// the quote asset that moves by q itself, and 1 + f = (1 + s)/(1 + β) of an inverse one. No cap on the loss of an isolated
  /// position is known to it.
  ///
  /// - Parameters:
  ///   - chosen: the indices of the rows to add up.
  ///   - factors: the study's factor space.
  ///   - volatility: how the implied volatility of an option answers the move of its factor.
  /// - Throws: ``ValuationError/factorOutsideStudy(_:)``.
  /// - Returns: δ and Γ over all factors; zero for those the rows do not depend on.
  public func quadraticProfit(
    of chosen: [Int], in factors: FactorSpace, volatility: VolatilityAnswer = .factors([:])
  ) throws(ValuationError) -> QuadraticProfit {
    let binding = try FactorBinding(rows, in: factors)
    let linear = chosen.filter { rows[$0].kind != .option }
    var delta = try BookStates(self).exposures(to: factors, of: linear).column(0)
    var gamma = Matrix(rows: factors.count, columns: factors.count, repeating: 0)
    for row in chosen where rows[row].kind == .option {
      let option = optionDerivatives(of: row, volatility)
      let touched = binding.rows[row]
      let places = [touched.spot, touched.basis, touched.settlement, touched.volatility]
      for (role, place) in places.enumerated() {
        guard let place else { continue }
        delta[place] += option.first[role]
        for (other, column) in places.enumerated() {
          if let column { gamma[place, column] += option.second[role, other] }
        }
      }
    }
    return QuadraticProfit(delta: delta, gamma: gamma)
  }

  /// The derivatives of one option's USD value by the moves of spot, basis, settlement and volatility, in this order.
  private func optionDerivatives(
    of row: Int, _ answer: VolatilityAnswer
  ) -> (first: [Double], second: Matrix) {
    guard let terms = rows[row].option, let market = options?.market(row, 0) else {
      preconditionFailure("an option row without terms or market")
    }
    let response =
      switch answer.answer(of: rows[row].asset, days: terms.days) {
      case .factor(let multiplier): multiplier
      case .grid: 0.0
      }
    let quotePrice = terms.style == .linear ? settlementPrices[row] : 1
    let slopes = ForwardSlopes(terms, market, response: response, quotePrice: quotePrice)
    return terms.style == .linear ? slopes.ofLinearOption : slopes.ofInverseOption
  }
}

/// The derivatives of an option's USD value by the relative moves of its forward and its volatility, the USD price of the
/// quote asset held.
private struct ForwardSlopes {
  private let value: Double
  private let forward: Double
  private let forwardTwice: Double
  private let volatility: Double
  private let volatilityTwice: Double
  private let both: Double

  init(_ terms: OptionTerms, _ market: OptionMarket, response: Double, quotePrice: Double) {
    let greeks = black76Greeks(
      forward: market.forward, strike: terms.strike, years: terms.years, volatility: market.volatility,
      kind: terms.kind)
    let size = terms.units * terms.discountFactor * quotePrice
    let volatilityStep = market.volatility * response
    value = terms.value(in: market) * quotePrice
    forward = size * market.forward * greeks.delta
    forwardTwice = size * (market.forward * market.forward * greeks.gamma)
    volatility = size * (volatilityStep * greeks.vega)
    volatilityTwice = size * (volatilityStep * volatilityStep * greeks.volga)
    both = size * (market.forward * volatilityStep * greeks.vanna)
  }

  /// By (s, b, q, v) of (1 + q)·G(f, v) with 1 + f = (1 + s + b)/(1 + q).
  var ofLinearOption: (first: [Double], second: Matrix) {
    let g = forwardTwice
    return (
      [forward, forward, value - forward, volatility],
      Matrix(rows: [
        [g, g, -g, both],
        [g, g, -g, both],
        [-g, -g, g, volatility - both],
        [both, both, volatility - both, volatilityTwice],
      ])
    )
  }

  /// By (s, β, q, v) of G(f, v) with 1 + f = (1 + s)/(1 + β); it is worth dollars whatever its settlement asset does.
  var ofInverseOption: (first: [Double], second: Matrix) {
    let g = forwardTwice
    return (
      [forward, -forward, 0, volatility],
      Matrix(rows: [
        [g, -g - forward, 0, both],
        [-g - forward, g + 2 * forward, 0, -both],
        [0, 0, 0, 0],
        [both, -both, 0, volatilityTwice],
      ])
    )
  }
}
