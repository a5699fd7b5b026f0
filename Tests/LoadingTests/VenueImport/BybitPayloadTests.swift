import Instruments
import Loading
import Margin
import Scenarios
import Testing

/// Shapes of the venue's published API v5.
@Suite struct BybitPayloadTests {
  static func positions(_ entries: String, category: String = "linear") -> String {
    #"{"retCode": 0, "retMsg": "OK", "result": {"category": "\#(category)", "list": [\#(entries)]}, "time": 1697684980172}"#
  }

  @Test func bothWaysAreTwoPositions() throws {
    let imported = try imported(
      Self.positions(
        """
        {"symbol": "BTCUSDT", "side": "Buy", "size": "0.5", "positionIdx": 1, "avgPrice": "50000", "markPrice": "50500",
         "leverage": "", "tradeMode": 0, "positionIM": "", "positionMM": ""},
        {"symbol": "BTCUSDT", "side": "Sell", "size": "0.2", "positionIdx": 2, "avgPrice": "51000",
         "markPrice": "50500", "leverage": "", "tradeMode": 0},
        {"symbol": "BTCPERP", "side": "Buy", "size": "1", "positionIdx": 0, "avgPrice": "40000",
         "sessionAvgPrice": "50400", "markPrice": "50500", "leverage": "10", "tradeMode": 1, "positionBalance": "5040"},
        {"symbol": "SOLUSDT", "side": "", "size": "0", "positionIdx": 0, "avgPrice": "0", "leverage": "10"}
        """))
    #expect(imported.quantity("BTC/USDT:USDT") == [0.5, -0.2])
    #expect(imported.account.positions.map(\.leverage) == [1, 1, 10])
    #expect(imported.account.positions[2].entryPrice == 50400)
    #expect(imported.account.positions.map(\.isolatedMargin) == [nil, nil, 5040])
    #expect(imported.account.asOf == (try Timestamp("2023-10-19T03:09:40Z")))
    #expect(imported.unmapped.map(\.description).contains("v.json: 1 position: of size zero (SOLUSDT)"))
  }

  /// The documentation's own example: an inverse short, its size in USD.
  @Test func inverseSizesAreInUSD() throws {
    let imported = try imported(
      Self.positions(
        """
        {"symbol": "BTCUSD", "side": "Sell", "size": "300", "positionIdx": 0, "avgPrice": "27464.50441675",
         "markPrice": "28224.50", "leverage": "10", "liqPrice": "", "sessionAvgPrice": ""}
        """, category: "inverse"))
    #expect(imported.quantity("BTC/USD:BTC") == [-300])
    #expect(imported.account.positions.first?.multiplier == 1)
    #expect(imported.account.prices[try Asset("BTC")] == 28224.5)
  }

  @Test func loansAreTakenOffTheWallet() throws {
    let imported = try imported(
      """
      {"retCode": 0, "result": {"list": [{"totalEquity": "3000", "totalInitialMargin": "", "coin": [
        {"coin": "ETH", "walletBalance": "1", "spotBorrow": "3", "borrowAmount": "3.5", "equity": "-2", "usdValue": "-6000"},
        {"coin": "USDT", "walletBalance": "2500.00", "spotBorrow": "", "borrowAmount": "0", "equity": "2500", "usdValue": "2499"},
        {"coin": "BTC", "walletBalance": "0", "equity": "0", "usdValue": "0"}]}]}, "time": 1690872862481}
      """)
    #expect(
      imported.account.balances == [
        try Balance(asset: Asset("ETH"), quantity: -2, borrowed: 3.5),
        try Balance(asset: Asset("USDT"), quantity: 2500),
      ])
    #expect(imported.account.prices == [try Asset("ETH"): 3000, try Asset("USDT"): 2499.0 / 2500])
  }

  @Test func ladderOfThreeVolatilities() throws {
    let imported = try imported(
      """
      {"retCode": 0, "result": {"wallet": {"equity": "52197.8"}, "assetPnlRange": [{"baseCoin": "BTC",
        "perpPositionPnlRanges": [{"symbolName": "BTCUSDT", "position": "-0.038", "orderSize": "0.5",
          "sessionAvgPrice": "76000", "markPrice": "70000", "settleCoin": "USDT",
          "pnlRanges": [{"priceScale": "-0.02", "pnls": ["53.2"]}]}],
        "optionExpiryDatePnlRanges": [{"expiryDateRepresentation": "25SEP26", "optionPositionPnlRanges": [
          {"symbolName": "BTC-25SEP26-80000-C-USDT", "position": "0.02", "markPrice": "2608.5", "sessionAvgPrice": "0",
           "pnlRanges": [{"priceScale": "-0.02", "pnls": ["4.7", "-8.5", "-18.9"]}]}]}],
        "asset": {"coin": "BTC", "assetIM": "12", "assetMM": "10"},
        "spotHedgeInfo": {"hedgeSpotSize": "0.1", "walletBalance": "0.1", "usdIndexPrice": "70001",
          "pnlRanges": [{"priceScale": "-0.02", "pnls": ["-140.002"]}]}}]}, "time": 1774319290506}
      """)
    #expect(imported.quantity("BTC/USDT:USDT") == [-0.038])
    #expect(imported.account.orders.map(\.quantity) == [0.5])
    #expect(imported.account.prices[try Asset("BTC")] == 70001)
    let option = try #require(imported.recorded.rows["BTC/USDT:USDT-260925-80000-C"])
    #expect(option[GridMove(spot: -0.02, volatility: .up)] == 4.7)
    #expect(option[GridMove(spot: -0.02)] == -8.5)
    #expect(option[GridMove(spot: -0.02, volatility: .down)] == -18.9)
    #expect(imported.recorded.rows["BTC/USDT:USDT"]?.count == 3)
    #expect(imported.recorded.rows["BTC"]?[GridMove(spot: -0.02)] == -140.002 / 70001)
    #expect(imported.account.positions.last?.optionPrice == 2608.5)
    #expect(imported.account.positions.last?.markPrice == 70001)
  }
}

/// Several answers about one account.
@Suite struct BybitTogetherTests {
  private static let grid = """
    {"retCode": 0, "result": {"assetPnlRange": [{"baseCoin": "BTC", "perpPositionPnlRanges": [{"symbolName": "BTCUSDT",
      "position": "0.3", "markPrice": "70000", "pnlRanges": [{"priceScale": "0.02", "pnls": ["420"]}]}]}]}}
    """
  private static let legs = BybitPayloadTests.positions(
    """
    {"symbol": "BTCUSDT", "side": "Buy", "size": "0.5", "positionIdx": 1, "avgPrice": "50000", "leverage": "5"},
    {"symbol": "BTCUSDT", "side": "Sell", "size": "0.2", "positionIdx": 2, "avgPrice": "51000", "leverage": "5"}
    """)

  @Test(arguments: [true, false]) func theSumBesideAGridIsNotHeldTwice(_ gridFirst: Bool) throws {
    let texts = [("grid.json", Self.grid), ("legs.json", Self.legs)]
    let imported = try ImportedAccount(texts: gridFirst ? texts : texts.reversed())
    #expect(imported.quantity("BTC/USDT:USDT") == [0.5, -0.2])
    // The vector is that of both rows together.
    #expect(imported.recorded.rows["BTC/USDT:USDT"]?[GridMove(spot: 0.02)] == 210)
  }

  @Test func aSumOfOtherLegsIsAProblem() {
    let other = Self.grid.replacing(#""0.3""#, with: #""0.4""#)
    let found = lines { () throws(LoadError) in
      try ImportedAccount(texts: [("grid.json", other), ("legs.json", Self.legs)])
    }
    #expect(found.count == 1)
    #expect(found.first?.contains("BTC/USDT:USDT has the size 0.4 here and 0.3 in legs.json, line 1") == true)
  }
}
