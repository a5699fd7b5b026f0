import Instruments
import Margin
import Scenarios

// Sizes are never negative and have a side; inverse ones are in USD. Under portfolio margin leverage is "". What USDC
// contracts earned before the last session is in the balance, and the session's average price tells the rest.

extension PayloadReader {
  mutating func bybitPositions(_ content: PayloadNode) {
    if content["list"] == nil { report(.missingKey("list"), at: content) }
    for entry in list("list", of: content) { bybitPosition(entry) }
  }

  mutating func bybitPosition(_ entry: PayloadNode) {
    let size = needed("size", of: entry, .notNegative)
    if size == 0 { return coverZeroPosition(entry, named: entry["symbol"]?.text ?? "") }
    let isShort = word("side", of: entry, "side", ["Buy": false, "Sell": true])
    let index = number("positionIdx", of: entry)
    let contract = contract("symbol", of: entry, on: .bybit)
    let average = number("avgPrice", of: entry, .positive)
    let session = number("sessionAvgPrice", of: entry, .positive)
    let mark = number("markPrice", of: entry, .positive)
    let leverage = number("leverage", of: entry, .leverage)
    let balance = number("positionBalance", of: entry)
    let isIsolated = word("tradeMode", of: entry, "trade mode", ["0": false, "1": true])
    moment("updatedTime", of: entry, .update)
    guard let isShort else {
      if entry["side"] == nil || entry["side"]?.text == "" { report(.missingKey("side"), at: entry) }
      return
    }
    guard let contract, let size else { return }
    let leg: PositionDraft.Leg = index == 1 ? .long : index == 2 ? .short : .net
    guard let quantity = signed(isShort ? -size : size, leg, at: entry["side"] ?? entry) else { return }
    if let session, let average, session != average {
      assume(
        "entry \(session), the session's average price, in the place of \(average): the rest was paid at the last "
          + "session and is in the balance", at: entry)
    }
    var position = PositionDraft(
      contract: contract, leg: leg, quantity: quantity, multiplier: 1, entry: session ?? average, mark: mark,
      leverage: leverage, place: place(entry))
    if isIsolated == true, let balance { position.isolatedMargin = balance }
    prices(of: position, at: entry["markPrice"] ?? entry)
    let scope = VenueScope.contract(contract.name)
    figures(
      ["positionIM", "positionMM", "positionIMByMp", "positionMMByMp"], of: entry, scope,
      .asset(contract.settlementAsset))
    figures(["liqPrice", "bustPrice"], of: entry, scope, .asset(contract.underlying.quote))
    draft.positions.append(position)
  }

  mutating func bybitWallet(_ content: PayloadNode) {
    for account in list("list", of: content) {
      figures(
        [
          "totalEquity", "totalWalletBalance", "totalMarginBalance", "totalInitialMargin",
          "totalMaintenanceMargin", "totalInitialMarginByMp", "totalMaintenanceMarginByMp", "totalPerpUPL",
          "totalAvailableBalance",
        ], of: account, .account, .usd)
      figures(
        ["accountIMRate", "accountMMRate", "accountIMRateByMp", "accountMMRateByMp", "accountLTV"],
        of: account,
        .account, .number)
      for coin in list("coin", of: account) { bybitCoin(coin) }
    }
  }

  private mutating func bybitCoin(_ coin: PayloadNode) {
    let asset = asset("coin", of: coin)
    let wallet = needed("walletBalance", of: coin)
    let spotLoan = number("spotBorrow", of: coin, .notNegative)
    let loan = number("borrowAmount", of: coin, .notNegative)
    let equity = number("equity", of: coin)
    let worth = number("usdValue", of: coin)
    guard let asset else { return }
    figures(
      ["equity", "totalPositionIM", "totalPositionMM", "totalOrderIM"], of: coin, .currency(asset),
      .asset(asset))
    figures(["usdValue"], of: coin, .currency(asset), .usd)
    if let equity, let worth, equity != 0 {
      price(of: asset, worth / equity, .valued, at: coin["usdValue"] ?? coin)
    }
    guard let wallet else { return }
    let gross = loan.flatMap { $0 > 0 ? $0 : nil }
    keepBalance(
      BalanceDraft(asset: asset, quantity: wallet - (spotLoan ?? 0), borrowed: gross, place: place(coin)),
      at: coin)
  }
}

// MARK: - Portfolio margin

extension PayloadReader {
  mutating func bybitPortfolioMargin(_ content: PayloadNode) {
    if let wallet = content["wallet"] {
      figures(
        [
          "equity", "cashBalance", "marginBalance", "availableBalance", "accountIM", "accountMM",
        ], of: wallet, .account, .usd)
      figures(["accountMMRate", "accountIMRate"], of: wallet, .account, .number)
      bybitCash(of: wallet)
    }
    for unit in list("assetPnlRange", of: content) { bybitUnit(unit) }
  }

  /// The cash of all coins together, which the answer tells in USD alone; a wallet's own answer goes before it.
  private mutating func bybitCash(of wallet: PayloadNode) {
    guard let cash = number("cashBalance", of: wallet), cash != 0 else { return }
    var balance = BalanceDraft(asset: .usd, quantity: cash, place: place(wallet))
    balance.isRemark = true
    draft.balances.append(balance)
  }

  private mutating func bybitUnit(_ unit: PayloadNode) {
    for entry in unit.entries where entry.name.hasSuffix("PositionPnlRanges") && entry.node.isList {
      for holding in list(entry.node) { bybitHolding(holding) }
    }
    for expiry in list("optionExpiryDatePnlRanges", of: unit) {
      for holding in list("optionPositionPnlRanges", of: expiry) { bybitHolding(holding) }
      cover(expiry["pnlRanges"], "a sum over an expiry of the vectors by instrument; computed anew")
      use("expiryDateRepresentation", of: expiry)
    }
    cover(unit["totalPnlRanges"], "a sum of the vectors by instrument; computed anew")
    guard let base = asset("baseCoin", of: unit) else { return }
    let scope = VenueScope.riskUnit(base)
    if let details = unit["contingency"] {
      figures(details.entries.map(\.name), of: details, scope, .usd)
      // What the venue's delta spread comes to needs factors it does not publish.
      if let spread = number("futureDeltaContingency", of: details), spread != 0 {
        draft.stated.append(("deltaContingency.\(base)", spread, nil, place(details)))
      }
    }
    if let details = unit["asset"] {
      figures(["assetIM", "assetMM"], of: details, scope, .usd)
      use("coin", of: details)
    }
    figures(["maxLossPriceMove", "maxLossIvShock"], of: unit, scope, .number)
    figures(["totalClosePzFee"], of: unit, scope, .usd)
    cover(unit["maxLossIvShockList"], "the worst volatility move of each price; follows from the vectors")
    if let hedge = unit["spotHedgeInfo"] { bybitHedge(hedge, base) }
  }

  /// A holding whose size is signed, with its profits over the grid.
  private mutating func bybitHolding(_ holding: PayloadNode) {
    let contract = contract("symbolName", of: holding, on: .bybit)
    let size = needed("position", of: holding)
    let ordered = number("orderSize", of: holding)
    let entry = number("sessionAvgPrice", of: holding, .positive)
    let mark = number("markPrice", of: holding, .positive)
    let profits = bybitProfits(holding)
    for key in ["settleCoin", "contractType", "symbolAlias"] { use(key, of: holding) }
    guard let contract else { return }
    if let ordered, ordered != 0 {
      draft.orders.append(
        OrderDraft(contract: contract, quantity: ordered, multiplier: 1, place: place(holding)))
    }
    guard let size, size != 0 else { return }
    var position = PositionDraft(
      contract: contract, quantity: size, multiplier: 1, entry: entry, mark: mark, place: place(holding))
    position.origin = .sum
    prices(of: position, at: holding["markPrice"] ?? holding)
    draft.positions.append(position)
    guard !profits.isEmpty else { return }
    assume(
      "pnls taken as units of \(contract.settlementAsset); the venue names no unit",
      at: holding["pnlRanges"] ?? holding)
    draft.rows[contract.name] = profits
  }

  /// The ladder of price moves, each with one profit or one for volatility up, the same and down.
  private mutating func bybitProfits(_ holding: PayloadNode) -> [GridMove: Double] {
    var profits: [GridMove: Double] = [:]
    for step in list("pnlRanges", of: holding) {
      guard let text = word("priceScale", of: step), let node = step["priceScale"] else {
        report(.missingKey("priceScale"), at: step)
        continue
      }
      let move = spotMove(text, at: node)
      let values = (step["pnls"]?.items ?? []).compactMap { number($0) }
      guard values.count == 1 || values.count == 3 else {
        report(.expected("one or three numbers", found: "\(values.count)"), at: step["pnls"] ?? step)
        continue
      }
      guard let move else { continue }
      for (index, shock) in [VolatilityShock.up, .unchanged, .down].enumerated() {
        profits[GridMove(spot: move, volatility: shock)] = values.count == 1 ? values[0] : values[index]
      }
    }
    return profits
  }

  private mutating func bybitHedge(_ hedge: PayloadNode, _ base: Asset) {
    let wallet = number("walletBalance", of: hedge)
    let index = number("usdIndexPrice", of: hedge, .positive)
    let profits = bybitProfits(hedge)
    figures(["hedgeSpotSize"], of: hedge, .riskUnit(base), .asset(base))
    price(of: base, index, .stated, at: hedge)
    if index == nil, let size = number("hedgeSpotSize", of: hedge), size != 0,
      let (move, profit) = profits.filter({ $0.value != 0 }).min(by: { $0.key.spot < $1.key.spot })
    {
      // A coin gains its price times the move: the vector tells the index the venue does not print.
      assume("the index of \(base) taken from its own vector", at: hedge)
      price(of: base, profit / (size * move.spot), .valued, at: hedge)
    }
    if let wallet, wallet != 0 {
      var balance = BalanceDraft(asset: base, quantity: wallet, place: place(hedge))
      balance.isRemark = true
      keepBalance(balance, at: hedge)
    }
    if profits.values.contains(where: { $0 != 0 }) {
      draft.balanceRows.append((base, profits, place(hedge)))
    }
  }
}
