public import Instruments
public import MarketData
import Valuation

/// A trade or a swap of collateral whose effect on margin is asked for.
public enum AccountChange: Hashable, Sendable, CustomStringConvertible {
  /// A trade; its entry price is the price paid.
  case trade(Position)
  /// An exchange of one asset for another at market prices.
  case swap(from: Asset, quantity: Double, to: Asset)

  /// Such as `trade -0.5 BTC/USDT:USDT` or `swap 1 BTC to USDT`.
  public var description: String {
    switch self {
    case .trade(let position): "trade \(position.quantity) \(position.contract.name)"
    case .swap(let from, let quantity, let to): "swap \(quantity) \(from) to \(to)"
    }
  }

  /// The account after the change.
  ///
  /// A trade joins the position its account holds in the same contract: adding averages the entry, reducing realises the
  /// P&L of what is closed into the settlement asset.
  ///
  /// - Parameters:
  ///   - account: the account before it.
  ///   - market: the prices of a swap.
  /// - Throws: ``StudyError``.
  /// - Returns: the account after it.
  public func applied(to account: Account, in market: MarketSnapshot) throws(StudyError) -> Account {
    switch self {
    case .trade(let position):
      return try changed { () throws(InstrumentError) in try account.trading(position) }
    case .swap(let from, let quantity, let to):
      let held = account.balances.filter { $0.asset == from }.reduce(0) { $0 + $1.quantity }
      guard quantity > 0, quantity <= held else {
        throw .swapExceedsBalance(asset: from, held: held, wanted: quantity)
      }
      guard let sold = market.price(of: from) else { throw .valuation(.noPrice(from, asOf: market.asOf)) }
      guard let bought = market.price(of: to) else { throw .valuation(.noPrice(to, asOf: market.asOf)) }
      return try changed { () throws(InstrumentError) in
        try account.adding(-quantity, of: from).adding(quantity * sold / bought, of: to)
      }
    }
  }

  private func changed(_ body: () throws(InstrumentError) -> Account) throws(StudyError) -> Account {
    do throws(InstrumentError) {
      return try body()
    } catch {
      throw .instrument(error)
    }
  }
}

extension Account {
  /// The account with more, or less, of an asset.
  fileprivate func adding(_ quantity: Double, of asset: Asset) throws(InstrumentError) -> Account {
    var balances = balances
    if let index = balances.firstIndex(where: { $0.asset == asset }) {
      let old = balances[index]
      balances[index] = try Balance(asset: asset, quantity: old.quantity + quantity, sleeve: old.sleeve)
    } else {
      balances.append(try Balance(asset: asset, quantity: quantity))
    }
    return with(balances: balances, positions: positions)
  }

  fileprivate func trading(_ trade: Position) throws(InstrumentError) -> Account {
    let match = positions.firstIndex { $0.contract == trade.contract && $0.multiplier == trade.multiplier }
    guard let match, trade.isolatedMargin == nil, positions[match].isolatedMargin == nil else {
      return with(balances: balances, positions: positions + [trade])
    }
    let held = positions[match]
    var rest = positions
    rest.remove(at: match)
    let quantity = held.quantity + trade.quantity
    if held.quantity * trade.quantity > 0 {
      let entry = held.averageEntry(with: trade)
      rest.insert(try held.with(quantity: quantity, entryPrice: entry), at: match)
      return with(balances: balances, positions: rest)
    }
    let closed = abs(trade.quantity) < abs(held.quantity) ? -trade.quantity : held.quantity
    let account = try adding(
      held.realisedProfit(closing: closed, at: trade.entryPrice), of: held.contract.settlementAsset)
    if quantity != 0 {
      let entry = quantity * held.quantity > 0 ? held.entryPrice : trade.entryPrice
      rest.insert(try held.with(quantity: quantity, entryPrice: entry), at: match)
    }
    return account.with(balances: account.balances, positions: rest)
  }

  private func with(balances: [Balance], positions: [Position]) -> Account {
    Account(id: id, purpose: purpose, asOf: asOf, balances: balances, positions: positions)
  }
}

extension Position {
  fileprivate func with(quantity: Double, entryPrice: Double) throws(InstrumentError) -> Position {
    try Position(
      contract: contract, quantity: quantity, multiplier: multiplier, entryPrice: entryPrice, markPrice: markPrice,
      leverage: leverage, isolatedMargin: isolatedMargin, impliedVolatility: impliedVolatility, sleeve: sleeve)
  }

  /// The entry price that keeps the sum of both P&Ls: an arithmetic mean, for inverse contracts a harmonic one.
  fileprivate func averageEntry(with other: Position) -> Double {
    let total = quantity + other.quantity
    switch contract.style {
    case .linear: return (quantity * entryPrice + other.quantity * other.entryPrice) / total
    case .inverse: return total / (quantity / entryPrice + other.quantity / other.entryPrice)
    }
  }

  /// What closing some contracts pays, in units of the settlement asset.
  fileprivate func realisedProfit(closing closed: Double, at price: Double) -> Double {
    switch contract.style {
    case .linear: closed * multiplier * (price - entryPrice)
    case .inverse: closed * multiplier * (1 / entryPrice - 1 / price)
    }
  }
}
