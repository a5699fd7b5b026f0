import Instruments
import Loading
import Margin
import Testing

/// Shapes of ccxt 4's unified structures.
@Suite struct CCXTPayloadTests {
  /// ccxt 4.5.90 makes 500,000 USD of a Deribit position of -50,000 USD; the venue's own words say what it is.
  static let deribit = """
    [{"symbol": "BTC/USD:BTC", "contracts": -50000, "contractSize": 10, "side": "short", "notional": -0.7586,
      "entryPrice": 65000, "markPrice": 65910.57, "timestamp": 1718619740501, "leverage": 25%INFO%}]
    """

  @Test func infoGoesBeforeTheLibrary() throws {
    let info = """
      , "info": {"instrument_name": "BTC-PERPETUAL", "kind": "future", "direction": "sell", "size": -50000,
        "average_price": 65000, "mark_price": 65910.57, "index_price": 65666.19}
      """
    let imported = try imported(Self.deribit.replacing("%INFO%", with: info))
    #expect(imported.quantity("BTC/USD:BTC") == [-50000])
    #expect(imported.account.positions.first?.multiplier == 1)
    #expect(imported.formats == [.ccxtPositions])
  }

  @Test func sizesThatDoNotMakeTheNotionalAreRefused() {
    #expect(
      importLines(Self.deribit.replacing("%INFO%", with: "")) == [
        "v.json:1:65: [0].contractSize: contracts × contractSize do not make the notional of -0.7586; "
          + "give the venue's own answer, or keep info"
      ])
  }

  @Test func positionsWithoutInfo() throws {
    let imported = try imported(
      """
      [{"symbol": "ETH/USDT:USDT", "contracts": 30, "contractSize": 0.1, "side": "long", "notional": 9000, "hedged": true,
        "entryPrice": 2900, "markPrice": 3000, "leverage": 10, "marginMode": "cross", "info": {}},
       {"symbol": "ETH/USDT:USDT", "contracts": 10, "contractSize": 0.1, "side": "short", "notional": -3000, "hedged": true,
        "entryPrice": 2900, "markPrice": 3000, "leverage": 10, "marginMode": "isolated", "collateral": 250,
        "unrealizedPnl": -100},
       {"symbol": "BTC/USD:BTC", "contracts": 5, "contractSize": 100, "side": "short", "notional": 0.01,
        "entryPrice": 51000, "markPrice": 50000, "marginMode": "cross"}]
      """)
    #expect(imported.quantity("ETH/USDT:USDT") == [30, -10])
    #expect(imported.quantity("BTC/USD:BTC") == [-5])
    #expect(imported.account.positions.map(\.multiplier) == [0.1, 0.1, 100])
    #expect(imported.account.positions.map(\.isolatedMargin) == [nil, 350, nil])
  }

  @Test func balances() throws {
    let plain =
      #"{"info": {}, "BTC": {"free": 1, "used": 1, "total": 2}, "free": {"BTC": 1}, "used": {"BTC": 1}, "#
      + #""total": {"BTC": 2, "USDT": -5, "ETH": 0}, "debt": {"USDT": 5}, "timestamp": 1718619740501}"#
    #expect(
      try imported(plain).account.balances == [
        try Balance(asset: Asset("BTC"), quantity: 2),
        try Balance(asset: Asset("USDT"), quantity: -5, borrowed: 5),
      ])
    let info =
      #"{"code": "0", "data": [{"details": [{"ccy": "USDT", "cashBal": "90", "eq": "100", "eqUsd": "99"}]}]}"#
    let kept = try imported(plain.replacing(#""info": {}"#, with: #""info": \#(info)"#))
    #expect(kept.account.balances == [try Balance(asset: Asset("USDT"), quantity: 90)])
  }

  @Test func openOrders() throws {
    let imported = try imported(
      """
      [{"symbol": "BTC/USDT:USDT", "side": "sell", "amount": 2, "filled": 0.5, "remaining": 1.5, "price": 60000,
        "status": "open", "reduceOnly": false, "clientOrderId": "mine-1", "timestamp": 1718619740501},
       {"symbol": "BTC/USDT:USDT", "side": "buy", "amount": 1, "price": null, "status": "open", "reduceOnly": null},
       {"symbol": "BTC/USDT:USDT", "side": "sell", "amount": 1, "price": 1, "status": "canceled"},
       {"symbol": "BTC/USDT", "side": "sell", "amount": 1, "price": 1, "status": "open"},
       {"symbol": "BTC/USDT:USDT", "side": "sell", "amount": 1, "price": 1, "status": "open", "reduceOnly": true}]
      """)
    #expect(imported.account.orders.map(\.quantity) == [-1.5, 1])
    #expect(imported.account.orders.map(\.price) == [60000, nil])
    let notes = imported.unmapped.map(\.description).joined(separator: "\n")
    #expect(notes.contains("[2] = a mapping and 2 more like it"))
    #expect(!notes.contains("mine-1"))
  }
}
