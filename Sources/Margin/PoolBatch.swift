import Instruments
import LinearAlgebra
import Valuation

/// The rows of one pool, or of one risk unit in it, in every state of a batch, and what is known of the future.
struct PoolBatch: Sendable {
  let pool: MarginPool
  let states: BookStates
  let evidence: Evidence
  /// The base asset of a risk unit: the one asset its grids move; `nil` where all rows of a pool move together.
  var unitAsset: Asset?
  /// How much of its balances a risk unit uses, one a state; `nil` for all.
  var spotShare: [Double]?
  /// Which of the amounts an account's venue states belong here.
  var statedScope = StatedScope.none

  /// The pool's rows of some kinds.
  func rows(where isChosen: (BookRow) -> Bool) -> [Int] {
    pool.rows.filter { isChosen(states.rows[$0]) }
  }

  /// How much of a row the batch uses in one state; one for all but balances a risk unit uses in part.
  func share(of row: Int, in state: Int) -> Double {
    guard let spotShare, states.rows[row].kind == .balance else { return 1 }
    return spotShare[state]
  }

  /// The sum over rows of a quantity, row × state, or of a function of it; one a state.
  func sum(
    of quantity: Matrix, over rows: [Int], _ transform: (Double) -> Double = { $0 }
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: states.count)
    for row in rows {
      quantity.withRow(row) { numbers in
        for state in sums.indices { sums[state] += transform(numbers[state]) }
      }
    }
    return sums
  }

  /// An amount the account's venue states, the same in every state.
  func stated(_ name: String) -> TermAmounts {
    let amount =
      switch statedScope {
      case .none: 0.0
      case .account:
        states.stated.filter { $0.key == name || $0.key.hasPrefix(name + ".") }.sorted { $0.key < $1.key }
          .reduce(0) { $0 + $1.value }
      case .wallet(let wallet, let isFirst):
        (states.stated["\(name).\(wallet)"] ?? 0) + (isFirst ? states.stated[name] ?? 0 : 0)
      case .unit(let asset): states.stated["\(name).\(asset)"] ?? 0
      }
    return TermAmounts([Double](repeating: amount, count: states.count))
  }
}

/// Which of the amounts an account's venue states belong to a pool or a risk unit.
enum StatedScope: Sendable {
  /// None: the pool is an isolated position.
  case none
  /// All of a name, the account being one pool.
  case account
  /// Those whose names end in a wallet's, as `mmpMargin.BTC`; those of a plain name belong to the first wallet.
  case wallet(String, isFirst: Bool)
  /// Those of the risk unit on an asset, whose names end in the asset's symbol, as `deltaContingency.BTC`.
  case unit(Asset)
}
