extension Contract {
  /// Reads the unified contract name `BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]]`.
  ///
  /// `BTC/USDT:USDT` is a linear perpetual, `BTC/USD:BTC` an inverse one, `BTC/USD:BTC-230929` a dated future and
  /// `BTC/USDC:USDC-230929-30000-C` a call. Dates are 08:00 UTC. The form is that of the ccxt library's unified symbols.
  ///
  /// - Parameter name: the name to read.
  /// - Throws: ``InstrumentError/invalidContractName(_:)``, ``InstrumentError/quanto(name:)``,
  ///   ``InstrumentError/outOfDomain(field:value:allowed:)`` for a strike of zero.
  public init(name: String) throws(InstrumentError) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .invalidContractName(name) }
    let pair = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    let terms = parts[1].split(separator: "-", omittingEmptySubsequences: false)
    guard pair.count == 2, [1, 2, 4].contains(terms.count) else { throw .invalidContractName(name) }
    let underlying: Underlying
    let settlement: Asset
    do {
      underlying = Underlying(base: try Asset(String(pair[0])), quote: try Asset(String(pair[1])))
      settlement = try Asset(String(terms[0]))
    } catch {
      throw .invalidContractName(name)
    }
    guard let style = Self.style(of: underlying, settlingIn: settlement) else { throw .quanto(name: name) }
    guard terms.count > 1 else {
      self = .perpetual(Perpetual(underlying: underlying, style: style))
      return
    }
    guard let expiry = Self.expiry(terms[1]) else { throw .invalidContractName(name) }
    guard terms.count == 4 else {
      self = .datedFuture(DatedFuture(underlying: underlying, style: style, expiry: expiry))
      return
    }
    guard let strike = Self.strike(terms[2]), let kind = Self.optionKind(terms[3]) else {
      throw .invalidContractName(name)
    }
    self = .option(
      try OptionContract(underlying: underlying, style: style, expiry: expiry, strike: strike, kind: kind))
  }

  /// The unified contract name `BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]]`.
  public var name: String {
    let stem = "\(underlying):\(settlementAsset)"
    switch self {
    case .perpetual: return stem
    case .datedFuture(let future): return "\(stem)-\(Self.shortDate(future.expiry))"
    case .option(let option):
      let terms = [
        Self.shortDate(option.expiry), Self.plainDecimal(option.strike), option.kind == .call ? "C" : "P",
      ]
      return "\(stem)-\(terms.joined(separator: "-"))"
    }
  }

  private static func style(of underlying: Underlying, settlingIn settlement: Asset) -> SettlementStyle? {
    switch settlement {
    case underlying.quote: .linear
    case underlying.base: .inverse
    default: nil
    }
  }

  private static func expiry(_ text: Substring) -> Timestamp? {
    guard text.utf8.count == 6, text.utf8.allSatisfy(isDigit), let digits = Int(text) else { return nil }
    return try? Timestamp(
      year: 2000 + digits / 10_000, month: digits / 100 % 100, day: digits % 100, secondOfDay: 8 * 3_600)
  }

  private static func strike(_ text: Substring) -> Double? {
    guard text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }), let strike = Double(text),
      strike.isFinite
    else { return nil }
    return strike
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static func optionKind(_ text: Substring) -> OptionKind? {
    switch text {
    case "C": .call
    case "P": .put
    default: nil
    }
  }

  /// The shortest digits that read back as the same number, without an exponent: its dash would look like another term.
  private static func plainDecimal(_ value: Double) -> String {
    let parts = value.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
    let digits = String(mantissa[0] + fraction)
    let point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
    return "\(digits.prefix(point)).\(digits.dropFirst(point))"
  }

  private static func shortDate(_ moment: Timestamp) -> String {
    let date = moment.calendarDate
    return [date.year % 100, date.month, date.day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
