import Instruments
import Valuation

/// What hedges across expiries may come to when the curve moves: Σ over expiries |Δ|·max(annual·T, minimum).
///
/// Δ is the delta at one expiry in USD, T its time to expiry in years; perpetuals pay the minimum. Source: Deribit,
/// Portfolio margin (roll shock), 2024.
public struct RollCharge: Hashable, Sendable {
  /// The move of the basis per year to expiry.
  public let annualRate: Double
  /// The least move.
  public let minimumRate: Double
  /// Which positions it is charged on.
  public let rows: RowSelector

  /// Makes a charge.
  ///
  /// - Parameters:
  ///   - annualRate: the move of the basis per year to expiry; 0 to 1.
  ///   - minimumRate: the least move; 0 to 1.
  ///   - rows: which positions it is charged on.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    annualRate: Double, minimumRate: Double, rows: RowSelector = RowSelector()
  ) throws(MarginError) {
    guard (0...1).contains(annualRate), (0...1).contains(minimumRate) else {
      throw .invalidTable(name: "rollCharge", problem: "rates lie between 0 and 1")
    }
    self.annualRate = annualRate
    self.minimumRate = minimumRate
    self.rows = rows
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    var charged = [Double](repeating: 0, count: batch.states.count)
    for (rows, rate) in expiries(in: batch) {
      for (state, delta) in batch.netDelta(of: rows).enumerated() { charged[state] += abs(delta) * rate }
    }
    return TermAmounts(charged)
  }

  /// The positions of each expiry, and the rate on what they gain together.
  func expiries(in batch: PoolBatch) -> [(rows: [Int], rate: Double)] {
    let positions = batch.rows { $0.kind.isPosition && rows.matches($0) }
    return Dictionary(grouping: positions, by: { Expiry(batch.states.rows[$0]) })
      .sorted(by: { $0.key < $1.key })
      .map { _, rows in (rows, max(annualRate * batch.states.rows[rows[0]].years, minimumRate)) }
  }
}

/// One expiry of one base asset; a perpetual has none and stands apart from every date.
private struct Expiry: Hashable, Comparable {
  let asset: Asset
  let expiry: Timestamp?

  init(_ row: BookRow) {
    asset = row.asset
    expiry = row.expiry
  }

  static func < (left: Expiry, right: Expiry) -> Bool {
    guard left.asset == right.asset else { return left.asset < right.asset }
    return (left.expiry?.seconds ?? .min) < (right.expiry?.seconds ?? .min)
  }
}
