import Instruments
import Margin

// Sizes: inverse futures in USD, options and linear contracts in units of the base asset; sold is negative. Options cost
// coins where they settle in them. The daily settlement moves the profit of futures into the balance, so that the
// average price tells more than is still unpaid.

extension PayloadReader {
  mutating func deribitPositions(_ content: PayloadNode) {
    for entry in list(content) { deribitPosition(entry) }
  }

  mutating func deribitPosition(_ entry: PayloadNode) {
    let name = word("instrument_name", of: entry)
    if word("kind", of: entry) == "spot" {
      return cover(entry, "a spot holding is a balance, and stands in the account summary")
    }
    let size = needed("size", of: entry)
    let leg: PositionDraft.Leg? = word(
      "direction", of: entry, "direction", ["buy": .long, "sell": .short, "zero": .net])
    if size == 0 { return coverZeroPosition(entry, named: name ?? "") }
    let contract = contract("instrument_name", of: entry, on: .deribit)
    let mark = number("mark_price", of: entry, .positive)
    let index = number("index_price", of: entry, .positive)
    let leverage = number("leverage", of: entry, .leverage)
    guard let contract, let size, let leg else {
      if node(entry, lacks: "direction") { report(.missingKey("direction"), at: entry) }
      return
    }
    let held = leg == .short ? -abs(size) : size
    guard let quantity = signed(held, leg, at: entry["size"] ?? entry) else { return }
    var position = PositionDraft(
      contract: contract, quantity: quantity, multiplier: 1, mark: mark, index: index, leverage: leverage,
      place: place(entry))
    position.entry = deribitEntry(entry, position)
    deribitFigures(entry, contract)
    deribitPrice(position, at: entry)
    draft.positions.append(position)
  }

  private func node(_ entry: PayloadNode, lacks key: String) -> Bool {
    entry[key] == nil || entry[key]?.text == ""
  }

  private mutating func deribitFigures(_ entry: PayloadNode, _ contract: Contract) {
    let scope = VenueScope.contract(contract.name)
    figures(
      ["initial_margin", "maintenance_margin", "open_orders_margin"], of: entry, scope,
      .asset(contract.settlementAsset))
    figures(["estimated_liquidation_price"], of: entry, scope, .asset(contract.underlying.quote))
  }

  private mutating func deribitPrice(_ position: PositionDraft, at entry: PayloadNode) {
    // The index of an inverse contract is in USD; that of a linear one in its stablecoin.
    let underlying = position.contract.underlying
    price(
      of: underlying.base, position.index, in: underlying.quote,
      underlying.quote == .usd ? .stated : .index, at: entry["index_price"] ?? entry)
  }

  /// The entry price from which only the profit since the last settlement follows.
  private mutating func deribitEntry(_ entry: PayloadNode, _ position: PositionDraft) -> Double? {
    let average = number("average_price", of: entry, .positive)
    let floating = number("floating_profit_loss", of: entry)
    let total = number("total_profit_loss", of: entry)
    let settlement = number("settlement_price", of: entry, .positive)
    guard !position.contract.hasStrike, let mark = position.mark, let floating else { return average }
    // Printed to eight or nine decimals.
    let tolerance = 1e-7
    if let average, abs(position.profit(from: average, to: mark) - floating) <= tolerance { return average }
    if total == floating, let average { return average }
    let units = position.quantity
    var entryPrice = settlement
    if settlement.map({ abs(position.profit(from: $0, to: mark) - floating) > tolerance }) ?? true {
      entryPrice =
        position.contract.style == .linear ? mark - floating / units : 1 / (1 / mark + floating / units)
    }
    guard let entryPrice, entryPrice > 0, entryPrice.isFinite else {
      report(
        .rule("no entry price gives the floating profit of \(floating)"),
        at: entry["floating_profit_loss"] ?? entry)
      return nil
    }
    let averageText = average.map { "\($0)" } ?? "none"
    assume(
      "entry \(entryPrice) in the place of the average price \(averageText): the rest was paid at the last settlement "
        + "and is in the balance", at: entry)
    return entryPrice
  }
}

// MARK: - Account summaries

extension PayloadReader {
  mutating func deribitSummaries(_ content: PayloadNode) {
    if content.has("summaries") {
      for summary in list("summaries", of: content) { deribitSummary(summary) }
    } else {
      deribitSummary(content)
    }
  }

  private mutating func deribitSummary(_ summary: PayloadNode) {
    let asset = asset("currency", of: summary)
    let quantity = needed("balance", of: summary)
    guard let asset else { return }
    if let quantity {
      keepBalance(BalanceDraft(asset: asset, quantity: quantity, place: place(summary)), at: summary)
    }
    figures(
      [
        "equity", "margin_balance", "initial_margin", "maintenance_margin", "projected_initial_margin",
        "projected_maintenance_margin", "spot_reserve", "additional_reserve", "estimated_liquidation_ratio",
      ], of: summary, .currency(asset), .asset(asset))
    figures(
      [
        "total_equity_usd", "total_margin_balance_usd", "total_initial_margin_usd",
        "total_maintenance_margin_usd",
      ], of: summary, .account, .usd)
    if summary["margin_model"]?.text?.hasPrefix("cross") == true,
      let own = summary["margin_balance"]?.text.flatMap(venueDecimal),
      let total = summary["total_margin_balance_usd"]?.text.flatMap(venueDecimal), own != 0
    {
      // Under cross collateral each currency tells the same balance in its own units.
      price(of: asset, total / own, .valued, at: summary)
    }
    for key in ["limits", "fees", "change_margin_model_api_limit"] {
      cover(summary[key], "a setting of the venue's; a regime states what matters of it")
    }
    for entry in summary.entries where entry.name.hasSuffix("_map") {
      cover(entry.node, "a figure of the venue's by pair; computed anew")
    }
  }

  /// Keeps a balance; one of nothing is only noted.
  mutating func keepBalance(_ balance: BalanceDraft, at node: PayloadNode) {
    if balance.quantity == 0, (balance.borrowed ?? 0) == 0 { return }
    draft.balances.append(balance)
  }
}

extension PositionDraft {
  /// What a future pays between two prices, in units of its settlement asset; the multiplier is one.
  fileprivate func profit(from entry: Double, to mark: Double) -> Double {
    contract.style == .linear ? quantity * (mark - entry) : quantity * (1 / entry - 1 / mark)
  }
}
