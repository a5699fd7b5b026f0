import Instruments
import Margin

// The library's own numbers are not to be trusted where it keeps the venue's: its contract sizes belong to other units at
// some venues, and its sizes may be negative as well as having a side. So `info`, the venue's answer, is read where it is
// kept; without it the sizes must make the notional.

extension PayloadReader {
  mutating func ccxtPositions(_ content: PayloadNode, sizes: [String: Double], venue: Venue?) {
    for entry in list(content) {
      moment("timestamp", of: entry, .update)
      if let info = entry["info"], info.isMapping, ccxtPosition(info, sizes: sizes, venue: venue) {
        coverOthers(of: entry, than: "info", "the library's reading of info, which was read itself")
      } else {
        ccxtPosition(entry)
      }
    }
  }

  /// Reads a venue's own position; whether the venue could be told.
  private mutating func ccxtPosition(_ info: PayloadNode, sizes: [String: Double], venue: Venue?) -> Bool {
    switch venue ?? Self.venue(of: info) {
    case .deribit? where info.has("instrument_name"): deribitPosition(info)
    case .okx? where info.has("instId"): okxPosition(info, sizes: sizes)
    case .bybit? where info.has("size"): bybitPosition(info)
    case .binance? where info.has("positionAmt"): binancePosition(info)
    default: return false
    }
    return true
  }

  private static func venue(of info: PayloadNode) -> Venue? {
    if info.has("instrument_name") { return .deribit }
    if info.has("instId") { return .okx }
    if info.has("positionAmt") { return .binance }
    return info.has("symbol") && info.has("size") && info.has("side") ? .bybit : nil
  }

  private mutating func coverOthers(of entry: PayloadNode, than key: String, _ reason: String) {
    for other in entry.entries where other.name != key {
      if other.node.isList || other.node.isMapping {
        cover(other.node, reason)
      } else {
        use(other.name, of: entry)
      }
    }
  }

  /// Reads a position from the library's own fields alone.
  private mutating func ccxtPosition(_ entry: PayloadNode) {
    let contracts = needed("contracts", of: entry)
    if contracts == 0 { return coverZeroPosition(entry, named: entry["symbol"]?.text ?? "") }
    let leg: PositionDraft.Leg? = word("side", of: entry, "side", ["long": .long, "short": .short])
    let contract = unifiedContract(entry)
    let size = needed("contractSize", of: entry, .positive)
    let mark = number("markPrice", of: entry, .positive)
    let notional = number("notional", of: entry)
    let entryPrice = number("entryPrice", of: entry, .positive)
    let leverage = number("leverage", of: entry, .leverage)
    let isIsolated = word("marginMode", of: entry, "margin mode", ["cross": false, "isolated": true])
    let collateral = number("collateral", of: entry)
    let profit = number("unrealizedPnl", of: entry)
    let isHedged = word("hedged", of: entry, "answer", ["false": false, "true": true])
    guard let leg else {
      if entry["side"] == nil || entry["side"]?.text == "" { report(.missingKey("side"), at: entry) }
      return
    }
    guard let contract, let contracts, let size else { return }
    if leg == .long, contracts < 0 {
      return report(.rule("a long position has a negative size"), at: entry["contracts"] ?? entry)
    }
    let quantity = leg == .short ? -abs(contracts) : contracts
    guard isNotional(notional, of: contract, units: abs(quantity) * size, mark: mark, at: entry) else {
      return
    }
    var position = PositionDraft(
      contract: contract, leg: isHedged == true ? leg : .net, quantity: quantity, multiplier: size,
      entry: entryPrice,
      mark: mark, leverage: leverage, place: place(entry))
    if isIsolated == true, let collateral { position.isolatedMargin = max(0, collateral - (profit ?? 0)) }
    prices(of: position, at: entry)
    let scope = VenueScope.contract(contract.name)
    figures(["initialMargin", "maintenanceMargin"], of: entry, scope, .asset(contract.settlementAsset))
    figures(["liquidationPrice"], of: entry, scope, .asset(contract.underlying.quote))
    draft.positions.append(position)
  }

  private mutating func unifiedContract(_ entry: PayloadNode) -> Contract? {
    guard let name = word("symbol", of: entry), let node = entry["symbol"] else {
      report(.missingKey("symbol"), at: entry)
      return nil
    }
    do throws(InstrumentError) {
      return try Contract(name: name)
    } catch {
      report(LoadFault(error), at: node)
      return nil
    }
  }

  /// Whether sizes make the notional within a hundredth; in USD or, for an inverse contract, in coins.
  private mutating func isNotional(
    _ notional: Double?, of contract: Contract, units: Double, mark: Double?, at entry: PayloadNode
  ) -> Bool {
    guard !contract.hasStrike else {
      assume("contracts × contractSize could not be checked, since it is an option", at: entry)
      return true
    }
    guard let notional, let mark else {
      assume(
        "contracts × contractSize could not be checked, since notional or markPrice is missing", at: entry)
      return true
    }
    let expected = contract.style == .linear ? [units * mark] : [units, units / mark]
    if expected.contains(where: { abs($0 - abs(notional)) <= 0.01 * abs($0) }) { return true }
    report(
      .rule(
        "contracts × contractSize do not make the notional of \(notional); give the venue's own answer, or keep info"
      ),
      at: entry["contractSize"] ?? entry)
    return false
  }
}

// MARK: - Balances and orders

extension PayloadReader {
  mutating func ccxtBalance(_ content: PayloadNode, sizes: [String: Double], venue: Venue?) {
    if let info = content["info"], case .success(let payloads) = VenuePayload.found(in: info) {
      for payload in payloads { read(payload, sizes: sizes, venue: venue) }
      return coverOthers(of: content, than: "info", "the library's reading of info, which was read itself")
    }
    moment("timestamp", of: content, .answer)
    let debts = content["debt"]
    for entry in table("total", of: content) {
      let asset = asset(entry.name, at: entry.node)
      let total = number(entry.node)
      let debt =
        debts.flatMap { number(entry.name, of: $0, .notNegative) }
        ?? content[entry.name].flatMap {
          number("debt", of: $0, .notNegative)
        }
      guard let asset, let total else { continue }
      assume(
        "total taken as the balance; at some venues it holds unpaid profit as well, which info would tell",
        at: entry.node)
      keepBalance(
        BalanceDraft(
          asset: asset, quantity: total, borrowed: debt.flatMap { $0 > 0 ? $0 : nil },
          place: place(entry.node)),
        at: entry.node)
    }
    for entry in content.entries
    where !["info", "total", "debt", "timestamp", "datetime"].contains(entry.name) {
      cover(entry.node, "what is free and what is used follow from the regime")
    }
  }

  mutating func ccxtOrders(_ content: PayloadNode, sizes: [String: Double], venue: Venue?) {
    for entry in list(content) { ccxtOrder(entry, sizes: sizes, venue: venue) }
  }

  private mutating func ccxtOrder(_ entry: PayloadNode, sizes: [String: Double], venue: Venue?) {
    moment("timestamp", of: entry, .update)
    let isSale = word("side", of: entry, "side", ["buy": false, "sell": true])
    let amount = needed("amount", of: entry, .notNegative)
    let filled = number("filled", of: entry, .notNegative)
    let remaining = number("remaining", of: entry, .notNegative)
    let price = number("price", of: entry, .positive)
    let isReducing = word("reduceOnly", of: entry, "answer", ["false": false, "true": true])
    if let status = word("status", of: entry), status != "open" {
      return cover(entry, "an order that is \(shortened(status)) no longer waits")
    }
    cover(entry["info"], "the venue's own words of the order")
    for key in ["trades", "fees", "fee"] { cover(entry[key], "past; paid already and in the balance") }
    guard let symbol = entry["symbol"]?.text else { return report(.missingKey("symbol"), at: entry) }
    guard symbol.contains(":") else {
      return cover(entry, "an order of spot, which is no contract")
    }
    if isReducing == true { return cover(entry, "an order that only reduces takes no margin") }
    guard let contract = unifiedContract(entry), let isSale, let amount else {
      if entry["side"] == nil { report(.missingKey("side"), at: entry) }
      return
    }
    let open = remaining ?? amount - (filled ?? 0)
    guard open > 0 else { return }
    draft.orders.append(
      OrderDraft(
        contract: contract, quantity: isSale ? -open : open,
        multiplier: size(of: contract, sizes: sizes, venue: venue), price: price, place: place(entry)))
  }

  /// What one unit of the library's amounts stands for, where the venue tells.
  private func size(of contract: Contract, sizes: [String: Double], venue: Venue?) -> Double? {
    switch venue {
    case .okx?, nil: (try? VenueInstrument(contract: contract, on: .okx)).flatMap { sizes[$0.symbol] }
    case .binance?: contract.binanceSize
    case .bybit?, .deribit?: 1
    }
  }
}
