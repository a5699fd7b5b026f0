/// The loss exceeded with probability 1 − c: by default the order statistic `L_(⌈n·c⌉)`.
///
/// - Parameters:
///   - losses: one loss a scenario, losses positive, any order, at least one.
///   - confidence: the level c.
///   - rule: how the quantile is read off the sample.
/// - Returns: a loss, in the sample's unit; negative for a certain gain.
/// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
///   empty sample.
public func valueAtRisk(
  ofLosses losses: [Double], at confidence: Confidence, rule: QuantileRule = .orderStatistic
) throws(StatisticsError) -> Double {
  try TailRisk(ofLosses: losses, at: confidence, rule: rule).valueAtRisk
}
