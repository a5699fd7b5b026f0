import Instruments
import Margin

// Sizes are signed: base units of USDⓈ-M, contracts of 100 (BTC) or 10 USD of COIN-M. A wallet without isolated margin is
// the cross wallet; isolated margin is printed with or without the profit of its position.

extension PayloadReader {
  mutating func binancePositions(_ content: PayloadNode) {
    for entry in list(content) { binancePosition(entry) }
  }

  mutating func binancePosition(_ entry: PayloadNode) {
    let size = needed("positionAmt", of: entry)
    if size == 0 { return coverZeroPosition(entry, named: entry["symbol"]?.text ?? "") }
    let side = leg("positionSide", of: entry, ["BOTH": .net, "LONG": .long, "SHORT": .short])
    let contract = contract("symbol", of: entry, on: .binance)
    let entryPrice = number("entryPrice", of: entry, .positive)
    let leverage = number("leverage", of: entry, .leverage)
    let stated = number("markPrice", of: entry, .positive)
    moment("updateTime", of: entry, .update)
    guard let contract, let size, let side else { return }
    guard let quantity = signed(size, side, at: entry["positionAmt"] ?? entry) else { return }
    let isCoin = contract.style == .inverse
    let multiplier = contract.binanceSize
    let notional = number(isCoin ? "notionalValue" : "notional", of: entry)
    var mark = stated
    if mark == nil, let notional, notional != 0 {
      mark = isCoin ? quantity * multiplier / notional : notional / quantity
    }
    var position = PositionDraft(
      contract: contract, leg: side, quantity: quantity, multiplier: multiplier, entry: entryPrice,
      mark: mark,
      leverage: leverage, place: place(entry))
    position.isolatedMargin = binanceIsolatedMargin(entry)
    if isCoin, let notional, let stated, abs(abs(notional * stated / (quantity * multiplier)) - 1) > 0.01 {
      return report(
        .rule("\(multiplier) USD a contract do not make the notional of \(notional)"),
        at: entry["notionalValue"] ?? entry)
    }
    if leverage == nil { position.leverage = binanceLeverage(entry, notional: notional) }
    prices(of: position, at: entry)
    let scope = VenueScope.contract(contract.name)
    figures(
      ["initialMargin", "maintMargin", "positionInitialMargin", "openOrderInitialMargin"], of: entry, scope,
      .asset(contract.settlementAsset))
    figures(["liquidationPrice"], of: entry, scope, .asset(contract.underlying.quote))
    draft.positions.append(position)
  }

  private mutating func binanceIsolatedMargin(_ entry: PayloadNode) -> Double? {
    let wallet = number("isolatedWallet", of: entry, .notNegative)
    let margin = number("isolatedMargin", of: entry)
    let profit = number("unRealizedProfit", of: entry) ?? number("unrealizedProfit", of: entry)
    let mode = word("marginType", of: entry, "margin type", ["cross": false, "isolated": true])
    let flag = word("isolated", of: entry, "answer", ["false": false, "true": true])
    guard mode ?? flag ?? ((wallet ?? 0) != 0 || (margin ?? 0) != 0) else { return nil }
    if let wallet, wallet > 0 { return wallet }
    return margin.map { max(0, $0 - (profit ?? 0)) }
  }

  /// Later answers leave the leverage out and tell the initial margin it makes.
  private mutating func binanceLeverage(_ entry: PayloadNode, notional: Double?) -> Double? {
    guard let notional, let margin = number("positionInitialMargin", of: entry, .positive) else { return nil }
    let leverage = abs(notional) / margin
    guard leverage >= 1, leverage <= 1_000, abs(leverage / leverage.rounded() - 1) <= 0.01 else { return nil }
    assume("leverage \(plain(leverage.rounded())) from the notional and positionInitialMargin", at: entry)
    return leverage.rounded()
  }

  mutating func binanceAccount(_ content: PayloadNode) {
    moment("updateTime", of: content, .update)
    for asset in list("assets", of: content) { binanceAsset(asset) }
    for position in list("positions", of: content) {
      if position["positionAmt"] == nil {
        cover(position, "a symbol without a size; its size stands in positionRisk")
      } else {
        binancePosition(position)
      }
    }
    figures(
      [
        "totalInitialMargin", "totalMaintMargin", "totalWalletBalance", "totalUnrealizedProfit",
        "totalMarginBalance",
        "totalPositionInitialMargin", "totalOpenOrderInitialMargin", "totalCrossWalletBalance",
        "totalCrossUnPnl",
      ], of: content, .account, .usd)
  }

  private mutating func binanceAsset(_ node: PayloadNode) {
    let asset = asset("asset", of: node)
    let cross = number("crossWalletBalance", of: node)
    let wallet = cross == nil ? needed("walletBalance", of: node) : number("walletBalance", of: node)
    moment("updateTime", of: node, .update)
    guard let asset, let quantity = cross ?? wallet else { return }
    figures(
      ["marginBalance", "maintMargin", "initialMargin", "positionInitialMargin", "openOrderInitialMargin"],
      of: node,
      .currency(asset), .asset(asset))
    keepBalance(BalanceDraft(asset: asset, quantity: quantity, place: place(node)), at: node)
  }

  mutating func binancePortfolioAccount(_ content: PayloadNode) {
    moment("updateTime", of: content, .answer)
    figures(["uniMMR"], of: content, .account, .number)
    figures(
      [
        "accountEquity", "actualEquity", "accountInitialMargin", "accountMaintMargin",
        "virtualMaxWithdrawAmount",
        "totalAvailableBalance", "totalMarginOpenLoss",
      ], of: content, .account, .usd)
  }

  mutating func binancePortfolioBalances(_ content: PayloadNode) {
    for node in content.isList ? list(content) : [content] {
      let asset = asset("asset", of: node)
      let total = needed("totalWalletBalance", of: node)
      let borrowed = number("crossMarginBorrowed", of: node, .notNegative)
      let interest = number("crossMarginInterest", of: node, .notNegative)
      moment("updateTime", of: node, .update)
      for key in [
        "crossMarginAsset", "crossMarginFree", "crossMarginLocked", "umWalletBalance", "cmWalletBalance",
      ] {
        _ = number(key, of: node)
      }
      guard let asset, let total else { continue }
      let owed = (borrowed ?? 0) + (interest ?? 0)
      figures(
        ["umUnrealizedPNL", "cmUnrealizedPNL", "negativeBalance"], of: node, .currency(asset), .asset(asset))
      keepBalance(
        BalanceDraft(
          asset: asset, quantity: total - owed, borrowed: owed > 0 ? owed : nil, place: place(node)), at: node
      )
    }
  }
}

extension Contract {
  /// What one contract stands for: in USD where it settles in the coin, 100 for BTC and 10 for every other.
  var binanceSize: Double {
    guard style == .inverse else { return 1 }
    return underlying.base.symbol == "BTC" ? 100 : 10
  }
}
