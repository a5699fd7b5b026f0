public import Instruments

/// One point of a smile: a strike and the variance to expiry that its price implies.
public struct VolatilityPoint: Hashable, Sendable {
  /// The strike, in the quote asset; positive.
  public let strike: Double
  /// k = ln(strike/forward).
  public let logMoneyness: Double
  /// w = σ²·T, the square of the volatility per year times the years to expiry; positive.
  public let totalVariance: Double

  /// Makes a point; ``VolatilitySlice`` checks it.
  ///
  /// - Parameters:
  ///   - strike: the strike, in the quote asset; positive.
  ///   - logMoneyness: the logarithm of strike over forward.
  ///   - totalVariance: the square of the volatility per year times the years to expiry; positive.
  public init(strike: Double, logMoneyness: Double, totalVariance: Double) {
    self.strike = strike
    self.logMoneyness = logMoneyness
    self.totalVariance = totalVariance
  }
}

/// The smile of one expiry.
///
/// Total variance is linear in log-moneyness between the points and constant beyond them. A linear rule keeps every
/// value between its two neighbours, and two slices that do not cross at their points cross nowhere.
public struct VolatilitySlice: Hashable, Sendable {
  /// When the options expire.
  public let expiry: Timestamp
  /// The forward price for this expiry, in the quote asset.
  public let forward: Double
  /// The points, by ascending strike.
  public let points: [VolatilityPoint]

  /// Makes a slice and checks it.
  ///
  /// - Parameters:
  ///   - expiry: when the options expire.
  ///   - forward: the forward price for this expiry; positive, finite.
  ///   - points: at least one, strikes and log-moneyness strictly ascending, negative log-moneyness below the forward
  ///     only; strikes and total variances positive and finite.
  /// - Throws: ``VolatilitySurfaceError`` naming the first fault.
  public init(
    expiry: Timestamp, forward: Double, points: [VolatilityPoint]
  ) throws(VolatilitySurfaceError) {
    guard !points.isEmpty else { throw .noPoints(expiry: expiry) }
    try Self.check(expiry, "forward", forward, "a positive finite number", forward > 0)
    for point in points {
      try Self.check(expiry, "strike", point.strike, "a positive finite number", point.strike > 0)
      let variance = point.totalVariance
      try Self.check(expiry, "totalVariance", variance, "a positive finite number", variance > 0)
      let side = (point.strike - forward) * point.logMoneyness
      try Self.check(
        expiry, "logMoneyness", point.logMoneyness, "the logarithm of strike over forward", side >= 0)
    }
    for (lower, upper) in zip(points, points.dropFirst()) {
      guard lower.strike < upper.strike, lower.logMoneyness < upper.logMoneyness else {
        throw .unsortedStrikes(expiry: expiry, strike: upper.strike)
      }
    }
    self.expiry = expiry
    self.forward = forward
    self.points = points
  }

  /// The variance to expiry at a log-moneyness.
  ///
  /// - Parameter logMoneyness: ln(strike/forward), finite.
  /// - Returns: w = σ²·T; positive.
  public func totalVariance(atLogMoneyness logMoneyness: Double) -> Double {
    precondition(logMoneyness.isFinite, "a log-moneyness of \(logMoneyness)")
    let after = points.partitioningIndex { $0.logMoneyness > logMoneyness }
    guard after > 0 else { return points[0].totalVariance }
    let lower = points[after - 1]
    guard after < points.count else { return lower.totalVariance }
    let upper = points[after]
    let weight = (logMoneyness - lower.logMoneyness) / (upper.logMoneyness - lower.logMoneyness)
    return lower.totalVariance + weight * (upper.totalVariance - lower.totalVariance)
  }

  private static func check(
    _ expiry: Timestamp, _ field: String, _ value: Double, _ allowed: String, _ isAllowed: Bool
  ) throws(VolatilitySurfaceError) {
    guard isAllowed, value.isFinite else {
      throw .outOfDomain(expiry: expiry, field: field, value: value, allowed: allowed)
    }
  }
}

/// The implied volatilities of the options on one underlying at one moment, by expiry and moneyness.
///
/// Between two expiries total variance is linear in time at constant log-moneyness, so that it does not fall where the
/// slices do not cross, and the forward is linear in time. Before the first expiry and after the last one the
/// volatility at constant log-moneyness, and the forward, are those of the nearest slice. A year has 365 days.
public struct VolatilitySurface: Hashable, Sendable {
  /// What the options are written on.
  public let underlying: Underlying
  /// The moment the surface describes.
  public let asOf: Timestamp
  /// The smiles, by ascending expiry.
  public let slices: [VolatilitySlice]

  /// Makes a surface and checks it.
  ///
  /// - Parameters:
  ///   - underlying: what the options are written on.
  ///   - asOf: the moment the surface describes.
  ///   - slices: at least one; expiries strictly ascending, all after `asOf`.
  /// - Throws: ``VolatilitySurfaceError`` naming the first fault.
  public init(
    underlying: Underlying, asOf: Timestamp, slices: [VolatilitySlice]
  ) throws(VolatilitySurfaceError) {
    guard let first = slices.first else { throw .noSlices }
    guard first.expiry > asOf else { throw .expired(expiry: first.expiry, asOf: asOf) }
    for (earlier, later) in zip(slices, slices.dropFirst()) {
      guard earlier.expiry < later.expiry else { throw .unsortedExpiries(expiry: later.expiry) }
    }
    self.underlying = underlying
    self.asOf = asOf
    self.slices = slices
  }

  /// The forward price for an expiry, in the quote asset.
  ///
  /// - Parameter expiry: any moment.
  /// - Returns: the price; positive.
  public func forward(at expiry: Timestamp) -> Double {
    let (earlier, later, weight) = neighbours(of: expiry)
    return earlier.forward + weight * (later.forward - earlier.forward)
  }

  /// The variance to an expiry at a log-moneyness.
  ///
  /// - Parameters:
  ///   - logMoneyness: ln(strike/forward), finite.
  ///   - expiry: a moment after ``asOf``.
  /// - Returns: w = σ²·T; positive.
  public func totalVariance(atLogMoneyness logMoneyness: Double, expiry: Timestamp) -> Double {
    let years = years(to: expiry)
    let (earlier, later, weight) = neighbours(of: expiry)
    let variance = earlier.totalVariance(atLogMoneyness: logMoneyness)
    guard earlier.expiry != later.expiry else { return variance * (years / self.years(to: earlier.expiry)) }
    return variance + weight * (later.totalVariance(atLogMoneyness: logMoneyness) - variance)
  }

  /// The implied volatility at a log-moneyness.
  ///
  /// - Parameters:
  ///   - logMoneyness: ln(strike/forward), finite.
  ///   - expiry: a moment after ``asOf``.
  /// - Returns: the volatility per year; positive.
  public func volatility(atLogMoneyness logMoneyness: Double, expiry: Timestamp) -> Double {
    let variance = totalVariance(atLogMoneyness: logMoneyness, expiry: expiry)
    return (variance / years(to: expiry)).squareRoot()
  }

  /// Years of 365 days from the surface's moment to an expiry.
  ///
  /// - Parameter expiry: a moment after ``asOf``.
  /// - Returns: the time; positive.
  public func years(to expiry: Timestamp) -> Double {
    precondition(expiry > asOf, "an expiry of \(expiry) on a surface of \(asOf)")
    return asOf.years(to: expiry)
  }

  /// The slices around an expiry and the weight of the later one; twice the same slice outside their range.
  private func neighbours(of expiry: Timestamp) -> (VolatilitySlice, VolatilitySlice, weight: Double) {
    let after = slices.partitioningIndex { $0.expiry > expiry }
    guard after > 0 else { return (slices[0], slices[0], 0) }
    let earlier = slices[after - 1]
    guard after < slices.count, earlier.expiry != expiry else { return (earlier, earlier, 0) }
    let later = slices[after]
    return (earlier, later, earlier.expiry.years(to: expiry) / earlier.expiry.years(to: later.expiry))
  }
}
