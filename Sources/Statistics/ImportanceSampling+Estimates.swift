internal import NumericalMethods

/// A probability estimated from draws of another density.
public struct ImportanceProbability: Hashable, Sendable {
  /// The estimate, (1/n)·Σ wᵢ·1{Lᵢ > x}; unbiased.
  public let value: Double
  /// Its standard error.
  public let standardError: Double
  /// How many plain draws would have this error: n·p(1 − p)/Var(w·1{L > x}); `nil` where no loss exceeds the threshold.
  public let equivalentPlainDraws: Double?

  /// Estimates the probability of a loss above a threshold.
  ///
  /// - Parameters:
  ///   - threshold: x, finite.
  ///   - losses: one a draw, any order, at least two.
  ///   - ratios: the likelihood ratio of each draw; finite, not negative.
  /// - Throws: ``ImportanceSamplingError/ratioCount(count:losses:)``, ``ImportanceSamplingError/notFinite``,
  ///   ``ImportanceSamplingError/sampleTooSmall(count:needed:)``.
  public init(
    ofLossesAbove threshold: Double, losses: [Double], likelihoodRatios ratios: [Double]
  ) throws(ImportanceSamplingError) {
    try requireDraws(losses, ratios)
    guard threshold.isFinite else { throw .notFinite }
    var sum = CompensatedSum()
    var squares = CompensatedSum()
    for (loss, ratio) in zip(losses, ratios) where loss > threshold {
      sum += ratio
      squares += ratio * ratio
    }
    let size = Double(losses.count)
    let mean = sum.value / size
    let variance = max(0, squares.value / size - mean * mean) * size / (size - 1)
    value = mean
    standardError = (variance / size).squareRoot()
    equivalentPlainDraws = variance > 0 && mean < 1 ? size * mean * (1 - mean) / variance : nil
  }
}

/// Value at risk and expected shortfall from draws of another density, with their sampling errors.
///
/// With likelihood ratios w and P̂(x) = (1/n)·Σ wᵢ·1{Lᵢ > x}: the value at risk q is the smallest loss with P̂(q) ≤ 1 − c, and
/// the expected shortfall q + (1/n)·Σ wᵢ·(Lᵢ − q)⁺/(1 − c), the ratio estimator with the boundary's weight split. The ratios
/// are not scaled to add up to n: those of the body, which vary most, have no part in the tail.
///
/// Glasserman, Heidelberger, Shahabuddin: Variance reduction techniques for estimating value-at-risk (2000); Glynn:
/// Importance sampling for Monte Carlo estimation of quantiles (1996).
public struct ImportanceTailEstimate: Hashable, Sendable {
  /// The confidence level c.
  public let confidence: Confidence
  /// The number n of draws.
  public let sampleSize: Int
  /// The loss exceeded with probability 1 − c.
  public let valueAtRisk: Double
  /// The mean loss of the worst 1 − c of the probability.
  public let expectedShortfall: Double
  /// The standard error of the value at risk: half the difference of the quantiles one standard error of P̂(q) to either side;
  /// `nil` where the sample does not reach that far.
  public let valueAtRiskStandardError: Double?
  /// An interval for the value at risk by the same inversion; `nil` where the sample does not reach that far.
  public let valueAtRiskInterval: ClosedRange<Double>?
  /// The standard error of the expected shortfall, √(Var(w·(L − q)⁺)/n)/(1 − c).
  ///
  /// To first order the error of q has no part in it (delta method). `nil` with fewer than two losses beyond the value at
  /// risk.
  public let expectedShortfallStandardError: Double?
  /// Kish's effective sample size (Σw)²/Σw² of the draws beyond the value at risk.
  public let effectiveTailSize: Double
  /// How many plain draws would give the value at risk this error.
  public let equivalentPlainDraws: Double?

  /// Estimates a tail.
  ///
  /// - Parameters:
  ///   - losses: one a draw, any order, at least two, finite.
  ///   - ratios: the likelihood ratio of each draw; finite, not negative.
  ///   - confidence: the level of the two measures.
  ///   - coverage: the level of the interval.
  /// - Throws: ``ImportanceSamplingError/ratioCount(count:losses:)``, ``ImportanceSamplingError/notFinite``,
  ///   ``ImportanceSamplingError/sampleTooSmall(count:needed:)``,
  ///   ``ImportanceSamplingError/tailNotReached(tailProbability:mass:)``.
  public init(
    ofLosses losses: [Double], likelihoodRatios ratios: [Double], at confidence: Confidence,
    coverage: Confidence = .ninetyFivePercent
  ) throws(ImportanceSamplingError) {
    try requireDraws(losses, ratios)
    let tail = confidence.tailProbability
    let size = Double(losses.count)
    let ranked = RankedDraws(losses, ratios)
    guard let place = ranked.place(ofMass: tail) else {
      throw .tailNotReached(tailProbability: tail, mass: ranked.cumulative[ranked.cumulative.count - 1])
    }
    let quantile = ranked.losses[place]

    var mass = CompensatedSum()
    var masses = CompensatedSum()
    var excess = CompensatedSum()
    var excesses = CompensatedSum()
    for (loss, ratio) in zip(ranked.losses[..<place], ranked.ratios[..<place]) {
      let beyond = ratio * (loss - quantile)
      mass += ratio
      masses += ratio * ratio
      excess += beyond
      excesses += beyond * beyond
    }
    func error(_ sum: Double, _ squares: Double) -> Double {
      (max(0, squares / size - (sum / size) * (sum / size)) / (size - 1)).squareRoot()
    }
    let massError = error(mass.value, masses.value)
    let factor = normalQuantile(0.5 + 0.5 * coverage.value)

    self.confidence = confidence
    sampleSize = losses.count
    valueAtRisk = quantile
    expectedShortfall = quantile + excess.value / size / tail
    let near = place >= 2 ? ranked.bounds(around: tail, massError) : nil
    valueAtRiskStandardError = near.map { 0.5 * ($0.upperBound - $0.lowerBound) }
    valueAtRiskInterval = place >= 2 ? ranked.bounds(around: tail, factor * massError) : nil
    expectedShortfallStandardError = place >= 2 ? error(excess.value, excesses.value) / tail : nil
    effectiveTailSize = masses.value > 0 ? mass.value * mass.value / masses.value : 0
    equivalentPlainDraws = massError > 0 ? tail * (1 - tail) / (massError * massError) : nil
  }
}

/// Draws worst first, with the probability of each and all worse ones together.
private struct RankedDraws {
  let losses: [Double]
  let ratios: [Double]
  let cumulative: [Double]

  init(_ losses: [Double], _ ratios: [Double]) {
    // Equal losses stand in the order of the draws.
    let order = losses.indices.sorted { losses[$0] != losses[$1] ? losses[$0] > losses[$1] : $0 < $1 }
    self.losses = order.map { losses[$0] }
    self.ratios = order.map { ratios[$0] }
    var sum = CompensatedSum()
    let size = Double(losses.count)
    cumulative = self.ratios.map { ratio in
      sum += ratio
      return sum.value / size
    }
  }

  /// The first draw at which the probability of it and all worse ones exceeds a mass.
  func place(ofMass mass: Double) -> Int? {
    let place = smallestIndex(in: 0..<cumulative.count) { cumulative[$0] > mass }
    return place < cumulative.count ? place : nil
  }

  /// The quantiles at a distance in probability on either side of a tail's mass.
  func bounds(around mass: Double, _ distance: Double) -> ClosedRange<Double>? {
    guard mass > distance, let upper = place(ofMass: mass - distance), upper > 0,
      let lower = place(ofMass: mass + distance)
    else { return nil }
    return losses[lower]...max(losses[lower], losses[upper])
  }
}

/// Stops at draws no estimate can be made of.
private func requireDraws(_ losses: [Double], _ ratios: [Double]) throws(ImportanceSamplingError) {
  guard losses.count == ratios.count else {
    throw .ratioCount(count: ratios.count, losses: losses.count)
  }
  guard losses.count >= 2 else { throw .sampleTooSmall(count: losses.count, needed: 2) }
  guard losses.allSatisfy(\.isFinite), ratios.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .notFinite }
}
