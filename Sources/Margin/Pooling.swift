import Instruments
public import Valuation

/// Collateral assigned to chosen positions.
public struct Allocation: Hashable, Sendable {
  /// The name of the sleeve.
  public let name: String
  /// Which balances secure it.
  public let collateral: RowSelector
  /// Which positions they secure.
  public let positions: RowSelector

  /// Makes an allocation.
  ///
  /// - Parameters:
  ///   - name: the name of the sleeve.
  ///   - collateral: which balances secure it.
  ///   - positions: which positions they secure.
  public init(name: String, collateral: RowSelector, positions: RowSelector) {
    self.name = name
    self.collateral = collateral
    self.positions = positions
  }
}

/// Which rows share margin; an isolated position is always a pool of its own.
public enum Pooling: Hashable, Sendable {
  /// All rows together.
  case single
  /// One pool for each settlement asset.
  case settlementAsset
  /// Sleeves in order of precedence; what no sleeve takes is pooled.
  case allocated([Allocation])
  /// Pools known by their row numbers, for a book made to stand in another's pools.
  case fixed([MarginPool])

  /// The pools of a book, in order of first appearance, isolated positions last.
  ///
  /// - Parameter rows: the rows of the book.
  /// - Returns: pools whose row numbers together are all rows, each once.
  public func pools(of rows: [BookRow]) -> [MarginPool] {
    if case .fixed(let pools) = self { return pools }
    var order: [String] = []
    var members: [String: [Int]] = [:]
    func add(_ row: Int, to pool: String) {
      if members[pool] == nil { order.append(pool) }
      members[pool, default: []].append(row)
    }
    for (index, row) in rows.enumerated() where row.isolated == nil { add(index, to: poolName(of: row)) }
    for (index, row) in rows.enumerated() {
      guard let number = row.isolated else { continue }
      add(index, to: "isolated \(number + 1)")
    }
    return order.map { MarginPool(name: $0, rows: members[$0] ?? []) }
  }

  private func poolName(of row: BookRow) -> String {
    switch self {
    case .single, .fixed: return "account"
    case .settlementAsset: return row.settlement.symbol
    case .allocated(let allocations):
      let taken = allocations.first {
        ($0.collateral.matches(row) && row.kind == .balance)
          || ($0.positions.matches(row) && row.kind != .balance)
      }
      return taken?.name ?? "pooled"
    }
  }
}

/// Rows that share margin.
public struct MarginPool: Hashable, Sendable {
  /// The pool's name.
  public let name: String
  /// The numbers of its rows, ascending.
  public let rows: [Int]

  /// Makes a pool.
  ///
  /// - Parameters:
  ///   - name: the pool's name.
  ///   - rows: the numbers of its rows, ascending.
  public init(name: String, rows: [Int]) {
    self.name = name
    self.rows = rows
  }
}
