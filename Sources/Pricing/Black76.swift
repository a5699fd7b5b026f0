public import Instruments
import NumericalMethods
import RealModule

/// The undiscounted price of a European option on a forward.
///
/// Call F·Φ(d₁) − K·Φ(d₂), put K·Φ(−d₂) − F·Φ(−d₁), with d₁,₂ = ln(F/K)/(σ√T) ± σ√T/2; the payoff itself where σ√T is
/// zero. Source: F. Black, The pricing of commodity contracts, 1976.
///
/// - Parameters:
///   - forward: the forward price; not negative, finite.
///   - strike: the strike, in the same unit; positive, finite.
///   - years: time to expiry in years; not negative, finite.
///   - volatility: per year; not negative, finite.
///   - kind: call or put.
/// - Returns: the price in the unit of the forward; not negative.
public func black76Price(
  forward: Double, strike: Double, years: Double, volatility: Double, kind: OptionKind
) -> Double {
  let isInDomain = forward >= 0 && strike > 0 && years >= 0 && volatility >= 0
  let isFinite = forward.isFinite && strike.isFinite && years.isFinite && volatility.isFinite
  precondition(isInDomain && isFinite, "an option outside its domain")
  let deviation = volatility * years.squareRoot()
  let sign: Double = kind == .call ? 1 : -1
  guard deviation > 0, forward > 0 else { return max(0, sign * (forward - strike)) }
  let moneyness = Double.log(forward / strike) / deviation
  let upper = moneyness + deviation / 2
  let lower = moneyness - deviation / 2
  return max(
    0, sign * (forward * normalDistribution(sign * upper) - strike * normalDistribution(sign * lower)))
}
