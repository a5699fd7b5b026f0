internal import NumericalMethods

/// How a weighted sample's quantile is read off its losses and their probabilities.
///
/// With the losses worst first and `Wᵢ` the probability of the worst i together:
public enum WeightedQuantileRule: Hashable, Sendable, CaseIterable {
  /// The first loss with `Wᵢ > 1 − c`: the smallest that covers at least c. Of equal weights, `L_(⌈n·c⌉)`.
  case lowerQuantile

  /// The first loss with `Wᵢ ≥ 1 − c`; differs from the lower quantile only where some `Wᵢ` is exactly 1 − c.
  ///
  /// Hull's textbook, Open Source Risk Engine, and the discrete reading of Boudoukh, Richardson and Whitelaw.
  case upperQuantile

  /// Straight lines between the points `(Wᵢ, Lᵢ)`, and the worst loss beyond the first of them.
  ///
  /// Boudoukh, Richardson, Whitelaw: The best of both worlds (1998). May exceed the expected shortfall where one
  /// weight is large.
  case interpolated
}

/// Value at risk and expected shortfall of a weighted sample at one confidence level, with the scenarios that make
/// them.
///
/// With the losses worst first, probabilities w that add up to 1, and q the lower quantile:
/// `ES = [Σ_{i: worse than q} wᵢ·Lᵢ + (1 − c − Σ_{i: worse than q} wᵢ)·q] / (1 − c)`: the boundary's weight is split, so
/// the mean is over exactly the worst 1 − c. Both are losses, positive, in the sample's unit. Equal weights give
/// exactly `TailRisk`.
///
/// Acerbi, Tasche: On the coherence of expected shortfall (2002), definition 2.6, for a discrete law.
public struct WeightedTailRisk: Hashable, Sendable {
  /// The confidence level c.
  public let confidence: Confidence

  /// The convention of the value at risk; the expected shortfall does not depend on it.
  public let quantileRule: WeightedQuantileRule

  /// The number n of losses in the sample.
  public let sampleSize: Int

  /// How many equally weighted losses carry as much information: `1 / Σ wᵢ²`.
  public let effectiveSampleSize: Double

  /// The loss exceeded with probability 1 − c.
  public let valueAtRisk: Double

  /// The mean loss of the worst 1 − c of the probability.
  public let expectedShortfall: Double

  /// The tail's scenarios, worst first; the last is the one at the lower quantile.
  public let members: [Int]

  /// The loss of each member.
  public let losses: [Double]

  /// The weight of each member in the expected shortfall; they add up to 1.
  public let weights: [Double]

  /// The mean of the losses no better than the value at risk, weighted but with no weight split.
  ///
  /// Other programs' expected shortfall, for replication: it is not coherent, and is the expected shortfall only where
  /// no weight is split.
  public let meanBeyondValueAtRisk: Double

  /// The scenario at the lower quantile, the last of the members, whatever the quantile rule.
  public var bindingScenario: Int { members[members.count - 1] }

  /// The tail of a weighted sample.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, any order.
  ///   - sampleWeights: as many, in the same order.
  ///   - confidence: the level c.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `EstimationError.weightCount`, or `.notFinite` naming the first loss that is NaN or infinite.
  public init(
    ofLosses losses: [Double], weights sampleWeights: SampleWeights, at confidence: Confidence,
    rule: WeightedQuantileRule = .lowerQuantile
  ) throws(EstimationError) {
    let tail = try WeightedTail(losses, sampleWeights, mass: confidence.tailProbability)
    self.init(tail, sampleWeights, confidence, rule)
    guard sampleWeights.areEqual else { return }
    self = try matching(plain: losses)
  }

  init(
    _ tail: WeightedTail, _ sampleWeights: SampleWeights, _ confidence: Confidence,
    _ rule: WeightedQuantileRule
  ) {
    let mass = confidence.tailProbability
    let boundary = tail.lowerPosition(mass)
    let quantile = tail.losses[boundary]
    self.confidence = confidence
    quantileRule = rule
    sampleSize = sampleWeights.count
    effectiveSampleSize = sampleWeights.effectiveSampleSize
    valueAtRisk = tail.quantile(mass, rule)
    // Excesses over the quantile are never negative, so the mean never falls below it by rounding.
    var excess = 0.0
    for position in (0..<boundary).reversed() {
      excess += tail.weights[position] * (tail.losses[position] - quantile)
    }
    expectedShortfall = quantile + excess / mass
    members = Array(tail.scenarios[...boundary])
    losses = Array(tail.losses[...boundary])
    var shares = tail.weights[...boundary].map { $0 / mass }
    let beyond = boundary == 0 ? 0 : tail.cumulative[boundary - 1]
    shares[boundary] = max(0, mass - beyond) / mass
    weights = shares
    meanBeyondValueAtRisk = tail.meanBeyond(valueAtRisk)
  }

  private init(replacing other: WeightedTailRisk, by plain: TailRisk) {
    confidence = other.confidence
    quantileRule = other.quantileRule
    sampleSize = other.sampleSize
    effectiveSampleSize = Double(other.sampleSize)
    valueAtRisk = other.quantileRule == .lowerQuantile ? plain.valueAtRisk : other.valueAtRisk
    expectedShortfall = plain.expectedShortfall
    members = plain.members
    losses = plain.losses
    weights = plain.weights
    meanBeyondValueAtRisk = other.meanBeyondValueAtRisk
  }

  /// The same tail with the bits of the plain one: ranks are exact there, cumulative weights only nearly.
  private func matching(plain losses: [Double]) throws(EstimationError) -> WeightedTailRisk {
    do throws(StatisticsError) {
      return WeightedTailRisk(replacing: self, by: try TailRisk(ofLosses: losses, at: confidence))
    } catch {
      // The losses were checked when the tail was selected.
      preconditionFailure("a checked sample has a tail")
    }
  }
}
