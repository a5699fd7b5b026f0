import Foundation
import Instruments
import Loading
import MarketData
import Testing

struct PriceTableTests {
  private func market(_ text: String, file: String = "m.csv") throws -> LoadedMarket {
    try LoadedMarket(text: text, file: file)
  }

  private func marketLines(_ text: String, file: String = "m.csv") -> [String] {
    lines { () throws(LoadError) in try LoadedMarket(text: text, file: file) }
  }

  private func prices(_ market: LoadedMarket, _ symbol: String) throws -> [Double?] {
    try #require(try market.history.series(of: Asset(symbol))).prices
  }

  // MARK: - Wide

  @Test func wideFilesKeepGapsAndTheOrderOfColumns() throws {
    let market = try market("date,ETH,BTC\n2022-01-01,1,10\n2022-01-02,,11\n2022-01-03,3,\n")
    #expect(market.history.assets.map(\.symbol) == ["ETH", "BTC"])
    #expect(market.history.times.map(\.description) == ["2022-01-01", "2022-01-02", "2022-01-03"])
    #expect(try prices(market, "ETH") == [1, nil, 3])
    #expect(try prices(market, "BTC") == [10, 11, nil])
    #expect(market.notes.isEmpty)
  }

  @Test func timesMayBeHoursAndLinesMayEndInCRLF() throws {
    let market = try market("\u{FEFF}time,BTC\r\n2022-01-01T00:00:00Z,1\r\n2022-01-01 01:00,2\r\n")
    #expect(market.history.stepSeconds == 3_600)
  }

  @Test func everyProblemOfAWideFileIsFoundAtOnce() {
    let text = """
      date,BTC,eth-usd
      2022-01-01,1,1
      2022-01-01,nan,1
      2021-12-31,0,1
      2022-01-32,-5,1
      2022-01-03,inf,1
      2022-01-04,1e999,1
      2022-01-05,5
      2022-01-06, 6,1
      """
    #expect(
      marketLines(text) == [
        "m.csv:1:10: expected an asset symbol of the characters A–Z and 0–9, such as BTC, found 'eth-usd'",
        "m.csv:3:1: the time 2022-01-01 twice, first in line 2",
        "m.csv:3:12: expected a positive finite price, found 'nan'",
        "m.csv:4:1: 2021-12-31 stands after 2022-01-01; times must ascend",
        "m.csv:4:12: expected a positive finite price, found '0'",
        "m.csv:5:1: expected a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists, found '2022-01-32'",
        "m.csv:5:12: expected a positive finite price, found '-5'",
        "m.csv:6:12: expected a positive finite price, found 'inf'",
        "m.csv:7:12: expected a positive finite price, found '1e999'",
        "m.csv:8:1: expected 3 fields, found 2",
        "m.csv:9:12: expected a positive finite price, found ' 6'",
      ])
  }

  @Test(arguments: [
    ("", "m.csv:1:1: the file is empty"),
    ("date,BTC\n", "m.csv:1:1: a history needs at least two rows, found 0"),
    ("date,BTC\n2022-01-01,1\n", "m.csv:1:1: a history needs at least two rows, found 1"),
    (
      "price,BTC\n1,2\n",
      "m.csv:1:1: expected a header that starts with date or time, or klines, found 'price'"
    ),
    ("date,BTC,BTC\n2022-01-01,1,1\n2022-01-02,1,1\n", "m.csv:1:10: the column 'BTC' is named twice"),
  ])
  func otherFilesAreRefused(_ text: String, _ line: String) {
    #expect(marketLines(text) == [line])
  }

  // MARK: - Long

  @Test func longFilesMayBeSortedByTimeOrByAsset() throws {
    let byTime = try market(
      "time,asset,close\n2022-01-01,ETH,1\n2022-01-01,BTC,10\n2022-01-02,BTC,11\n2022-01-03,ETH,3\n")
    let byAsset = try market(
      "asset,time,close\nETH,2022-01-01,1\nETH,2022-01-03,3\nBTC,2022-01-01,10\nBTC,2022-01-02,11\n")
    #expect(byTime.history == byAsset.history)
    #expect(try prices(byTime, "ETH") == [1, nil, 3])
  }

  @Test func candlesAndEpochsAreUnderstood() throws {
    let market = try market(
      "timestamp,asset,open,high,low,close,volume\n1640995200000,BTC,1,1,1,5,9\n1641081600000000,BTC,1,1,1,6,9\n"
    )
    #expect(market.history.times.map(\.description) == ["2022-01-01", "2022-01-02"])
    #expect(try prices(market, "BTC") == [5, 6])
  }

  @Test func everyProblemOfALongFileIsFoundAtOnce() {
    let text = """
      time,asset,close,vwap,note
      2022-01-01,BTC,1,,
      2022-01-01,ETH,x,,
      2022-01-01,BTC,2,,
      2021-12-31,ETH,2,,
      2022-01-02,btc,2,,
      """
    #expect(
      marketLines(text) == [
        "m.csv:1:18: unknown columns 'vwap', 'note'; a long file has 'date', 'time', 'timestamp', 'asset', 'close', "
          + "'open', 'high', 'low', 'volume', 'quote_volume', 'turnover', 'trades', 'close_time'",
        "m.csv:3:16: expected a positive finite price, found 'x'",
        "m.csv:4:1: BTC has the time 2022-01-01 twice, first in line 2",
        "m.csv:5:1: 2021-12-31 stands after 2022-01-01; times must ascend",
        "m.csv:6:12: expected an asset symbol of the characters A–Z and 0–9, such as BTC, found 'btc'",
      ])
  }

  @Test func aLongFileNeedsItsColumns() {
    #expect(marketLines("asset,close\nBTC,1\n") == ["m.csv:1:1: the key 'time' is missing"])
    #expect(marketLines("time,asset\n2022-01-01,BTC\n") == ["m.csv:1:1: the key 'close' is missing"])
  }

  // MARK: - Klines

  private static let header =
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n"
  private static let days =
    "1640995200000,1,1,1,5,9,1641081599999,1,1,1,1,0\n1641081600000,1,1,1,6,9,1641167999999,1,1,1,1,0\n"

  @Test(arguments: ["", PriceTableTests.header])
  func klinesAreReadWithAndWithoutHeader(_ header: String) throws {
    let market = try market(header + Self.days, file: "x/BTCUSDT-1d.csv")
    #expect(market.history.times.map(\.description) == ["2022-01-01", "2022-01-02"])
    #expect(try prices(market, "BTC") == [5, 6])
    #expect(try prices(market, "USDT") == [1, 1])
    #expect(
      market.notes == [
        "prices quoted in USDT are taken as USD, one for one: the market folder has no USD price of USDT"
      ])
  }

  @Test func microsecondsAreToldBySize() throws {
    let text = Self.days.replacingOccurrences(of: "00000,1,1", with: "00000000,1,1")
      .replacingOccurrences(of: "99999,1,1", with: "99999999,1,1")
    #expect(
      try market(text, file: "BTCUSD_PERP-1d.csv").history.times.map(\.description) == [
        "2022-01-01", "2022-01-02",
      ])
  }

  @Test func aShortCandleStandsForTheMomentItCloses() throws {
    let text =
      "1640995200000,1,1,1,5,9,1640998799999,1,1,1,1,0\n1640998800000,1,1,1,6,9,1641002399999,1,1,1,1,0\n"
    let market = try market(text, file: "ETHUSD-1h.csv")
    #expect(market.history.times.map(\.description) == ["2022-01-01T01:00:00Z", "2022-01-01T02:00:00Z"])
    #expect(market.notes.isEmpty)
  }

  @Test func problemsOfKlinesNameTheLineOfTheFile() {
    let bad = "1641168000000,1,1,1,0,9,1641254399999,1,1,1,1,0\nsoon,1,1,1,7,9,later,1,1,1,1,0\n"
    let expected = [
      ":1: expected a positive finite price, found '0'",
      ":1: expected a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists, found 'soon'",
      ":1: expected a closing time in milliseconds or microseconds, found 'later'",
    ]
    for (header, first) in [("", 3), (Self.header, 4)] {
      let found = marketLines(header + Self.days + bad, file: "BTCUSDT-1d.csv")
      #expect(found.map { $0.split(separator: ":")[1] } == ["\(first)", "\(first + 1)", "\(first + 1)"])
      #expect(zip(found, expected).allSatisfy { $0.hasSuffix(String($1.dropFirst(2))) }, "\(found)")
    }
    #expect(
      marketLines(Self.days, file: "prices.csv") == [
        "prices.csv:1:1: expected a file name such as BTCUSDT-1d.csv, which names the asset of klines, found "
          + "'prices.csv'"
      ])
  }
}
