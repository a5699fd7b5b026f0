public import Instruments

/// One kind of answer a venue gives about an account, or a library about a venue's.
public enum VenueFormat: String, Hashable, Sendable, CaseIterable {
  /// Deribit `private/get_positions`.
  case deribitPositions = "Deribit private/get_positions"
  /// Deribit `private/get_account_summary` or `…summaries`, `private/simulate_portfolio`, or the portfolio channel.
  case deribitSummary = "Deribit private/get_account_summary(ies)"
  /// Deribit `private/pme/simulate`.
  case deribitSimulation = "Deribit private/pme/simulate"
  /// OKX `account/positions`.
  case okxPositions = "OKX account/positions"
  /// OKX `account/balance`, or the account channel.
  case okxBalance = "OKX account/balance"
  /// What is asked of the OKX `account/position-builder`.
  case okxPositionBuilderRequest = "OKX account/position-builder (request)"
  /// OKX `account/position-builder`.
  case okxPositionBuilder = "OKX account/position-builder"
  /// OKX `public/instruments`: the sizes of contracts.
  case okxInstruments = "OKX public/instruments"
  /// Bybit `v5/position/list`.
  case bybitPositions = "Bybit v5/position/list"
  /// Bybit `v5/account/wallet-balance`.
  case bybitWallet = "Bybit v5/account/wallet-balance"
  /// Bybit `v5/asset/portfolio-margin`.
  case bybitPortfolioMargin = "Bybit v5/asset/portfolio-margin"
  /// Binance `positionRisk` of USDⓈ-M, COIN-M or Portfolio Margin.
  case binancePositionRisk = "Binance positionRisk"
  /// Binance `fapi/v2/account`, `dapi/v1/account` or their Portfolio Margin kin.
  case binanceAccount = "Binance account"
  /// Binance `papi/v1/account`.
  case binancePortfolioAccount = "Binance papi/v1/account"
  /// Binance `papi/v1/balance`.
  case binancePortfolioBalance = "Binance papi/v1/balance"
  /// ccxt `fetchPositions`.
  case ccxtPositions = "ccxt fetchPositions"
  /// ccxt `fetchBalance`.
  case ccxtBalance = "ccxt fetchBalance"
  /// ccxt `fetchOpenOrders`.
  case ccxtOrders = "ccxt fetchOpenOrders"

  /// Whose answer it is; `nil` for a library over many venues.
  public var venue: Venue? {
    switch self {
    case .deribitPositions, .deribitSummary, .deribitSimulation: .deribit
    case .okxPositions, .okxBalance, .okxPositionBuilderRequest, .okxPositionBuilder, .okxInstruments: .okx
    case .bybitPositions, .bybitWallet, .bybitPortfolioMargin: .bybit
    case .binancePositionRisk, .binanceAccount, .binancePortfolioAccount, .binancePortfolioBalance: .binance
    case .ccxtPositions, .ccxtBalance, .ccxtOrders: nil
    }
  }
}

/// A part of a file that is one venue's answer.
struct VenuePayload {
  let format: VenueFormat
  /// What the answer says, without its envelope.
  let content: PayloadNode
  /// The whole answer.
  let envelope: PayloadNode
}

extension VenuePayload {
  /// The answers that stand in a value: one, or a request and its response.
  ///
  /// - Parameter node: the value, with its envelope.
  /// - Returns: the answers, or why there are none.
  static func found(in node: PayloadNode) -> Result<[VenuePayload], PayloadRefusal> {
    if let response = node["response"] {
      return found(in: response).map { answers in
        let request = node["request"].map { [$0] } ?? []
        return request.filter { $0.has("simPos") || $0.has("simAsset") }.map {
          VenuePayload(format: .okxPositionBuilderRequest, content: $0, envelope: $0)
        } + answers
      }
    }
    if let refusal = venueError(in: node) { return .failure(refusal) }
    let content = node["result"] ?? node["data"] ?? node["params"]?["data"] ?? node
    guard let format = format(of: content, in: node) else {
      return .failure(PayloadRefusal(node: content, fault: unknown(content, in: node)))
    }
    return .success([VenuePayload(format: format, content: content, envelope: node)])
  }

  /// What a venue said instead of an answer.
  private static func venueError(in node: PayloadNode) -> PayloadRefusal? {
    let codes = ["retCode", "code"].compactMap { key in node[key].map { (key: key, node: $0) } }
    if let code = codes.first, let text = code.node.text, text != "0", text != "00000" {
      let words = (node["retMsg"] ?? node["msg"])?.text ?? ""
      return PayloadRefusal(
        node: code.node, fault: .rule("the venue answered the error \(text): \(shortened(words))"))
    }
    if let error = node["error"], error.isMapping, node["result"] == nil {
      let words = error["message"]?.text ?? ""
      let code = error["code"]?.text ?? ""
      return PayloadRefusal(
        node: error, fault: .rule("the venue answered the error \(shortened(code)): \(shortened(words))"))
    }
    return nil
  }

  private static func format(of content: PayloadNode, in envelope: PayloadNode) -> VenueFormat? {
    let first = content.items.first
    func entry(_ keys: String...) -> Bool { first.map { first in keys.allSatisfy(first.has) } ?? false }
    func root(_ keys: String...) -> Bool { keys.allSatisfy(content.has) }

    if entry("instrument_name", "size", "direction") { return .deribitPositions }
    if envelope.has("jsonrpc"), content.isList, first == nil { return .deribitPositions }
    if root("model_params") || root("initial_risk_vectors") { return .deribitSimulation }
    if root("summaries") || root("currency", "equity", "balance") { return .deribitSummary }

    if root("simPos") || root("simAsset") { return .okxPositionBuilderRequest }
    if entry("riskUnitData") { return .okxPositionBuilder }
    if entry("instId", "ctVal") { return .okxInstruments }
    if entry("instId", "pos") { return .okxPositions }
    if entry("details") { return .okxBalance }
    if envelope.has("code"), envelope.has("data"), content.isList, first == nil { return .okxPositions }

    if root("assetPnlRange") { return .bybitPortfolioMargin }
    if let list = content["list"], list.isList {
      let item = list.items.first
      if item?.has("coin") ?? false { return .bybitWallet }
      if item.map({ $0.has("symbol") && $0.has("size") }) ?? content.has("category") {
        return .bybitPositions
      }
    }

    if entry("symbol", "positionAmt") { return .binancePositionRisk }
    if entry("asset", "totalWalletBalance") || root("asset", "totalWalletBalance") {
      return .binancePortfolioBalance
    }
    if root("uniMMR") { return .binancePortfolioAccount }
    if root("assets", "positions") { return .binanceAccount }

    if entry("symbol", "contracts") { return .ccxtPositions }
    if entry("symbol", "side", "amount") { return .ccxtOrders }
    if root("free", "used", "total") { return .ccxtBalance }
    return nil
  }

  private static func unknown(_ content: PayloadNode, in envelope: PayloadNode) -> LoadFault {
    let shape = content["list"]?.items.first ?? content.items.first ?? content
    let keys = shape.entries.map(\.name)
    if keys.contains("max_price"), keys.contains("buy"), keys.contains("sell") {
      return .rule("Deribit private/get_margins tells the margin of one order and holds no account")
    }
    if keys.contains(where: marketKeys.contains) {
      return .rule("the payload tells of a market, not of an account")
    }
    let venue: Venue? =
      envelope.has("retCode")
      ? .bybit : envelope.has("jsonrpc") ? .deribit : envelope.has("code") ? .okx : nil
    let known = VenueFormat.allCases.filter { venue == nil || $0.venue == venue }.map(\.rawValue)
    let found =
      keys.isEmpty
      ? content.node.found : "the keys \(keys.prefix(8).map { shortened($0) }.joined(separator: ", "))"
    return .expected("the answer of one of: \(known.joined(separator: ", "))", found: found)
  }

  /// Keys that only stand where prices or contracts are listed.
  private static let marketKeys: Set<String> = [
    "tick_size", "tickSz", "priceFilter", "mark_iv", "lastPrice", "fundingRate", "fwdPx", "maxLever",
    "bid_price",
    "best_bid_price", "interest_8h", "collateralRatioList", "riskLimitValue", "priceScale",
  ]
}

/// Why a value is no answer that can be imported.
struct PayloadRefusal: Error {
  let node: PayloadNode
  let fault: LoadFault
}
