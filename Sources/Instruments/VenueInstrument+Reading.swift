/// Reads one venue's name into a contract.
struct VenueSymbolReader {
  let symbol: String
  let venue: Venue

  /// The contract the name stands for.
  func contract() throws(VenueInstrumentError) -> Contract {
    switch venue {
    case .binance: try binance()
    case .bybit: try bybit()
    case .okx: try okx()
    case .deribit: try deribit()
    }
  }
}

/// What a contract is written on, as text, and how it pays.
private struct Pair {
  var base: Substring
  var quote: Substring
  var style: SettlementStyle
}

/// How a venue writes the day of an expiry.
private enum DateForm: String {
  case yearMonthDay = "YYMMDD, a day of the calendar"
  case dayMonthYear = "DMMMYY such as 27JUN25, a day of the calendar"
}

extension VenueSymbolReader {
  private func deribit() throws(VenueInstrumentError) -> Contract {
    let parts = symbol.split(separator: "-", omittingEmptySubsequences: false)
    let halves = parts[0].split(separator: "_", omittingEmptySubsequences: false)
    if parts.count == 1, halves.count == 2 { throw spotPair }
    guard [2, 4].contains(parts.count), halves.count <= 2 else { throw unknownForm }
    let pair =
      halves.count == 1
      ? Pair(base: halves[0], quote: "USD", style: .inverse)
      : Pair(base: halves[0], quote: try linearQuote(halves[1]), style: .linear)
    if parts.count == 2, parts[1] == "PERPETUAL" { return try perpetual(pair) }
    let expiry = try expiry(parts[1], .dayMonthYear)
    guard parts.count == 4 else { return try future(pair, expiry) }
    return try option(pair, expiry, strike: parts[2], point: "d", kind: parts[3])
  }

  private func okx() throws(VenueInstrumentError) -> Contract {
    let parts = symbol.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 2 { throw spotPair }
    guard [3, 5].contains(parts.count) else { throw unknownForm }
    let pair =
      parts[1] == "USD"
      ? Pair(base: parts[0], quote: "USD", style: .inverse)
      : Pair(base: parts[0], quote: try linearQuote(parts[1], orInverse: "USD"), style: .linear)
    if parts.count == 3, parts[2] == "SWAP" { return try perpetual(pair) }
    let expiry = try expiry(parts[2], .yearMonthDay)
    guard parts.count == 5 else { return try future(pair, expiry) }
    guard pair.style == .inverse else {
      throw unreadable(.quote, parts[1], "USD, since the venue's options settle in the coin")
    }
    return try option(pair, expiry, strike: parts[3], point: ".", kind: parts[4])
  }

  private func binance() throws(VenueInstrumentError) -> Contract {
    let parts = symbol.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 4 {
      let pair = Pair(base: parts[0], quote: "USDT", style: .linear)
      return try option(
        pair, try expiry(parts[1], .yearMonthDay), strike: parts[2], point: ".", kind: parts[3])
    }
    let halves = symbol.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 1, halves.count <= 2 else { throw unknownForm }
    guard halves.count == 2 else { return try perpetual(try linearPair(halves[0])) }
    if halves[1] == "PERP" {
      guard let pair = inversePair(halves[0]) else {
        throw unreadable(.quote, halves[0], "a base asset and USD")
      }
      return try perpetual(pair)
    }
    let pair: Pair
    if let inverse = inversePair(halves[0]) { pair = inverse } else { pair = try linearPair(halves[0]) }
    return try future(pair, try expiry(halves[1], .yearMonthDay))
  }

  private func bybit() throws(VenueInstrumentError) -> Contract {
    let parts = symbol.split(separator: "-", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return try bybitWithoutDash()
    case 2:
      let pair = parts[0].hasSuffix("USDT") ? try linearPair(parts[0]) : try usdcPair(parts[0])
      return try future(pair, try expiry(parts[1], .dayMonthYear))
    case 4:
      let expiry = try expiry(parts[1], .dayMonthYear)
      return try option(try usdcPair(parts[0]), expiry, strike: parts[2], point: ".", kind: parts[3])
    case 5 where parts[4] == "USDT":
      let pair = Pair(base: parts[0], quote: "USDT", style: .linear)
      return try option(
        pair, try expiry(parts[1], .dayMonthYear), strike: parts[2], point: ".", kind: parts[3])
    case 5: throw unreadable(.quote, parts[4], "USDT, or nothing for USDC")
    default: throw unknownForm
    }
  }

  private func bybitWithoutDash() throws(VenueInstrumentError) -> Contract {
    let text = Substring(symbol)
    if text.hasSuffix("PERP") { return try perpetual(try usdcPair(text.dropLast(4))) }
    if text.hasSuffix("USDT") { return try perpetual(try linearPair(text)) }
    if text.hasSuffix("USDC") { throw spotPair }
    if let pair = inversePair(text) { return try perpetual(pair) }
    guard let pair = inversePair(text.dropLast(3)) else { throw unknownForm }
    guard let expiry = quarterlyExpiry(text.suffix(3)) else {
      throw unreadable(.expiry, text.suffix(3), "H, M, U or Z for the month and two digits for the year")
    }
    return try future(pair, expiry)
  }
}

extension VenueSymbolReader {
  private func perpetual(_ pair: Pair) throws(VenueInstrumentError) -> Contract {
    .perpetual(Perpetual(underlying: try underlying(pair), style: pair.style))
  }

  private func future(_ pair: Pair, _ expiry: Timestamp) throws(VenueInstrumentError) -> Contract {
    .datedFuture(DatedFuture(underlying: try underlying(pair), style: pair.style, expiry: expiry))
  }

  private func option(
    _ pair: Pair, _ expiry: Timestamp, strike text: Substring, point: Character, kind letter: Substring
  ) throws(VenueInstrumentError) -> Contract {
    let underlying = try underlying(pair)
    guard let kind: OptionKind = letter == "C" ? .call : letter == "P" ? .put : nil else {
      throw unreadable(.kind, letter, "C or P")
    }
    let digits = text.map { $0 == point ? "." : $0 == "." ? "?" : $0 }
    let isPlain = digits.allSatisfy { $0 == "." || ($0.isASCII && $0.isNumber) }
    guard isPlain, let strike = Double(String(digits)),
      let option = try? OptionContract(
        underlying: underlying, style: pair.style, expiry: expiry, strike: strike, kind: kind)
    else {
      throw unreadable(.strike, text, "a positive decimal number with \(point) as its decimal point")
    }
    return .option(option)
  }

  private func underlying(_ pair: Pair) throws(VenueInstrumentError) -> Underlying {
    guard let base = try? Asset(String(pair.base)) else {
      throw unreadable(.base, pair.base, "one or more of the characters A–Z and 0–9")
    }
    guard let quote = try? Asset(String(pair.quote)) else {
      throw unreadable(.quote, pair.quote, "one or more of the characters A–Z and 0–9")
    }
    return Underlying(base: base, quote: quote)
  }

  /// A base asset and, without a separator, a linear quote asset.
  private func linearPair(_ text: Substring) throws(VenueInstrumentError) -> Pair {
    guard let quote = venue.linearQuotes.first(where: { text.hasSuffix($0) }) else {
      throw unreadable(.quote, text, "a base asset and \(venue.linearQuotes.joined(separator: " or "))")
    }
    return Pair(base: text.dropLast(quote.count), quote: text.suffix(quote.count), style: .linear)
  }

  /// A base asset and, without a separator, USD: settled in the base asset.
  private func inversePair(_ text: Substring) -> Pair? {
    text.hasSuffix("USD") ? Pair(base: text.dropLast(3), quote: text.suffix(3), style: .inverse) : nil
  }

  /// A base asset alone, where the name leaves out that the quote is USDC.
  private func usdcPair(_ text: Substring) throws(VenueInstrumentError) -> Pair {
    guard !["USD", "USDC", "USDT"].contains(where: { text.hasSuffix($0) }) else {
      throw unreadable(.base, text, "a base asset without a quote asset, which is USDC here")
    }
    return Pair(base: text, quote: "USDC", style: .linear)
  }

  private func linearQuote(
    _ text: Substring, orInverse inverse: String? = nil
  ) throws(VenueInstrumentError) -> Substring {
    guard venue.linearQuotes.contains(String(text)) else {
      let quotes = venue.linearQuotes + (inverse.map { [$0] } ?? [])
      throw unreadable(.quote, text, quotes.joined(separator: ", "))
    }
    return text
  }

  private func expiry(_ text: Substring, _ form: DateForm) throws(VenueInstrumentError) -> Timestamp {
    guard let date = form == .yearMonthDay ? digitsDate(text) : monthDate(text),
      let expiry = try? Timestamp(
        year: date.year, month: date.month, day: date.day, secondOfDay: Timestamp.settlementSecond)
    else { throw unreadable(.expiry, text, form.rawValue) }
    return expiry
  }

  /// Reads `YYMMDD`.
  private func digitsDate(_ text: Substring) -> (year: Int, month: Int, day: Int)? {
    guard text.utf8.count == 6, let digits = number(text) else { return nil }
    return (2000 + digits / 10_000, digits / 100 % 100, digits % 100)
  }

  /// Reads `DMMMYY` or `DDMMMYY`.
  private func monthDate(_ text: Substring) -> (year: Int, month: Int, day: Int)? {
    guard (6...7).contains(text.utf8.count), let day = number(text.dropLast(5)),
      let year = number(text.suffix(2)),
      let month = Timestamp.monthLetters.firstIndex(of: String(text.dropLast(2).suffix(3)))
    else { return nil }
    return (2000 + year, month + 1, day)
  }

  /// Reads a month code and a year, such as `M25`: the last Friday of June 2025.
  private func quarterlyExpiry(_ text: Substring) -> Timestamp? {
    guard let code = text.first, let month = Timestamp.quarterCodes[code], let year = number(text.dropFirst())
    else { return nil }
    return Timestamp.lastFriday(year: 2000 + year, month: month)
  }

  private func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }

  private var unknownForm: VenueInstrumentError {
    .unknownForm(symbol: symbol, venue: venue, allowed: venue.nameForms)
  }

  private var spotPair: VenueInstrumentError {
    .spotPair(symbol: symbol, venue: venue, allowed: venue.nameForms)
  }

  private func unreadable(
    _ part: VenueSymbolPart, _ text: Substring, _ allowed: String
  ) -> VenueInstrumentError {
    .unreadable(part: part, text: String(text), symbol: symbol, venue: venue, allowed: allowed)
  }
}
