/// Value at risk and expected shortfall of a sample at one confidence level, with the scenarios that make them.
///
/// With ascending losses `L_(1) ≤ … ≤ L_(n)` and `k = ⌈n·c⌉`:
/// value at risk `L_(k)` (or the quantile rule named), and expected shortfall after Acerbi and Tasche,
/// `ES = [Σ_{i>k} L_(i) + (k − n·c)·L_(k)] / (n·(1 − c))`,
/// which is exact for any n and coherent. Both are losses, positive, in the sample's unit, and may be negative (a
/// certain gain).
///
/// Acerbi, Tasche: On the coherence of expected shortfall (2002).
public struct TailRisk: Hashable, Sendable {
  /// The confidence level c.
  public let confidence: Confidence

  /// The convention of the value at risk; the expected shortfall does not depend on it.
  public let quantileRule: QuantileRule

  /// The number n of losses in the sample.
  public let sampleSize: Int

  /// The loss exceeded with probability 1 − c.
  public let valueAtRisk: Double

  /// The mean loss of the worst 1 − c of the sample.
  public let expectedShortfall: Double

  /// The tail's scenarios, worst first: those ranked beyond `k`, then the one at rank `k`.
  public let members: [Int]

  /// The loss of each member.
  public let losses: [Double]

  /// The weight of each member in the expected shortfall; they add up to 1.
  public let weights: [Double]

  /// The scenario whose loss is the order statistic `L_(k)`, the last of the members, whatever the quantile rule.
  public var bindingScenario: Int { members[members.count - 1] }
}

extension TailRisk {
  /// The tail of a sample of losses.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, any order, at least one.
  ///   - confidence: the level.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
  ///   empty sample.
  public init(
    ofLosses losses: [Double], at confidence: Confidence, rule: QuantileRule = .orderStatistic
  ) throws(StatisticsError) {
    try self.init(ofLosses: losses.span, at: confidence, rule: rule)
  }

  /// The tail of a sample of losses.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, any order, at least one.
  ///   - confidence: the level.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
  ///   empty sample.
  public init(
    ofLosses losses: Span<Double>, at confidence: Confidence, rule: QuantileRule = .orderStatistic
  ) throws(StatisticsError) {
    guard !losses.isEmpty else { throw .sampleTooSmall(count: 0, needed: 1) }
    let depth = Self.selectionSize(sampleSize: losses.count, at: confidence, rule: rule)
    self.init(of: try WorstLosses(depth, of: losses), at: confidence, rule: rule)
  }

  /// The tail of a sample of profits and losses, gains positive.
  ///
  /// - Parameters:
  ///   - profits: one profit (loss negative) a scenario, any order, at least one.
  ///   - confidence: the level.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
  ///   empty sample.
  public init(
    ofProfitAndLoss profits: [Double], at confidence: Confidence, rule: QuantileRule = .orderStatistic
  ) throws(StatisticsError) {
    // Subtracting from zero, not negating: a profit of 0 is a loss of 0, never of −0.
    try self.init(ofLosses: profits.map { 0 - $0 }, at: confidence, rule: rule)
  }

  /// The tails of one sample at several levels, from one selection.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, any order, at least one.
  ///   - confidences: the levels, in any order.
  ///   - rule: how the value at risk is read off the sample.
  /// - Returns: one tail a level, in the order of the levels.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
  ///   empty sample.
  public static func tails(
    ofLosses losses: [Double], at confidences: [Confidence], rule: QuantileRule = .orderStatistic
  ) throws(StatisticsError) -> [TailRisk] {
    guard let lowest = confidences.min() else { return [] }
    guard !losses.isEmpty else { throw .sampleTooSmall(count: 0, needed: 1) }
    let worst = try WorstLosses(
      selectionSize(sampleSize: losses.count, at: lowest, rule: rule), of: losses)
    return confidences.map { TailRisk(of: worst, at: $0, rule: rule) }
  }

  /// The number of worst losses a tail is computed from.
  ///
  /// - Parameters:
  ///   - sampleSize: the size n ≥ 1 of the sample.
  ///   - confidence: the level.
  ///   - rule: how the value at risk is read off the sample.
  /// - Returns: n − k + 1, and one more, where there is one, when the rule interpolates below rank k.
  public static func selectionSize(
    sampleSize: Int, at confidence: Confidence, rule: QuantileRule = .orderStatistic
  ) -> Int {
    let position = TailPosition(count: sampleSize, confidence: confidence)
    return switch rule {
    case .orderStatistic: position.countBeyond + 1
    case .type7: min(sampleSize, position.countBeyond + 2)
    }
  }

  /// The tail of a sample whose worst losses are known.
  ///
  /// - Parameters:
  ///   - worst: at least `selectionSize(sampleSize:at:rule:)` of the sample's worst losses.
  ///   - confidence: the level.
  ///   - rule: how the value at risk is read off the sample.
  public init(of worst: WorstLosses, at confidence: Confidence, rule: QuantileRule = .orderStatistic) {
    let position = TailPosition(count: worst.sampleSize, confidence: confidence)
    let size = position.countBeyond + 1
    precondition(
      worst.count >= Self.selectionSize(sampleSize: worst.sampleSize, at: confidence, rule: rule),
      "too few losses were selected for this level")
    let losses = Array(worst.losses[..<size])
    var weights = [Double](repeating: 1 / position.tailMass, count: size)
    weights[size - 1] = position.weightAtRank / position.tailMass
    self.confidence = confidence
    quantileRule = rule
    sampleSize = worst.sampleSize
    self.losses = losses
    self.weights = weights
    members = Array(worst.scenarios[..<size])
    valueAtRisk = worst.quantile(at: confidence, rule: rule)
    expectedShortfall = Self.expectedShortfall(descending: losses, position)
  }

  /// The Acerbi–Tasche mean, taken relative to the loss at rank `k`.
  ///
  /// The excesses over it are never negative, so the mean never falls below it by rounding: ES ≥ VaR holds exactly.
  static func expectedShortfall(descending losses: [Double], _ position: TailPosition) -> Double {
    let quantile = losses[position.countBeyond]
    // Summed from the smallest excess to the largest.
    var excess = 0.0
    for loss in losses[..<position.countBeyond].reversed() {
      excess += loss - quantile
    }
    return quantile + excess / position.tailMass
  }
}

extension WorstLosses {
  /// The sample's quantile.
  ///
  /// - Parameters:
  ///   - confidence: the level; the losses the rule reads must have been selected.
  ///   - rule: how the quantile is read off the sample.
  /// - Returns: a loss, in the sample's unit.
  public func quantile(at confidence: Confidence, rule: QuantileRule = .orderStatistic) -> Double {
    switch rule {
    case .orderStatistic:
      return loss(atRank: TailPosition(count: sampleSize, confidence: confidence).rank)
    case .type7:
      let height = TailPosition.snapped(Double(sampleSize - 1) * confidence.value + 1)
      let rank = min(sampleSize, Int(height))
      let lower = loss(atRank: rank)
      guard rank < sampleSize else { return lower }
      return lower + (height - Double(rank)) * (loss(atRank: rank + 1) - lower)
    }
  }
}
