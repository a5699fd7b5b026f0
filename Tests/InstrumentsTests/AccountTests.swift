import Instruments
import Testing

@Suite struct AccountTests {
  @Test func anAccountKeepsWhatItIsGiven() throws {
    let balance = try Balance(asset: .usd, quantity: 10)
    let position = try Position(contract: Contract(name: "BTC/USD:BTC"), quantity: -100, entryPrice: 30_000)
    let account = Account(
      id: "hedger", purpose: "short coin", asOf: try Timestamp("2024-05-01"), balances: [balance],
      positions: [position])
    #expect(account.id == "hedger")
    #expect(account.purpose == "short coin")
    #expect(account.asOf == (try Timestamp("2024-05-01")))
    #expect(account.balances == [balance])
    #expect(account.positions == [position])
    #expect(Account(id: "empty", balances: [], positions: []).asOf == nil)
  }

  @Test func balancesMayBeNegativeOrZero() throws {
    #expect(try Balance(asset: .usd, quantity: -3.5, sleeve: "loan").quantity == -3.5)
    #expect(try Balance(asset: .usd, quantity: 0).sleeve == nil)
  }

  @Test(arguments: [Double.infinity, -.infinity])
  func balancesAreFinite(_ quantity: Double) {
    #expect(
      throws: InstrumentError.outOfDomain(
        field: "quantity", value: quantity, allowed: "a number from -1e18 to 1e18")
    ) { try Balance(asset: .usd, quantity: quantity) }
  }

  @Test func aBalanceIsANumber() {
    #expect(throws: InstrumentError.self) { try Balance(asset: .usd, quantity: .nan) }
  }
}
