import LinearAlgebra
import MarketData
import Statistics

/// A law fitted to a window, and what sets drawn from it carry.
struct FittedLaw: Sendable {
  let estimator: LawEstimator
  let estimate: LawEstimate
  let calibration: Calibration
  let coverage: [FactorCoverage]

  /// The set of some moves.
  ///
  /// - Parameters:
  ///   - moves: factor × scenario.
  ///   - calibration: of the law they are drawn from.
  ///   - coverage: one entry a factor.
  ///   - replicates: of how many scrambled replicates they consist; `nil` where every draw is independent.
  /// - Returns: the set.
  func set(
    _ moves: Matrix, _ calibration: Calibration, _ coverage: [FactorCoverage], replicates: Int? = nil
  ) -> ScenarioSet {
    ScenarioSet(
      factors: estimator.factors, moves: moves, labels: .draws(Array(0..<moves.columns)), coverage: coverage,
      volatility: estimator.responses.answer, calibration: calibration,
      replicates: replicates, filtering: estimator.sample.filtering)
  }
}
