/// The mean loss of the worst 1 − c of a sample, after Acerbi and Tasche (2002): exact for any sample size.
///
/// - Parameters:
///   - losses: one loss a scenario, losses positive, any order, at least one.
///   - confidence: the level c.
/// - Returns: a loss, in the sample's unit, never below the value at risk.
/// - Throws: `StatisticsError.notFinite` naming the first NaN or infinity, `StatisticsError.sampleTooSmall` for an
///   empty sample.
public func expectedShortfall(
  ofLosses losses: [Double], at confidence: Confidence
) throws(StatisticsError) -> Double {
  try TailRisk(ofLosses: losses, at: confidence).expectedShortfall
}
