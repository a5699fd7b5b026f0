extension Contract {
  /// Reads the unified contract name `BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]]`.
  ///
  /// `BTC/USDT:USDT` is a linear perpetual, `BTC/USD:BTC` an inverse one, `BTC/USD:BTC-230929` a dated future and
  /// `BTC/USDC:USDC-230929-30000-C` a call. Dates are 08:00 UTC. The form is that of the ccxt library's unified symbols.
  ///
  /// - Parameter name: the name to read.
  /// - Throws: ``InstrumentError/invalidContractName(_:)``, ``InstrumentError/quanto(name:)``.
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
    guard let strike = Double(terms[2]), let kind = Self.optionKind(terms[3]) else {
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
      let strike = option.strike == option.strike.rounded() && option.strike < 1e15
        ? String(Int(option.strike)) : String(option.strike)
      return "\(stem)-\(Self.shortDate(option.expiry))-\(strike)-\(option.kind == .call ? "C" : "P")"
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
    guard text.utf8.count == 6, let digits = Int(text), digits >= 0 else { return nil }
    return try? Timestamp(
      year: 2000 + digits / 10_000, month: digits / 100 % 100, day: digits % 100, secondOfDay: 8 * 3_600)
  }

  private static func optionKind(_ text: Substring) -> OptionKind? {
    switch text {
    case "C": .call
    case "P": .put
    default: nil
    }
  }

  private static func shortDate(_ moment: Timestamp) -> String {
    let date = moment.calendarDate
    return [date.year % 100, date.month, date.day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
