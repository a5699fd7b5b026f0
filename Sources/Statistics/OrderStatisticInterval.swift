internal import NumericalMethods
internal import RealModule

/// The ranks whose order statistics enclose a quantile, whatever the law of the losses.
///
/// The number B of losses at or below the true quantile is Binomial(n, c), so the interval `[L_(r), L_(s)]` covers it
/// with probability `P(r ≤ B < s)`: exactly for a continuous law, at least for any other.
///
/// The interval starts equal-tailed, each end missing with probability at most (1 − coverage)/2; no finite interval is
/// given where that has no solution. Counts are discrete, so both ends together often miss much less than allowed: an
/// end is then moved inwards, the one that brings the coverage closer to the level, as long as it stays at or above it.
///
/// David, Nagaraja: Order statistics (2003), section 7.1.
public struct OrderStatisticInterval: Hashable, Sendable {
  /// The ascending rank r of the lower end, 1 … n.
  public let lowerRank: Int

  /// The ascending rank s of the upper end, r + 1 … n.
  public let upperRank: Int

  /// The probability that the interval covers the quantile of a continuous law; at least the level asked for.
  public let coverage: Double

  /// The ranks of a two-sided interval; `nil` where no finite one exists, below
  /// `requiredSampleSize(quantile:coverage:)`.
  ///
  /// - Parameters:
  ///   - sampleSize: the number n ≥ 1 of independent losses.
  ///   - quantile: the level c of the quantile.
  ///   - coverage: the level of the interval.
  public init?(sampleSize: Int, quantile: Confidence, coverage: Confidence) {
    precondition(sampleSize >= 1, "an interval needs a sample")
    let counts = BinomialDistribution(trials: sampleSize, probability: quantile.value)
    let allowed = 0.5 * coverage.tailProbability
    let ranks = 1..<sampleSize + 1
    var lower = smallestIndex(in: ranks) { counts.cumulative($0 - 1) > allowed } - 1
    var upper = smallestIndex(in: ranks) { counts.survival($0 - 1) <= allowed }
    guard lower >= 1, upper <= sampleSize else { return nil }
    func miss(_ lower: Int, _ upper: Int) -> Double {
      lower < upper ? counts.cumulative(lower - 1) + counts.survival(upper - 1) : 1
    }
    while true {
      let tighter = [(lower, upper - 1), (lower + 1, upper)].filter {
        miss($0, $1) <= coverage.tailProbability
      }
      guard let best = tighter.max(by: { miss($0.0, $0.1) < miss($1.0, $1.1) }) else { break }
      (lower, upper) = best
    }
    lowerRank = lower
    upperRank = upper
    self.coverage = 1 - miss(lower, upper)
  }

  /// The smallest sample with a finite two-sided interval: `c^n ≤ (1 − coverage)/2`.
  ///
  /// - Parameters:
  ///   - quantile: the level c of the quantile.
  ///   - coverage: the level of the interval.
  /// - Returns: 368 for a 95 % interval of a 99 % quantile.
  public static func requiredSampleSize(quantile: Confidence, coverage: Confidence) -> Int {
    smallestSample(quantile, allowed: 0.5 * coverage.tailProbability)
  }

  /// The rank of the smallest order statistic that is at or above the quantile with the given probability.
  ///
  /// - Parameters:
  ///   - sampleSize: the number n ≥ 1 of independent losses.
  ///   - quantile: the level c of the quantile.
  ///   - coverage: the level of the one-sided bound.
  /// - Returns: an ascending rank, or `nil` below `requiredSampleSizeForUpperBound(quantile:coverage:)`.
  public static func upperBoundRank(
    sampleSize: Int, quantile: Confidence, coverage: Confidence
  ) -> Int? {
    precondition(sampleSize >= 1, "a bound needs a sample")
    let counts = BinomialDistribution(trials: sampleSize, probability: quantile.value)
    let rank = smallestIndex(in: 1..<sampleSize + 1) { counts.survival($0 - 1) <= coverage.tailProbability }
    return rank <= sampleSize ? rank : nil
  }

  /// The smallest sample with a finite one-sided upper bound: `c^n ≤ 1 − coverage`.
  ///
  /// - Parameters:
  ///   - quantile: the level c of the quantile.
  ///   - coverage: the level of the one-sided bound.
  /// - Returns: 299 for a 95 % bound of a 99 % quantile.
  public static func requiredSampleSizeForUpperBound(quantile: Confidence, coverage: Confidence) -> Int {
    smallestSample(quantile, allowed: coverage.tailProbability)
  }

  /// The smallest n with `c^n ≤ allowed`: the whole sample may lie below the quantile that rarely.
  private static func smallestSample(_ quantile: Confidence, allowed: Double) -> Int {
    let near = Int((.log(allowed) / Double.log(quantile.value)).rounded(.up))
    // The quotient may round across an integer; the neighbours settle it with the probability itself.
    return smallestIndex(in: max(1, near - 1)..<near + 1) {
      BinomialDistribution(trials: $0, probability: quantile.value).density($0) <= allowed
    }
  }
}
