internal import NumericalMethods
internal import RealModule

/// Whether a value at risk was exceeded as often as its level says: the test of the proportion of failures.
///
/// `LR = −2·log[(1−p)^(n−x)·p^x / ((1−x/n)^(n−x)·(x/n)^x)]` with p = 1 − c and 0·log 0 = 0; asymptotically chi-squared
/// with one degree of freedom. Counts are small where p is: the exact probability, by the same ordering, is given
/// beside it.
///
/// Kupiec: Techniques for verifying the accuracy of risk measurement models (1995).
public struct KupiecTest: Hashable, Sendable {
  /// The number x of observations beyond the value at risk.
  public let exceedances: Int

  /// The number n of observations.
  public let observations: Int

  /// The level c of the value at risk.
  public let confidence: Confidence

  /// The likelihood ratio, at least 0.
  public let likelihoodRatio: Double

  /// The chi-squared probability of a ratio at least as large.
  public let asymptoticPValue: Double

  /// The probability, under a value at risk that is right, of a count whose ratio is at least as large.
  public let exactPValue: Double

  /// Tests a count of exceedances.
  ///
  /// - Parameters:
  ///   - exceedances: 0 … observations.
  ///   - observations: at least 1, independent.
  ///   - confidence: the level of the value at risk.
  /// - Throws: `StatisticsError.countOutOfRange` for impossible counts.
  public init(exceedances: Int, observations: Int, at confidence: Confidence) throws(StatisticsError) {
    guard observations >= 1 else { throw .countOutOfRange(observations, allowed: 1...Int.max) }
    guard (0...observations).contains(exceedances) else {
      throw .countOutOfRange(exceedances, allowed: 0...observations)
    }
    let law = ExceedanceLaw(observations, confidence)
    self.exceedances = exceedances
    self.observations = observations
    self.confidence = confidence
    likelihoodRatio = law.likelihoodRatio(exceedances)
    asymptoticPValue = ChiSquaredDistribution(degreesOfFreedom: 1).survival(likelihoodRatio)
    exactPValue = law.exactPValue(likelihoodRatio)
  }

  /// The expected number of exceedances, n·(1 − c).
  public var expectedExceedances: Double { ExceedanceLaw(observations, confidence).expected }

  /// Whether the test rejects.
  public enum Method: Hashable, Sendable, CaseIterable {
    /// By the chi-squared probability.
    case asymptotic
    /// By the exact probability.
    case exact
  }

  /// The counts that are not rejected.
  ///
  /// - Parameters:
  ///   - observations: at least 1.
  ///   - confidence: the level of the value at risk.
  ///   - testLevel: the level of the test: 95 % rejects where the probability is below 5 %.
  ///   - method: which probability decides.
  /// - Returns: the smallest and the largest count not rejected.
  /// - Throws: `StatisticsError.countOutOfRange` without observations.
  public static func acceptedCounts(
    observations: Int, at confidence: Confidence, testLevel: Confidence = .ninetyFivePercent,
    method: Method = .exact
  ) throws(StatisticsError) -> ClosedRange<Int> {
    guard observations >= 1 else { throw .countOutOfRange(observations, allowed: 1...Int.max) }
    let law = ExceedanceLaw(observations, confidence)
    let chiSquared = ChiSquaredDistribution(degreesOfFreedom: 1)
    func accepts(_ count: Int) -> Bool {
      let ratio = law.likelihoodRatio(count)
      let probability = method == .exact ? law.exactPValue(ratio) : chiSquared.survival(ratio)
      return probability >= testLevel.tailProbability
    }
    // The ratio falls up to the expected count and rises from there; the nearer neighbour is always accepted.
    let below = Int(law.expected)
    let centre =
      law.likelihoodRatio(below) <= law.likelihoodRatio(min(observations, below + 1))
      ? below : min(observations, below + 1)
    let first = smallestIndex(in: 0..<centre) { accepts($0) }
    let past = smallestIndex(in: centre + 1..<observations + 1) { !accepts($0) }
    return first...(past - 1)
  }
}

/// The number of exceedances of a value at risk that is right, and the ratio that orders it.
struct ExceedanceLaw {
  /// n·(1 − c), exact where it is whole.
  let expected: Double

  private let observations: Int
  private let counts: BinomialDistribution

  /// Ratios this close are taken to be equal.
  static let rounding = 1e-9

  init(_ observations: Int, _ confidence: Confidence) {
    self.observations = observations
    expected = TailPosition.snapped(Double(observations) * confidence.tailProbability)
    counts = BinomialDistribution(trials: observations, probability: confidence.tailProbability)
  }

  /// The likelihood ratio of a count.
  func likelihoodRatio(_ count: Int) -> Double {
    let size = Double(observations)
    let hits = Double(count)
    return 2 * (halfDeviance(hits, expected) + halfDeviance(size - hits, size - expected))
  }

  /// The probability of a count whose ratio is at least this one.
  func exactPValue(_ ratio: Double) -> Double {
    let limit = ratio - Self.rounding * (1 + ratio)
    guard limit > 0 else { return 1 }
    let centre = min(observations, Int(expected))
    // Below the centre the ratio falls with the count, above it rises.
    let firstInside = smallestIndex(in: 0..<centre + 1) { likelihoodRatio($0) < limit }
    let firstBeyond = smallestIndex(in: centre + 1..<observations + 1) { likelihoodRatio($0) >= limit }
    let low = firstInside > 0 ? counts.cumulative(firstInside - 1) : 0
    let high = firstBeyond <= observations ? counts.survival(firstBeyond - 1) : 0
    return min(1, low + high)
  }

  func probability(_ count: Int) -> Double { counts.density(count) }

  /// `x·log(x/m) + m − x`, never negative, with 0·log 0 = 0.
  private func halfDeviance(_ x: Double, _ mean: Double) -> Double {
    guard x > 0 else { return mean }
    return max(0, x * .log(x / mean) + mean - x)
  }
}
