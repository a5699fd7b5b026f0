import Instruments
import Loading
import Margin
import Scenarios
import Testing

/// Shapes of the venue's published API 2.1.1.
@Suite struct DeribitPayloadTests {
  static func positions(_ entries: String) -> String {
    #"{"jsonrpc": "2.0", "id": 7, "result": [\#(entries)], "usOut": 1718619740501000}"#
  }

  @Test func sidesGiveSigns() throws {
    let imported = try imported(
      Self.positions(
        """
        {"instrument_name": "BTC-PERPETUAL", "kind": "future", "direction": "sell", "size": -50000, "size_currency": -0.76,
         "average_price": 65000, "mark_price": 65910.57, "index_price": 65666.19, "leverage": 25,
         "initial_margin": 0.02, "maintenance_margin": 0.01},
        {"instrument_name": "ETH_USDC-PERPETUAL", "kind": "future", "direction": "buy", "size": 3, "average_price": 3000,
         "mark_price": 3100, "index_price": 3101, "leverage": 10},
        {"instrument_name": "BTC-27JUN25", "kind": "future", "direction": "zero", "size": 0}
        """))
    #expect(imported.quantity("BTC/USD:BTC") == [-50000])
    #expect(imported.quantity("ETH/USDC:USDC") == [3])
    #expect(imported.account.asOf == (try Timestamp("2024-06-17T10:22:20Z")))
    #expect(imported.account.prices[try Asset("BTC")] == 65666.19)
    #expect(imported.account.positions.map(\.leverage) == [25, 10])
    #expect(imported.unmapped.map(\.description).contains("v.json: 1 position: of size zero (BTC-27JUN25)"))
    #expect(imported.figures("initial_margin").first?.scope == .contract("BTC/USD:BTC"))
  }

  /// The official example of get_positions: the profit since the settlement is zero, the average price is older.
  @Test func whatTheSettlementPaidIsNotCountedTwice() throws {
    let entry = """
      {"average_price": 7440.18, "direction": "buy", "floating_profit_loss": 0, "index_price": 7466.79,
       "instrument_name": "BTC-PERPETUAL", "kind": "future", "leverage": 34, "mark_price": 7476.65,
       "settlement_price": 7476.65, "size": 50, "size_currency": 0.006687487, "total_profit_loss": 3.2781e-05}
      """
    let imported = try imported(Self.positions(entry))
    #expect(imported.account.positions.first?.entryPrice == 7476.65)
    #expect(imported.assumptions.contains { $0.words.contains("7440.18") })
  }

  @Test func optionsArePricedInCoins() throws {
    let entry = """
      {"instrument_name": "BTC-28JUN24-66000-C", "kind": "option", "direction": "sell", "size": -2,
       "average_price": 0.03, "mark_price": 0.025, "index_price": 65666.19, "floating_profit_loss": 0.01}
      """
    let imported = try imported(Self.positions(entry))
    let position = try #require(imported.account.positions.first)
    #expect(position.quantity == -2)
    #expect(position.entryPrice == 0.03 * 65666.19)
    #expect(position.markPrice == 65666.19)
    #expect(position.optionPrice == 0.025 * 65666.19)
  }

  @Test func summariesAreBalancesAndFigures() throws {
    let imported = try imported(
      """
      {"jsonrpc": "2.0", "result": {"email": "somebody@example.com", "username": "somebody", "summaries": [
        {"currency": "BTC", "balance": 2.5, "equity": 2.6, "initial_margin": 0.3, "maintenance_margin": 0.2,
         "margin_model": "cross_pm", "margin_balance": 2.6, "total_margin_balance_usd": 169000, "fees": {"a": 1}},
        {"currency": "ETH", "balance": 0, "equity": 0}]}}
      """)
    #expect(imported.account.balances == [try Balance(asset: Asset("BTC"), quantity: 2.5)])
    #expect(imported.account.prices[try Asset("BTC")] == 65000)
    #expect(imported.figures("maintenance_margin").map(\.value) == [0.2])
    let notes = imported.unmapped.map(\.description).joined(separator: "\n")
    #expect(notes.contains("result.email = (not shown)"))
    #expect(!notes.contains("somebody"))
  }

  static func simulation(volatilities: String) -> String {
    """
    {"jsonrpc": "2.0", "result": {
      "model_params": {"currency_pair": {"btc_usd": {"price_range": 0.16}},
        "general": {"buckets_count": 1, "vol_scenarios_count": 3, "timestamp": 1718619740501}},
      "initial_risk_vectors": {"BTC-28JUN24-66000-C": {"standard": [\(volatilities)]}},
      "margins": {"btc": {"initial_margin": 0.1, "initial_margin_details": {"mmp_margin": 0.06}}},
      "portfolio": {"currency": {"btc": 1.5}, "position": {"BTC-28JUN24-66000-C": -2, "BTC-PERPETUAL": 0}},
      "index_price": {"btc_usd": 60000},
      "ticker": {"BTC-28JUN24-66000-C": {"mark_price": 0.02, "index_price": 60000}}}}
    """
  }

  @Test(arguments: [
    ("1,2,3,1,2,3,1,2,3", VolatilityShock.up), ("3,2,1,3,2,1,3,2,1", .down),
  ])
  func theOrderOfVolatilitiesIsThatOfAnOption(_ vector: String, _ first: VolatilityShock) throws {
    // A short option loses upwards: profits that grow along the list have up at its beginning.
    let imported = try imported(Self.simulation(volatilities: vector))
    let row = try #require(imported.recorded.rows["BTC/USD:BTC-240628-66000-C"])
    #expect(row.count == 9)
    #expect(row[GridMove(spot: -0.16, volatility: first)] == Double(vector.prefix(1)))
    #expect(imported.account.stated["mmpMargin.BTC"] == 3600)
    #expect(imported.account.balances.map(\.quantity) == [1.5])
  }

  @Test func vectorsOfAnotherLengthAreRefused() {
    #expect(
      importLines(Self.simulation(volatilities: "1,2")) == [
        "v.json:4:51: result.initial_risk_vectors.BTC-28JUN24-66000-C: expected 9 numbers, found 2"
      ])
  }
}
