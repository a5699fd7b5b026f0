/// A moment in UTC, in whole seconds since 1970-01-01.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00:00Z; negative before.
  public let seconds: Int

  /// The length of a day in seconds.
  public static let secondsPerDay = 86_400

  /// Makes a moment from seconds since 1970-01-01T00:00:00Z.
  ///
  /// - Parameter seconds: any whole number.
  public init(seconds: Int) {
    self.seconds = seconds
  }

  /// Makes a moment from a calendar date and time of day in UTC.
  ///
  /// - Parameters:
  ///   - year: 1 to 9999.
  ///   - month: 1 to 12.
  ///   - day: 1 to the length of the month.
  ///   - secondOfDay: 0 to 86,399.
  /// - Throws: ``InstrumentError/invalidTimestamp(_:)`` when there is no such date.
  public init(year: Int, month: Int, day: Int, secondOfDay: Int = 0) throws(InstrumentError) {
    let known = (1...9999).contains(year) && (1...12).contains(month) && day >= 1
    guard known, day <= Self.days(inMonth: month, of: year), (0..<Self.secondsPerDay).contains(secondOfDay)
    else {
      throw .invalidTimestamp("\(year)-\(month)-\(day)")
    }
    seconds = Self.dayNumber(year: year, month: month, day: day) * Self.secondsPerDay + secondOfDay
  }

  /// Reads `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM[:SS][Z]` (a space may stand for the `T`).
  ///
  /// - Parameter text: the text to read.
  /// - Throws: ``InstrumentError/invalidTimestamp(_:)``.
  public init(_ text: String) throws(InstrumentError) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 || bytes.count >= 16, bytes[4] == Self.dash, bytes[7] == Self.dash,
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8..<10])
    else { throw .invalidTimestamp(text) }
    guard let secondOfDay = Self.secondOfDay(bytes.dropFirst(10)) else { throw .invalidTimestamp(text) }
    do {
      try self.init(year: year, month: month, day: day, secondOfDay: secondOfDay)
    } catch {
      throw .invalidTimestamp(text)
    }
  }

  /// Orders moments by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

  /// The moment a whole number of seconds later.
  ///
  /// - Parameter seconds: how much later; negative is earlier.
  /// - Returns: the shifted moment.
  public func advanced(bySeconds seconds: Int) -> Timestamp {
    Timestamp(seconds: self.seconds + seconds)
  }

  /// Years from this moment to a later one; a year has 365 days.
  ///
  /// - Parameter later: the other moment.
  /// - Returns: the difference in years, negative when `later` is earlier.
  public func years(to later: Timestamp) -> Double {
    Double(later.seconds - seconds) / Double(365 * Self.secondsPerDay)
  }

  /// The calendar date in UTC.
  public var calendarDate: (year: Int, month: Int, day: Int) {
    // The civil-from-days computation of Howard Hinnant, chrono-Compatible Low-Level Date Algorithms (2013).
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// Whole days since 1970-01-01, rounded down.
  public var dayNumber: Int {
    let quotient = seconds / Self.secondsPerDay
    return seconds % Self.secondsPerDay < 0 ? quotient - 1 : quotient
  }

  /// `YYYY-MM-DD` at midnight, otherwise `YYYY-MM-DDTHH:MM:SSZ`.
  public var description: String {
    let date = calendarDate
    let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
    let second = seconds - dayNumber * Self.secondsPerDay
    guard second != 0 else { return day }
    let time = [second / 3_600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }
    return "\(day)T\(time.joined(separator: ":"))Z"
  }
}

extension Timestamp {
  private static let dash = UInt8(ascii: "-")

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (48...57).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 48)
    }
    return digits.isEmpty ? nil : value
  }

  /// Reads nothing, `THH:MM`, `THH:MM:SS`, each with or without a closing `Z`.
  private static func secondOfDay(_ text: ArraySlice<UInt8>) -> Int? {
    guard let separator = text.first else { return 0 }
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else { return nil }
    var rest = text.dropFirst()
    if rest.last == UInt8(ascii: "Z") { rest = rest.dropLast() }
    let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.count == 2 }) else { return nil }
    let numbers = parts.compactMap { number($0) }
    guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else {
      return nil
    }
    return numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
