import Instruments
import Loading
import Testing

struct AccountFileTests {
  @Test func everyKeyIsRead() throws {
    let text = """
      account: full-1
      purpose: Everything an account file can say.
      asOf: 2022-11-08T10:00:00Z
      balances:
        - {asset: BTC, quantity: 2.5, sleeve: core}
        - {asset: USDT, quantity: -5_000}
      positions:
        - contract: BTC/USD:BTC-230331
          quantity: -200
          multiplier: 100
          entry: 20500
          mark: 20510.5
          leverage: 3
          isolatedMargin: 0.25
          sleeve: core
        - {contract: BTC/USDC:USDC-230331-30000-C, quantity: 1, entry: 500, impliedVolatility: 0.6}
      """
    let account = try Loaded<Account>(accountText: text, file: "a.yaml").value
    let contract = try Contract(name: "BTC/USD:BTC-230331")
    let call = try Contract(name: "BTC/USDC:USDC-230331-30000-C")
    let expected = Account(
      id: "full-1", purpose: "Everything an account file can say.",
      asOf: try Timestamp("2022-11-08T10:00:00Z"),
      balances: [
        try Balance(asset: Asset("BTC"), quantity: 2.5, sleeve: "core"),
        try Balance(asset: Asset("USDT"), quantity: -5000),
      ],
      positions: [
        try Position(
          contract: contract, quantity: -200, multiplier: 100, entryPrice: 20500, markPrice: 20510.5,
          leverage: 3,
          isolatedMargin: 0.25, sleeve: "core"),
        try Position(contract: call, quantity: 1, entryPrice: 500, impliedVolatility: 0.6),
      ])
    #expect(account == expected)
  }

  @Test func jsonGivesTheSameAccount() throws {
    let json = """
      {"account": "test", "asOf": "2022-11-07",
       "balances": [{"asset": "BTC", "quantity": 2}, {"asset": "USDT", "quantity": -5000, "sleeve": "core"}],
       "positions": [{"contract": "BTC/USDT:USDT", "quantity": -2, "entry": 20500, "leverage": 3}]}
      """
    let fromYAML = try Loaded<Account>(accountText: Sound.account, file: "a.yaml").value
    #expect(try Loaded<Account>(accountText: json, file: "a.json").value == fromYAML)
  }

  // MARK: - One bad input of every kind

  @Test(arguments: [
    (
      "account: test", "account: a/b",
      "1:10: account: expected a name of letters, digits, '.', '-' and '_', found 'a/b'"
    ),
    (
      "asOf: 2022-11-07", "asOf: 2022-02-30",
      "2:7: asOf: expected a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists, found '2022-02-30'"
    ),
    (
      "asOf: 2022-11-07", "asOf: soon",
      "2:7: asOf: expected a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists, found 'soon'"
    ),
    (
      "asOf: 2022-11-07", "asof: 2022-11-07",
      "2:1: unknown key 'asof'; did you mean 'asOf'? allowed are account, purpose, asOf, balances, positions, "
        + "orders, prices, stated"
    ),
    (
      "asset: BTC", "asset: btc",
      "4:13: balances[0].asset: expected an asset symbol of the characters A–Z and 0–9, such as BTC, found 'btc'"
    ),
    ("quantity: 2}", "quantity: .nan}", "4:28: balances[0].quantity: expected a finite number, found '.nan'"),
    (
      "quantity: 2}", "quantity: \"2\"}",
      "4:28: balances[0].quantity: expected a finite number, found the text \"2\""
    ),
    ("quantity: 2}", "quantity: }", "4:28: balances[0].quantity: expected a finite number, found nothing"),
    (
      "quantity: 2}", "qty: 2}",
      "4:5: balances[0]: the key 'quantity' is missing"
    ),
    (
      "BTC/USDT:USDT", "BTCUSDT",
      "7:15: positions[0].contract: expected a contract BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]], such as "
        + "BTC/USDT:USDT, found 'BTCUSDT'"
    ),
    (
      "BTC/USDT:USDT", "BTC/USDT:ETH",
      "7:15: positions[0].contract: 'BTC/USDT:ETH' settles in neither its quote asset (linear) nor its base asset "
        + "(inverse); quanto contracts are not covered"
    ),
    (
      "quantity: -2", "quantity: 0",
      "8:15: positions[0].quantity: expected a finite number other than zero, found '0'"
    ),
    ("entry: 20500", "entry: -1", "9:12: positions[0].entry: expected a positive finite number, found '-1'"),
    (
      "entry: 20500", "entry: .inf",
      "9:12: positions[0].entry: expected a positive finite number, found '.inf'"
    ),
    (
      "leverage: 3", "leverage: 0.5",
      "10:15: positions[0].leverage: expected a finite number of at least 1, found '0.5'"
    ),
    (
      "leverage: 3", "isolatedMargin: -1",
      "10:21: positions[0].isolatedMargin: expected a finite number that is not negative, found '-1'"
    ),
    (
      "leverage: 3", "impliedVolatility: 0.6",
      "10:24: positions[0].impliedVolatility: only an option has a key impliedVolatility"
    ),
    ("leverage: 3", "entry: 3", "10:5: positions[0]: the key 'entry' stands twice, first in line 9"),
    ("    entry: 20500\n", "", "7:5: positions[0]: the key 'entry' is missing"),
    (
      "positions:\n", "positions: {}\nother:\n",
      "6:12: positions: expected a list, found a mapping"
    ),
  ])
  func aBadInputIsNamedWithItsPlace(_ text: String, _ bad: String, _ message: String) {
    #expect(accountLines(Sound.account(text, bad)).first == "a.yaml:\(message)")
  }

  @Test func aFileWithSixErrorsNamesSix() {
    let text = """
      account: bad one
      asOf: yesterday
      balances:
        - {asset: BTC, quantity: ten}
        - {aset: USDT, quantity: 1}
      positions:
        - {contract: BTC/USDT:USDT, quantity: 1, entry: 0}
      """
    // The fifth line has two: a key nobody knows, and one that is missing.
    #expect(
      accountLines(text).map { $0.split(separator: ":").dropFirst().prefix(2).joined(separator: ":") }
        == ["1:10", "2:7", "4:28", "5:5", "5:6", "7:51"])
  }

  @Test func anEmptyFileIsNoAccount() {
    #expect(accountLines("") == ["a.yaml:1:1: expected a mapping of keys, found nothing"])
  }

  @Test func aFileThatIsNotThereIsAProblem() {
    let load = { () throws(LoadError) in try Loaded<Account>(accountFile: "/nowhere/a.yaml") }
    #expect(lines(load) == ["/nowhere/a.yaml:1:1: there is no such file or folder"])
  }

  @Test func bytesThatAreNotUTF8HaveAPlace() throws {
    let bytes = Array("account: t\nä: ".utf8) + [0xFF]
    #expect(
      lines { () throws(LoadError) in try InputFile.text(from: bytes, file: "a.yaml") } == [
        "a.yaml:2:4: the text is not UTF-8"
      ])
    #expect(try InputFile.text(from: [0xEF, 0xBB, 0xBF, 0x61], file: "a.yaml") == "a")
  }
}
