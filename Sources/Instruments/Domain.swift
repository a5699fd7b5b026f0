/// The numbers that may stand for a price, or for the size of an amount: products of a few of them stay finite.
public let representableAmounts = 1e-18...1e18

/// Checks of numeric domains, written so that NaN fails them.
enum Domain {
  private static let largest = representableAmounts.upperBound

  static func positive(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard representableAmounts.contains(value) else {
      throw .outOfDomain(field: field, value: value, allowed: "a number from 1e-18 to 1e18")
    }
    return value
  }

  static func finite(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard abs(value) <= largest else {
      throw .outOfDomain(field: field, value: value, allowed: "a number from -1e18 to 1e18")
    }
    return value
  }

  /// A number of contracts: not zero, on either side.
  static func traded(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard representableAmounts.contains(abs(value)) else {
      throw .outOfDomain(field: field, value: value, allowed: "a number other than zero, from -1e18 to 1e18")
    }
    return value
  }

  static func notNegative(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard (0...largest).contains(value) else {
      throw .outOfDomain(field: field, value: value, allowed: "a number from 0 to 1e18")
    }
    return value
  }

  static func fraction(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard (0...1).contains(value) else {
      throw .outOfDomain(field: field, value: value, allowed: "a number from 0 to 1")
    }
    return value
  }
}
