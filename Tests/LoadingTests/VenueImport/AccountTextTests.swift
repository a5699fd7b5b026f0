import Instruments
import Loading
import Margin
import Testing

@Suite struct AccountTextTests {
  @Test func everyField() throws {
    let (btc, usdt) = (try Asset("BTC"), try Asset("USDT"))
    let account = Account(
      id: "null", purpose: "Says \"so\": # no comment\n\u{1}", asOf: try Timestamp("2025-01-15T10:26:41Z"),
      balances: [
        try Balance(asset: usdt, quantity: -0.1, borrowed: 1e-300, sleeve: "a, b"),
        try Balance(asset: Asset("NULL"), quantity: 1e17),
      ],
      positions: [
        try Position(
          contract: Contract(name: "BTC/USD:BTC-240628-66000-C"), quantity: -2, multiplier: 0.01,
          entryPrice: 0.1 + 0.2, markPrice: 1e16, leverage: 3, isolatedMargin: 0, impliedVolatility: 0.5,
          discountFactor: 0.99, confidence: 0.9, sleeve: "x"),
        try Position(contract: Contract(name: "BTC/USDT:USDT"), quantity: 1, entryPrice: 60000),
        try Position(
          contract: Contract(name: "BTC/USDT:USDT-260925-80000-C"), quantity: 1, entryPrice: 5,
          optionPrice: 2608.5),
      ],
      orders: [
        try Order(
          contract: Contract(name: "BTC/USDT:USDT"), quantity: -1, multiplier: 10, price: 61000, leverage: 2)
      ], prices: [usdt: 0.99954, btc: 60000], stated: ["mmpMargin": 3.5])
    let text = AccountText.yaml(account, remarks: ["assumed: this\nand that"])
    #expect(
      text == """
        # assumed: this and that
        account: "null"
        purpose: "Says \\"so\\": # no comment\\n\\u0001"
        asOf: 2025-01-15T10:26:41Z
        balances:
          - {asset: USDT, quantity: -0.1, borrowed: 1e-300, sleeve: "a, b"}
          - {asset: "NULL", quantity: 1e+17}
        positions:
          - {contract: BTC/USD:BTC-240628-66000-C, quantity: -2, multiplier: 0.01, entry: 0.30000000000000004, mark: 1e+16, \
        leverage: 3, isolatedMargin: 0, impliedVolatility: 0.5, discountFactor: 0.99, confidence: 0.9, sleeve: "x"}
          - {contract: BTC/USDT:USDT, quantity: 1, entry: 60000}
          - {contract: BTC/USDT:USDT-260925-80000-C, quantity: 1, entry: 5, optionPrice: 2608.5}
        orders:
          - {contract: BTC/USDT:USDT, quantity: -1, multiplier: 10, price: 61000, leverage: 2}
        prices:
          BTC: 60000
          USDT: 0.99954
        stated:
          mmpMargin: 3.5

        """)
    #expect(try Loaded<Account>(accountText: text, file: "a.yaml").value == account)
  }

  @Test func anAccountOfNothing() throws {
    let account = Account(id: "empty", balances: [], positions: [])
    #expect(AccountText.yaml(account) == "account: empty\nbalances: []\n")
    #expect(try Loaded<Account>(accountText: AccountText.yaml(account), file: "a.yaml").value == account)
  }

  /// Numbers of every size and names YAML reads otherwise come back as they were.
  @Test func readsBackTheSame() throws {
    var numbers = SeededNumbers(state: 7)
    for _ in 0..<200 {
      let balances = try ["BTC", "NULL", "1INCH", "1E5"].map { symbol in
        try Balance(
          asset: Asset(symbol), quantity: numbers.next(),
          borrowed: symbol == "1E5" ? abs(numbers.next()) : nil,
          sleeve: symbol == "BTC" ? "~ \\ \"é\u{85}\u{2028}😀\"" : nil)
      }
      let positions = try ["BTC/USDT:USDT", "ETH/USD:ETH-270326", "BTC/USD:BTC-270326-70000.5-P"].map {
        name in
        try Position(
          contract: Contract(name: name), quantity: numbers.next(), multiplier: abs(numbers.next()),
          entryPrice: abs(numbers.next()), markPrice: abs(numbers.next()), leverage: 1 + abs(numbers.next()),
          isolatedMargin: abs(numbers.next()),
          impliedVolatility: name.hasSuffix("P") ? abs(numbers.next()) : nil,
          confidence: 0.25)
      }
      let orders = [
        try Order(
          contract: Contract(name: "BTC/USD:BTC"), quantity: numbers.next(), price: abs(numbers.next()))
      ]
      let account = Account(
        id: "1e5", purpose: "yes: no", asOf: try Timestamp("2025-01-15"), balances: balances,
        positions: positions,
        orders: orders, prices: [try Asset("NULL"): abs(numbers.next()), try Asset("BTC"): 1],
        stated: ["null": numbers.next(), "mmp-margin": -1])
      let read = try Loaded<Account>(accountText: AccountText.yaml(account), file: "a.yaml")
      #expect(read.value == account)
    }
  }
}

/// Numbers of every size, the same in every run.
private struct SeededNumbers {
  var state: UInt64

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mantissa = Double(state >> 12) / 0x1p52 + 0.5
    let exponent = Int(state >> 58) - 32
    let sign = state & 0x800 == 0 ? 1.0 : -1
    return sign * mantissa * Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
