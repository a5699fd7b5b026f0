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
}
