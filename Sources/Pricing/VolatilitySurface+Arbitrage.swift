public import Instruments
public import MarketData
import RealModule

/// What no-arbitrage rule is broken.
public enum ArbitrageRule: String, Hashable, Sendable, CaseIterable {
  /// A later option is cheaper than an earlier one at the same moneyness: total variance falls.
  case calendar
  /// A butterfly has a negative price: so has the density between its strikes.
  case butterfly
  /// The prices of two strikes differ in the wrong direction, or by more than the strikes do.
  case verticalSpread
  /// A call less a put is not the forward less the strike.
  case putCallParity
}

/// A portfolio that costs less than nothing and never pays less than nothing.
public struct ArbitrageWarning: Hashable, Sendable, CustomStringConvertible {
  /// The rule that is broken.
  public let rule: ArbitrageRule
  /// The expiry, or the earlier one.
  public let expiry: Timestamp
  /// The later expiry of a calendar spread.
  public let laterExpiry: Timestamp?
  /// Calls or puts; `nil` where both are traded.
  public let kind: OptionKind?
  /// The strikes, ascending; of a calendar spread that of the earlier expiry and that of the later one.
  public let strikes: [Double]
  /// What the portfolio brings in today, in the quote asset for one option; positive.
  public let gain: Double

  /// Such as `butterfly of call options 2026-08-02T08:00:00Z at 62000, 62500, 63000: 3.5 for nothing`.
  public var description: String {
    let options = kind.map { "\(rule.rawValue) of \($0.rawValue) options" } ?? rule.rawValue
    let expiries = laterExpiry.map { "\(expiry) and \($0)" } ?? "\(expiry)"
    let places = strikes.map { "\($0)" }.joined(separator: ", ")
    return "\(options) \(expiries) at \(places): \(gain) for nothing"
  }
}

extension VolatilitySurface {
  /// The arbitrage that the surface's own prices admit, by expiry and strike.
  ///
  /// Butterflies and vertical spreads of calls at neighbouring points of each slice; calendar spreads of neighbouring
  /// slices at every point of either inside the range of both, which finds every crossing there, since the slices are
  /// linear. What lies beyond the points is extrapolation and is not judged. Source: J. Gatheral and A. Jacquier,
  /// Arbitrage-free SVI volatility surfaces, 2014, section 2.
  ///
  /// - Parameter tolerance: the least gain worth a warning, as a fraction of the forward; not negative.
  /// - Returns: the warnings, by expiry, then rule, then strike.
  public func arbitrageWarnings(tolerance: Double = 1e-12) -> [ArbitrageWarning] {
    precondition(tolerance >= 0 && tolerance.isFinite, "a tolerance of \(tolerance)")
    return slices.indices.flatMap { index in
      let slice = slices[index]
      let ladder = PriceLadder(slice)
      let later = slices.dropFirst(index + 1).first
      return (later.map { calendarWarnings(slice, $0, tolerance) } ?? [])
        + ladder.butterflies(tolerance: tolerance * slice.forward)
        + ladder.verticalSpreads(tolerance: tolerance * slice.forward)
    }
  }

  private func calendarWarnings(
    _ earlier: VolatilitySlice, _ later: VolatilitySlice, _ tolerance: Double
  ) -> [ArbitrageWarning] {
    let lowest = max(earlier.points[0].logMoneyness, later.points[0].logMoneyness)
    let highest = min(
      earlier.points[earlier.points.count - 1].logMoneyness, later.points[later.points.count - 1].logMoneyness
    )
    let corners = Set((earlier.points + later.points).map(\.logMoneyness)).sorted()
    return corners.filter { lowest <= $0 && $0 <= highest }.compactMap { corner in
      let early = relativePrice(corner, earlier.totalVariance(atLogMoneyness: corner))
      let late = relativePrice(corner, later.totalVariance(atLogMoneyness: corner))
      guard early - late > tolerance else { return nil }
      let moneyness = Double.exp(corner)
      return ArbitrageWarning(
        rule: .calendar, expiry: earlier.expiry, laterExpiry: later.expiry, kind: nil,
        strikes: [earlier.forward * moneyness, later.forward * moneyness],
        gain: (early - late) * later.forward)
    }
  }

  /// The price of the option out of the money, for a forward of one.
  private func relativePrice(_ logMoneyness: Double, _ totalVariance: Double) -> Double {
    black76Price(
      forward: 1, strike: .exp(logMoneyness), years: totalVariance, volatility: 1,
      kind: logMoneyness < 0 ? .put : .call)
  }
}

/// The arbitrage that can be traded at the quotes of one expiry: bought at the ask, sold at the bid.
///
/// - Parameters:
///   - quotes: the quotes of one expiry, each contract once, in any order.
///   - expiry: when they expire.
///   - forward: bid and ask of the forward for this expiry; positive.
///   - tolerance: the least gain worth a warning, in the quote asset; not negative.
/// - Returns: the warnings by rule (parity, then butterflies and vertical spreads of calls, then of puts), then strike.
public func arbitrageWarnings(
  quotes: [OptionQuote], expiry: Timestamp, forward: ClosedRange<Double>, tolerance: Double = 0
) -> [ArbitrageWarning] {
  precondition(forward.lowerBound > 0 && forward.upperBound.isFinite, "a forward of \(forward)")
  precondition(tolerance >= 0 && tolerance.isFinite, "a tolerance of \(tolerance)")
  let ladders = OptionKind.allCases.map { PriceLadder(quotes, expiry: expiry, kind: $0) }
  return parityWarnings(calls: ladders[0], puts: ladders[1], forward: forward, tolerance: tolerance)
    + ladders.flatMap { $0.butterflies(tolerance: tolerance) + $0.verticalSpreads(tolerance: tolerance) }
}

/// A call less a put, traded against the forward, at each strike that has both.
private func parityWarnings(
  calls: PriceLadder, puts: PriceLadder, forward: ClosedRange<Double>, tolerance: Double
) -> [ArbitrageWarning] {
  let putAt = Dictionary(puts.rungs.map { ($0.strike, $0) }) { first, _ in first }
  return calls.rungs.compactMap { call in
    guard let put = putAt[call.strike] else { return nil }
    let conversion = difference(call.bid, put.ask).map { $0 - (forward.upperBound - call.strike) }
    let reversal = difference(put.bid, call.ask).map { $0 + (forward.lowerBound - call.strike) }
    guard let best = [conversion, reversal].compactMap(\.self).max(), best > tolerance else { return nil }
    return ArbitrageWarning(
      rule: .putCallParity, expiry: calls.expiry, laterExpiry: nil, kind: nil, strikes: [call.strike],
      gain: best)
  }
}

/// What selling at one price and buying at another brings in; `nil` where one is missing.
private func difference(_ sold: Double?, _ bought: Double?) -> Double? {
  guard let sold, let bought else { return nil }
  return sold - bought
}

/// The options of one kind and expiry, by ascending strike, with what each sells and buys for.
private struct PriceLadder {
  struct Rung {
    var strike: Double
    var bid: Double?
    var ask: Double?
  }

  let expiry: Timestamp
  let kind: OptionKind
  let rungs: [Rung]

  init(_ quotes: [OptionQuote], expiry: Timestamp, kind: OptionKind) {
    self.expiry = expiry
    self.kind = kind
    rungs = quotes.filter { $0.kind == kind }.sorted { $0.strike < $1.strike }.map { quote in
      Rung(strike: quote.strike, bid: quote.bid, ask: quote.ask)
    }
  }

  /// The calls of a slice at their model price.
  init(_ slice: VolatilitySlice) {
    expiry = slice.expiry
    kind = .call
    rungs = slice.points.map { point in
      let price = black76Price(
        forward: slice.forward, strike: point.strike, years: point.totalVariance, volatility: 1, kind: .call)
      return Rung(strike: point.strike, bid: price, ask: price)
    }
  }

  /// The middle strike sold, its neighbours bought so that the pay-off is never negative.
  func butterflies(tolerance: Double) -> [ArbitrageWarning] {
    rungs.indices.dropLast(2).compactMap { index in
      let (lower, middle, upper) = (rungs[index], rungs[index + 1], rungs[index + 2])
      guard let lowerAsk = lower.ask, let middleBid = middle.bid, let upperAsk = upper.ask else { return nil }
      let weight = (upper.strike - middle.strike) / (upper.strike - lower.strike)
      let gain = middleBid - (weight * lowerAsk + (1 - weight) * upperAsk)
      return warning(.butterfly, [lower, middle, upper], gain, tolerance)
    }
  }

  /// Two neighbouring strikes, one bought and one sold, either way round.
  func verticalSpreads(tolerance: Double) -> [ArbitrageWarning] {
    zip(rungs, rungs.dropFirst()).compactMap { lower, upper in
      let (dear, cheap) = kind == .call ? (lower, upper) : (upper, lower)
      let inverted = difference(cheap.bid, dear.ask)
      let steep = difference(dear.bid, cheap.ask).map { $0 - (upper.strike - lower.strike) }
      guard let gain = [inverted, steep].compactMap(\.self).max() else { return nil }
      return warning(.verticalSpread, [lower, upper], gain, tolerance)
    }
  }

  private func warning(
    _ rule: ArbitrageRule, _ legs: [Rung], _ gain: Double, _ tolerance: Double
  ) -> ArbitrageWarning? {
    guard gain > tolerance else { return nil }
    return ArbitrageWarning(
      rule: rule, expiry: expiry, laterExpiry: nil, kind: kind, strikes: legs.map(\.strike), gain: gain)
  }
}
