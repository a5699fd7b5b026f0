/// Why a field has no place in an account, told by its name.
enum UnmappedReason {
  /// Whether a field tells who owns the account or signs for it; its value is never shown.
  static func identifies(_ key: String) -> Bool {
    let name = key.lowercased().filter { $0 != "_" && $0 != "-" }
    return identities.contains(name) || identityEndings.contains { name.hasSuffix($0) }
      || secretParts.contains { name.contains($0) }
  }

  /// The reason for a key.
  static func words(for key: String) -> String {
    if identifies(key) { return "it identifies a person, an order or a request; not needed" }
    for group in groups where group.keys.contains(key) { return group.reason }
    return "an account has no place for it"
  }

  private static let identities: Set<String> = [
    "id", "uid", "email", "systemname", "username", "userid", "subid", "referrer", "alias", "name", "label",
  ]
  private static let identityEndings = [
    "userid", "uid", "orderid", "clientid", "accountid", "posid", "tradeid", "groupid",
  ]
  private static let secretParts = [
    "apikey", "secret", "signature", "passphrase", "password", "token", "referrer", "email",
  ]

  private static let groups: [(keys: Set<String>, reason: String)] = [
    (
      [
        "jsonrpc", "testnet", "usIn", "usOut", "usDiff", "retMsg", "retCode", "code", "msg", "category",
        "time",
        "nextPageCursor", "source", "channel", "method", "seq", "datetime", "createdTime", "cTime",
        "creation_timestamp", "leverageSysUpdatedTime", "mmrSysUpdatedTime", "mmrSysUpdateTime",
        "accountType",
        "instType", "kind", "type", "tradeGroupId", "feeTier", "greeksType",
      ], "of the answer's envelope or of the account's registration"
    ),
    (
      [
        "delta", "gamma", "vega", "theta", "deltaBS", "deltaPA", "gammaBS", "gammaPA", "thetaBS", "thetaPA",
        "vegaBS", "vegaPA", "options_delta", "options_gamma", "options_vega", "options_theta", "delta_total",
        "projected_delta_total", "total_delta_total_usd",
      ], "a Greek of the venue's; computed anew"
    ),
    (
      [
        "unRealizedProfit", "unrealizedProfit", "unrealisedPnl", "unrealizedPnl", "upl", "uplLastPx",
        "uplRatio",
        "uplRatioLastPx", "notional", "notionalUsd", "positionValue", "floatPnl", "floating_profit_loss",
        "total_profit_loss", "size_currency", "optVal", "crossUnPnl", "options_value", "session_upl",
        "futures_session_upl", "options_session_upl", "isoUpl", "disEq", "isoEq", "notionalValue",
        "percentage",
        "futures_pl", "options_pl", "total_pl",
      ], "follows from quantities and prices; computed anew"
    ),
    (
      [
        "curRealisedPnl", "cumRealisedPnl", "realized_profit_loss", "realized_funding", "session_rpl",
        "futures_session_rpl", "options_session_rpl", "realizedPnl", "pnl", "fundingFee", "fee", "liqPenalty",
        "average_price",
      ], "past; paid already and in the balance"
    ),
    (
      [
        "availBal", "availEq", "available_funds", "available_withdrawal_funds", "availableBalance",
        "availableToWithdraw", "availableToBorrow", "maxWithdrawAmount", "free", "used", "frozenBal",
        "ordFrozen",
        "maxLoan", "marginAvailable", "availPos", "totalAvailableBalance",
      ], "what is free to use follows from the regime"
    ),
    (
      [
        "tpslMode", "takeProfit", "stopLoss", "trailingStop", "autoAddMargin", "isAutoAddMargin", "adl",
        "adlRankIndicator", "isReduceOnly", "tradeMode", "positionStatus", "positionIdx", "riskId",
        "riskLimitValue", "maxNotional", "maxNotionalValue", "canTrade", "canDeposit", "canWithdraw",
        "self_trading_reject_mode", "self_trading_extended_to_subaccounts", "collateralSwitch",
        "marginCollateral", "collateralEnabled", "margin_model", "portfolio_margining_enabled",
        "cross_collateral_enabled", "multiAssetsMargin", "login_enabled", "security_keys_enabled",
        "mmp_enabled",
        "interuser_transfers_enabled", "block_rfq_self_match_prevention", "isRealPos", "collateralRestrict",
        "colBorrAutoConversion",
      ], "a setting of the venue's; a regime states what matters of it"
    ),
  ]
}
