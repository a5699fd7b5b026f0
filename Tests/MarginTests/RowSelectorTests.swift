import Instruments
import Margin
import Testing
import Valuation

@Suite struct RowSelectorTests {
  @Test("every condition given must hold")
  func conditions() {
    let row = BookRow(
      name: "ETH/USDT:USDT", kind: .linear, asset: eth, settlement: usdt, leverage: 5, sleeve: "core")
    #expect(RowSelector().matches(row))
    #expect(RowSelector(assets: [btc, eth]).matches(row))
    #expect(!RowSelector(assets: [usdt]).matches(row))
    #expect(!RowSelector(excludedAssets: [eth]).matches(row))
    #expect(!RowSelector(assets: [eth], excludedAssets: [eth]).matches(row))
    #expect(RowSelector(maximumLeverage: 5).matches(row))
    #expect(!RowSelector(maximumLeverage: 4.99).matches(row))
    #expect(RowSelector(sleeve: "core").matches(row))
    #expect(!RowSelector(sleeve: "other").matches(row))
    #expect(RowSelector(assets: [eth], maximumLeverage: 6, sleeve: "core").matches(row))
    #expect(!RowSelector(assets: [eth], maximumLeverage: 6, sleeve: "other").matches(row))
    #expect(
      !RowSelector(sleeve: "core").matches(BookRow(name: "ETH", kind: .balance, asset: eth, settlement: eth)))
  }
}
