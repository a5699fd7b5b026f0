import Instruments
import Loading
import Margin
import Scenarios
import Testing

/// Shapes of the venue's published API v5.
@Suite struct OKXPayloadTests {
  static func positions(_ entries: String) -> String { #"{"code": "0", "msg": "", "data": [\#(entries)]}"# }

  @Test func sidesGiveSignsAndTheNotionalGivesSizes() throws {
    let imported = try imported(
      Self.positions(
        """
        {"instId": "BTC-USDT-SWAP", "instType": "SWAP", "pos": "10", "posSide": "long", "avgPx": "90000",
         "markPx": "97093.7", "notionalUsd": "9703.22", "lever": "5", "mgnMode": "cross", "uTime": "1736936801642"},
        {"instId": "BTC-USDT-SWAP", "instType": "SWAP", "pos": "4", "posSide": "short", "avgPx": "99000",
         "markPx": "97093.7", "notionalUsd": "3881.29", "lever": "5", "mgnMode": "cross"},
        {"instId": "BTC-USD-SWAP", "instType": "SWAP", "pos": "-7", "posSide": "net", "avgPx": "95000",
         "markPx": "97000", "notionalUsd": "700", "lever": "", "mgnMode": "isolated", "margin": "0.002"},
        {"instId": "ETH-USDT-SWAP", "instType": "SWAP", "pos": "0", "posSide": "net", "avgPx": ""}
        """))
    #expect(imported.quantity("BTC/USDT:USDT") == [10, -4])
    #expect(imported.quantity("BTC/USD:BTC") == [-7])
    #expect(imported.account.positions.map(\.multiplier) == [0.01, 0.01, 100])
    #expect(imported.account.positions.map(\.isolatedMargin) == [nil, nil, 0.002])
    #expect(imported.account.positions.map(\.leverage) == [5, 5, 1])
    #expect(imported.assumptions.contains { $0.words == "no leverage told; 1 taken" && $0.path == "data[2]" })
  }

  @Test func instrumentsGiveSizes() throws {
    let imported = try ImportedAccount(texts: [
      (
        "p.json",
        Self.positions(
          #"{"instId": "BTC-USD-250627-100000-C", "instType": "OPTION", "pos": "-3", "posSide": "net","#
            + #" "avgPx": "0.05", "markPx": "0.04", "idxPx": "97000", "uTime": "1736936801642"}"#)
      ),
      (
        "i.json",
        Self.positions(
          #"{"instId": "BTC-USD-250627-100000-C", "ctVal": "1", "ctMult": "0.01", "tickSz": "0.0001"}"#)
      ),
    ])
    let position = try #require(imported.account.positions.first)
    #expect(position.multiplier == 0.01)
    #expect(position.quantity == -3)
    #expect(position.markPrice == 97000)
    #expect(position.optionPrice == 0.04 * 97000)
  }

  @Test func aSizeNobodyTellsIsAProblem() {
    let entry = #"{"instId": "BTC-USDT-SWAP", "pos": "1", "avgPx": "1", "markPx": "1", "notionalUsd": "0.4"}"#
    let untold = #"{"instId": "ETH-USDT-SWAP", "pos": "1", "avgPx": "1"}"#
    let words = "the size of a contract is unknown: give the venue's answer of public/instruments as well"
    #expect(importLines(Self.positions(entry)) == ["v.json:1:35: data[0]: \(words)"])
    #expect(importLines(Self.positions(untold)) == ["v.json:1:35: data[0]: \(words)"])
  }

  @Test func sizesThatDoNotMakeTheNotionalAreRefused() {
    let entry =
      #"{"instId": "BTC-USDT-SWAP", "pos": "1", "avgPx": "1", "markPx": "50000", "notionalUsd": "50000"}"#
    let instrument = #"{"instId": "BTC-USDT-SWAP", "ctVal": "0.01", "ctMult": "1"}"#
    let found = lines { () throws(LoadError) in
      try ImportedAccount(texts: [
        ("p.json", Self.positions(entry)), ("i.json", Self.positions(instrument)),
      ])
    }
    #expect(
      found == [
        "p.json:1:123: data[0].notionalUsd: contracts of 0.01, as public/instruments says, do not make the notional"
      ])
  }

  @Test func balancesAreCashLessInterest() throws {
    let imported = try imported(
      Self.positions(
        """
        {"totalEq": "55415.6", "adjEq": "", "imr": "", "mgnRatio": "", "uTime": "1744499648556", "details": [
          {"ccy": "USDT", "cashBal": "-100.5", "eq": "-101", "eqUsd": "-100.9", "liab": "100.5", "interest": "0.5"},
          {"ccy": "BTC", "cashBal": "2", "eq": "2", "eqUsd": "120000", "coinUsdPrice": "60001", "liab": ""},
          {"ccy": "ETH", "cashBal": "0", "eq": "0", "eqUsd": "0"}]}
        """))
    #expect(
      imported.account.balances == [
        try Balance(asset: Asset("USDT"), quantity: -101, borrowed: 100.5),
        try Balance(asset: Asset("BTC"), quantity: 2),
      ])
    #expect(imported.account.prices[try Asset("BTC")] == 60001)
    #expect(imported.account.prices[try Asset("USDT")] == 100.9 / 101)
    #expect(imported.account.asOf == (try Timestamp("2025-04-12T23:14:08Z")))
    #expect(imported.figures("totalEq").map(\.value) == [55415.6])
  }

  /// A shortened request and answer of the position builder, in two files.
  @Test func requestAndAnswerMakeOneAccount() throws {
    let request = """
      {"inclRealPosAndEq": false, "simPos": [{"pos": "-10", "instId": "BTC-USDT-SWAP", "avgPx": "100000", "lever": "3"}],
       "simAsset": [{"ccy": "USDT", "amt": "100"}]}
      """
    let answer = Self.positions(
      """
      {"eq": "390", "totalMmr": "1184", "ts": "1736936801642", "riskUnitData": [{"riskUnit": "BTC", "mr1": "1164.4",
        "mr1Scenarios": {"volShockUp": {"0": "0", "-0.12": "1164.4"}, "volSame": {"0.12": "-1164.4"},
          "volShockDown": {"-0.04": "388.1"}},
        "mr6FinalResult": {"pnl": "-2328.8", "spotShock": "0.24"},
        "portfolios": [{"amt": "-10", "avgPx": "100000", "instId": "BTC-USDT-SWAP", "instType": "SWAP",
          "markPx": "97093.7", "notionalUsd": "9703.22", "posSide": "net"}]}]}
      """)
    let imported = try ImportedAccount(texts: [("q.json", request), ("a.json", answer)])
    #expect(imported.quantity("BTC/USDT:USDT") == [-10])
    #expect(imported.account.positions.first?.leverage == 3)
    #expect(imported.account.balances.map(\.quantity) == [100])
    let unit = try #require(imported.recorded.units[try Asset("BTC")])
    #expect(unit[GridMove(spot: -0.12, volatility: .up)] == 1164.4)
    #expect(unit[GridMove(spot: 0.12, volatility: .unchanged)] == -1164.4)
    #expect(unit[GridMove(spot: -0.04, volatility: .down)] == 388.1)
    #expect(unit[GridMove(spot: 0.24)] == -2328.8)
    #expect(imported.figures("mr1").first?.scope == .riskUnit(try Asset("BTC")))
  }
}
