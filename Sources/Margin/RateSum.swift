public import Instruments
import LinearAlgebra
import Valuation

/// Rates on size, position by position, added up without netting.
///
/// The initial margin of a contract is that of its position or of what its open orders may make of it, whichever is more:
/// max(|n + buys|, |n − sells|). Options are the business of an ``OptionRule``.
public struct RateSum: Hashable, Sendable {
  /// What the initial margin of a position is.
  public enum InitialRule: String, Hashable, Sendable, CaseIterable {
    /// Notional over the leverage its owner chose, which its size caps.
    case chosenLeverage
    /// Notional over the most leverage its size allows, whatever its owner chose.
    case maximumLeverage
  }

  /// Whose size decides the rates of a position.
  public enum TierSize: String, Hashable, Sendable, CaseIterable {
    /// Its own.
    case position
    /// That of all positions on its base asset together, long and short added up.
    case asset
  }

  /// What the initial margin of a position is.
  public let initialRule: InitialRule
  /// Whose size decides the rates of a position.
  public let tierSize: TierSize
  /// Which contracts it is charged on.
  public let rows: RowSelector
  /// What requirements in named settlement assets are multiplied by, as at an ask price; one for all others.
  public let settlementFactors: [Asset: Double]
  /// The laws of named base assets.
  public let laws: [Asset: RateLaw]
  /// The law of every other base asset.
  public let others: RateLaw

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - initialRule: what the initial margin of a position is.
  ///   - tierSize: whose size decides the rates of a position.
  ///   - rows: which contracts it is charged on.
  ///   - settlementFactors: what requirements in named settlement assets are multiplied by; at least one.
  ///   - laws: the laws of named base assets.
  ///   - others: the law of every other base asset.
  public init(
    initialRule: InitialRule, tierSize: TierSize = .position, rows: RowSelector = RowSelector(),
    settlementFactors: [Asset: Double] = [:], laws: [Asset: RateLaw], others: RateLaw
  ) {
    precondition(settlementFactors.values.allSatisfy { $0 >= 1 && $0.isFinite }, "a factor below one")
    self.initialRule = initialRule
    self.tierSize = tierSize
    self.rows = rows
    self.settlementFactors = settlementFactors
    self.laws = laws
    self.others = others
  }

  /// The law of a base asset.
  ///
  /// - Parameter asset: the base asset of a position.
  /// - Returns: its own law, or that of all others.
  public func law(of asset: Asset) -> RateLaw { laws[asset] ?? others }

  /// The margins of one position.
  ///
  /// - Parameters:
  ///   - notional: in USD, not negative.
  ///   - quantity: in units of the base asset, not negative.
  ///   - leverage: the leverage its owner chose; at least 1.
  ///   - law: the law of its base asset.
  /// - Returns: USD; the initial margin never below the maintenance margin.
  @inline(__always)
  public func margins(
    of notional: Double, quantity: Double = 0, leverage: Double, law: RateLaw
  ) -> (initial: Double, maintenance: Double) {
    let (maintenance, most) = law.reading(notional: notional, quantity: quantity)
    let used = initialRule == .chosenLeverage ? min(leverage, most) : most
    return (max(notional / used, maintenance), maintenance)
  }

  func amounts(in batch: PoolBatch) -> TermAmounts {
    var amounts = TermAmounts([Double](repeating: 0, count: batch.states.count))
    guard tierSize == .position else {
      for state in amounts.initial.indices {
        for charge in charges(in: batch, state) {
          amounts.initial[state] += charge.initial
          amounts.maintenance[state] += charge.maintenance
        }
      }
      return amounts
    }
    for contract in contracts(in: batch) { add(contract, in: batch.states, to: &amounts) }
    return amounts
  }

  /// The contracts a pool trades or has offered to trade; positions of one contract are charged one by one.
  func contracts(in batch: PoolBatch) -> [TradedContract] {
    let chosen = batch.rows { ($0.kind.isLinearOrInverse || $0.kind == .order) && rows.matches($0) }
    let orders = Dictionary(grouping: chosen.filter { batch.states.rows[$0].kind == .order }) {
      batch.states.rows[$0].name
    }
    var contracts: [TradedContract] = []
    var taken: Set<String> = []
    for row in chosen where batch.states.rows[row].kind != .order {
      let name = batch.states.rows[row].name
      let isFirst = taken.insert(name).inserted
      contracts.append(TradedContract(row: row, position: row, orders: isFirst ? orders[name] ?? [] : []))
    }
    for (name, rows) in orders.sorted(by: { $0.key < $1.key }) where !taken.contains(name) {
      contracts.append(TradedContract(row: rows[0], position: nil, orders: rows))
    }
    return contracts
  }

  private func add(_ contract: TradedContract, in states: BookStates, to amounts: inout TermAmounts) {
    let row = states.rows[contract.row]
    let law = law(of: row.asset)
    let factor = settlementFactors[row.settlement] ?? 1
    if contract.orders.isEmpty {
      states.notionals.withRow(contract.row) { notionals in
        for state in notionals.indices {
          let notional = abs(notionals[state])
          let quantity = states.baseQuantity(of: contract.row, notional: notional, in: state)
          let (initial, maintenance) = margins(
            of: notional, quantity: quantity, leverage: row.leverage, law: law)
          amounts.initial[state] += initial * factor
          amounts.maintenance[state] += maintenance * factor
        }
      }
      return
    }
    for state in 0..<states.count {
      let (initial, maintenance) = margins(of: contract, in: states, state)
      amounts.initial[state] += initial
      amounts.maintenance[state] += maintenance
    }
  }

  /// The margins of one contract by its own size, in one state.
  private func margins(
    of contract: TradedContract, in states: BookStates, _ state: Int
  ) -> (initial: Double, maintenance: Double) {
    let row = states.rows[contract.row]
    let law = law(of: row.asset)
    let factor = settlementFactors[row.settlement] ?? 1
    let size = contract.size(in: states, state)
    func margins(_ notional: Double) -> (initial: Double, maintenance: Double) {
      let quantity = states.baseQuantity(of: contract.row, notional: notional, in: state)
      return self.margins(of: notional, quantity: quantity, leverage: row.leverage, law: law)
    }
    return (margins(size.worst).initial * factor, margins(size.held).maintenance * factor)
  }

  /// The margins of contracts on one asset by the size of them all: each pays its share of the margins of the sum.
  private func sharedMargins(
    of contracts: [TradedContract], in states: BookStates, _ state: Int
  ) -> [(initial: Double, maintenance: Double)] {
    let sizes = contracts.map { $0.size(in: states, state) }
    let worst = sizes.reduce(0) { $0 + $1.worst }
    let held = sizes.reduce(0) { $0 + $1.held }
    return zip(contracts, sizes).map { contract, size in
      let row = states.rows[contract.row]
      let factor = settlementFactors[row.settlement] ?? 1
      func margins(of total: Double) -> (initial: Double, maintenance: Double) {
        guard total > 0 else { return (0, 0) }
        let quantity = states.baseQuantity(of: contract.row, notional: total, in: state)
        let whole = self.margins(
          of: total, quantity: quantity, leverage: row.leverage, law: law(of: row.asset))
        return (whole.initial * factor / total, whole.maintenance * factor / total)
      }
      return (margins(of: worst).initial * size.worst, margins(of: held).maintenance * size.held)
    }
  }

  /// Contract by contract, what amounts to the term in one state.
  func charges(
    in batch: PoolBatch, _ state: Int
  ) -> [(contract: TradedContract, initial: Double, maintenance: Double)] {
    let contracts = contracts(in: batch)
    guard tierSize == .asset else {
      return contracts.map { contract in
        let margins = margins(of: contract, in: batch.states, state)
        return (contract, margins.initial, margins.maintenance)
      }
    }
    let assets = Dictionary(grouping: contracts) { batch.states.rows[$0.row].asset }
    return assets.sorted { $0.key < $1.key }.flatMap { _, contracts in
      zip(contracts, sharedMargins(of: contracts, in: batch.states, state)).map {
        ($0, $1.initial, $1.maintenance)
      }
    }
  }
}

/// One contract: the position in it, and the open orders that may change it.
struct TradedContract {
  /// The row that says what contract it is.
  let row: Int
  let position: Int?
  let orders: [Int]

  /// The notional held, and the worst that orders may make of it; USD, not negative.
  func size(in states: BookStates, _ state: Int) -> (held: Double, worst: Double) {
    let held = position.map { states.notionals[$0, state] } ?? 0
    var buys = 0.0
    var sells = 0.0
    for order in orders {
      let notional = states.notionals[order, state]
      if notional > 0 { buys += notional } else { sells += notional }
    }
    return (abs(held), max(abs(held), abs(held + buys), abs(held + sells)))
  }
}

extension RowKind {
  /// Whether it is a perpetual or a future.
  var isLinearOrInverse: Bool { self == .linear || self == .inverse }
}

extension BookStates {
  /// A notional of one contract in units of its base asset.
  @inline(__always)
  func baseQuantity(of row: Int, notional: Double, in state: Int) -> Double {
    let one = rows[row]
    guard one.settlement != one.asset else { return notional / settlementPrices[row, state] }
    let own = notionals[row, state]
    return own == 0 ? notional / spotPrices[row, state] : notional * abs(one.units / own)
  }
}
