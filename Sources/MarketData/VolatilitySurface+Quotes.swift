public import Instruments

/// The best quotes of one option, undiscounted and in the quote asset.
///
/// A quote in the coin, such as Deribit's, becomes one by multiplying it with the forward of its expiry.
public struct OptionQuote: Hashable, Sendable {
  /// Call or put.
  public let kind: OptionKind
  /// The strike, in the quote asset.
  public let strike: Double
  /// What a seller gets; `nil` where nobody bids.
  public let bid: Double?
  /// What a buyer pays; `nil` where nobody offers.
  public let ask: Double?

  /// Makes a quote.
  ///
  /// - Parameters:
  ///   - kind: call or put.
  ///   - strike: the strike; positive, finite.
  ///   - bid: what a seller gets, positive and finite; `nil` where nobody bids.
  ///   - ask: what a buyer pays, positive and finite; `nil` where nobody offers.
  /// - Throws: ``OptionQuoteError`` naming the first fault.
  public init(kind: OptionKind, strike: Double, bid: Double?, ask: Double?) throws(OptionQuoteError) {
    for (field, value) in [("strike", strike), ("bid", bid ?? 1), ("ask", ask ?? 1)] {
      guard value > 0, value.isFinite else { throw .outOfDomain(field: field, value: value) }
    }
    self.kind = kind
    self.strike = strike
    self.bid = bid
    self.ask = ask
  }

  /// Halfway between bid and ask; `nil` where one is missing or they cross.
  public var middle: Double? {
    guard let bid, let ask, bid <= ask else { return nil }
    return bid + (ask - bid) / 2
  }
}

/// What can be wrong with the quotes of an option.
public enum OptionQuoteError: Error, Hashable, Sendable {
  /// A number that is not positive and finite.
  case outOfDomain(field: String, value: Double)
}
