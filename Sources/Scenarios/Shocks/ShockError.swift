public import MarketData
public import Statistics

/// Why a shock cannot be applied.
public enum ShockError: Error, Hashable, Sendable {
  /// A step that stands where it has no meaning; its place, counted from 0.
  case misplaced(step: Int, rule: String)
  /// A factor outside the study.
  case unknownFactor(RiskFactor)
  /// A factor whose correlation is shocked though it does not move.
  case doesNotMove(RiskFactor)
  /// A factor of another kind than the step needs, such as a spot price or a basis.
  case wrongKind(RiskFactor, needed: String)
  /// Moves given at once that the correlations exclude: the factors are tied to one another.
  case contradictoryMoves([RiskFactor])
  /// A correlation that no correlation matrix has beside the others, and the interval in which one does.
  case infeasible(RiskFactor, RiskFactor, wanted: Double, lower: Double, upper: Double)
  /// Correlations that are no correlation matrix, and whose repair was not asked for.
  case notPositiveSemidefinite(smallestEigenvalue: Double)
  /// Correlations that cannot be kept: no correlation matrix has them all.
  case cannotBeKept
  /// A number outside its domain.
  case outOfDomain(field: String, value: Double, allowed: String)
  /// Views that contradict one another or the observations.
  case views(EntropyPoolingError)
  /// Views on a calibration without observations.
  case noObservations
  /// A window of history that does not serve as a target.
  case window(MarketDataError)
  /// A matrix that cannot be decomposed or repaired.
  case covariance(CovarianceError)
}
