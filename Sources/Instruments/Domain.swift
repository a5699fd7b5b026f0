/// Checks of numeric domains, written so that NaN fails them.
enum Domain {
  static func positive(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard value > 0, value.isFinite else {
      throw .outOfDomain(field: field, value: value, allowed: "a positive finite number")
    }
    return value
  }

  static func finite(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard value.isFinite else { throw .outOfDomain(field: field, value: value, allowed: "a finite number") }
    return value
  }

  static func notNegative(_ value: Double, _ field: String) throws(InstrumentError) -> Double {
    guard value >= 0, value.isFinite else {
      throw .outOfDomain(field: field, value: value, allowed: "a finite number that is not negative")
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
