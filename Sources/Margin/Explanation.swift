import LinearAlgebra
public import Valuation

/// One line of the derivation of a requirement.
public struct ExplanationLine: Hashable, Sendable {
  /// The pool.
  public let pool: String
  /// The term, or `equity`.
  public let term: String
  /// The balance or position; empty for what belongs to all of them together.
  public let row: String
  /// What the number is, such as `maintenance` or `marketValue`.
  public let quantity: String
  /// USD.
  public let amount: Double
  /// How it came about, in words and numbers.
  public let detail: String
}

/// Every term of a regime's numbers, down to the position.
///
/// The lines of one term and quantity in one pool add up to what the term contributes to the requirement; the last lines
/// of a pool are its components.
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: lines, pool by pool.
public func explanation(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> [ExplanationLine] {
  let assessment = try requirement(of: regime, for: state, given: evidence)
  var lines: [ExplanationLine] = []
  for pool in regime.pooling.pools(of: state.rows) {
    lines += regime.collateral.explanation(of: pool, in: state)
    for term in regime.terms { lines += try term.explanation(of: pool, in: state, given: evidence) }
    lines += assessment.components.filter { $0.pool == pool.name }.map { component in
      ExplanationLine(
        pool: pool.name, term: "requirement", row: component.name, quantity: component.requirement.rawValue,
        amount: component.amount, detail: component.isBinding ? "binds" : "")
    }
  }
  return lines
}
