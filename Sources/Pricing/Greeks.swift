public import Instruments
import NumericalMethods
import RealModule

/// The derivatives of an undiscounted Black-76 price, for one option long.
///
/// The price V(F, σ, T) is in the unit of the forward; the forward is held fixed as time passes.
public struct Greeks: Hashable, Sendable {
  /// ∂V/∂F: units of the underlying; a call's in [0, 1], a put's in [−1, 0].
  public let delta: Double
  /// ∂²V/∂F²: change of delta for one unit of the forward; not negative.
  public let gamma: Double
  /// ∂V/∂σ: for a change of 1.00 in the volatility per year (divide by 100 for a volatility point); not negative.
  public let vega: Double
  /// What one day costs, −∂V/∂T ÷ 365: to first order; not positive.
  public let thetaPerDay: Double
  /// ∂²V/∂F∂σ: change of delta for 1.00 of volatility, and of vega for one unit of the forward.
  public let vanna: Double
  /// ∂²V/∂σ²: change of vega for 1.00 of volatility.
  public let volga: Double
}

/// The Greeks of a European option on a forward, undiscounted.
///
/// With d₁,₂ = ln(F/K)/(σ√T) ± σ√T/2: delta ±Φ(±d₁), gamma φ(d₁)/(Fσ√T), vega F·φ(d₁)·√T, theta −F·φ(d₁)·σ/(2√T),
/// vanna −φ(d₁)·d₂/σ, volga vega·d₁·d₂/σ; all but delta are the same for call and put. Where σ√T or the forward is
/// zero they are those of the payoff: delta is a step (one half at the strike), the others are zero. None is ever
/// infinite: one beyond the largest number, at the strike and almost at expiry, is that number. Source: F. Black, The
/// pricing of commodity contracts, 1976.
///
/// - Parameters:
///   - forward: the forward price; not negative, finite.
///   - strike: the strike, in the same unit; positive, finite.
///   - years: time to expiry in years; not negative, finite.
///   - volatility: per year; not negative, finite.
///   - kind: call or put.
/// - Returns: the Greeks; finite.
public func black76Greeks(
  forward: Double, strike: Double, years: Double, volatility: Double, kind: OptionKind
) -> Greeks {
  let isInDomain = forward >= 0 && strike > 0 && years >= 0 && volatility >= 0
  let isFinite = forward.isFinite && strike.isFinite && years.isFinite && volatility.isFinite
  precondition(isInDomain && isFinite, "an option outside its domain")
  let sign: Double = kind == .call ? 1 : -1
  let root = years.squareRoot()
  let deviation = volatility * root
  guard deviation > 0, forward > 0 else { return payoffGreeks(forward: forward, strike: strike, sign: sign) }
  let moneyness = Double.log(forward / strike) / deviation
  let upper = moneyness + deviation / 2
  let lower = moneyness - deviation / 2
  let delta = sign * normalDistribution(sign * upper)
  let density = normalDensity(upper)
  guard density > 0 else { return Greeks(delta: delta) }
  let vega = forward * density * root
  return Greeks(
    delta: delta, gamma: finite(density / deviation / forward), vega: finite(vega),
    thetaPerDay: finite(-forward * density * volatility / (2 * root) / 365),
    vanna: finite(-density * lower / volatility), volga: finite(vega * upper * lower / volatility))
}

extension Greeks {
  fileprivate init(delta: Double) {
    self.init(delta: delta, gamma: 0, vega: 0, thetaPerDay: 0, vanna: 0, volga: 0)
  }
}

private func payoffGreeks(forward: Double, strike: Double, sign: Double) -> Greeks {
  let distance = sign * (forward - strike)
  return Greeks(delta: distance > 0 ? sign : distance < 0 ? 0 : sign / 2)
}

private func finite(_ value: Double) -> Double {
  min(max(value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
}
