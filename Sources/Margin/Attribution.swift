public import Instruments
import LinearAlgebra
public import MarketData
public import Valuation

/// What a regime demands, allocated to the rows of the account.
///
/// Only what binds is allocated: of a maximum or minimum the branch that decides, of a grid the worst point. Shares of a tail
/// are Euler's, the change of the tail for a small proportional change of the row, so that a hedge has a negative one. The
/// shares add up to the requirement. Tasche: Risk contributions and performance measurement (1999).
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: shares of initial and maintenance margin.
public func attribution(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> MarginAttribution {
  var shares = RequirementShares(rows: state.rows.count)
  var pools = [String](repeating: "", count: state.rows.count)
  for batch in regime.batches(of: BookStates(state), given: evidence) {
    for row in batch.pool.rows { pools[row] = batch.pool.name }
    shares.add(try regime.rules.shares(in: batch))
  }
  return MarginAttribution(
    regime: regime.id, initial: RequirementAttribution(shares.initial, of: state, pools),
    maintenance: RequirementAttribution(shares.maintenance, of: state, pools))
}

/// What a regime demands of an account, allocated.
public struct MarginAttribution: Hashable, Sendable {
  /// The regime, or the two between which it is a difference.
  public let regime: String
  /// The initial margin.
  public let initial: RequirementAttribution
  /// The maintenance margin.
  public let maintenance: RequirementAttribution

  /// What this regime demands more than another one for the same account, row by row.
  ///
  /// - Parameter other: what the other regime demands.
  /// - Returns: differences that add up to the difference of the requirements.
  public func difference(to other: MarginAttribution) -> MarginAttribution {
    MarginAttribution(
      regime: "\(regime) − \(other.regime)", initial: initial.difference(to: other.initial),
      maintenance: maintenance.difference(to: other.maintenance))
  }
}

/// A requirement, allocated in two ways: to rows, and to risk factors.
public struct RequirementAttribution: Hashable, Sendable {
  /// The requirement, in USD.
  public let total: Double
  /// The share of each row of the book, in its order.
  public let rows: [RowShare]
  /// What belongs to no row: fixed amounts, amounts a venue states, rules that cannot be taken apart; by name.
  public let account: [AttributionLine]
  /// The shares of risk factors in the tails; with ``nonLinear`` and ``otherTerms`` they add up to the total.
  public let factors: [FactorShare]
  /// What the tails hold beyond the first order of options.
  public let nonLinear: Double
  /// What terms demand that are not a tail, and so have no factors.
  public let otherTerms: Double

  /// The shares of the collateral and positions of each asset, the base asset of a position, in the order of symbols.
  public var assets: [(asset: Asset, amount: Double)] {
    var sums: [Asset: Double] = [:]
    for row in rows { sums[row.asset, default: 0] += row.amount }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// What this requirement is more than another one of the same book.
  ///
  /// - Parameter other: the allocation of the other.
  /// - Returns: differences that add up to the difference of the totals.
  public func difference(to other: RequirementAttribution) -> RequirementAttribution {
    precondition(rows.map(\.name) == other.rows.map(\.name), "attributions of different books")
    return RequirementAttribution(
      total: total - other.total, rows: zip(rows, other.rows).map { $0.less($1) },
      account: Self.merged(account.map { ($0.name, $0.amount) }, other.account.map { ($0.name, $0.amount) })
        .map { AttributionLine(name: $0.0, amount: $0.1) },
      factors: Self.merged(
        factors.map { ($0.factor, $0.amount) }, other.factors.map { ($0.factor, $0.amount) }
      ).map { FactorShare(factor: $0.0, amount: $0.1) },
      nonLinear: nonLinear - other.nonLinear, otherTerms: otherTerms - other.otherTerms)
  }

  /// The left amounts less the right ones: names of the left in their order, then those of the right alone.
  private static func merged<Name: Hashable>(
    _ left: [(Name, Double)], _ right: [(Name, Double)]
  ) -> [(Name, Double)] {
    let taken = Dictionary(uniqueKeysWithValues: right.map { ($0.0, $0.1) })
    let known = Set(left.map(\.0))
    return left.map { ($0.0, $0.1 - (taken[$0.0] ?? 0)) }
      + right.filter { !known.contains($0.0) }.map { ($0.0, 0 - $0.1) }
  }
}

/// The share of one row of a book in a requirement.
public struct RowShare: Hashable, Sendable {
  /// The number of the row.
  public let row: Int
  /// The pool it belongs to; both names where a difference is between pools of different names.
  public let pool: String
  /// The row's name.
  public let name: String
  /// What kind of thing it is.
  public let kind: RowKind
  /// The asset of a balance, or the base asset of a position.
  public let asset: Asset
  /// The share, in USD; negative for a hedge.
  public let amount: Double
  /// The absolute notional of a position or order, or the absolute value of a balance, in USD.
  public let size: Double

  /// The share for one USD of size; `nil` for a row without size.
  public var marginal: Double? { size > 0 ? amount / size : nil }

  /// The share less that of the same row elsewhere.
  fileprivate func less(_ other: RowShare) -> RowShare {
    RowShare(
      row: row, pool: pool == other.pool ? pool : "\(pool), \(other.pool)", name: name, kind: kind,
      asset: asset, amount: amount - other.amount, size: size)
  }
}

/// An amount with a name.
public struct AttributionLine: Hashable, Sendable {
  /// The term, or what it is.
  public let name: String
  /// In USD.
  public let amount: Double
}

/// The share of a risk factor in a requirement.
public struct FactorShare: Hashable, Sendable {
  /// The factor.
  public let factor: RiskFactor
  /// In USD.
  public let amount: Double
}

extension RequirementAttribution {
  fileprivate init(_ shares: Shares, of state: BookState, _ pools: [String]) {
    total = shares.total
    rows = state.rows.indices.map { index in
      let row = state.rows[index]
      let size = row.kind == .balance ? abs(state.values[index]) : abs(state.notionals[index])
      return RowShare(
        row: index, pool: pools[index], name: row.name, kind: row.kind, asset: row.asset,
        amount: shares.rows[index], size: size)
    }
    account = shares.account.sorted { $0.key < $1.key }
      .map { AttributionLine(name: $0.key, amount: $0.value) }
    factors = shares.factors.sorted { $0.key.description < $1.key.description }
      .map { FactorShare(factor: $0.key, amount: $0.value) }
    nonLinear = shares.nonLinear
    otherTerms = shares.otherTerms
  }
}

/// What one row adds to what a regime demands.
public struct IncrementalMargin: Hashable, Sendable {
  /// The number of the row.
  public let row: Int
  /// The initial margin less that of the account without the row, in USD.
  public let initial: Double
  /// The maintenance margin less that of the account without the row, in USD.
  public let maintenance: Double
}

/// What each row adds: the requirement of the account less that of the account without the row, under the same evidence.
///
/// Unlike shares these do not add up: two rows that hedge each other are each worth the hedge.
///
/// - Parameters:
///   - regime: the rules.
///   - state: the account in a market.
///   - evidence: the scenario sets the regime asked for.
/// - Throws: ``MarginError``.
/// - Returns: one entry a row, in their order.
public func incrementalMargins(
  of regime: MarginRegime, for state: BookState, given evidence: Evidence
) throws(MarginError) -> [IncrementalMargin] {
  let whole = try requirement(of: regime, for: state, given: evidence)
  var margins: [IncrementalMargin] = []
  for row in state.rows.indices {
    let rest = state.selecting(rows: state.rows.indices.filter { $0 != row })
    let less = try requirement(of: regime.without(row: row), for: rest, given: evidence)
    margins.append(
      IncrementalMargin(
        row: row, initial: whole.initial - less.initial,
        maintenance: whole.maintenance - less.maintenance))
  }
  return margins
}

extension MarginRegime {
  /// The regime of a book that lacks one row: pools known by row numbers are renumbered.
  fileprivate func without(row: Int) -> MarginRegime {
    guard case .fixed(let pools) = pooling else { return self }
    return over(
      pools: pools.map { pool in
        MarginPool(
          name: pool.name, rows: pool.rows.filter { $0 != row }.map { $0 > row ? $0 - 1 : $0 })
      }.filter { !$0.rows.isEmpty })
  }
}
