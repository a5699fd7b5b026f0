internal import NumericalMethods

/// The quantile of a sample as a weighted mean of its order statistics, smoother than any one of them.
///
/// `Σ L_(i)·[I_{i/n}(a, b) − I_{(i−1)/n}(a, b)]` with `a = (n + 1)·c`, `b = (n + 1)·(1 − c)` and I the regularised
/// incomplete beta function: the mean of the quantile over the resamples of a bootstrap, without resampling. The sample
/// should reach well beyond the level: below about 5/(1 − c) losses the worst one dominates.
///
/// Harrell, Davis: A new distribution-free quantile estimator (1982).
public struct HarrellDavisEstimate: Hashable, Sendable {
  /// The confidence level c.
  public let confidence: Confidence

  /// The number n of losses.
  public let sampleSize: Int

  /// The quantile, a loss in the sample's unit.
  public let valueAtRisk: Double

  /// The standard error by the delete-one jackknife, as Harrell and Davis propose; `nil` below three losses.
  public let standardError: Double?

  /// The standard error of the plain sample quantile, from the same weights: `√(Σ wᵢ·(L_(i) − estimate)²)`.
  ///
  /// After Maritz, Jarrett: A note on estimating the variance of the sample median (1978), with the weights above; the
  /// weighted mean itself varies less.
  public let orderStatisticStandardError: Double

  /// Estimates a quantile.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, independent, any order, at least two.
  ///   - confidence: the level c.
  /// - Throws: `StatisticsError.sampleTooSmall` below two losses, `StatisticsError.notFinite` naming the first that is
  ///   NaN or infinite.
  public init(ofLosses losses: [Double], at confidence: Confidence) throws(StatisticsError) {
    guard losses.count >= 2 else { throw .sampleTooSmall(count: losses.count, needed: 2) }
    let weights = BetaWeights(sampleSize: losses.count, confidence)
    let leftOut = losses.count >= 3 ? BetaWeights(sampleSize: losses.count - 1, confidence) : nil
    let deepest = min(weights.ranks.lowerBound, leftOut?.ranks.lowerBound ?? .max)
    let worst = try WorstLosses(losses.count - deepest + 1, of: losses)

    self.confidence = confidence
    sampleSize = losses.count
    let estimate = weights.mean { worst.loss(atRank: $0) }
    valueAtRisk = estimate
    let variance = weights.mean { rank in
      let deviation = worst.loss(atRank: rank) - estimate
      return deviation * deviation
    }
    orderStatisticStandardError = variance.squareRoot()
    standardError = leftOut?.jackknifeError(of: worst)
  }
}

/// The weights of a sample's order statistics, where they are not negligible.
private struct BetaWeights {
  /// The ascending ranks that carry a weight.
  let ranks: ClosedRange<Int>

  /// The weight of each of these ranks; they add up to 1.
  private let weights: [Double]

  /// The probability left out at either end.
  private static let negligible = 1e-20

  init(sampleSize: Int, _ confidence: Confidence) {
    let size = Double(sampleSize)
    let law = BetaDistribution((size + 1) * confidence.value, (size + 1) * confidence.tailProbability)
    func tails(_ rank: Int) -> TailProbabilities { law.tails(Double(rank) / size) }
    let first = smallestIndex(in: 1..<sampleSize) { tails($0).lower > Self.negligible }
    let last = smallestIndex(in: first..<sampleSize) { tails($0).upper <= Self.negligible }
    ranks = first...last
    var before = tails(first - 1)
    weights = ranks.map { rank in
      let next = tails(rank)
      // The smaller of the two tails keeps its digits.
      let weight = next.lower < 0.5 ? next.lower - before.lower : before.upper - next.upper
      before = next
      return max(0, weight)
    }
  }

  /// The weighted mean of a function of the ranks.
  func mean(_ value: (Int) -> Double) -> Double {
    var sum = CompensatedSum()
    for (rank, weight) in zip(ranks, weights) { sum += weight * value(rank) }
    return sum.value
  }

  /// The jackknife error, where these are the weights for one loss fewer than the sample has.
  ///
  /// Leaving out rank j leaves the ranks below it where they are and moves those above it down by one.
  func jackknifeError(of worst: WorstLosses) -> Double {
    let anyLower = mean { worst.loss(atRank: $0 + 1) }
    let anyHigher = mean { worst.loss(atRank: $0) }
    var estimates: [Double] = []
    var estimate = anyLower
    for (rank, weight) in zip(ranks, weights) {
      estimates.append(estimate)
      estimate += weight * (worst.loss(atRank: rank) - worst.loss(atRank: rank + 1))
    }
    let size = Double(worst.sampleSize)
    let countLower = Double(ranks.lowerBound - 1)
    let countHigher = size - countLower - Double(estimates.count)
    var sum = countLower * (anyLower - anyHigher)
    for estimate in estimates { sum += estimate - anyHigher }
    let centre = anyHigher + sum / size
    var squares =
      countLower * (anyLower - centre) * (anyLower - centre)
      + countHigher * (anyHigher - centre) * (anyHigher - centre)
    for estimate in estimates { squares += (estimate - centre) * (estimate - centre) }
    return ((size - 1) / size * squares).squareRoot()
  }
}
