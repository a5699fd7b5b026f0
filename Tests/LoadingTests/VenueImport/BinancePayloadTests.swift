import Instruments
import Loading
import Margin
import Testing

/// Shapes of the venue's published API.
@Suite struct BinancePayloadTests {
  @Test func hedgeModeIsolationAndCoins() throws {
    let imported = try imported(
      """
      [{"symbol": "BTCUSDT", "positionSide": "LONG", "positionAmt": "0.5", "entryPrice": "50000", "markPrice": "51000",
        "leverage": "20", "marginType": "cross", "isolatedMargin": "0", "notional": "25500", "updateTime": 1625474304765},
       {"symbol": "BTCUSDT", "positionSide": "SHORT", "positionAmt": "-0.2", "entryPrice": "52000", "markPrice": "51000",
        "leverage": "20", "marginType": "isolated", "isolatedMargin": "710", "unRealizedProfit": "200",
        "isolatedWallet": "0", "notional": "-10200"},
       {"symbol": "BTCUSD_PERP", "positionSide": "BOTH", "positionAmt": "-7", "entryPrice": "50000",
        "markPrice": "51000", "notionalValue": "-0.01372549", "leverage": "10"},
       {"symbol": "ETHUSD_PERP", "positionSide": "BOTH", "positionAmt": "3", "entryPrice": "3000",
        "markPrice": "3000", "leverage": "10"},
       {"symbol": "ETHUSDT", "positionSide": "BOTH", "positionAmt": "0.000", "entryPrice": "0.0"}]
      """)
    #expect(imported.quantity("BTC/USDT:USDT") == [0.5, -0.2])
    #expect(imported.account.positions.map(\.isolatedMargin) == [nil, 510, nil, nil])
    #expect(imported.account.positions.map(\.multiplier) == [1, 1, 100, 10])
    #expect(imported.quantity("BTC/USD:BTC") == [-7])
  }

  @Test func positionRiskAndAccountTellOfTheSamePositions() throws {
    let risk = """
      [{"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "0.5", "entryPrice": "50000", "markPrice": "51000",
        "positionInitialMargin": "1275", "notional": "25500"}]
      """
    let account = """
      {"totalMaintMargin": "102", "assets": [{"asset": "USDT", "walletBalance": "900", "crossWalletBalance": "800"}],
       "positions": [{"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "0.5", "entryPrice": "50000",
         "leverage": "25", "isolated": false}, {"symbol": "ETHUSDT", "positionAmt": "0", "leverage": "20"}]}
      """
    let together = try ImportedAccount(texts: [("r.json", risk), ("a.json", account)])
    let position = try #require(together.account.positions.first)
    #expect(together.account.positions.count == 1)
    #expect(position.markPrice == 51000)
    #expect(position.leverage == 20, "the first file tells it by its initial margin")
    #expect(together.account.balances == [try Balance(asset: Asset("USDT"), quantity: 800)])
    let reversed = try ImportedAccount(texts: [("a.json", account), ("r.json", risk)])
    #expect(reversed.account.positions.first?.leverage == 25)
    let other = risk.replacing("0.5", with: "0.6")
    let found = lines { () throws(LoadError) in
      try ImportedAccount(texts: [("a.json", account), ("r.json", other)])
    }
    #expect(found == ["r.json:1:2: [0]: BTC/USDT:USDT has the size 0.6 here and 0.5 in a.json, line 2"])
  }

  @Test func portfolioMarginAccount() throws {
    let imported = try ImportedAccount(texts: [
      (
        "account.json",
        """
        {"uniMMR": "1.8798", "accountEquity": "122607.35", "actualEquity": "142607.35", "accountMaintMargin": "23.7",
         "accountInitialMargin": "", "accountStatus": "NORMAL", "updateTime": 1657707212154}
        """
      ),
      (
        "balance.json",
        """
        [{"asset": "BTC", "totalWalletBalance": "1.5", "crossMarginAsset": "1", "crossMarginBorrowed": "0.4",
          "crossMarginInterest": "0.1", "umWalletBalance": "0", "cmWalletBalance": "0.5", "cmUnrealizedPNL": ""}]
        """
      ),
    ])
    #expect(imported.account.balances == [try Balance(asset: Asset("BTC"), quantity: 1, borrowed: 0.5)])
    #expect(imported.figures("uniMMR").first?.unit == .number)
    #expect(imported.figures("accountEquity").map(\.value) == [122607.35])
    #expect(imported.unmapped.map(\.description).contains { $0.contains(#"accountStatus = "NORMAL""#) })
    #expect(imported.account.asOf == (try Timestamp("2022-07-13T10:13:32Z")))
  }
}
