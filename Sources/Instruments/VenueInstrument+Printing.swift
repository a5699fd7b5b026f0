extension Contract {
  /// The venue's name of the contract, or `nil` where it has none for such a settlement.
  ///
  /// Says nothing of whether the name reads back as the same contract.
  func symbol(on venue: Venue) -> String? {
    let isInverse = style == .inverse && underlying.quote == .usd
    let isLinear = style == .linear && venue.linearQuotes.contains(underlying.quote.symbol)
    guard isInverse || isLinear else { return nil }
    switch venue {
    case .binance: return binanceSymbol
    case .bybit: return bybitSymbol
    case .okx: return okxSymbol
    case .deribit: return deribitSymbol
    }
  }

  private var deribitSymbol: String? {
    let pair = style == .inverse ? "\(underlying.base)" : "\(underlying.base)_\(underlying.quote)"
    switch self {
    case .perpetual: return "\(pair)-PERPETUAL"
    case .datedFuture(let future): return "\(pair)-\(future.expiry.dayMonthYear)"
    case .option(let option):
      let strike = String(terms.strike.map { $0 == "." ? "d" : $0 })
      return "\(pair)-\(option.expiry.dayMonthYear)-\(strike)-\(terms.kind)"
    }
  }

  private var okxSymbol: String? {
    let pair = "\(underlying.base)-\(underlying.quote)"
    switch self {
    case .perpetual: return "\(pair)-SWAP"
    case .datedFuture: return "\(pair)-\(terms.date)"
    case .option: return style == .inverse ? "\(pair)-\(terms.date)-\(terms.strike)-\(terms.kind)" : nil
    }
  }

  private var binanceSymbol: String? {
    let pair = "\(underlying.base)\(underlying.quote)"
    switch self {
    case .perpetual: return style == .inverse ? "\(pair)_PERP" : pair
    case .datedFuture: return "\(pair)_\(terms.date)"
    case .option:
      guard underlying.quote.symbol == "USDT" else { return nil }
      return "\(underlying.base)-\(terms.date)-\(terms.strike)-\(terms.kind)"
    }
  }

  private var bybitSymbol: String? {
    let base = underlying.base.symbol
    let quote = underlying.quote.symbol
    switch self {
    case .perpetual: return quote == "USDC" ? "\(base)PERP" : "\(base)\(quote)"
    case .datedFuture(let future):
      if style == .inverse { return future.expiry.quarterCode.map { "\(base)USD\($0)" } }
      return "\(base)\(quote == "USDC" ? "" : quote)-\(future.expiry.dayMonthYear)"
    case .option(let option):
      guard style == .linear else { return nil }
      let stem = "\(base)-\(option.expiry.dayMonthYear)-\(terms.strike)-\(terms.kind)"
      return quote == "USDC" ? stem : "\(stem)-\(quote)"
    }
  }

  /// Date, strike and kind as the unified name writes them; empty where the contract has none.
  private var terms: (date: Substring, strike: Substring, kind: Substring) {
    let parts = name.split(separator: "-").dropFirst() + ["", "", ""]
    let first = parts.startIndex
    return (parts[first], parts[first + 1], parts[first + 2])
  }
}

extension Timestamp {
  /// The second of the day at which contracts settle: 08:00 UTC.
  static let settlementSecond = 8 * 3_600

  static let monthLetters = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  /// The futures month codes of the quarter ends.
  static let quarterCodes: [Character: Int] = ["H": 3, "M": 6, "U": 9, "Z": 12]

  /// The settlement on the last Friday of a month; `nil` when there is no such month.
  static func lastFriday(year: Int, month: Int) -> Timestamp? {
    let next = month == 12 ? (year: year + 1, month: 1) : (year: year, month: month + 1)
    guard let nextMonth = try? Timestamp(year: next.year, month: next.month, day: 1) else { return nil }
    let lastDay = nextMonth.dayNumber - 1
    // Day 0 was a Thursday.
    let friday = lastDay - (lastDay + 6) % 7
    return Timestamp(seconds: friday * secondsPerDay + settlementSecond)
  }

  /// `DMMMYY`, the day without a leading zero.
  fileprivate var dayMonthYear: String {
    let date = calendarDate
    return "\(date.day)\(Self.monthLetters[date.month - 1])\(Self.twoDigits(date.year % 100))"
  }

  /// The month code and year of a quarter's end, such as `M25`.
  fileprivate var quarterCode: String? {
    let date = calendarDate
    return Self.quarterCodes.first { $0.value == date.month }.map {
      "\($0.key)\(Self.twoDigits(date.year % 100))"
    }
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
