import Instruments
import Testing

private func underlying(_ base: String, _ quote: String) throws -> Underlying {
  Underlying(base: try Asset(base), quote: try Asset(quote))
}

private func eightOClock(_ year: Int, _ month: Int, _ day: Int) throws -> Timestamp {
  try Timestamp(year: year, month: month, day: day, secondOfDay: 8 * 3_600)
}

@Suite struct ContractNameTests {
  @Test func perpetuals() throws {
    let linear = Contract.perpetual(Perpetual(underlying: try underlying("BTC", "USDT"), style: .linear))
    #expect(try Contract(name: "BTC/USDT:USDT") == linear)
    #expect(linear.name == "BTC/USDT:USDT")
    #expect(linear.settlementAsset.symbol == "USDT")
    #expect(linear.expiry == nil)

    let inverse = Contract.perpetual(Perpetual(underlying: try underlying("ETH", "USD"), style: .inverse))
    #expect(try Contract(name: "ETH/USD:ETH") == inverse)
    #expect(inverse.name == "ETH/USD:ETH")
    #expect(inverse.settlementAsset.symbol == "ETH")
  }

  @Test func datedFuturesSettleAtEight() throws {
    let future = DatedFuture(
      underlying: try underlying("BTC", "USD"), style: .inverse, expiry: try eightOClock(2_023, 9, 29))
    #expect(try Contract(name: "BTC/USD:BTC-230929") == .datedFuture(future))
    #expect(Contract.datedFuture(future).name == "BTC/USD:BTC-230929")
    #expect(Contract.datedFuture(future).expiry == future.expiry)
  }

  @Test func options() throws {
    let call = try OptionContract(
      underlying: underlying("BTC", "USDC"), style: .linear, expiry: eightOClock(2_023, 9, 29),
      strike: 30_000,
      kind: .call)
    #expect(try Contract(name: "BTC/USDC:USDC-230929-30000-C") == .option(call))
    #expect(Contract.option(call).name == "BTC/USDC:USDC-230929-30000-C")

    let put = try OptionContract(
      underlying: underlying("XRP", "USD"), style: .inverse, expiry: eightOClock(2_031, 1, 2), strike: 0.525,
      kind: .put)
    #expect(try Contract(name: "XRP/USD:XRP-310102-0.525-P") == .option(put))
    #expect(Contract.option(put).name == "XRP/USD:XRP-310102-0.525-P")
    #expect(Contract.option(put).underlying.description == "XRP/USD")
    #expect(Contract.option(put).style == .inverse)
  }

  @Test(arguments: [
    (1e-5, "0.00001"), (1.25e-7, "0.000000125"), (0.1, "0.1"), (1, "1"), (2.5, "2.5"), (30_000, "30000"),
    (123_456.789, "123456.789"), (1e15, "1000000000000000"), (1e16, "10000000000000000"),
    (1.5e17, "150000000000000000"),
    (9_007_199_254_740_992, "9007199254740992"),
  ])
  func strikesArePlainDecimals(_ strike: Double, _ text: String) throws {
    let option = Contract.option(
      try OptionContract(
        underlying: underlying("SHIB", "USDT"), style: .linear, expiry: eightOClock(2_025, 3, 28),
        strike: strike,
        kind: .put))
    #expect(option.name == "SHIB/USDT:USDT-250328-\(text)-P")
    #expect(try Contract(name: option.name) == option)
  }

  @Test func randomContractsReadBackFromTheirNames() throws {
    var random = SplitMix(state: 2)
    for _ in 0..<2_000 {
      let pair = try underlying(["BTC", "DOGE", "1INCH"].randomElement(using: &random) ?? "BTC", "USD")
      let style = SettlementStyle.allCases.randomElement(using: &random) ?? .linear
      let day = Timestamp(seconds: Int.random(in: 10_957..<47_482, using: &random) * 86_400 + 8 * 3_600)
      let exponent = Int.random(in: -20...20, using: &random)
      let strike =
        Double.random(in: 0.1..<1, using: &random) * Double(sign: .plus, exponent: exponent, significand: 1)
      let option = try OptionContract(
        underlying: pair, style: style, expiry: day, strike: strike,
        kind: OptionKind.allCases.randomElement(using: &random) ?? .call)
      let contracts: [Contract] = [
        .perpetual(Perpetual(underlying: pair, style: style)),
        .datedFuture(DatedFuture(underlying: pair, style: style, expiry: day)), .option(option),
      ]
      for contract in contracts { #expect(try Contract(name: contract.name) == contract) }
    }
  }

  @Test(arguments: [
    "ETH/USD:BTC", "ETH/USDT:BTC", "BTC/USD:USDT", "BTC/USDC:USDT-230929", "ETH/USD:BTC-230929-2000-C",
  ])
  func quantoContractsAreRefused(_ name: String) {
    #expect(throws: InstrumentError.quanto(name: name)) { try Contract(name: name) }
  }

  @Test(arguments: [
    "", ":", "/:", "BTC", "BTC/USDT", "BTC:USDT", "BTCUSDT:USDT", "BTC/USDT:", "/USDT:USDT", "BTC/:USDT",
    "BTC/USDT/X:USDT", "BTC/USDT:USDT:USDT", "btc/USDT:USDT", "BTC/usdt:usdt", " BTC/USDT:USDT",
    "BTC/USDT:USDT ",
    "BTC/USDT:USDT-", "BTC/USDT:USDT-2309", "BTC/USDT:USDT-20230929", "BTC/USDT:USDT-231301",
    "BTC/USDT:USDT-230230",
    "BTC/USDT:USDT-230929-", "BTC/USDT:USDT-230929-30000", "BTC/USDT:USDT-230929-30000-",
    "BTC/USDT:USDT-230929-30000-X", "BTC/USDT:USDT-230929-30000-c", "BTC/USDT:USDT-230929-30000-C-1",
    "BTC/USDT:USDT-230929--C", "BTC/USDT:USDT-230929--30000-C", "BTC/USDT:USDT-230929-nan-C",
    "BTC/USDT:USDT-230929-inf-C", "BTC/USDT:USDT-230929-infinity-C", "BTC/USDT:USDT-230929-0x10-C",
    "BTC/USDT:USDT-230929-1e4-C", "BTC/USDT:USDT-230929-+1-C", "BTC/USDT:USDT-230929-1.2.3-C",
    "BTC/USDT:USDT-230929-.-C", "BTC/USDT:USDT-+10101", "BTC/USDT:USDT- 10101", "BTC/USDT:USDT-1０101",
  ])
  func otherNamesAreRefused(_ name: String) {
    #expect(throws: InstrumentError.invalidContractName(name)) { try Contract(name: name) }
  }

  @Test func aStrikeBeyondAllNumbersIsRefused() {
    let name = "BTC/USDT:USDT-230929-1\(String(repeating: "0", count: 400))-C"
    #expect(throws: InstrumentError.invalidContractName(name)) { try Contract(name: name) }
  }

  @Test func aStrikeOfZeroIsOutOfItsDomain() {
    #expect(
      throws: InstrumentError.outOfDomain(field: "strike", value: 0, allowed: "a number from 1e-18 to 1e18")
    ) { try Contract(name: "BTC/USDT:USDT-230929-0-C") }
  }
}
