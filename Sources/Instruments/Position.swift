/// A signed holding of a contract.
public struct Position: Hashable, Sendable {
  /// The contract.
  public let contract: Contract
  /// Contracts held: positive is long, negative short, in units of `multiplier`.
  public let quantity: Double
  /// What one contract stands for: base units when linear, face amount of the quote asset when inverse.
  public let multiplier: Double
  /// The average entry price, in the quote asset.
  public let entryPrice: Double
  /// The mark price in the quote asset; `nil` takes the market's spot price of the underlying.
  public let markPrice: Double?
  /// The leverage its owner chose; at least one.
  public let leverage: Double
  /// Margin set apart for this position alone, in units of the settlement asset; `nil` shares the account's margin.
  public let isolatedMargin: Double?
  /// The implied volatility per year, for an option.
  public let impliedVolatility: Double?
  /// The mark price of one unit of an option, in the quote asset, from which its implied volatility is found where none is
  /// given.
  public let optionPrice: Double?
  /// What one unit of the quote asset at an option's expiry is worth today; one where nothing says otherwise.
  public let discountFactor: Double
  /// How far the venue trusts its own price of the contract, 0 to 1; one where nothing says otherwise.
  public let confidence: Double
  /// The name of the sleeve to which the owner assigned it, if any.
  public let sleeve: String?

  /// Makes a position.
  ///
  /// - Parameters:
  ///   - contract: the contract.
  ///   - quantity: contracts held, finite and not zero; negative is short.
  ///   - multiplier: what one contract stands for; positive.
  ///   - entryPrice: the average entry price in the quote asset; positive.
  ///   - markPrice: the mark price in the quote asset, positive; `nil` takes the spot price of the underlying.
  ///   - leverage: the leverage its owner chose; at least one.
  ///   - isolatedMargin: margin set apart, in units of the settlement asset, not negative; `nil` shares the account's.
  ///   - impliedVolatility: per year, positive; for options.
  ///   - optionPrice: the mark price of one unit of an option, in the quote asset; positive.
  ///   - discountFactor: today's worth of one unit of the quote asset at an option's expiry; positive.
  ///   - confidence: how far the venue trusts its own price; 0 to 1.
  ///   - sleeve: the name of the sleeve to which the owner assigned it, if any.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  public init(
    contract: Contract, quantity: Double, multiplier: Double = 1, entryPrice: Double,
    markPrice: Double? = nil, leverage: Double = 1, isolatedMargin: Double? = nil,
    impliedVolatility: Double? = nil, optionPrice: Double? = nil, discountFactor: Double = 1,
    confidence: Double = 1, sleeve: String? = nil
  ) throws(InstrumentError) {
    guard leverage >= 1, leverage.isFinite else {
      throw .outOfDomain(field: "leverage", value: leverage, allowed: "a finite number of at least one")
    }
    self.contract = contract
    self.quantity = try Domain.traded(quantity, "quantity")
    self.multiplier = try Domain.positive(multiplier, "multiplier")
    self.entryPrice = try Domain.positive(entryPrice, "entry")
    self.markPrice = try markPrice.map { value throws(InstrumentError) in try Domain.positive(value, "mark") }
    self.leverage = leverage
    self.isolatedMargin = try isolatedMargin.map { value throws(InstrumentError) in
      try Domain.notNegative(value, "isolatedMargin")
    }
    self.impliedVolatility = try impliedVolatility.map { value throws(InstrumentError) in
      try Domain.positive(value, "impliedVolatility")
    }
    self.optionPrice = try optionPrice.map { value throws(InstrumentError) in
      try Domain.positive(value, "optionPrice")
    }
    self.discountFactor = try Domain.positive(discountFactor, "discountFactor")
    self.confidence = try Domain.fraction(confidence, "confidence")
    self.sleeve = sleeve
  }
}

extension Position {
  /// The position with more or less of the same contract.
  ///
  /// - Parameters:
  ///   - quantity: contracts held; not zero.
  ///   - entryPrice: the average entry price in the quote asset; positive.
  ///   - leverage: the leverage its owner chose; at least one.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)``.
  /// - Returns: a position that differs in these alone.
  public func with(
    quantity: Double, entryPrice: Double, leverage: Double
  ) throws(InstrumentError) -> Position {
    try Position(
      contract: contract, quantity: quantity, multiplier: multiplier, entryPrice: entryPrice,
      markPrice: markPrice, leverage: leverage, isolatedMargin: isolatedMargin,
      impliedVolatility: impliedVolatility, optionPrice: optionPrice, discountFactor: discountFactor,
      confidence: confidence,
      sleeve: sleeve)
  }
}
