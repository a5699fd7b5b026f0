import Instruments
import LinearAlgebra
import MarketData
import Pricing

/// Turns balances and positions into the rows of a book, one at a time.
struct BookBuilder {
  private let market: MarketSnapshot
  private let account: Account
  private var rows: [BookRow] = []
  private var values: [Double] = []
  private var notionals: [Double] = []
  private var settlementPrices: [Double] = []
  private var spotPrices: [Double] = []
  private var optionMarkets: [OptionMarket?] = []
  private var isolatedPositions = 0

  init(_ account: Account, market: MarketSnapshot) {
    self.account = account
    self.market = market
  }

  var state: BookState {
    BookState(
      rows: rows, values: values, notionals: notionals, settlementPrices: settlementPrices,
      spotPrices: spotPrices, stated: account.stated, options: optionColumns)
  }

  private var optionColumns: OptionColumns? {
    guard optionMarkets.contains(where: { $0 != nil }) else { return nil }
    func column(_ number: (OptionMarket) -> Double) -> Matrix {
      Matrix(rows: rows.count, columns: 1, elements: optionMarkets.map { $0.map(number) ?? 0 })
    }
    return OptionColumns(forwards: column(\.forward), volatilities: column(\.volatility))
  }

  mutating func append(_ balance: Balance) throws(ValuationError) {
    try appendBalance(
      balance.asset, balance.quantity, borrowed: balance.borrowed, isolated: nil, sleeve: balance.sleeve)
  }

  mutating func append(_ position: Position) throws(ValuationError) {
    let contract = position.contract
    try requireTradable(contract)
    var isolated: Int?
    if let margin = position.isolatedMargin {
      isolated = isolatedPositions
      isolatedPositions += 1
      try appendBalance(
        contract.settlementAsset, margin, borrowed: nil, isolated: isolated, sleeve: position.sleeve)
    }
    let worth = try worth(of: position)
    try append(
      BookRow(
        name: contract.name, kind: worth.kind, asset: contract.underlying.base,
        settlement: contract.settlementAsset, units: position.quantity * position.multiplier, borrowed: 0,
        entryPrice: position.entryPrice, confidence: position.confidence, expiry: contract.expiry,
        years: years(to: contract.expiry),
        leverage: position.leverage, isolated: isolated, sleeve: position.sleeve,
        option: worth.option?.terms),
      value: worth.value, notional: worth.notional, settlementPrice: try price(contract.settlementAsset),
      optionMarket: worth.option?.market)
  }

  /// An order has the notional it would have as a position at its limit, and no value.
  mutating func append(_ order: Order) throws(ValuationError) {
    let contract = order.contract
    try requireTradable(contract)
    let held = account.positions.first { $0.contract == contract }
    let spot = try price(contract.underlying.base)
    let quotePrice = try price(contract.underlying.quote)
    let units = order.quantity * order.multiplier
    let mark = order.price ?? held?.markPrice ?? spot / quotePrice
    let isOption = if case .option = contract { true } else { false }
    let notional =
      switch contract.style {
      case _ where isOption: 0.0
      case .linear: units * mark * quotePrice
      case .inverse: units * spot / mark
      }
    try append(
      BookRow(
        name: contract.name, kind: .order, asset: contract.underlying.base,
        settlement: contract.settlementAsset, units: units, entryPrice: mark, expiry: contract.expiry,
        years: years(to: contract.expiry),
        leverage: order.leverage),
      value: 0, notional: notional, settlementPrice: try price(contract.settlementAsset), optionMarket: nil)
  }

  private func years(to expiry: Timestamp?) -> Double { expiry.map { market.asOf.years(to: $0) } ?? 0 }

  private func requireTradable(_ contract: Contract) throws(ValuationError) {
    if let expiry = contract.expiry, expiry <= market.asOf {
      throw .expired(contract: contract.name, expiry: expiry, asOf: market.asOf)
    }
    guard contract.style == .linear || contract.underlying.quote == .usd else {
      throw .inverseFaceNotUSD(contract: contract.name)
    }
  }

  private mutating func appendBalance(
    _ asset: Asset, _ quantity: Double, borrowed: Double?, isolated: Int?, sleeve: String?
  ) throws(ValuationError) {
    let price = try price(asset)
    try append(
      BookRow(
        name: asset.symbol, kind: .balance, asset: asset, settlement: asset, units: quantity,
        borrowed: borrowed ?? max(0, -quantity), isolated: isolated, sleeve: sleeve),
      value: quantity * price, notional: 0, settlementPrice: price, optionMarket: nil)
  }

  private mutating func append(
    _ row: BookRow, value: Double, notional: Double, settlementPrice: Double, optionMarket: OptionMarket?
  ) throws(ValuationError) {
    rows.append(row)
    values.append(value)
    notionals.append(notional)
    settlementPrices.append(settlementPrice)
    spotPrices.append(try price(row.asset))
    optionMarkets.append(optionMarket)
  }

  private func price(_ asset: Asset) throws(ValuationError) -> Double {
    guard let price = account.prices[asset] ?? market.price(of: asset) else {
      throw .noPrice(asset, asOf: market.asOf)
    }
    return price
  }

  /// The volatility given, or the one that explains the price given.
  private func impliedVolatility(
    of position: Position, _ option: OptionContract, forward: Double
  ) throws(ValuationError) -> Double {
    if let volatility = position.impliedVolatility { return volatility }
    guard let price = position.optionPrice else {
      throw .noImpliedVolatility(contract: position.contract.name)
    }
    do throws(PricingError) {
      return try Pricing.impliedVolatility(
        price: price / position.discountFactor, forward: forward, strike: option.strike,
        years: market.asOf.years(to: option.expiry), kind: option.kind)
    } catch {
      let sign: Double = option.kind == .call ? 1 : -1
      throw .priceWithoutVolatility(
        contract: position.contract.name, price: price,
        above: position.discountFactor * max(0, sign * (forward - option.strike)),
        below: position.discountFactor * (option.kind == .call ? forward : option.strike))
    }
  }

  private typealias Worth = (
    kind: RowKind, value: Double, notional: Double, option: (terms: OptionTerms, market: OptionMarket)?
  )

  private func worth(of position: Position) throws(ValuationError) -> Worth {
    let underlying = position.contract.underlying
    let spot = try price(underlying.base)
    let quotePrice = try price(underlying.quote)
    let mark = position.markPrice ?? spot / quotePrice
    let units = position.quantity * position.multiplier
    if case .option(let option) = position.contract {
      let volatility = try impliedVolatility(of: position, option, forward: mark)
      let terms = OptionTerms(
        kind: option.kind, style: option.style, units: units, strike: option.strike,
        years: market.asOf.years(to: option.expiry), discountFactor: position.discountFactor)
      let optionMarket = OptionMarket(forward: mark, volatility: volatility)
      let value = terms.value(in: optionMarket) * quotePrice
      return (.option, value, units * spot, (terms, optionMarket))
    }
    switch position.contract.style {
    case .linear:
      return (.linear, units * (mark - position.entryPrice) * quotePrice, units * mark * quotePrice, nil)
    case .inverse:
      // The face is in USD and the pay in coin: worth spot over price.
      return (.inverse, units * (spot / position.entryPrice - spot / mark), units * spot / mark, nil)
    }
  }
}
