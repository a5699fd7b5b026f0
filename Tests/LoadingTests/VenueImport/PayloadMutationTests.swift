import Instruments
import Loading
import Margin
import Testing

/// Payloads with one value after another replaced by something it should not be.
@Suite struct PayloadMutationTests {
  static let payloads = [
    // Deribit private/pme/simulate
    """
    {"jsonrpc": "2.0", "result": {"model_params": {"currency_pair": {"btc_usd": {"price_range": 0.16}},
      "general": {"buckets_count": 1, "vol_scenarios_count": 3, "timestamp": 1718619740501}},
      "initial_risk_vectors": {"BTC-PERPETUAL": {"standard": [1,2,3,4,5,6,7,8,9], "extended": [1,2,3,4,5,6,7,8]}},
      "margins": {"btc": {"initial_margin": 0.1, "initial_margin_details": {"mmp_margin": 0.06}}},
      "portfolio": {"currency": {"btc": 1.5}, "position": {"BTC-PERPETUAL": 0.3, "BTC-28JUN24-66000-C": 2}},
      "index_price": {"btc_usd": 60000}, "ticker": {"BTC-PERPETUAL": {"mark_price": 60001, "index_price": 60000}}}}
    """,
    // Deribit private/get_positions
    """
    {"jsonrpc": "2.0", "result": [{"instrument_name": "BTC-PERPETUAL", "direction": "sell", "size": -500, "kind": "future",
      "average_price": 65000, "mark_price": 65910.5, "index_price": 65666, "floating_profit_loss": 0.0001,
      "total_profit_loss": -0.0001, "settlement_price": 65800, "leverage": 25}], "usOut": 1718619740501000}
    """,
    // OKX account/position-builder, asked and answered
    """
    {"request": {"simPos": [{"pos": "-10", "instId": "BTC-USDT-SWAP", "avgPx": "100000", "lever": "3"}],
      "simAsset": [{"ccy": "USDT", "amt": "100"}]}, "response": {"code": "0", "data": [{"eq": "99", "ts": "1736936801642",
      "assets": [{"ccy": "USDT", "availEq": "99.1"}], "riskUnitData": [{"riskUnit": "BTC", "mr1": "1164.4",
      "mr1Scenarios": {"volSame": {"0.12": "-1164.4"}}, "mr6FinalResult": {"pnl": "-2328.8", "spotShock": "0.24"},
      "portfolios": [{"amt": "-10", "avgPx": "100000", "instId": "BTC-USDT-SWAP", "markPx": "97093.7",
      "notionalUsd": "9703.22", "posSide": "net"}]}]}]}}
    """,
    // Bybit v5/asset/portfolio-margin
    """
    {"retCode": 0, "result": {"wallet": {"equity": "5"}, "assetPnlRange": [{"baseCoin": "BTC", "perpPositionPnlRanges": [
      {"symbolName": "BTCUSDT", "position": "-0.038", "orderSize": "0.5", "sessionAvgPrice": "76000", "markPrice": "70000",
       "pnlRanges": [{"priceScale": "-0.02", "pnls": ["53.2"]}]}], "spotHedgeInfo": {"walletBalance": "0.1",
       "usdIndexPrice": "70001", "pnlRanges": [{"priceScale": "-0.02", "pnls": ["-140"]}]}}]}, "time": 1774319290506}
    """,
    // Bybit v5/account/wallet-balance
    """
    {"retCode": 0, "result": {"list": [{"totalEquity": "3000", "coin": [{"coin": "ETH", "walletBalance": "1",
      "spotBorrow": "3", "borrowAmount": "3.5", "equity": "-2", "usdValue": "-6000"}]}]}, "time": 1690872862481}
    """,
    // Binance account
    """
    {"totalMaintMargin": "102", "assets": [{"asset": "USDT", "walletBalance": "900", "crossWalletBalance": "800"}],
     "positions": [{"symbol": "BTCUSD_PERP", "positionSide": "LONG", "positionAmt": "5", "entryPrice": "50000",
     "isolatedWallet": "4", "isolatedMargin": "4", "notionalValue": "0.01", "updateTime": 1625474304765}]}
    """,
    // ccxt fetchPositions
    """
    [{"symbol": "ETH/USDT:USDT", "contracts": 30, "contractSize": 0.1, "side": "long", "notional": 9000, "hedged": true,
      "entryPrice": 2900, "markPrice": 3000, "leverage": 10, "marginMode": "isolated", "collateral": 900}]
    """,
  ]

  static let values = [
    "null", "true", #""""#, #""x""#, "-1", "0", #""1e308""#, "1e-308", #""1e400""#, "NaN", "[]", "{}", "[{}]",
    "99999999999999999999",
    #""😀\u0000""#,
  ]

  @Test(arguments: payloads) func areReadOrRefused(_ payload: String) throws {
    #expect(importLines(payload) == [])
    var refused = 0
    for match in payload.matches(of: /"[^"]*"(?=\s*[,\]}])|-?[0-9][0-9.eE+-]*(?=\s*[,\]}])/) {
      for value in Self.values {
        let text = payload.replacingCharacters(match.range, with: value)
        do throws(LoadError) {
          let imported = try ImportedAccount(texts: [("v.json", text)])
          let account = imported.account
          let read = try Loaded<Account>(accountText: AccountText.yaml(account), file: "a.yaml")
          #expect(read.value == account)
        } catch {
          refused += 1
          #expect(error.problems.allSatisfy { $0.file == "v.json" }, "\(text)\n\(error)")
        }
      }
    }
    #expect(refused > 0)
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
