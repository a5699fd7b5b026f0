import Foundation
import Instruments
import Loading
import MarketData
import Testing

struct MarketFolderTests {
  private static let btc =
    "1640995200000,1,1,1,100,9,1641081599999,1,1,1,1,0\n1641081600000,1,1,1,200,9,1641167999999,1,1,1,1,0\n"
  private static let later = "1641168000000,1,1,1,300,9,1641254399999,1,1,1,1,0\n"

  // MARK: - Folders

  @Test func dailyCloseIsTheHistoryOfAFolder() throws {
    let folder = try TemporaryFolder([
      "daily-close.csv": "date,BTC\n2022-01-01,1\n2022-01-02,2\n", "other.csv": "x\n", "README.md": "text",
    ])
    let market = try LoadedMarket(contentsOf: folder.path)
    #expect(market.files == ["\(folder.path)/daily-close.csv"])
    #expect(market.history.times.count == 2)
  }

  @Test func klinesAreConvertedWhereTheFolderKnowsTheQuote() throws {
    let folder = try TemporaryFolder([
      "BTCUSDT-1d-2022-01.csv": Self.btc, "BTCUSDT-1d-2022-02.csv": Self.later,
      "stable.csv": "date,USDT\n2022-01-01,0.5\n2022-01-02,\n2022-01-03,1\n", "data-dictionary.csv": "x\n",
    ])
    let market = try LoadedMarket(contentsOf: folder.path + "/")
    #expect(try #require(market.history.series(of: Asset("BTC"))).prices == [50, nil, 300])
    #expect(market.history.assets.map(\.symbol) == ["BTC", "USDT"])
    #expect(market.notes.isEmpty)
  }

  @Test func theProblemsOfAllFilesAreFoundAtOnce() throws {
    let folder = try TemporaryFolder(["a.csv": "date,BTC\n2022-01-01,0\n", "b.csv": "date,ETH\nsoon,1\n"])
    let path = folder.path
    #expect(
      lines { () throws(LoadError) in try LoadedMarket(contentsOf: path) } == [
        "\(path)/a.csv:2:12: expected a positive finite price, found '0'",
        "\(path)/b.csv:2:1: expected a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists, found 'soon'",
      ])
  }

  @Test func filesThatContradictOneAnotherAreRefused() throws {
    let folder = try TemporaryFolder([
      "BTCUSDT-1d.csv": Self.btc, "BTCUSDC-1d.csv": Self.btc, "ETHUSDT-1d-1.csv": Self.later,
      "ETHUSDT-1d-2.csv": Self.btc,
    ])
    let path = folder.path
    #expect(
      lines { () throws(LoadError) in try LoadedMarket(contentsOf: path) } == [
        "\(path)/BTCUSDT-1d.csv:1:1: BTC has prices in \(path)/BTCUSDC-1d.csv as well",
        "\(path)/ETHUSDT-1d-2.csv:1:1: 2022-01-01 stands after 2022-01-03; times must ascend",
      ])
  }

  @Test func anEmptyFolderAndNothingAtAllAreProblems() throws {
    let folder = try TemporaryFolder(["README.md": "text"])
    let path = folder.path
    #expect(
      lines { () throws(LoadError) in try LoadedMarket(contentsOf: path) } == [
        "\(path):1:1: the folder holds neither daily-close.csv nor another CSV file of prices"
      ])
    #expect(
      lines { () throws(LoadError) in try LoadedMarket(contentsOf: "\(path)/no") } == [
        "\(path)/no:1:1: there is no such file or folder"
      ])
  }

  // MARK: - The way to a folder

  @Test func theMarketIsFoundByNameThenByVariableThenUpwards() throws {
    let folder = try TemporaryFolder([
      "named/x.csv": "", "variable/x.csv": "", "project/notebooks-data/market/x.csv": "",
      "project/scenarios/studies/s.yaml": "",
    ])
    let root = folder.path
    let study = "\(root)/project/scenarios/studies/s.yaml"
    func found(_ explicit: String?, _ environment: [String: String]) throws -> String {
      try MarketLocation.path(explicit: explicit, environment: environment, startingAt: study)
    }
    let variable = ["PLIMSOLL_MARKET": "\(root)/variable"]
    #expect(try found("\(root)/named", variable) == "\(root)/named")
    #expect(try found(nil, variable) == "\(root)/variable")
    #expect(try found(nil, ["PLIMSOLL_MARKET": ""]) == "\(root)/project/notebooks-data/market")
    #expect(
      lines { () throws(LoadError) in
        try MarketLocation.path(explicit: "\(root)/none", environment: variable, startingAt: study)
      } == ["\(root)/none:1:1: there is no such file or folder"])
    #expect(
      lines { () throws(LoadError) in
        try MarketLocation.path(explicit: nil, environment: [:], startingAt: "\(root)/named")
      } == [
        "\(root)/named:1:1: no market folder: give --market, set PLIMSOLL_MARKET, or keep notebooks-data/market above "
          + "\(root)/named"
      ])
  }

  // MARK: - Real data

  @Test func theShippedHistoryIsRead() throws {
    let market = try LoadedMarket(contentsOf: "\(repository)/notebooks-data/market")
    #expect(market.history.times.count == 1461)
    #expect(market.history.stepSeconds == 86_400)
    let bitcoin = try #require(try market.history.series(of: Asset("BTC")))
    #expect(bitcoin.prices[try market.history.row(at: Timestamp("2022-11-09"))] == 15880.7802734375)
    let luna = try #require(try market.history.series(of: Asset("LUNA")))
    #expect(luna.prices.compactMap(\.self).count == 1013)
    #expect(luna.prices.last == .some(nil))
  }

  private static let longerData = repository + "/../shared/data"

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: longerData), "longer history is not on this machine"),
    arguments: ["daily_close.csv", "daily/ohlcv_binance_spot_1d_to_2026-03.csv"])
  func longerHistoriesAreRead(_ name: String) throws {
    let market = try LoadedMarket(contentsOf: "\(Self.longerData)/\(name)")
    #expect(market.history.times.count > 2_500)
    #expect(market.history.stepSeconds == 86_400)
    #expect(try market.history.series(of: Asset("ETH")) != nil)
  }
}
