import Instruments
import Margin
import Scenarios

extension PayloadReader {
  mutating func deribitSimulation(_ content: PayloadNode) {
    let parameters = content["model_params"]
    if let general = parameters?["general"] { moment("timestamp", of: general, .answer) }
    for entry in table("index_price", of: content) { deribitIndex(entry.name, entry.node) }
    let held = content["portfolio"].map { table("position", of: $0) } ?? []
    for entry in held { deribitHolding(entry.name, entry.node, in: content) }
    let money = content["portfolio"].map { table("currency", of: $0) } ?? []
    for entry in money {
      let asset = asset(entry.name, at: entry.node)
      guard let asset, let quantity = number(entry.node) else { continue }
      assume("taken as a balance of \(quantity) \(asset)", at: entry.node)
      keepBalance(BalanceDraft(asset: asset, quantity: quantity, place: place(entry.node)), at: entry.node)
    }
    deribitVectors(content)
    for entry in table("margins", of: content) { deribitMargins(entry.name, entry.node) }
    for entry in table("ticker", of: content) { deribitTicker(entry.node) }
    cover(parameters, "parameters of the venue's model; they belong in a regime")
    for key in ["aggregated_risk_vectors", "pre_aggregated_risk_vectors"] {
      cover(content[key], "a sum of the vectors by instrument; computed anew")
    }
  }

  private mutating func deribitTicker(_ node: PayloadNode) {
    _ = number("index_price", of: node, .positive)
    _ = number("mark_price", of: node, .positive)
  }

  /// A price such as `btc_usd`.
  private mutating func deribitIndex(_ name: String, _ node: PayloadNode) {
    let parts = name.split(separator: "_")
    guard let value = number(node, .positive), parts.count == 2 else { return }
    guard let base = asset(String(parts[0]), at: node), let quote = asset(String(parts[1]), at: node) else {
      return
    }
    price(of: base, value, in: quote, quote == .usd ? .stated : .index, at: node)
  }

  /// A holding in units of the base asset.
  private mutating func deribitHolding(_ name: String, _ node: PayloadNode, in content: PayloadNode) {
    let size = number(node)
    guard let contract = contract(name, at: node, on: .deribit), let size else { return }
    if size == 0 { return coverZeroPosition(node, named: name) }
    let ticker = content["ticker"]?[name]
    let mark = ticker.flatMap { number("mark_price", of: $0, .positive) }
    let index = ticker.flatMap { number("index_price", of: $0, .positive) }
    var quantity = size
    if contract.style == .inverse, !contract.hasStrike {
      guard let mark else {
        return report(.rule("a holding in coins needs the mark price, which the payload lacks"), at: node)
      }
      quantity = size * mark
    }
    let forward = ticker.flatMap { number("underlying_price", of: $0, .positive) }
    let volatility = ticker.flatMap { number("mark_iv", of: $0, .positive) }
    draft.positions.append(
      PositionDraft(
        contract: contract, quantity: quantity, multiplier: 1, mark: mark, index: forward ?? index,
        impliedVolatility: volatility.map { $0 / 100 }, place: place(node)))
  }

  private mutating func deribitMargins(_ name: String, _ node: PayloadNode) {
    let isAccount = name == "cross" || name == "cross_collateral"
    let currency = isAccount ? nil : asset(name, at: node)
    guard isAccount || currency != nil else { return }
    let scope = currency.map(VenueScope.currency) ?? .account
    let unit = currency.map(VenueUnit.asset) ?? .usd
    deribitMarginFigures(node, scope, unit)
    let details = node["initial_margin_details"] ?? node
    for (key, stated) in [
      ("mmp_margin", "mmpMargin"), ("open_orders_margin", "openOrdersMargin"), ("spot_margin", "spotMargin"),
    ] {
      if let value = number(key, of: details), let entry = details[key] {
        draft.stated.append((stated, value, currency, place(entry)))
      }
    }
  }

  private mutating func deribitMarginFigures(_ node: PayloadNode, _ scope: VenueScope, _ unit: VenueUnit) {
    for entry in node.entries {
      if entry.node.isMapping {
        let isPlace = entry.name == "worst_case_bucket"
        deribitMarginFigures(entry.node, scope, isPlace ? .number : unit)
      } else if let text = entry.node.text, venueDecimal(text) != nil {
        figures([entry.name], of: node, scope, unit)
      }
    }
  }
}

// MARK: - Vectors

extension PayloadReader {
  private mutating func deribitVectors(_ content: PayloadNode) {
    let vectors = table("initial_risk_vectors", of: content).compactMap { deribitVector($0.name, $0.node) }
    guard !vectors.isEmpty, let general = content["model_params"]?["general"] else { return }
    let buckets = needed("buckets_count", of: general, .positive)
    let shocks = needed("vol_scenarios_count", of: general, .positive)
    guard let buckets, let shocks else { return }
    let node = general["vol_scenarios_count"] ?? general
    guard shocks == 3, buckets == buckets.rounded(), buckets <= 100 else {
      return report(.rule("only grids of three volatilities and up to 100 whole buckets are known"), at: node)
    }
    let isReversed = vectors.reduce(0) { $0 + $1.tilt(in: content) } < 0
    assume(
      "the three volatilities of a price stand as \(isReversed ? "up, same, down" : "down, same, up")",
      at: node)
    for vector in vectors {
      guard let range = deribitRange(of: vector, in: content) else { continue }
      let steps = (-Int(buckets)...Int(buckets)).map { roundedDecimal(range * Double($0) / buckets) }
      let order: [VolatilityShock] = isReversed ? [.up, .unchanged, .down] : [.down, .unchanged, .up]
      var moves = steps.flatMap { step in order.map { (spot: step, volatility: $0) } }
      guard vector.standard.count == moves.count else {
        report(.expected("\(moves.count) numbers", found: "\(vector.standard.count)"), at: vector.node)
        continue
      }
      var values = vector.standard
      if !vector.extended.isEmpty {
        guard vector.extended.count == Self.extendedMoves.count else {
          report(
            .expected("\(Self.extendedMoves.count) numbers", found: "\(vector.extended.count)"),
            at: vector.node)
          continue
        }
        moves += Self.extendedMoves.map { ($0, .up) }
        values += vector.extended
      }
      var profits: [GridMove: Double] = [:]
      for (move, value) in zip(moves, values) {
        profits[GridMove(spot: move.spot, volatility: move.volatility)] = value
      }
      draft.rows[vector.row] = profits
    }
  }

  /// The price moves of the extended table, at volatility up.
  private static let extendedMoves = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5]

  private mutating func deribitVector(_ name: String, _ node: PayloadNode) -> RiskVector? {
    let row: String
    let underlying: Underlying
    var hasStrike = false
    if name.contains("-") {
      guard let contract = contract(name, at: node, on: .deribit) else { return nil }
      (row, underlying, hasStrike) = (contract.name, contract.underlying, contract.hasStrike)
    } else {
      // What is held of a currency itself.
      guard let asset = asset(name, at: node) else { return nil }
      (row, underlying) = (asset.symbol, Underlying(base: asset, quote: .usd))
    }
    var standard: [Double] = []
    var extended: [Double] = []
    for item in node["standard"]?.items ?? [] { standard += number(item).map { [$0] } ?? [] }
    for item in node["extended"]?.items ?? [] { extended += number(item).map { [$0] } ?? [] }
    return RiskVector(
      name: name, row: row, underlying: underlying, hasStrike: hasStrike, standard: standard,
      extended: extended,
      node: node)
  }

  private mutating func deribitRange(of vector: RiskVector, in content: PayloadNode) -> Double? {
    let pairs = content["model_params"]?["currency_pair"]
    let underlying = vector.underlying
    let base = underlying.base.symbol.lowercased()
    let names = ["\(base)_\(underlying.quote.symbol.lowercased())", "\(base)_usd"]
    guard let pair = names.compactMap({ pairs?[$0] }).first else {
      report(.rule("the payload tells no price range of \(names[0])"), at: vector.node)
      return nil
    }
    let range = needed("price_range", of: pair, .positive)
    if let range, range >= 1 {
      report(.expected("a price range below one", found: "\(range)"), at: pair["price_range"] ?? pair)
      return nil
    }
    return range
  }
}

/// One instrument's profits over the venue's grid.
private struct RiskVector {
  let name: String
  /// The row's name in an account.
  let row: String
  let underlying: Underlying
  let hasStrike: Bool
  let standard: [Double]
  let extended: [Double]
  let node: PayloadNode

  /// Whether profits grow along the three volatilities as a long option's do upwards: above zero when they do.
  func tilt(in content: PayloadNode) -> Double {
    guard hasStrike, standard.count % 3 == 0,
      let held = content["portfolio"]?["position"]?[name]?.text.flatMap(venueDecimal)
    else { return 0 }
    let rise = stride(from: 0, to: standard.count, by: 3).reduce(0.0) { $0 + standard[$1 + 2] - standard[$1] }
    return held < 0 ? -rise : rise
  }
}

/// A number to twelve decimals, as its reader would write it: 0.12 for three quarters of 0.16.
func roundedDecimal(_ value: Double) -> Double {
  let places = 1e12
  return (value * places).rounded() / places
}

extension Contract {
  var hasStrike: Bool { if case .option = self { true } else { false } }
}
