/// A quantile of a sample by one of the nine definitions statistical packages use, for figures printed by them.
///
/// The quantile of probability p lies at `h = n·p + m` of the ascending sample, m depending on the definition. Types 1
/// to 3 take one of the values, 4 to 9 interpolate. A value at risk here follows `QuantileRule`; the other definitions
/// read further into the tail than rank ⌈n·c⌉ and may exceed the expected shortfall.
///
/// Hyndman, Fan: Sample quantiles in statistical packages, The American Statistician 50 (1996).
public enum HyndmanFanQuantile: Int, Hashable, Sendable, CaseIterable {
  /// The inverse of the empirical distribution function.
  case type1 = 1
  /// The same, with the mean of the two neighbours where the function is flat.
  case type2
  /// The value whose rank is nearest to n·p, the even one of two.
  case type3
  /// Linear interpolation of the empirical distribution function, m = 0.
  case type4
  /// Linear interpolation through the middles of its steps, m = ½.
  case type5
  /// Linear interpolation of the expected uniforms, m = p (Weibull).
  case type6
  /// Linear interpolation of the modes, m = 1 − p: the default of R and numpy.
  case type7
  /// Nearly unbiased for the median, m = (p + 1)/3.
  case type8
  /// Nearly unbiased for normal samples, m = p/4 + 3/8.
  case type9

  /// The quantile of a sample.
  ///
  /// - Parameters:
  ///   - probability: p in (0, 1), the probability of a value at or below the quantile.
  ///   - sample: in any order.
  /// - Returns: a number between the least and the greatest of the sample, in its unit.
  /// - Throws: `StatisticsError.sampleTooSmall` for an empty sample, `.notFinite` naming the first NaN or infinity.
  public func quantile(_ probability: Double, of sample: [Double]) throws(StatisticsError) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile needs a probability inside (0, 1)")
    guard !sample.isEmpty else { throw .sampleTooSmall(count: 0, needed: 1) }
    if let index = sample.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
    let ascending = sample.sorted()
    let size = Double(sample.count)
    let height = TailPosition.snapped(size * probability + offset(probability))
    let below = height.rounded(.down)
    let share = share(beyond: below, height)
    let lower = ascending[min(max(Int(below), 1), sample.count) - 1]
    let upper = ascending[min(max(Int(below) + 1, 1), sample.count) - 1]
    // Rounding must not carry an interpolated value past its neighbours.
    return min(upper, max(lower, (1 - share) * lower + share * upper))
  }

  /// m, the distance of the height from n·p.
  private func offset(_ probability: Double) -> Double {
    switch self {
    case .type1, .type2, .type4: 0
    case .type3: -0.5
    case .type5: 0.5
    case .type6: probability
    case .type7: 1 - probability
    case .type8: (probability + 1) / 3
    case .type9: 0.25 * probability + 0.375
    }
  }

  /// The weight of the value above the height.
  private func share(beyond below: Double, _ height: Double) -> Double {
    let rest = height - below
    return switch self {
    case .type1: rest > 0 ? 1 : 0
    case .type2: rest > 0 ? 1 : 0.5
    case .type3: rest == 0 && below.truncatingRemainder(dividingBy: 2) == 0 ? 0 : 1
    case .type4, .type5, .type6, .type7, .type8, .type9: rest
    }
  }
}
