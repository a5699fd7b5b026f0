import Instruments
import Margin
import Scenarios

// Sizes are in contracts, signed only where the account nets long against short. What a contract stands for is told by
// `public/instruments` alone; without it the USD notional tells it, since every size is a power of ten.

extension PayloadReader {
  mutating func okxPositions(_ content: PayloadNode, sizes: [String: Double]) {
    for entry in list(content) { okxPosition(entry, sizes: sizes) }
  }

  mutating func okxPosition(_ entry: PayloadNode, sizes: [String: Double]) {
    if word("instType", of: entry)?.uppercased() == "MARGIN" {
      return cover(entry, "a spot margin position is a holding and a loan, which stand in the balances")
    }
    if let moment = entry["uTime"], moment.text != "" { self.moment("uTime", of: entry, .update) }
    let currency = entry["ccy"]?.text
    let price = number("usdPx", of: entry, .positive)
    if let price, let currency, let asset = asset("ccy", of: entry), asset.symbol == currency.uppercased() {
      self.price(of: asset, price, .stated, at: entry["usdPx"] ?? entry)
    } else {
      use("ccy", of: entry)
    }
    guard var position = okxHolding(entry, quantity: "pos", sizes: sizes) else { return }
    let isIsolated = word(
      "mgnMode", of: entry, "margin mode", ["cross": false, "isolated": true, "cash": false])
    let margin = number("margin", of: entry, .notNegative)
    if isIsolated == true { position.isolatedMargin = margin }
    okxFigures(entry, position.contract)
    draft.positions.append(position)
  }

  private mutating func okxFigures(_ entry: PayloadNode, _ contract: Contract) {
    let scope = VenueScope.contract(contract.name)
    figures(["imr", "mmr"], of: entry, scope, .asset(contract.settlementAsset))
    figures(["mgnRatio"], of: entry, scope, .number)
    figures(["liqPx"], of: entry, scope, .asset(contract.underlying.quote))
    figures(["notionalUsd"], of: entry, scope, .usd)
  }

  /// What the position list, the position builder and its request have in common.
  private mutating func okxHolding(
    _ entry: PayloadNode, quantity key: String, sizes: [String: Double]
  ) -> PositionDraft? {
    let size = needed(key, of: entry)
    if size == 0 {
      coverZeroPosition(entry, named: entry["instId"]?.text ?? "")
      return nil
    }
    let side = leg("posSide", of: entry, ["net": .net, "long": .long, "short": .short])
    let contract = contract("instId", of: entry, on: .okx)
    let entryPrice = number("avgPx", of: entry, .positive)
    let mark = number("markPx", of: entry, .positive)
    let index = number("idxPx", of: entry, .positive)
    let leverage = number("lever", of: entry, .leverage)
    let notional = number("notionalUsd", of: entry, .notNegative)
    let volatility = number("markVol", of: entry, .positive)
    guard let contract, let size, let leg = side else { return nil }
    if leg != .net, size < 0 {
      report(.rule("a size by side is never negative"), at: entry[key] ?? entry)
      return nil
    }
    var position = PositionDraft(
      contract: contract, leg: leg, quantity: leg == .short ? -size : size, entry: entryPrice, mark: mark,
      index: index, leverage: leverage, impliedVolatility: volatility, place: place(entry))
    prices(of: position, at: entry)
    let one = notional.flatMap { okxSize(position, notional: $0) }
    if let instrument = entry["instId"]?.text, let multiplier = sizes[instrument] {
      position.multiplier = multiplier
      if let one, abs(one / multiplier - 1) > 0.05 {
        let words = "contracts of \(plain(multiplier)), as public/instruments says, do not make the notional"
        report(.rule(words), at: entry["notionalUsd"] ?? entry)
        return nil
      }
    } else if notional != nil {
      position.multiplier = okxPower(near: one, at: entry)
      if position.multiplier == nil { return nil }
    }
    return position
  }

  /// What a contract stands for, as far as quantity, price and USD notional tell.
  private func okxSize(_ position: PositionDraft, notional: Double) -> Double? {
    let isFace = position.contract.style == .inverse && !position.contract.hasStrike
    let price = position.contract.hasStrike ? position.index : position.mark
    guard let price = isFace ? 1 : price, notional > 0 else { return nil }
    return notional / (abs(position.quantity) * price)
  }

  /// The power of ten that is near; no contract of the venue is of another size.
  private mutating func okxPower(near size: Double?, at entry: PayloadNode) -> Double? {
    let powers = [
      1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
    ]
    guard let size, let multiplier = powers.first(where: { abs(size / $0 - 1) <= 0.01 }) else {
      return okxUnknownSize(entry)
    }
    assume(
      "a contract stands for \(plain(multiplier)): the power of ten that fits notionalUsd; "
        + "give the answer of public/instruments as well to be sure", at: entry)
    return multiplier
  }

  private mutating func okxUnknownSize(_ entry: PayloadNode) -> Double? {
    report(
      .rule(
        "the size of a contract is unknown: give the venue's answer of public/instruments as well"), at: entry
    )
    return nil
  }

  /// What a contract stands for, by the venue's name of it.
  mutating func okxContractSizes(_ content: PayloadNode) -> [String: Double] {
    var sizes: [String: Double] = [:]
    for entry in list(content) {
      let name = word("instId", of: entry)
      let value = number("ctVal", of: entry, .positive)
      let times = number("ctMult", of: entry, .positive)
      if let name, let value { sizes[name] = value * (times ?? 1) }
    }
    for item in content.items { cover(item, "of the sizes of contracts, those of the account's were read") }
    return sizes
  }
}

// MARK: - Balances

extension PayloadReader {
  mutating func okxBalances(_ content: PayloadNode) {
    for account in list(content) {
      moment("uTime", of: account, .answer)
      figures(
        ["totalEq", "adjEq", "imr", "mmr", "isoEq", "borrowFroz", "notionalUsdForBorrow"], of: account,
        .account, .usd)
      figures(["mgnRatio"], of: account, .account, .number)
      for detail in list("details", of: account) { okxBalance(detail) }
    }
  }

  private mutating func okxBalance(_ detail: PayloadNode) {
    let asset = asset("ccy", of: detail)
    let cash = needed("cashBal", of: detail)
    let liability = number("liab", of: detail)
    let interest = number("interest", of: detail)
    let equity = number("eq", of: detail)
    let worth = number("eqUsd", of: detail)
    let stated = number("coinUsdPrice", of: detail, .positive)
    moment("uTime", of: detail, .update)
    guard let asset else { return }
    figures(["eq"], of: detail, .currency(asset), .asset(asset))
    figures(["eqUsd", "disEq"], of: detail, .currency(asset), .usd)
    figures(["imr", "mmr"], of: detail, .currency(asset), .asset(asset))
    price(of: asset, stated, .stated, at: detail)
    if stated == nil, let equity, let worth, equity != 0 {
      price(of: asset, worth / equity, .valued, at: detail)
    }
    guard let cash else { return }
    keepBalance(
      BalanceDraft(
        asset: asset, quantity: cash - abs(interest ?? 0),
        borrowed: liability.map(abs).flatMap { $0 > 0 ? $0 : nil },
        place: place(detail)), at: detail)
  }
}

// MARK: - Position builder

extension PayloadReader {
  mutating func okxPositionBuilderRequest(_ content: PayloadNode, sizes: [String: Double]) {
    for entry in list("simPos", of: content) {
      if var position = okxHolding(entry, quantity: "pos", sizes: sizes) {
        position.origin = .request
        draft.positions.append(position)
      }
    }
    for entry in list("simAsset", of: content) {
      let asset = asset("ccy", of: entry)
      let amount = needed("amt", of: entry)
      if let asset, let amount {
        keepBalance(BalanceDraft(asset: asset, quantity: amount, place: place(entry)), at: entry)
      }
    }
    if word("inclRealPosAndEq", of: content) == "true", let node = content["inclRealPosAndEq"] {
      assume("the real balances, which the builder added, are not in its answer", at: node)
    }
  }

  mutating func okxPositionBuilder(_ content: PayloadNode, sizes: [String: Double]) {
    for account in list(content) {
      moment("ts", of: account, .answer)
      figures(
        ["eq", "totalMmr", "totalImr", "derivMmr", "borrowMmr", "upl"], of: account, .account, .usd)
      figures(["marginRatio", "acctLever"], of: account, .account, .number)
      okxStablePrice(account)
      for entry in list("assets", of: account) {
        guard let asset = asset("ccy", of: entry) else { continue }
        figures(["availEq", "spotInUse"], of: entry, .currency(asset), .asset(asset))
        figures(["borrowMmr", "borrowImr"], of: entry, .currency(asset), .usd)
      }
      for unit in list("riskUnitData", of: account) { okxRiskUnit(unit, sizes: sizes) }
      for entry in list("positions", of: account) {
        if entry.has("instId"), entry.has("pos") { okxPosition(entry, sizes: sizes) }
      }
    }
  }

  /// The USD price of the one stablecoin that makes up the whole equity.
  private mutating func okxStablePrice(_ account: PayloadNode) {
    let assets = account["assets"]?.items ?? []
    let held = assets.filter { $0["availEq"]?.text.flatMap(venueDecimal) ?? 0 != 0 }
    guard held.count == 1, let name = held[0]["ccy"]?.text, ["USDT", "USDC"].contains(name),
      let asset = try? Asset(name), let amount = number("availEq", of: held[0]),
      let equity = number("eq", of: account),
      abs(equity / amount - 1) < 0.1
    else { return }
    let usd = roundedDecimal(equity / amount)
    assume("\(name) at \(usd) USD, since it makes up the whole equity", at: held[0])
    price(of: asset, usd, .valued, at: held[0])
  }

  private mutating func okxRiskUnit(_ unit: PayloadNode, sizes: [String: Double]) {
    // A unit is named by its base asset, once by the pair.
    let name = word("riskUnit", of: unit)?.split(separator: "-").first.map(String.init)
    for entry in list("portfolios", of: unit) {
      if word("instType", of: entry)?.uppercased() == "SPOT" {
        cover(entry, "spot in use; it stands in the balances")
        continue
      }
      guard var position = okxHolding(entry, quantity: "amt", sizes: sizes) else { continue }
      position.origin = .simulation
      draft.positions.append(position)
    }
    guard let name else { return report(.missingKey("riskUnit"), at: unit) }
    guard let asset = asset(name, at: unit["riskUnit"] ?? unit) else { return }
    let scope = VenueScope.riskUnit(asset)
    figures(
      (1...9).map { "mr\($0)" } + ["imr", "mmr", "imrBf", "mmrBf", "delta", "upl"], of: unit, scope, .usd)
    okxScenarios(unit, asset)
    for key in ["mr1FinalResult", "mr6FinalResult"] {
      guard let result = unit[key] else { continue }
      if let profit = number("pnl", of: result) {
        draft.figures.append(VenueFigure(scope: scope, name: "\(key).pnl", value: profit, unit: .usd))
      }
      if let move = number("spotShock", of: result) {
        draft.figures.append(VenueFigure(scope: scope, name: "\(key).spotShock", value: move, unit: .number))
      }
    }
  }

  /// The ladders of the grid, and the one point of the extreme move that is printed.
  private mutating func okxScenarios(_ unit: PayloadNode, _ asset: Asset) {
    var profits: [GridMove: Double] = [:]
    let ladders: KeyValuePairs<String, VolatilityShock> = [
      "volShockDown": .down, "volSame": .unchanged, "volShockUp": .up,
    ]
    let scenarios = unit["mr1Scenarios"]
    for ladder in ladders {
      for entry in scenarios.map({ table(ladder.key, of: $0) }) ?? [] {
        let profit = number(entry.node)
        guard let move = spotMove(entry.name, at: entry.node), let profit else { continue }
        profits[GridMove(spot: move, volatility: ladder.value)] = profit
      }
    }
    if let extreme = unit["mr6FinalResult"], let node = extreme["spotShock"], let text = node.text,
      text != "",
      let profit = number("pnl", of: extreme), let move = spotMove(text, at: node)
    {
      profits[GridMove(spot: move)] = profit
    }
    if !profits.isEmpty { draft.units[asset] = profits }
  }

  /// A relative move of a spot price, above −1.
  mutating func spotMove(_ text: String, at node: PayloadNode) -> Double? {
    guard let move = venueDecimal(text), move > -1 else {
      report(.expected("a relative move of the price above -1", found: "'\(shortened(text))'"), at: node)
      return nil
    }
    return move == 0 ? 0 : move
  }
}
