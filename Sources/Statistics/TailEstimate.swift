/// Value at risk and expected shortfall of a sample of independent losses, with their sampling errors.
///
/// Everything is read off one selection of the sample's worst losses. The errors are those of independent scenarios;
/// overlapping horizons need a block bootstrap.
public struct TailEstimate: Hashable, Sendable {
  /// The estimates, and the scenarios that make them.
  public let tail: TailRisk

  /// A distribution-free interval for the value at risk.
  public let valueAtRiskInterval: IntervalEstimate

  /// The standard error of the value at risk, from the spacing of the order statistics around it.
  ///
  /// `√(c(1−c)/n) / f(q)` with the density f(q) estimated as the slope of the empirical distribution between the ranks
  /// k ± m, m about √(n·c(1−c)), one standard deviation of the rank. `nil` where the sample does not reach that far.
  public let valueAtRiskStandardError: Double?

  /// The standard error of the expected shortfall, `√(Var((L−q)⁺)/n) / (1−c)`.
  ///
  /// `nil` with fewer than two losses beyond the value at risk. Manistre, Hancock: Variance of the CTE estimator
  /// (2005), for large n.
  public let expectedShortfallStandardError: Double?

  /// Estimates the tail of a sample of losses.
  ///
  /// - Parameters:
  ///   - losses: one loss a scenario, losses positive, independent, any order, at least one.
  ///   - confidence: the level of the two measures.
  ///   - coverage: the level of the interval.
  ///   - rule: how the value at risk is read off the sample.
  /// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
  ///   empty sample.
  public init(
    ofLosses losses: [Double], at confidence: Confidence, coverage: Confidence = .ninetyFivePercent,
    rule: QuantileRule = .orderStatistic
  ) throws(StatisticsError) {
    guard !losses.isEmpty else { throw .sampleTooSmall(count: 0, needed: 1) }
    let position = TailPosition(count: losses.count, confidence: confidence)
    let ranks = OrderStatisticInterval(sampleSize: losses.count, quantile: confidence, coverage: coverage)
    let spacing = RankSpacing(position, sampleSize: losses.count, confidence)
    let lowestRank = min(ranks?.lowerRank ?? position.rank, spacing?.lowerRank ?? position.rank)
    let depth = max(
      losses.count - lowestRank + 1,
      TailRisk.selectionSize(sampleSize: losses.count, at: confidence, rule: rule))
    let worst = try WorstLosses(depth, of: losses)

    tail = TailRisk(of: worst, at: confidence, rule: rule)
    valueAtRiskInterval =
      if let ranks {
        .bounded(worst.loss(atRank: ranks.lowerRank)...worst.loss(atRank: ranks.upperRank))
      } else {
        .sampleTooSmall(
          needed: OrderStatisticInterval.requiredSampleSize(quantile: confidence, coverage: coverage))
      }
    valueAtRiskStandardError = spacing?.standardError(of: worst)
    expectedShortfallStandardError = Self.shortfallError(tail, position)
  }

  private static func shortfallError(_ tail: TailRisk, _ position: TailPosition) -> Double? {
    guard position.countBeyond >= 2 else { return nil }
    let size = Double(tail.sampleSize)
    let quantile = tail.losses[position.countBeyond]
    var sum = 0.0
    var squares = 0.0
    for loss in tail.losses[..<position.countBeyond].reversed() {
      let excess = loss - quantile
      sum += excess
      squares += excess * excess
    }
    // The losses below the quantile count with an excess of zero.
    let variance = max(0, squares / size - (sum / size) * (sum / size))
    return (variance / size).squareRoot() / (position.tailMass / size)
  }
}

/// The ranks m below and above a quantile's, between which the slope of the empirical distribution is taken.
private struct RankSpacing {
  let lowerRank: Int
  let upperRank: Int

  /// √(n·c(1−c)): the standard deviation of the number of losses below the quantile.
  let rankDeviation: Double

  /// Fails where the ranks leave the sample.
  init?(_ position: TailPosition, sampleSize: Int, _ confidence: Confidence) {
    rankDeviation = (Double(sampleSize) * confidence.value * confidence.tailProbability).squareRoot()
    let halfWidth = max(1, Int(rankDeviation.rounded()))
    lowerRank = position.rank - halfWidth
    upperRank = position.rank + halfWidth
    guard lowerRank >= 1, upperRank <= sampleSize else { return nil }
  }

  func standardError(of worst: WorstLosses) -> Double {
    // 1/f ≈ n·(difference of losses)/(difference of ranks), times the deviation of the rank over n.
    let spread = worst.loss(atRank: upperRank) - worst.loss(atRank: lowerRank)
    return rankDeviation * spread / Double(upperRank - lowerRank)
  }
}
