import Instruments
import Loading
import Margin
import Testing

/// Bad payloads: every problem at once, with line and column.
@Suite struct HostilePayloadTests {
  @Test func everythingIsReportedTogether() {
    let text = """
      {"retCode": 0, "result": {"category": "linear", "list": [
        {"symbol": "DOGGO", "side": "Buy", "size": "1", "avgPrice": "NaN", "leverage": "0.5"},
        {"symbol": "BTCUSDT", "side": "Up", "size": "-1", "avgPrice": {"a": 1}, "markPrice": "Infinity"},
        {"symbol": "BTCUSDT", "size": "1e999", "avgPrice": "0x10"},
        17,
        {"symbol": "ETHUSDT", "side": "Sell", "size": "1"}]}}
      """
    let found = importLines(text)
    let forms = Venue.bybit.nameForms.joined(separator: ", ")
    #expect(
      found == [
        "v.json:2:14: result.list[0].symbol: expected a Bybit contract such as \(forms), found 'DOGGO'",
        "v.json:2:63: result.list[0].avgPrice: expected a finite number that is not negative, found the text \"NaN\"",
        "v.json:2:82: result.list[0].leverage: expected a leverage of at least one, or nothing, found the text \"0.5\"",
        "v.json:3:33: result.list[1].side: unknown side 'Up'; allowed are Buy, Sell",
        "v.json:3:47: result.list[1].size: expected a finite number that is not negative, found the text \"-1\"",
        "v.json:3:65: result.list[1].avgPrice: expected a finite number that is not negative, found a mapping",
        "v.json:3:88: result.list[1].markPrice: expected a finite number that is not negative, found the text \"Infinity\"",
        "v.json:4:3: result.list[2]: the key 'side' is missing",
        "v.json:4:33: result.list[2].size: expected a finite number that is not negative, found the text \"1e999\"",
        "v.json:4:54: result.list[2].avgPrice: expected a finite number that is not negative, found the text \"0x10\"",
        "v.json:5:3: result.list[3]: expected a mapping of keys, found '17'",
        "v.json:6:3: result.list[4]: neither an entry price nor a mark is told",
      ])
  }

  @Test(arguments: [
    (
      #"{"code": "50111", "msg": "Invalid key", "data": []}"#,
      "the venue answered the error 50111: Invalid key"
    ),
    (#"{"code": -2015, "msg": "Invalid API-key"}"#, "the venue answered the error -2015: Invalid API-key"),
    (
      #"{"retCode": 10003, "retMsg": "API key is invalid.", "result": {}}"#,
      "the error 10003: API key is invalid."
    ),
    (
      #"{"jsonrpc": "2.0", "error": {"code": 13009, "message": "unauthorized"}}"#,
      "the error 13009: unauthorized"
    ),
    (#"[1, 2]"#, "expected the answer of one of"), (#""text""#, "found the text"), ("", "found nothing"),
    (#"{"a": "#, "not YAML or JSON"),
  ])
  func whatIsNoAnswerIsRefused(_ text: String, _ words: String) {
    let found = importLines(text)
    #expect(found.count == 1)
    #expect(found.first?.contains(words) == true, "\(found)")
  }

  @Test func anotherVenueThanTheUserSays() {
    let text = #"{"retCode": 0, "result": {"category": "linear", "list": []}}"#
    #expect(
      importLines(text, options: ImportOptions(venue: .okx)) == [
        "v.json:1:1: this is the answer of Bybit v5/position/list, not of OKX"
      ])
    #expect(importLines(text, options: ImportOptions(venue: .bybit)) == [])
  }

  @Test func duplicateKeysAndDuplicateHoldings() {
    #expect(
      importLines(#"{"uniMMR": "1", "uniMMR": "2"}"#) == [
        "v.json:1:17: the key 'uniMMR' stands twice, first in line 1"
      ])
    let entry = #"{"symbol": "BTCUSDT", "positionAmt": "1", "entryPrice": "5", "leverage": "2"}"#
    #expect(
      importLines("[\(entry),\n\(entry)]") == ["v.json:2:1: [1]: BTC/USDT:USDT stands twice, first in line 1"]
    )
    let assets =
      #"{"assets": [{"asset": "BTC", "walletBalance": "1"},\#n{"asset": "BTC", "walletBalance": "1"}], "positions": []}"#
    #expect(
      importLines(assets) == ["v.json:2:1: assets[1]: BTC has the balance 1.0 here and 1.0 in v.json, line 1"]
    )
  }

  @Test func sizesAgainstTheirSide() {
    let text = """
      [{"symbol": "BTCUSDT", "positionSide": "LONG", "positionAmt": "-1", "entryPrice": "5"},
       {"symbol": "BTCUSDT", "positionSide": "SHORT", "positionAmt": "1", "entryPrice": "5"}]
      """
    #expect(
      importLines(text) == [
        "v.json:1:63: [0].positionAmt: a long position has a size of the other sign",
        "v.json:2:64: [1].positionAmt: a short position has a size of the other sign",
      ])
  }

  @Test func movesBelowTheWholePriceAndMomentsBeyondTheCalendar() {
    let unit = """
      {"code": "0", "data": [{"ts": "9999999999999999999999", "riskUnitData": [{"riskUnit": "BTC",
        "mr1Scenarios": {"volSame": {"-1.5": "3", "up": "4"}}, "portfolios": []}]}]}
      """
    #expect(
      importLines(unit) == [
        "v.json:1:31: data[0].ts: expected a moment in milliseconds since 1970, found the text \"9999999999999999999999\"",
        "v.json:2:40: data[0].riskUnitData[0].mr1Scenarios.volSame.-1.5: expected a relative move of the price above -1, "
          + "found '-1.5'",
        "v.json:2:51: data[0].riskUnitData[0].mr1Scenarios.volSame.up: expected a relative move of the price above -1, "
          + "found 'up'",
      ])
  }

  @Test func tabsAndOneLongLineAreJSONToo() throws {
    let entries = (1...400).map { #"{"symbol": "BTCUSDT", "positionAmt": "0", "n": \#($0)}"# }.joined(
      separator: ",")
    #expect(try imported("[\(entries)]").unmapped.first?.value == "400 positions")
    let tabbed = "{\n\t\"uniMMR\":\t\"1.5\",\n\t\"note\": \"a\\/b \\u00e9\"\n}"
    #expect(try imported(tabbed).figures("uniMMR").map(\.value) == [1.5])
  }

  /// No order of keys, and no spelling of a number, changes the account.
  @Test func spellingsOfNumbersAgree() throws {
    let quoted = try imported(
      #"[{"symbol": "BTCUSDT", "positionAmt": "-1.50", "entryPrice": "5e4", "leverage": "3"}]"#)
    let bare = try imported(
      #"[{"leverage": 3.0, "entryPrice": 50000, "positionAmt": -1.5, "symbol": "BTCUSDT"}]"#)
    #expect(quoted.account == bare.account)
  }
}
