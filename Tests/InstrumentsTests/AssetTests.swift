import Instruments
import Testing

@Suite struct AssetTests {
  @Test(arguments: ["BTC", "ETH", "USDT", "1INCH", "C98", "X", "1000SHIB"])
  func plainSymbolsAreAssets(_ symbol: String) throws {
    let asset = try Asset(symbol)
    #expect(asset.symbol == symbol)
    #expect(asset.description == symbol)
  }

  @Test(arguments: [
    "", "btc", "BTc", " BTC", "BTC ", "B-T", "BTC/USD", "BTC:USD", "B.T", "BÄR", "ＢＴＣ", "₿", "B\u{0}",
  ])
  func otherSymbolsAreRefused(_ symbol: String) {
    #expect(throws: InstrumentError.invalidSymbol(symbol)) { try Asset(symbol) }
  }

  @Test func assetsAreOrderedBySymbol() throws {
    let assets = try ["USDT", "BTC", "ETH", "1INCH"].map { try Asset($0) }
    #expect(assets.sorted().map(\.symbol) == ["1INCH", "BTC", "ETH", "USDT"])
  }

  @Test func theNumeraireIsTheDollar() throws {
    #expect(try Asset("USD") == .usd)
    #expect(try Asset("USDT") != .usd)
  }
}
