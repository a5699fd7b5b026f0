/// How a contract pays: in its quote asset (linear) or in its base asset (inverse).
public enum SettlementStyle: String, Hashable, Sendable, CaseIterable {
  /// Quoted and settled in the quote asset; one unit is an amount of the base asset.
  case linear
  /// Settled in the base asset; one unit is a face amount of the quote asset.
  case inverse
}

/// A contract without expiry.
public struct Perpetual: Hashable, Sendable {
  /// What the contract is written on.
  public let underlying: Underlying
  /// How it pays.
  public let style: SettlementStyle

  /// Makes a perpetual.
  ///
  /// - Parameters:
  ///   - underlying: what the contract is written on.
  ///   - style: how it pays.
  public init(underlying: Underlying, style: SettlementStyle) {
    self.underlying = underlying
    self.style = style
  }
}

/// A future with an expiry.
public struct DatedFuture: Hashable, Sendable {
  /// What the contract is written on.
  public let underlying: Underlying
  /// How it pays.
  public let style: SettlementStyle
  /// When it settles.
  public let expiry: Timestamp

  /// Makes a dated future.
  ///
  /// - Parameters:
  ///   - underlying: what the contract is written on.
  ///   - style: how it pays.
  ///   - expiry: when it settles.
  public init(underlying: Underlying, style: SettlementStyle, expiry: Timestamp) {
    self.underlying = underlying
    self.style = style
    self.expiry = expiry
  }
}

/// The right to buy (call) or to sell (put).
public enum OptionKind: String, Hashable, Sendable, CaseIterable {
  /// The right to buy.
  case call
  /// The right to sell.
  case put
}

/// A European option.
public struct OptionContract: Hashable, Sendable {
  /// What the contract is written on.
  public let underlying: Underlying
  /// How it pays.
  public let style: SettlementStyle
  /// When it expires; 08:00 UTC on the venues covered here.
  public let expiry: Timestamp
  /// The strike, in the quote asset; positive.
  public let strike: Double
  /// Call or put.
  public let kind: OptionKind

  /// Makes an option.
  ///
  /// - Parameters:
  ///   - underlying: what the contract is written on.
  ///   - style: how it pays.
  ///   - expiry: when it expires.
  ///   - strike: the strike in the quote asset; positive and finite.
  ///   - kind: call or put.
  /// - Throws: ``InstrumentError/outOfDomain(field:value:allowed:)`` for the strike.
  public init(
    underlying: Underlying, style: SettlementStyle, expiry: Timestamp, strike: Double, kind: OptionKind
  ) throws(InstrumentError) {
    self.underlying = underlying
    self.style = style
    self.expiry = expiry
    self.strike = try Domain.positive(strike, "strike")
    self.kind = kind
  }
}

/// A derivative: a perpetual, a dated future or an option; linear or inverse.
public enum Contract: Hashable, Sendable {
  /// A contract without expiry.
  case perpetual(Perpetual)
  /// A future with an expiry.
  case datedFuture(DatedFuture)
  /// A European option.
  case option(OptionContract)

  /// What the contract is written on.
  public var underlying: Underlying {
    switch self {
    case .perpetual(let contract): contract.underlying
    case .datedFuture(let contract): contract.underlying
    case .option(let contract): contract.underlying
    }
  }

  /// How it pays.
  public var style: SettlementStyle {
    switch self {
    case .perpetual(let contract): contract.style
    case .datedFuture(let contract): contract.style
    case .option(let contract): contract.style
    }
  }

  /// When it ends; `nil` for a perpetual.
  public var expiry: Timestamp? {
    switch self {
    case .perpetual: nil
    case .datedFuture(let contract): contract.expiry
    case .option(let contract): contract.expiry
    }
  }

  /// The asset in which profit and loss are paid.
  public var settlementAsset: Asset {
    style == .linear ? underlying.quote : underlying.base
  }
}
