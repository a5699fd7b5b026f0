import Instruments
import LinearAlgebra
import Margin
import Parallel
import Valuation

/// An account with other collateral, and the regime over the pools the account had.
struct ViewedAccount: Sendable {
  let regime: MarginRegime
  let state: BookState
  /// What own collateral is multiplied by; `nil` in the cash view.
  let scale: Double?
  /// The market value of the collateral, in USD.
  let value: Double
}

/// Replaces an account's collateral by what a regime requires.
struct CollateralViews: Sendable {
  let regime: MarginRegime
  let state: BookState
  let evidence: Evidence

  private var pools: [MarginPool] { regime.pooling.pools(of: state.rows) }

  /// Positions marked to market and, in each pool, USD cash that makes its value the initial margin recomputed with cash.
  ///
  /// Without options the cash is that margin. What options are worth is part of the pool's value: cash pays for less where
  /// they are long, for more where they are short, and is never negative.
  func cashAtRequirement() throws(MarginError) -> ViewedAccount {
    let (bare, members) = withoutCollateral
    let regime = regime.over(pools: members)
    let demanded = try requirements(of: regime, for: BookStates(bare), given: evidence)
    var values = bare.values
    for (pool, demand) in zip(members, demanded.pools) {
      let premiums = pool.rows.reduce(0) { $0 + bare.values[$1] }
      values[pool.rows[pool.rows.count - 1]] = max(0, demand.initial[0] - premiums)
    }
    return ViewedAccount(
      regime: regime, state: bare.replacing(values: values), scale: nil,
      value: demanded.pools.reduce(0) { $0 + $1.initial[0] })
  }

  /// Positions marked to market, then one empty balance of USD a pool, and the pools over these rows.
  ///
  /// An option keeps its value: marked to market, it has been paid for.
  private var withoutCollateral: (state: BookState, pools: [MarginPool]) {
    let pools = pools
    let positions = pools.map { pool in pool.rows.filter { state.rows[$0].kind != .balance } }
    let kept = positions.flatMap { $0 }
    var bare = state.selecting(rows: kept)
      .replacing(values: kept.map { state.rows[$0].kind == .option ? state.values[$0] : 0 })
    var members: [MarginPool] = []
    var first = 0
    for (place, pool) in pools.enumerated() {
      let end = first + positions[place].count
      bare = bare.appending(cash: 0)
      members.append(MarginPool(name: pool.name, rows: Array(first..<end) + [kept.count + place]))
      first = end
    }
    return (bare, members)
  }

  /// Own collateral of each pool multiplied by the smallest λ at which equity meets the initial margin.
  ///
  /// λ is bracketed on a grid of multiples up to ``largestScale`` and then bisected; `nil` where a pool has no root.
  func ownAtRequirement() throws(MarginError) -> ViewedAccount? {
    var values = state.values
    var value = 0.0
    var held = 0.0
    for (place, pool) in pools.enumerated() {
      let collateral = pool.rows.filter { state.isOwnCollateral($0) }
      let amount = collateral.reduce(0) { $0 + state.values[$1] }
      guard let scale = try smallestScale(ofPool: place) else { return nil }
      for row in collateral { values[row] *= scale }
      value += scale * amount
      held += amount
    }
    return ViewedAccount(
      regime: regime, state: state.replacing(values: values), scale: held > 0 ? value / held : 0, value: value
    )
  }

  private func smallestScale(ofPool place: Int) throws(MarginError) -> Double? {
    let grid = Self.scales
    let headroom = try headroom(ofPool: place, at: grid)
    guard let first = headroom.firstIndex(where: { $0 >= 0 }) else { return nil }
    guard first > 0 else { return 0 }
    var low = grid[first - 1]
    var high = grid[first]
    while high - low > Self.tolerance * high {
      // A batch of inner points costs little more than one, and cuts the bracket by its length.
      let inner = (1...Self.pointsPerStep).map {
        low + (high - low) * Double($0) / Double(Self.pointsPerStep + 1)
      }
      let signs = try self.headroom(ofPool: place, at: inner)
      let meets = signs.firstIndex { $0 >= 0 } ?? inner.count
      if meets < inner.count { high = inner[meets] }
      if meets > 0 { low = inner[meets - 1] }
    }
    return high
  }

  /// Equity less initial margin of one pool when collateral is multiplied.
  private func headroom(ofPool place: Int, at scales: [Double]) throws(MarginError) -> [Double] {
    let states = state.repeated(scales.count).withCollateral(scaledBy: scales)
    let pool = try requirements(of: regime, for: states, given: evidence).pools[place]
    return zip(pool.equity, pool.initial).map { $0 - $1 }
  }

  /// No account is given more than this many times its own collateral.
  static let largestScale = 64.0
  private static let tolerance = 1e-10
  private static let pointsPerStep = 15
  private static let scales: [Double] = {
    var scales = (0..<128).map { Double($0) / 32 }
    while let last = scales.last, last < largestScale { scales.append(min(largestScale, last * 1.05 + 0.01)) }
    return scales
  }()
}
