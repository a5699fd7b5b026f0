import MarketData

// Volatilities and means: correlations stay as they are, also of a factor that ceases to move.

extension ShockState {
  /// σ becomes σ·(1 + s·(multiple − 1)).
  mutating func multiplyVolatilities(
    by multiple: Double, of factors: [RiskFactor], strength: Double
  ) throws(ShockError) {
    try ShockError.require("multiple", multiple, multiple >= 0, "a number of at least 0")
    for place in factors.isEmpty ? moments.moving : try places(of: factors) {
      moments.volatilities[place] *= 1 + strength * (multiple - 1)
    }
  }

  /// σ becomes σ + s·(v·√days − σ); a factor that did not move begins to, uncorrelated.
  mutating func setDailyVolatility(
    _ volatility: Double, of factors: [RiskFactor], strength: Double
  ) throws(ShockError) {
    try ShockError.require("daily volatility", volatility, volatility >= 0, "a number of at least 0")
    let target = volatility * subject.days.squareRoot()
    for place in factors.isEmpty ? moments.moving : try places(of: factors) {
      moments.volatilities[place] = blended(moments.volatilities[place], target, share: strength)
    }
  }

  /// m becomes m + s·amount.
  mutating func drift(_ amounts: [FactorAmount], strength: Double) throws(ShockError) {
    for amount in amounts {
      try ShockError.require("drift", amount.amount, true, "a finite number")
      moments.means[try place(of: amount.factor)] += strength * amount.amount
    }
  }
}
