import Foundation
import Instruments
import Testing

/// One name a venue prints, and the unified name of its contract.
struct NamePair: CustomTestStringConvertible, Sendable {
  let venue: Venue
  let symbol: String
  let unified: String

  var testDescription: String { "\(venue) \(symbol)" }
}

private let canonical: [NamePair] = [
  NamePair(venue: .binance, symbol: "BTCUSDT", unified: "BTC/USDT:USDT"),
  NamePair(venue: .binance, symbol: "1000PEPEUSDC", unified: "1000PEPE/USDC:USDC"),
  NamePair(venue: .binance, symbol: "BTCUSD_PERP", unified: "BTC/USD:BTC"),
  NamePair(venue: .binance, symbol: "BTCUSDT_250627", unified: "BTC/USDT:USDT-250627"),
  NamePair(venue: .binance, symbol: "ETHUSD_250926", unified: "ETH/USD:ETH-250926"),
  NamePair(venue: .binance, symbol: "BTC-250627-100000-C", unified: "BTC/USDT:USDT-250627-100000-C"),
  NamePair(venue: .binance, symbol: "ETH-230426-1850-C", unified: "ETH/USDT:USDT-230426-1850-C"),
  NamePair(venue: .binance, symbol: "XRP-250627-0.52-P", unified: "XRP/USDT:USDT-250627-0.52-P"),
  NamePair(venue: .bybit, symbol: "BTCUSDT", unified: "BTC/USDT:USDT"),
  NamePair(venue: .bybit, symbol: "BTCPERP", unified: "BTC/USDC:USDC"),
  NamePair(venue: .bybit, symbol: "BTCUSD", unified: "BTC/USD:BTC"),
  NamePair(venue: .bybit, symbol: "BTCUSDT-21FEB25", unified: "BTC/USDT:USDT-250221"),
  NamePair(venue: .bybit, symbol: "BTC-24MAR23", unified: "BTC/USDC:USDC-230324"),
  NamePair(venue: .bybit, symbol: "BTCUSDM25", unified: "BTC/USD:BTC-250627"),
  NamePair(venue: .bybit, symbol: "ETHUSDZ27", unified: "ETH/USD:ETH-271231"),
  NamePair(venue: .bybit, symbol: "BTCUSDH23", unified: "BTC/USD:BTC-230331"),
  NamePair(venue: .bybit, symbol: "BTCUSDU21", unified: "BTC/USD:BTC-210924"),
  NamePair(venue: .bybit, symbol: "BTC-30DEC22-18000-C", unified: "BTC/USDC:USDC-221230-18000-C"),
  NamePair(venue: .bybit, symbol: "BTC-4JAN26-89000-C-USDT", unified: "BTC/USDT:USDT-260104-89000-C"),
  NamePair(venue: .bybit, symbol: "BTC-27MAR26-70000-P-USDT", unified: "BTC/USDT:USDT-260327-70000-P"),
  NamePair(venue: .okx, symbol: "BTC-USDT-SWAP", unified: "BTC/USDT:USDT"),
  NamePair(venue: .okx, symbol: "BTC-USDC-SWAP", unified: "BTC/USDC:USDC"),
  NamePair(venue: .okx, symbol: "BTC-USD-SWAP", unified: "BTC/USD:BTC"),
  NamePair(venue: .okx, symbol: "BTC-USD-250627", unified: "BTC/USD:BTC-250627"),
  NamePair(venue: .okx, symbol: "BTC-USDT-250627", unified: "BTC/USDT:USDT-250627"),
  NamePair(venue: .okx, symbol: "BTC-USD-241217-92000-P", unified: "BTC/USD:BTC-241217-92000-P"),
  NamePair(venue: .deribit, symbol: "BTC-PERPETUAL", unified: "BTC/USD:BTC"),
  NamePair(venue: .deribit, symbol: "SOL_USDC-PERPETUAL", unified: "SOL/USDC:USDC"),
  NamePair(venue: .deribit, symbol: "BTC-27JUN25", unified: "BTC/USD:BTC-250627"),
  NamePair(venue: .deribit, symbol: "BTC-5AUG23", unified: "BTC/USD:BTC-230805"),
  NamePair(venue: .deribit, symbol: "ETH_USDC-27JUN25", unified: "ETH/USDC:USDC-250627"),
  NamePair(venue: .deribit, symbol: "BTC-27JUN25-100000-C", unified: "BTC/USD:BTC-250627-100000-C"),
  NamePair(venue: .deribit, symbol: "ETH-22FEB19-140-P", unified: "ETH/USD:ETH-190222-140-P"),
  NamePair(venue: .deribit, symbol: "XRP_USDC-27JUN25-0d625-C", unified: "XRP/USDC:USDC-250627-0.625-C"),
]

@Suite struct VenueInstrumentTests {
  @Test(arguments: canonical) func readsAndPrintsBothWays(_ pair: NamePair) throws {
    let contract = try Contract(name: pair.unified)
    let read = try VenueInstrument(symbol: pair.symbol, on: pair.venue)
    #expect(read.contract == contract)
    #expect(read.venue == pair.venue)
    #expect(read.symbol == pair.symbol)
    let printed = try VenueInstrument(contract: contract, on: pair.venue)
    #expect(printed == read)
    #expect("\(printed)" == pair.symbol)
  }

  @Test func everyExampleOfAFormIsReadAndPrintedAsItStands() throws {
    for venue in Venue.allCases {
      for form in venue.nameForms {
        #expect(try VenueInstrument(symbol: form, on: venue).symbol == form)
      }
    }
  }

  @Test func oneStringIsAnotherContractOnAnotherVenue() throws {
    let name = "BTC-27JUN25-100000-C"
    let deribit = try VenueInstrument(symbol: name, on: .deribit).contract
    let bybit = try VenueInstrument(symbol: name, on: .bybit).contract
    #expect(deribit.settlementAsset.symbol == "BTC")
    #expect(bybit.settlementAsset.symbol == "USDC")
    #expect(throws: VenueInstrumentError.self) { try VenueInstrument(symbol: name, on: .binance) }
    #expect(throws: VenueInstrumentError.self) { try VenueInstrument(symbol: name, on: .okx) }
    #expect(try VenueInstrument(symbol: "BTC-27JUN25", on: .deribit).contract.style == .inverse)
    #expect(try VenueInstrument(symbol: "BTC-27JUN25", on: .bybit).contract.style == .linear)
    #expect(try VenueInstrument(symbol: "BTCUSD", on: .bybit).contract.style == .inverse)
  }

  @Test func aLeadingZeroOfADayIsReadButNotPrinted() throws {
    #expect(try VenueInstrument(symbol: "BTC-07MAR25", on: .deribit).symbol == "BTC-7MAR25")
  }

  @Test func expiresAtEight() throws {
    let contract = try VenueInstrument(symbol: "BTC-USD-250627", on: .okx).contract
    #expect(contract.expiry == (try Timestamp(year: 2_025, month: 6, day: 27, secondOfDay: 8 * 3_600)))
  }

  @Test func everyDayAndEveryStrikeComesBack() throws {
    let strikes = [1, 0.625, 100_000, 0.000_012_5, 1e-9, 62_500.5, 1.5e17, 1e-18]
    let start = try Timestamp(year: 2_000, month: 1, day: 1, secondOfDay: 8 * 3_600)
    let usdc = Underlying(base: try Asset("BTC"), quote: try Asset("USDC"))
    for (index, day) in stride(from: 0, to: 36_525, by: 13).enumerated() {
      let expiry = start.advanced(bySeconds: day * Timestamp.secondsPerDay)
      let option = try OptionContract(
        underlying: usdc, style: .linear, expiry: expiry, strike: strikes[index % strikes.count],
        kind: index.isMultiple(of: 2) ? .call : .put)
      for venue in [Venue.deribit, .bybit] {
        let named = try VenueInstrument(contract: .option(option), on: venue)
        #expect(try VenueInstrument(symbol: named.symbol, on: venue) == named)
      }
    }
  }

  @Test func everyQuarterComesBackAtBybit() throws {
    for year in 0..<100 {
      for code in ["H", "M", "U", "Z"] {
        let symbol = "BTCUSD\(code)\(year < 10 ? "0" : "")\(year)"
        let read = try VenueInstrument(symbol: symbol, on: .bybit)
        let expiry = try #require(read.contract.expiry)
        #expect(read.symbol == symbol)
        // Day 0 was a Thursday; a week later it is another month.
        #expect(expiry.dayNumber % 7 == 1)
        let month = expiry.calendarDate.month
        #expect(month.isMultiple(of: 3))
        #expect(expiry.advanced(bySeconds: 7 * Timestamp.secondsPerDay).calendarDate.month != month)
      }
    }
  }

  @Test func contractsWithoutANameAreRefused() throws {
    let refused: [(Venue, String)] = [
      (.binance, "BTC/USD:BTC-250627-100000-C"), (.binance, "BTC/USDC:USDC-250627-100000-C"),
      (.binance, "BTC/EUR:EUR"), (.bybit, "BTC/USD:BTC-250627-100000-C"), (.bybit, "BTC/USD:BTC-250626"),
      (.bybit, "BTC/USD:BTC-250530"), (.bybit, "BTCUSD/USDC:USDC-250627"),
      (.okx, "BTC/USDT:USDT-250627-100000-C"),
      (.okx, "BTC/EUR:BTC"), (.deribit, "BTC/USDT:BTC"), (.deribit, "BTC/EUR:EUR"),
    ]
    for (venue, name) in refused {
      let contract = try Contract(name: name)
      #expect(
        throws: VenueInstrumentError.notNamed(contract: name, venue: venue, allowed: venue.nameForms),
        "\(name)"
      ) { try VenueInstrument(contract: contract, on: venue) }
    }
  }

  @Test func anExpiryThatTheNameCannotSayIsRefused() throws {
    let usd = Underlying(base: try Asset("BTC"), quote: .usd)
    let moments = [
      try Timestamp(year: 2_025, month: 6, day: 27),
      try Timestamp(year: 2_125, month: 6, day: 27, secondOfDay: 8 * 3_600),
      try Timestamp(year: 1_999, month: 6, day: 25, secondOfDay: 8 * 3_600),
    ]
    for venue in Venue.allCases {
      for expiry in moments {
        let future = Contract.datedFuture(DatedFuture(underlying: usd, style: .inverse, expiry: expiry))
        #expect(throws: VenueInstrumentError.self) { try VenueInstrument(contract: future, on: venue) }
      }
    }
  }
}

@Suite struct VenueInstrumentReadingTests {
  @Test func spotPairsAreNotContracts() {
    let pairs: [(Venue, String)] = [(.okx, "BTC-USDT"), (.deribit, "BTC_USDC"), (.bybit, "BTCUSDC")]
    for (venue, symbol) in pairs {
      #expect(throws: VenueInstrumentError.spotPair(symbol: symbol, venue: venue, allowed: venue.nameForms)) {
        try VenueInstrument(symbol: symbol, on: venue)
      }
    }
  }

  @Test func otherFormsAreNamedAsSuch() {
    let symbols: [(Venue, String)] = [
      (.binance, "BTC_USDT_250627"), (.binance, "BTC-250627-100000"), (.bybit, ""),
      (.bybit, "BTC"),
      (.bybit, "BTC-27JUN25-100000"), (.okx, ""), (.okx, "BTC-USD-250627-100000"), (.deribit, ""),
      (.deribit, "BTC"), (.deribit, "BTC-FS-14AUG26_2AUG26"), (.deribit, "A_B_C-PERPETUAL"),
    ]
    for (venue, symbol) in symbols {
      #expect(
        throws: VenueInstrumentError.unknownForm(symbol: symbol, venue: venue, allowed: venue.nameForms),
        "\(symbol)"
      ) { try VenueInstrument(symbol: symbol, on: venue) }
    }
  }

  @Test(
    arguments: [
      (Venue.deribit, "BTC-31JUN22-31000-C", VenueSymbolPart.expiry, "31JUN22"),
      (.deribit, "BTC-27Jun25", .expiry, "27Jun25"), (.deribit, "BTC-250627", .expiry, "250627"),
      (.deribit, "BTC-PERP", .expiry, "PERP"), (.deribit, "BTC-0JUN25", .expiry, "0JUN25"),
      (.deribit, "BTC-+7JUN25", .expiry, "+7JUN25"), (.deribit, "-PERPETUAL", .base, ""),
      (.deribit, "btc-PERPETUAL", .base, "btc"), (.deribit, "BTC_EUR-PERPETUAL", .quote, "EUR"),
      (.deribit, "BTC-27JUN25-100000-X", .kind, "X"),
      (.deribit, "XRP_USDC-27JUN25-0.625-C", .strike, "0.625"),
      (.deribit, "BTC-27JUN25-0-C", .strike, "0"), (.deribit, "BTC-27JUN25--C", .strike, ""),
      (.deribit, "BTC-27JUN25-1e5-C", .strike, "1e5"), (.okx, "BTC-USD-250631", .expiry, "250631"),
      (.okx, "BTC-USD-27JUN25", .expiry, "27JUN25"), (.okx, "BTC-EUR-SWAP", .quote, "EUR"),
      (.okx, "BTC-USDT-250627-100000-C", .quote, "USDT"), (.okx, "BTC-USD-250627-nan-C", .strike, "nan"),
      (.binance, "BTCUSD", .quote, "BTCUSD"), (.binance, "ETHBTC", .quote, "ETHBTC"),
      (.binance, "BTCUSDT_PERP", .quote, "BTCUSDT"), (.binance, "BTCUSDT_251301", .expiry, "251301"),
      (.binance, "USDT", .base, ""), (.binance, "BTC-27JUN25-100000-C", .expiry, "27JUN25"),
      (.binance, "BTC-250627-100000-c", .kind, "c"), (.bybit, "BTCUSDK25", .expiry, "K25"),
      (.bybit, "BTCUSDMM5", .expiry, "MM5"), (.bybit, "BTCUSD-27JUN25", .base, "BTCUSD"),
      (.bybit, "BTC-27JUN25-100000-C-EUR", .quote, "EUR"), (.bybit, "PERP", .base, ""),
      (.bybit, "ÄUSDT", .base, "Ä"),
    ])
  func theFaultyPartIsNamed(_ venue: Venue, _ symbol: String, _ part: VenueSymbolPart, _ text: String) throws
  {
    let error = try #require(throws: VenueInstrumentError.self) {
      try VenueInstrument(symbol: symbol, on: venue)
    }
    guard case .unreadable(part, text, symbol, venue, let allowed) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(!allowed.isEmpty)
  }
}

@Suite struct VenueInstrumentChainTests {
  /// The lines of a file of the shipped option chain, without the header.
  private func lines(_ name: String) throws -> [[String]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("notebooks-data/market/option-chain/\(name)")
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func everyOptionOfTheShippedChain() throws {
    let rows = try lines("deribit-btc-2026-08-01.csv")
    #expect(rows.count == 868)
    for row in rows {
      let named = try VenueInstrument(symbol: row[1], on: .deribit)
      guard case .option(let option) = named.contract else {
        Issue.record("\(row[1]) is not an option")
        continue
      }
      #expect(named.symbol == row[1])
      #expect(named.contract.settlementAsset.symbol == "BTC")
      #expect(option.kind.rawValue == row[2])
      #expect(option.expiry == (try Timestamp(row[3])))
      #expect(option.strike == Double(row[4]))
      #expect(try VenueInstrument(contract: named.contract, on: .deribit) == named)
    }
  }

  @Test func everyFutureOfTheShippedChain() throws {
    let rows = try lines("deribit-btc-2026-08-01-futures.csv")
    #expect(rows.count == 14)
    for row in rows {
      let named = try VenueInstrument(symbol: row[1], on: .deribit)
      #expect(named.symbol == row[1])
      #expect(named.contract.expiry == (row[3].isEmpty ? nil : try Timestamp(row[3])))
      #expect(named.contract.style == .inverse)
    }
  }
}
