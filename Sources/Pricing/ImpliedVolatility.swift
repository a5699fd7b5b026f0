public import Instruments
import NumericalMethods
import RealModule

/// The volatility at which Black-76 gives a price.
///
/// The inverse of ``black76Price(forward:strike:years:volatility:kind:)`` in the volatility. The price is first turned,
/// by put–call parity, into that of the option out of the money at the same strike. The root in the total deviation
/// σ√T starts from the price's point of inflection √(2·|ln(F/K)|): above it Newton's method on the price converges from
/// there; below it the method is applied to the reciprocal of the price's logarithm, which is nearly straight. Every
/// step stays inside a bracket that shrinks, with bisection where a step would leave it.
///
/// Accuracy: a relative 1e-12 wherever the digits of the price determine so much. They do not
/// - in the money, where the price less the intrinsic value keeps few digits;
/// - close to the upper bound, where vega vanishes (σ√T above about 8);
/// - where σ√T is below about 1e-3, so that the two terms of the price cancel.
///
/// There the error is that of the price, a few units in the last place of the forward or strike, divided by vega.
/// Source of the transformation: P. Jäckel, By implication, 2006.
///
/// - Parameters:
///   - price: the undiscounted price, in the unit of the forward.
///   - forward: the forward price; positive, finite.
///   - strike: the strike, in the same unit; positive, finite.
///   - years: time to expiry in years; positive, finite.
///   - kind: call or put.
/// - Returns: the volatility per year; positive, finite.
/// - Throws: ``PricingError`` when an input is outside its domain, or the price is not above the intrinsic value and
///   below the upper bound.
public func impliedVolatility(
  price: Double, forward: Double, strike: Double, years: Double, kind: OptionKind
) throws(PricingError) -> Double {
  let inputs = [("forward", forward), ("strike", strike), ("years", years)]
  for (field, value) in inputs where !(value > 0 && value.isFinite) {
    throw .outOfDomain(field: field, value: value, allowed: "a positive finite number")
  }
  guard price.isFinite else {
    throw .outOfDomain(field: "price", value: price, allowed: "a finite number")
  }
  let intrinsicValue = max(0, kind == .call ? forward - strike : strike - forward)
  let upperBound = kind == .call ? forward : strike
  guard price >= intrinsicValue else {
    throw .belowIntrinsicValue(price: price, intrinsicValue: intrinsicValue)
  }
  guard price > intrinsicValue else { throw .noTimeValue(price: price) }
  guard price < upperBound else { throw .notBelowUpperBound(price: price, upperBound: upperBound) }
  let option = OutOfTheMoneyOption(forward: forward, strike: strike)
  return option.deviation(timeValue: price - intrinsicValue) / years.squareRoot()
}

/// The option out of the money at a strike, as a function of the total deviation σ√T.
private struct OutOfTheMoneyOption {
  let forward: Double
  let strike: Double
  private let kind: OptionKind
  /// The price at infinite volatility.
  private let upperBound: Double
  /// √(2·|ln(F/K)|), where the price is steepest.
  private let inflection: Double

  init(forward: Double, strike: Double) {
    self.forward = forward
    self.strike = strike
    kind = strike < forward ? .put : .call
    upperBound = min(forward, strike)
    inflection = (2 * abs(Double.log(forward / strike))).squareRoot()
  }

  private func price(_ deviation: Double) -> Double {
    black76Price(forward: forward, strike: strike, years: 1, volatility: deviation, kind: kind)
  }

  private func slope(_ deviation: Double) -> Double {
    guard deviation > 0 else { return forward * normalDensity(0) }
    let upper = Double.log(forward / strike) / deviation + deviation / 2
    return forward * normalDensity(upper)
  }

  /// The deviation at which the option costs its time value; positive.
  func deviation(timeValue target: Double) -> Double {
    let start = price(inflection)
    let isLow = target < start
    // Beyond this deviation the price is its upper bound in every digit.
    let limit = 9 + (81 + inflection * inflection).squareRoot()
    var bracket = isLow ? (lower: 0, upper: inflection) : (lower: inflection, upper: 2 * limit)
    var deviation = inflection
    var value = start
    for _ in 0..<128 {
      if value < target { bracket.lower = deviation } else { bracket.upper = deviation }
      let step = isLow ? lowStep(deviation, value, target) : (target - value) / slope(deviation)
      // Convergence is quadratic: the error left is of the square of this step, and smaller ones would be noise.
      if abs(step) <= 1e-9 * deviation { return deviation + step }
      let next = deviation + step
      let isInside = next > bracket.lower && next < bracket.upper
      deviation = isInside ? next : bracket.lower + (bracket.upper - bracket.lower) / 2
      value = price(deviation)
    }
    return deviation
  }

  /// Newton's step for 1/ln(p/b) with b the upper bound, which is nearly linear in the square of the deviation.
  private func lowStep(_ deviation: Double, _ value: Double, _ target: Double) -> Double {
    let logarithm = Double.log(value / upperBound)
    let wanted = Double.log(target / upperBound)
    return value / slope(deviation) * logarithm * (wanted - logarithm) / wanted
  }
}
