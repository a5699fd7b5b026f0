public import Instruments
public import MarketData
import Valuation

/// A trade or a swap of collateral whose effect on margin is asked for.
public enum AccountChange: Hashable, Sendable, CustomStringConvertible {
  /// A trade; its entry price is the price paid, and its leverage becomes that of the position it joins.
  case trade(Position)
  /// An exchange of one asset for another at market prices.
  case swap(from: Asset, quantity: Double, to: Asset)

  /// Such as `trade -0.5 BTC/USDT:USDT at 5.0x` or `swap 1 BTC to USDT`.
  public var description: String {
    switch self {
    case .trade(let position): "trade \(position.quantity) \(position.contract.name) at \(position.leverage)x"
    case .swap(let from, let quantity, let to): "swap \(quantity) \(from) to \(to)"
    }
  }

  /// The account after the change.
  ///
  /// A trade joins the position its account holds in the same contract, isolated positions apart: adding averages the
  /// entry, reducing realises the P&L of what is closed into the settlement asset. The premium of an option is paid
  /// when it is traded. A swap takes from the positive balances of an asset in their order.
  ///
  /// - Parameters:
  ///   - account: the account before it.
  ///   - market: the prices of a swap, and of the coin in which an inverse option's premium is paid.
  /// - Throws: ``StudyError``.
  /// - Returns: the account after it.
  public func applied(to account: Account, in market: MarketSnapshot) throws(StudyError) -> Account {
    switch self {
    case .trade(let position):
      if case .option(let option) = position.contract {
        let spot = option.style == .linear ? 1 : try Self.price(of: option.underlying.base, in: market)
        return try changed { () throws(InstrumentError) in
          try account.trading(option: position, premium: position.entryPrice / spot)
        }
      }
      return try changed { () throws(InstrumentError) in try account.trading(position) }
    case .swap(let from, let quantity, let to):
      let held = account.balances.reduce(0) { $1.asset == from ? $0 + max(0, $1.quantity) : $0 }
      guard quantity > 0, quantity <= held else {
        throw .swapExceedsBalance(asset: from, held: held, wanted: quantity)
      }
      let sold = try Self.price(of: from, in: market)
      let bought = try Self.price(of: to, in: market)
      return try changed { () throws(InstrumentError) in
        try account.withdrawing(quantity, of: from).adding(quantity * sold / bought, of: to)
      }
    }
  }

  private static func price(of asset: Asset, in market: MarketSnapshot) throws(StudyError) -> Double {
    guard let price = market.price(of: asset) else { throw .valuation(.noPrice(asset, asOf: market.asOf)) }
    return price
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
      balances[index] = try old.with(quantity: old.quantity + quantity)
    } else {
      balances.append(try Balance(asset: asset, quantity: quantity))
    }
    return with(balances: balances, positions: positions)
  }

  /// The account with less of an asset, taken from its positive balances in order; a balance that is used up is gone.
  fileprivate func withdrawing(_ quantity: Double, of asset: Asset) throws(InstrumentError) -> Account {
    var left = quantity
    var kept: [Balance] = []
    for balance in balances {
      guard balance.asset == asset, balance.quantity > 0, left > 0 else {
        kept.append(balance)
        continue
      }
      let taken = min(left, balance.quantity)
      left -= taken
      guard taken < balance.quantity else { continue }
      kept.append(try balance.with(quantity: balance.quantity - taken))
    }
    return with(balances: kept, positions: positions)
  }

  /// Where the position stands that a trade joins, if there is one.
  private func place(joining trade: Position) -> Int? {
    guard trade.isolatedMargin == nil else { return nil }
    return positions.firstIndex { held in
      held.contract == trade.contract && held.multiplier == trade.multiplier && held.isolatedMargin == nil
    }
  }

  /// An option changes hands against its premium, in units of the settlement asset for one unit of the underlying.
  fileprivate func trading(option trade: Position, premium: Double) throws(InstrumentError) -> Account {
    let paid = try adding(
      -trade.quantity * trade.multiplier * premium, of: trade.contract.settlementAsset)
    guard let match = place(joining: trade) else {
      return paid.with(balances: paid.balances, positions: positions + [trade])
    }
    var rest = positions
    let held = rest.remove(at: match)
    let quantity = held.quantity + trade.quantity
    if quantity != 0 {
      let joins = held.quantity * trade.quantity > 0
      let entry = joins ? held.averageEntry(with: trade) : held.entry(leaving: quantity, after: trade)
      rest.insert(try held.with(quantity: quantity, entryPrice: entry, leverage: trade.leverage), at: match)
    }
    return paid.with(balances: paid.balances, positions: rest)
  }

  fileprivate func trading(_ trade: Position) throws(InstrumentError) -> Account {
    guard let match = place(joining: trade) else {
      return with(balances: balances, positions: positions + [trade])
    }
    let held = positions[match]
    var rest = positions
    rest.remove(at: match)
    let quantity = held.quantity + trade.quantity
    if held.quantity * trade.quantity > 0 {
      let entry = held.averageEntry(with: trade)
      rest.insert(try held.with(quantity: quantity, entryPrice: entry, leverage: trade.leverage), at: match)
      return with(balances: balances, positions: rest)
    }
    let closed = abs(trade.quantity) < abs(held.quantity) ? -trade.quantity : held.quantity
    let account = try adding(
      held.realisedProfit(closing: closed, at: trade.entryPrice), of: held.contract.settlementAsset)
    if quantity != 0 {
      let entry = held.entry(leaving: quantity, after: trade)
      rest.insert(try held.with(quantity: quantity, entryPrice: entry, leverage: trade.leverage), at: match)
    }
    return account.with(balances: account.balances, positions: rest)
  }
}

extension Position {
  /// The entry price that keeps the sum of both P&Ls: an arithmetic mean, for inverse contracts a harmonic one.
  fileprivate func averageEntry(with other: Position) -> Double {
    let total = quantity + other.quantity
    if case .option = contract { return (quantity * entryPrice + other.quantity * other.entryPrice) / total }
    switch contract.style {
    case .linear: return (quantity * entryPrice + other.quantity * other.entryPrice) / total
    case .inverse: return total / (quantity / entryPrice + other.quantity / other.entryPrice)
    }
  }

  /// The entry price of what a trade against the position leaves: its own, or the trade's where the side changes.
  fileprivate func entry(leaving rest: Double, after trade: Position) -> Double {
    rest * quantity > 0 ? entryPrice : trade.entryPrice
  }

  /// What closing some contracts pays, in units of the settlement asset.
  fileprivate func realisedProfit(closing closed: Double, at price: Double) -> Double {
    switch contract.style {
    case .linear: closed * multiplier * (price - entryPrice)
    case .inverse: closed * multiplier * (1 / entryPrice - 1 / price)
    }
  }
}
