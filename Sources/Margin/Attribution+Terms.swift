import Instruments
import LinearAlgebra
import Valuation

extension NamedTerm {
  /// The term's part in both margins of the first state, taken apart; the amounts are what it comes to.
  func shares(of amounts: TermAmounts, in batch: PoolBatch) throws(MarginError) -> RequirementShares {
    switch term {
    case .tailRisk(let tail):
      let shares = try tail.shares(in: batch, name).completed(to: amounts.initial[0], name)
      return RequirementShares(initial: shares, maintenance: shares)
    case .riskUnits(let units): return try units.shares(in: batch, name: name)
    default:
      let rows = try rowShares(in: batch)
      func completed(_ part: [(row: Int, amount: Double)], _ amount: Double) -> Shares {
        Shares(rows: batch.states.rows.count, of: part).completed(to: amount, name).withoutFactors(amount)
      }
      return RequirementShares(
        initial: completed(rows.initial, amounts.initial[0]),
        maintenance: completed(rows.maintenance, amounts.maintenance[0]))
    }
  }

  private func rowShares(in batch: PoolBatch) throws(MarginError) -> RowShares {
    switch term {
    case .rateSum(let term): return term.rowShares(in: batch)
    case .optionRule(let term): return try term.rowShares(in: batch, name)
    case .loan(let term): return term.rowShares(in: batch)
    case .haircut(let term): return RowShares(term.rowShares(in: batch))
    case .scenarioGrid(let term): return RowShares(try term.rowLosses(in: batch, name: name))
    case .charge(let term): return term.rowShares(in: batch)
    case .rollCharge(let term): return RowShares(term.rowShares(in: batch))
    // What no row owns stays with the account, in the name of the term.
    case .stated, .plugIn, .tailRisk, .riskUnits: return RowShares([])
    }
  }
}

/// A term's part in both margins, row by row; a row may stand more than once.
struct RowShares {
  var initial: [(row: Int, amount: Double)]
  var maintenance: [(row: Int, amount: Double)]

  init(initial: [(row: Int, amount: Double)], maintenance: [(row: Int, amount: Double)]) {
    self.initial = initial
    self.maintenance = maintenance
  }

  /// A part that is the same in both.
  init(_ amounts: [(row: Int, amount: Double)]) {
    self.init(initial: amounts, maintenance: amounts)
  }
}

extension RateSum {
  /// Contract by contract; what open orders may make of a contract is shared between it and them by signed size.
  fileprivate func rowShares(in batch: PoolBatch) -> RowShares {
    var shares = RowShares([])
    for (contract, initial, maintenance) in charges(in: batch, 0) {
      shares.maintenance.append((contract.row, maintenance))
      let sizes = contract.signedSizes(in: batch.states, 0)
      let worst = sizes.reduce(0) { $0 + $1.size }
      if worst > 0 {
        shares.initial += sizes.map { ($0.row, initial * ($0.size / worst)) }
      } else {
        shares.initial.append((contract.row, initial))
      }
    }
    return shares
  }
}

extension TradedContract {
  /// The rows behind the worst size, with what each adds to it; they add up to it.
  fileprivate func signedSizes(in states: BookStates, _ state: Int) -> [(row: Int, size: Double)] {
    let held = position.map { states.notionals[$0, state] } ?? 0
    let worst = size(in: states, state).worst
    let own = position.map { [$0] } ?? []
    guard worst > abs(held) else { return own.map { ($0, abs(held)) } }
    let buys = orders.filter { states.notionals[$0, state] > 0 }
    let bought = buys.reduce(0) { $0 + states.notionals[$1, state] }
    let isBought = abs(held + bought) == worst
    let sign: Double = isBought ? 1 : -1
    let side = isBought ? buys : orders.filter { states.notionals[$0, state] <= 0 }
    return (own + side).map { ($0, sign * states.notionals[$0, state]) }
  }
}

extension OptionRule {
  fileprivate func rowShares(in batch: PoolBatch, _ name: String) throws(MarginError) -> RowShares {
    var shares = RowShares([])
    for row in batch.rows(where: { $0.kind == .option }) {
      let (initial, maintenance) = try margins(of: row, in: batch.states, 0, name)
      shares.initial.append((row, initial))
      shares.maintenance.append((row, maintenance))
    }
    return shares
  }
}

extension LoanTerm {
  fileprivate func rowShares(in batch: PoolBatch) -> RowShares {
    let debts = rowDebts(in: batch)
    return RowShares(
      initial: debts.map { ($0.row, $0.amount * initialRate) },
      maintenance: debts.map { ($0.row, $0.amount * maintenanceRate) })
  }

  /// Debts of balances; or where a settlement asset is in debt, what each of its rows is owed less what it holds.
  private func rowDebts(in batch: PoolBatch) -> [(row: Int, amount: Double)] {
    let states = batch.states
    guard debt == .equity else {
      return batch.rows { $0.kind == .balance }.map { row in
        (row, max(0, -states.values[row, 0], states.rows[row].borrowed * states.settlementPrices[row, 0]))
      }
    }
    let assets = Dictionary(grouping: batch.pool.rows) { states.rows[$0].settlement }
    return assets.values.flatMap { rows -> [(row: Int, amount: Double)] in
      let equity = rows.reduce(0) { $0 + states.values[$1, 0] }
      return equity < 0 ? rows.map { ($0, 0 - states.values[$0, 0]) } : []
    }
  }
}

extension HaircutTerm {
  /// What each settlement asset loses, shared by the values of its rows.
  fileprivate func rowShares(in batch: PoolBatch) -> [(row: Int, amount: Double)] {
    let states = batch.states
    let left = batch.pool.rows.filter {
      schedule.optionValue == .notCounted && states.rows[$0].kind == .option
    }
    let tiered = batch.pool.rows.filter { row in
      !left.contains(row) && !(schedule.unrealised == .atMarketValue && states.rows[row].kind.isPosition)
    }
    var shares = left.map { (row: $0, amount: states.values[$0, 0]) }
    let assets = Dictionary(grouping: tiered) { states.rows[$0].settlement }
    for (asset, rows) in assets.sorted(by: { $0.key < $1.key }) {
      let value = rows.reduce(0) { $0 + states.values[$1, 0] }
      guard value != 0 else { continue }
      let counted = schedule.terms(of: asset)
        .countedValue(of: value, price: states.settlementPrices[rows[0], 0])
      shares += rows.map { ($0, states.values[$0, 0] * ((value - counted) / value)) }
    }
    return shares.reduce(0) { $0 + $1.amount } > 0 ? shares : []
  }
}

extension RollCharge {
  fileprivate func rowShares(in batch: PoolBatch) -> [(row: Int, amount: Double)] {
    expiries(in: batch).flatMap { rows, rate -> [(row: Int, amount: Double)] in
      let sign = signOf(batch.netDelta(of: rows)[0])
      return rows.map { ($0, batch.netDelta(of: [$0])[0] * sign * rate) }
    }
  }
}

/// 1, −1 or 0.
func signOf(_ number: Double) -> Double { number > 0 ? 1 : number < 0 ? -1 : 0 }
