import Instruments
import MarketData
import Testing

@Suite struct MarketSnapshotTests {
  private let coin: Asset
  private let other: Asset

  init() throws {
    coin = try Asset("BTC")
    other = try Asset("ETH")
  }

  @Test func aSnapshotHasThePricesOfOneRow() throws {
    let history = try dailyHistory([(other, [1, nil, 3]), (coin, [10, 20, 30])])
    let moment = day(1).advanced(bySeconds: 3_600)
    let snapshot = try MarketSnapshot(of: history, at: moment)
    #expect(snapshot.asOf == moment)
    #expect(snapshot.price(of: coin) == 20)
    #expect(snapshot.price(of: other) == nil)
    #expect(snapshot.price(of: .usd) == 1)
    #expect(snapshot.assets == [coin])
    #expect(throws: MarketDataError.noRow(at: day(3), first: day(0), last: day(2))) {
      try MarketSnapshot(of: history, at: day(3))
    }
  }

  @Test func theDollarIsWorthADollarWhateverTheTableSays() throws {
    #expect(try MarketSnapshot(asOf: day(0), prices: [.usd: 2]).price(of: .usd) == 1)
  }

  @Test(arguments: [0, -1, Double.infinity])
  func pricesArePositiveAndFinite(_ price: Double) {
    #expect(throws: MarketDataError.invalidPrice(asset: other, time: day(0), value: price)) {
      try MarketSnapshot(asOf: day(0), prices: [coin: 1, other: price])
    }
  }

  @Test func aPriceIsANumber() {
    #expect(throws: MarketDataError.self) { try MarketSnapshot(asOf: day(0), prices: [coin: .nan]) }
  }
}
