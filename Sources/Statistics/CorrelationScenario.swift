public import LinearAlgebra

/// One of the three sets of correlations under which the Basel capital rules have a charge computed; the largest counts.
///
/// The rules state the change for correlations of at least zero. A negative one is scaled by the same factors, kept
/// within [−1, 1]: `low` brings it nearer to zero, `high` takes it further away.
///
/// Basel Committee on Banking Supervision: Minimum capital requirements for market risk (2019), MAR21.6; Regulation
/// (EU) No 575/2013, article 325h(3).
public enum CorrelationScenario: String, Hashable, Sendable, CaseIterable {
  /// Lower correlations: `max(2ρ − 1, ¾·ρ)`.
  case low
  /// The correlations as they are.
  case medium
  /// Higher correlations: `min(1, 1¼·ρ)`.
  case high

  /// A correlation in this scenario.
  ///
  /// - Parameter correlation: ρ in [−1, 1].
  /// - Returns: a correlation in [−1, 1]; 1 stays 1 in all three.
  public func correlation(_ correlation: Double) -> Double {
    precondition(abs(correlation) <= 1, "a correlation lies between −1 and 1; have \(correlation)")
    return switch self {
    case .low: max(2 * correlation - 1, 0.75 * correlation)
    case .medium: correlation
    case .high: max(-1, min(1, 1.25 * correlation))
    }
  }

  /// The correlations of a matrix in this scenario, element by element.
  ///
  /// - Parameter base: the correlations, n × n.
  /// - Returns: n × n, symmetric with ones on the diagonal, but not always positive semidefinite.
  public func correlations(_ base: CorrelationMatrix) -> Matrix { base.matrix.map { correlation($0) } }

  /// The correlation matrix nearest to the correlations of this scenario.
  ///
  /// - Parameter base: the correlations, n × n.
  /// - Returns: the matrix, with its distance from `correlations(_:)`: 0 where those needed no repair.
  /// - Throws: `CovarianceError.decomposition` where an eigenvalue iteration did not converge.
  public func applied(to base: CorrelationMatrix) throws(CovarianceError) -> NearestCorrelation {
    try NearestCorrelation(to: correlations(base))
  }
}
