internal import NumericalMethods
internal import RealModule

/// Value at risk and expected shortfall of a weighted sample, with their sampling errors.
///
/// The errors are those of independent scenarios whose weights are given and add up to 1. Importance sampling, whose
/// weights are random, has the same errors where the weights are scaled to add up to 1 (the ratio estimator).
public struct WeightedTailEstimate: Hashable, Sendable {
  /// The estimates, and the scenarios that make them.
  public let tail: WeightedTailRisk

  /// The standard error of the value at risk: half the difference of the quantiles one deviation of the weighted
  /// exceedance probability above and below the level.
  ///
  /// `nil` where the sample does not reach that far. Woodruff: Confidence intervals for medians and other position
  /// measures (1952).
  public let valueAtRiskStandardError: Double?

  /// An interval for the value at risk, by the same inversion; `nil` where the sample has no finite one.
  public let valueAtRiskInterval: ClosedRange<Double>?

  /// The standard error of the expected shortfall, `√(Σ wᵢ²·(gᵢ − ḡ)²) / (1 − c)` with `gᵢ = (Lᵢ − q)⁺`.
  ///
  /// `nil` with fewer than two losses beyond the value at risk. With equal weights that of `TailEstimate`.
  public let expectedShortfallStandardError: Double?

  /// Estimates the tail of a weighted sample.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, independent, any order.
  ///   - weights: as many, in the same order.
  ///   - confidence: the level c of the two measures.
  ///   - coverage: the level of the interval.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `EstimationError.weightCount`, or `.notFinite` naming the first loss that is NaN or infinite.
  public init(
    ofLosses losses: [Double], weights: SampleWeights, at confidence: Confidence,
    coverage: Confidence = .ninetyFivePercent, rule: WeightedQuantileRule = .lowerQuantile
  ) throws(EstimationError) {
    let tail = try WeightedTailRisk(ofLosses: losses, weights: weights, at: confidence, rule: rule)
    let spread = TailSpread(tail, weights, concentration: weights.concentration)
    let factor = normalQuantile(0.5 + 0.5 * coverage.value)
    let deepest = confidence.tailProbability + max(1, factor) * spread.massDeviation
    let selection = try WeightedTail(losses, weights, mass: deepest)

    self.tail = tail
    expectedShortfallStandardError = spread.shortfallError
    valueAtRiskStandardError =
      selection.bounds(around: confidence, spread.massDeviation).map { 0.5 * ($0.upperBound - $0.lowerBound) }
    valueAtRiskInterval = selection.bounds(around: confidence, factor * spread.massDeviation)
  }
}

extension WeightedTail {
  /// The quantiles at a distance in probability from a level, or `nil` where the sample ends before.
  fileprivate func bounds(around confidence: Confidence, _ distance: Double) -> ClosedRange<Double>? {
    let mass = confidence.tailProbability
    guard mass - distance >= cumulative[0], mass + distance < 1 else { return nil }
    let upper = losses[upperPosition(mass - distance)]
    let lower = losses[lowerPosition(mass + distance)]
    return lower...max(lower, upper)
  }
}

/// What the weights and the excesses of a tail say about its errors.
private struct TailSpread {
  /// The standard error of the weighted share of losses beyond the quantile.
  let massDeviation: Double

  /// The standard error of the expected shortfall.
  let shortfallError: Double?

  init(_ tail: WeightedTailRisk, _ weights: SampleWeights, concentration: Double) {
    let mass = tail.confidence.tailProbability
    let beyond = tail.members.dropLast()
    let quantile = tail.losses[tail.losses.count - 1]
    var squares = 0.0
    var excess = 0.0
    for (member, loss) in zip(beyond, tail.losses).reversed() {
      let weight = weights.values[member]
      squares += weight * weight
      excess += weight * (loss - quantile)
    }
    let rest = max(0, concentration - squares)
    massDeviation = ((1 - mass) * (1 - mass) * squares + mass * mass * rest).squareRoot()
    guard beyond.count >= 2 else {
      shortfallError = nil
      return
    }
    // The losses below the quantile count with an excess of zero.
    var variance = excess * excess * rest
    for (member, loss) in zip(beyond, tail.losses).reversed() {
      let deviation = weights.values[member] * (loss - quantile - excess)
      variance += deviation * deviation
    }
    shortfallError = variance.squareRoot() / mass
  }
}
