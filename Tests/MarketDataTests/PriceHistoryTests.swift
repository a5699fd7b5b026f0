import Instruments
import MarketData
import Testing

@Suite struct PriceHistoryTests {
  private let coin: Asset
  private let other: Asset

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
  }

  @Test func aHistoryKeepsItsRowsAndItsOrder() throws {
    let history = try dailyHistory([(other, [1, nil, 3]), (coin, [nil, 20, 30])])
    #expect(history.times == [day(0), day(1), day(2)])
    #expect(history.assets == [other, coin])
    #expect(history.series(of: coin)?.prices == [nil, 20, 30])
    #expect(history.series(of: try Asset("XRP")) == nil)
    #expect(history.stepSeconds == 86_400)
  }

  @Test func fewerThanTwoRowsAreRefused() {
    #expect(throws: MarketDataError.tooShort(rows: 0)) { try PriceHistory(times: [], series: []) }
    #expect(throws: MarketDataError.tooShort(rows: 1)) {
      try PriceHistory(times: [day(0)], series: [PriceSeries(asset: coin, prices: [1])])
    }
  }

  @Test func timesAscendStrictly() {
    #expect(throws: MarketDataError.unsortedTimes(index: 2)) {
      try PriceHistory(times: [day(0), day(2), day(1), day(0)], series: [])
    }
    #expect(throws: MarketDataError.unsortedTimes(index: 1)) {
      try PriceHistory(times: [day(0), day(0)], series: [])
    }
  }

  @Test func anAssetStandsOnce() {
    #expect(throws: MarketDataError.duplicateAsset(coin)) {
      try dailyHistory([(coin, [1, 1]), (other, [1, 1]), (coin, [1, 1])])
    }
  }

  @Test(arguments: [0, -1, -0.0, Double.infinity])
  func pricesArePositiveAndFinite(_ price: Double) {
    #expect(throws: MarketDataError.invalidPrice(asset: other, time: day(1), value: price)) {
      try dailyHistory([(coin, [1, 1, 1]), (other, [nil, price, 1])])
    }
  }

  @Test func aPriceIsANumber() {
    #expect(throws: MarketDataError.self) { try dailyHistory([(coin, [1, .nan])]) }
  }

  @Test func seriesAreAsLongAsTheTimes() async {
    await #expect(processExitsWith: .failure) {
      _ = try PriceHistory(times: [day(0), day(1)], series: [PriceSeries(asset: .usd, prices: [1])])
    }
  }

  @Test func aMomentFindsTheLastRowAtOrBeforeIt() throws {
    let history = try dailyHistory([(coin, [1, 2, 3])])
    #expect(try history.row(at: day(0)) == 0)
    #expect(try history.row(at: day(1).advanced(bySeconds: -1)) == 0)
    #expect(try history.row(at: day(1)) == 1)
    #expect(try history.row(at: day(3).advanced(bySeconds: -1)) == 2)
    for moment in [day(0).advanced(bySeconds: -1), day(3), day(400)] {
      #expect(throws: MarketDataError.noRow(at: moment, first: day(0), last: day(2))) {
        try history.row(at: moment)
      }
    }
  }

  @Test func aMomentInsideAHoleHasNoRow() throws {
    let history = try PriceHistory(
      times: [day(0), day(1), day(5), day(6)], series: [PriceSeries(asset: coin, prices: [1, 2, 3, 4])])
    #expect(try history.row(at: day(1).advanced(bySeconds: 86_399)) == 1)
    #expect(throws: MarketDataError.noRow(at: day(2), first: day(0), last: day(6))) {
      try history.row(at: day(2))
    }
    #expect(try history.row(at: day(5)) == 2)
  }
}
