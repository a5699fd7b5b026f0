internal import NumericalMethods

/// A series of returns taken apart into volatilities and standardised residuals: `z_t = (r_t − μ)/σ_t`.
///
/// Each date's variance uses the returns before it. The first is `ω + (α + β)·v` with the pre-sample variance v, by
/// default the mean squared deviation of the whole sample.
///
/// A floor `f·σ_long`, with σ_long the root of that mean, may stand under every volatility, the next date's included:
/// it keeps quiet times from making later shocks look boundless, and a calm today from scaling all of history down.
/// The recursion itself runs without it.
public struct VolatilityFilter: Hashable, Sendable {
  /// The recursion of the variance.
  public let recursion: VolatilityRecursion

  /// μ, the mean the deviations are measured from.
  public let mean: Double

  /// The root of the mean squared deviation over the sample.
  public let longRunVolatility: Double

  /// The volatility of every date, the floor applied; one a return.
  public let volatilities: [Double]

  /// The volatility of the date after the last, the floor applied.
  public let nextVolatility: Double

  /// The variance of the date after the last, without the floor: where the recursion goes on from.
  public let nextVariance: Double

  /// The standardised residuals, one a return.
  public let residuals: [Double]

  /// How many dates, the next included, stand on the floor.
  public let flooredDates: Int

  /// Filters a series of returns.
  ///
  /// - Parameters:
  ///   - returns: one a date, the oldest first, at least two.
  ///   - recursion: how variances follow each other.
  ///   - mean: μ; zero unless given, for the mean of a short horizon is smaller than its own error.
  ///   - presampleVariance: v > 0; the mean squared deviation unless given.
  ///   - floorShare: f in [0, 1].
  /// - Throws: `EstimationError.sampleTooSmall`, `.notFinite` naming the first bad return, `.parameterOutOfRange`, or
  ///   `.noVariation` where all deviations are zero or a date is left without variance.
  public init(
    _ returns: [Double], recursion: VolatilityRecursion, mean: Double = 0, presampleVariance: Double? = nil,
    floorShare: Double = 0
  ) throws(EstimationError) {
    guard returns.count >= 2 else { throw .sampleTooSmall(count: returns.count, needed: 2) }
    try returns.requireFinite()
    guard mean.isFinite else { throw .parameterOutOfRange(.mean, mean) }
    guard floorShare >= 0, floorShare <= 1 else { throw .parameterOutOfRange(.floorShare, floorShare) }
    let deviations = returns.map { $0 - mean }
    let longRun = meanSquare(deviations)
    guard longRun > 0 else { throw .noVariation(index: nil) }
    let presample = presampleVariance ?? longRun
    guard presample > 0, presample.isFinite else { throw .parameterOutOfRange(.variance, presample) }

    let variances = recursion.variances(of: deviations, presample: presample)
    let floor = floorShare * floorShare * longRun
    if let index = variances.firstIndex(where: { !(max($0, floor) > 0) }) { throw .noVariation(index: index) }
    let volatilities = variances.map { max($0, floor).squareRoot() }
    self.recursion = recursion
    self.mean = mean
    longRunVolatility = longRun.squareRoot()
    self.volatilities = Array(volatilities.dropLast())
    nextVolatility = volatilities[returns.count]
    nextVariance = variances[returns.count]
    residuals = zip(deviations, volatilities).map { $0 / $1 }
    flooredDates = variances.count { $0 < floor }
  }

  /// The returns as they would have been at another volatility: `μ + z_t·σ`.
  ///
  /// Hull, White: Incorporating volatility updating into the historical simulation method for value at risk (1998).
  ///
  /// - Parameter volatility: σ ≥ 0, today's forecast unless given.
  /// - Returns: one a date, in units of the returns.
  public func rescaledReturns(to volatility: Double? = nil) -> [Double] {
    let target = volatility ?? nextVolatility
    return residuals.map { mean + $0 * target }
  }
}

extension VolatilityRecursion {
  /// The variance of every date and of the one after the last.
  func variances(of deviations: [Double], presample: Double) -> [Double] {
    var variance = constant + persistence * presample
    var variances = [variance]
    variances.reserveCapacity(deviations.count + 1)
    for deviation in deviations {
      variance = next(variance: variance, deviation: deviation)
      variances.append(variance)
    }
    return variances
  }
}

/// The mean of the squares of at least one number.
func meanSquare(_ values: [Double]) -> Double {
  var sum = CompensatedSum()
  for value in values { sum += value * value }
  return sum.value / Double(values.count)
}
