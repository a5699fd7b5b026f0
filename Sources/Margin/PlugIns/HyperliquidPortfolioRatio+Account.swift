import Instruments
import LinearAlgebra
import Valuation

/// What is held, owed and traded in one token, in one state; USD.
private struct TokenLedger {
  var equity = 0.0
  var initial = 0.0
  var maintenance = 0.0
  var isUsed = false
}

/// What collateral is good for, in one state; USD.
private struct CollateralWorth {
  /// What may be borrowed against it.
  var capacity = 0.0
  /// What liquidation counts it for.
  var liquidation = 0.0
  /// Balance by balance, what may be borrowed against it.
  var rows: [(row: Int, capacity: Double)] = []
}

/// What one token asks for in one state; USD.
struct HyperliquidTokenResult {
  let asset: Asset
  /// With the profits of contracts.
  let balance: Double
  /// Of contracts.
  let maintenance: Double
  /// What would be borrowed to hold the maintenance margin.
  let borrowed: Double
  /// What liquidation counts collateral for, at most the borrow cap.
  let collateral: Double
  /// The maintenance margin with its minimum, and what would be borrowed.
  let demanded: Double

  /// What liquidation would leave to meet what is demanded.
  var liquidationValue: Double { balance + borrowed + collateral }

  /// The requirement of a pool of some market value: the ratio times it, or both where nothing is left.
  func amount(ofValue value: Double) -> Double {
    guard liquidationValue > 0, value > 0 else { return demanded + max(0, value) }
    return demanded / liquidationValue * value
  }
}

/// What the rule asks for in one state.
struct HyperliquidAccount {
  let tokens: [HyperliquidTokenResult]
  /// What may be borrowed against collateral.
  let capacity: Double
  /// Balance by balance, what may be borrowed against it.
  let rows: [(row: Int, capacity: Double)]
  /// What is owed, token by token.
  let owed: Double
  /// What the initial margin of contracts takes of the capacity.
  let used: Double
  /// What is left for the initial margin of new contracts.
  let free: Double
  let initial: Double
  let maintenance: Double
  /// The token that decides.
  let binding: String
}

extension HyperliquidPortfolioRatio {
  func account(in batch: PoolBatch, _ state: Int) -> HyperliquidAccount {
    let ledgers = ledgers(in: batch, state)
    let worth = worth(in: batch, state)
    let value = batch.pool.rows.reduce(0) { $0 + batch.states.values[$1, state] }
    let results = zip(tokens, ledgers).filter(\.1.isUsed).map { token, ledger in
      result(
        of: token, ledger, collateral: worth.liquidation, price: price(of: token.asset, in: batch, state))
    }
    let worst = results.max { $0.amount(ofValue: value) < $1.amount(ofValue: value) }
    let maintenance = worst?.amount(ofValue: value) ?? 0
    let free = ledgers.reduce(worth.capacity) { $0 + $1.equity - $1.initial }
    return HyperliquidAccount(
      tokens: results, capacity: worth.capacity, rows: worth.rows,
      owed: ledgers.reduce(0) { $0 + max(0, -$1.equity) },
      used: ledgers.reduce(0) { $0 + max(0, $1.initial - $1.equity) }, free: free,
      initial: max(maintenance, value - free), maintenance: maintenance, binding: worst?.asset.symbol ?? "")
  }

  private func result(
    of token: Token, _ ledger: TokenLedger, collateral: Double, price: Double
  ) -> HyperliquidTokenResult {
    let counted = minimumRule == .floor ? max(minimum, ledger.maintenance) : minimum + ledger.maintenance
    let borrowed = max(0, ledger.maintenance - ledger.equity)
    let cap = token.borrowCap.map { $0 * price } ?? .infinity
    return HyperliquidTokenResult(
      asset: token.asset, balance: ledger.equity, maintenance: ledger.maintenance, borrowed: borrowed,
      collateral: min(cap, collateral), demanded: counted + borrowed)
  }

  func figures(in batch: PoolBatch, name: String) -> [PlugInFigure] {
    let account = account(in: batch, 0)
    func figure(
      _ row: String, _ quantity: String, _ amount: Double, _ detail: String = ""
    ) -> PlugInFigure {
      PlugInFigure(row: row, quantity: quantity, amount: amount, detail: detail)
    }
    var figures = account.tokens.flatMap { token in
      let symbol = token.asset.symbol
      let ratio = token.liquidationValue > 0 ? token.demanded / token.liquidationValue : nil
      return [
        figure(symbol, "balance", token.balance, "with the profits of contracts"),
        figure(symbol, "contractsMaintenance", token.maintenance),
        figure(symbol, "borrowedForMaintenance", token.borrowed, "max(0, maintenance − balance)"),
        figure(symbol, "requirement", token.demanded, "\(minimumRule.rawValue) \(minimum)"),
        figure(symbol, "liquidationValue", token.liquidationValue, "collateral \(token.collateral)"),
      ] + (ratio.map { [figure(symbol, "ratio", $0, "a ratio")] } ?? [])
    }
    figures.append(figure("", "borrowCapacity", account.capacity, "Σ LTV × value"))
    figures.append(figure("", "freeForInitialMargin", account.free))
    if account.owed > 0 {
      figures.append(
        figure("", "borrowHealth", account.capacity / account.owed, "capacity/debt, a ratio"))
    }
    let share = account.capacity > 0 ? min(1, account.used / account.capacity) : 0
    return figures
      + account.rows.map { row, capacity in
        let one = batch.states.rows[row]
        let held = min(one.units, collateral[one.asset]?.supplyCap ?? .infinity)
        return figure(one.name, "locked", held * share, "units, pro rata of a capacity of \(capacity)")
      }
  }

  private func price(of asset: Asset, in batch: PoolBatch, _ state: Int) -> Double {
    let row = batch.pool.rows.first { batch.states.rows[$0].settlement == asset }
    return row.map { batch.states.settlementPrices[$0, state] } ?? 1
  }

  /// The token to which amounts in an asset belong.
  ///
  /// A dollar coin the venue does not lend stands for the first token, as every contract settled in it does.
  private func place(of asset: Asset) -> Int { tokens.firstIndex { $0.asset == asset } ?? 0 }

  private func ledgers(in batch: PoolBatch, _ state: Int) -> [TokenLedger] {
    var ledgers = [TokenLedger](repeating: TokenLedger(), count: tokens.count)
    for row in batch.pool.rows where batch.states.rows[row].kind != .order {
      let one = batch.states.rows[row]
      let value = batch.states.values[row, state] * batch.share(of: row, in: state)
      let isToken = tokens.contains { $0.asset == one.settlement } || one.settlement.isPeggedToDollar
      guard isToken || one.kind.isPosition || value < 0 else { continue }
      ledgers[place(of: one.settlement)].equity += value
      ledgers[place(of: one.settlement)].isUsed = true
    }
    for charge in contracts.charges(in: batch, state) {
      let token = place(of: batch.states.rows[charge.contract.row].settlement)
      ledgers[token].initial += charge.initial
      ledgers[token].maintenance += charge.maintenance
      ledgers[token].isUsed = true
    }
    if !ledgers.contains(where: \.isUsed) { ledgers[0].isUsed = true }
    return ledgers
  }

  private func worth(in batch: PoolBatch, _ state: Int) -> CollateralWorth {
    var worth = CollateralWorth()
    for (asset, terms) in collateral.sorted(by: { $0.key < $1.key }) {
      let rows = batch.rows { $0.kind == .balance && $0.asset == asset && $0.units > 0 }
      var left = terms.supplyCap ?? .infinity
      for row in rows {
        let units = batch.states.rows[row].units
        let counted =
          min(left, units) / units * batch.states.values[row, state] * batch.share(of: row, in: state)
        left -= min(left, units)
        worth.capacity += counted * terms.loanToValue
        worth.liquidation += counted * terms.liquidationThreshold
        worth.rows.append((row, counted * terms.loanToValue))
      }
    }
    return worth
  }
}
