import Instruments
import Testing

/// Days since 1970-01-01, counted year by year and month by month: the slow twin of the arithmetic under test.
private struct CountedDays {
  /// The day number of the first of January of every year from 1 to 10,000.
  private let newYears: [Int]

  init() {
    var day = 0
    var newYears: [Int] = []
    for year in 1...10_000 {
      newYears.append(day)
      day += Self.isLeap(year) ? 366 : 365
    }
    let epoch = newYears[1_970 - 1]
    self.newYears = newYears.map { $0 - epoch }
  }

  func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    newYears[year - 1] + (1..<month).reduce(0) { $0 + Self.length(ofMonth: $1, in: year) } + day - 1
  }

  static func isLeap(_ year: Int) -> Bool {
    if year % 400 == 0 { return true }
    if year % 100 == 0 { return false }
    return year % 4 == 0
  }

  static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

private func fourDigits(_ number: Int) -> String { String("000\(number)".suffix(4)) }

@Suite struct TimestampTests {
  @Test func randomDaysAgreeWithADayByDayCount() throws {
    let counted = CountedDays()
    var random = SplitMix(state: 1)
    for _ in 0..<10_000 {
      let year = Int.random(in: 1...9_999, using: &random)
      let month = Int.random(in: 1...12, using: &random)
      let day = Int.random(in: 1...CountedDays.length(ofMonth: month, in: year), using: &random)
      let second = Int.random(in: 0..<86_400, using: &random)
      let moment = try Timestamp(year: year, month: month, day: day, secondOfDay: second)
      #expect(moment.dayNumber == counted.number(year, month, day))
      #expect(moment.seconds == counted.number(year, month, day) * 86_400 + second)
      let date = moment.calendarDate
      #expect((date.year, date.month, date.day) == (year, month, day))
      #expect(try Timestamp(moment.description) == moment)
      let text = "\(fourDigits(year))-\(twoDigits(month))-\(twoDigits(day))"
      #expect(try Timestamp(text).description == text)
    }
  }

  @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
    let first = CountedDays().number(1_900, 1, 1)
    var expected = (year: 1_900, month: 1, day: 1)
    for number in first..<(first + 146_097) {
      let date = Timestamp(seconds: number * 86_400).calendarDate
      guard (date.year, date.month, date.day) == expected else {
        Issue.record("day \(number) is \(date), expected \(expected)")
        return
      }
      expected.day += 1
      if expected.day > CountedDays.length(ofMonth: expected.month, in: expected.year) {
        expected = (expected.year, expected.month + 1, 1)
      }
      if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
    }
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1), ("2000-03-01", 951_868_800),
    ("2009-02-13T23:31:30Z", 1_234_567_890),
    ("2038-01-19T03:14:07Z", 2_147_483_647), ("1969-12-31T23:59:59Z", -1), ("0001-01-01", -62_135_596_800),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
  ])
  func wellKnownMoments(_ text: String, _ seconds: Int) throws {
    #expect(try Timestamp(text).seconds == seconds)
    #expect(Timestamp(seconds: seconds).description == text)
  }

  @Test(arguments: [
    "2024-02-29T08:30", "2024-02-29T08:30Z", "2024-02-29 08:30", "2024-02-29T08:30:00",
    "2024-02-29T08:30:00Z",
    "2024-02-29 08:30:00Z",
  ])
  func formsOfOneMoment(_ text: String) throws {
    #expect(try Timestamp(text) == Timestamp(year: 2_024, month: 2, day: 29, secondOfDay: 30_600))
  }

  @Test(arguments: [
    "", "2024", "2024-1-1", "2024-01-1", "24-01-01", "2024/01/01", "2024-01-01T", "2024-01-01Z",
    "2024-01-01T08",
    "2024-01-01T08:", "2024-01-01T8:00", "2024-01-01T08:0", "2024-01-01T08:00:0", "2024-01-01T08:00:00:00",
    "2024-01-01T24:00", "2024-01-01T23:60", "2024-01-01T23:59:60", "2024-01-01x08:00", "2024-01-01T08:00z",
    "2024-01-01T08:00+01:00", "2024-01-01T08:00:00.5", "2024-01-01T-8:00", "2024-01-01T08:00ZZ",
    " 2024-01-01",
    "2024-01-01 ", "+024-01-01", "-024-01-01", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32",
    "2023-02-29",
    "1900-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "0000-01-01", "２024-01-01", "2024-01-01T٠8:00",
  ])
  func otherFormsAreRefused(_ text: String) {
    #expect(throws: InstrumentError.invalidTimestamp(text)) { try Timestamp(text) }
  }

  @Test(arguments: [
    (2_023, 2, 29, 0), (0, 1, 1, 0), (10_000, 1, 1, 0), (2_024, 0, 1, 0), (2_024, 13, 1, 0), (2_024, 1, 0, 0),
    (2_024, 6, 31, 0), (2_024, 1, 1, -1), (2_024, 1, 1, 86_400), (2_024, -1, -1, 0),
  ])
  func datesThatDoNotExistAreRefused(_ year: Int, _ month: Int, _ day: Int, _ second: Int) {
    #expect(throws: InstrumentError.invalidTimestamp("\(year)-\(month)-\(day)")) {
      try Timestamp(year: year, month: month, day: day, secondOfDay: second)
    }
  }

  @Test func leapYearsFollowTheGregorianRule() {
    for year in 1...9_999 {
      let exists = (try? Timestamp(year: year, month: 2, day: 29)) != nil
      #expect(exists == CountedDays.isLeap(year))
    }
  }

  @Test func yearsHave365Days() throws {
    let start = try Timestamp("2024-01-01")
    #expect(start.years(to: start.advanced(bySeconds: 365 * 86_400)) == 1)
    #expect(start.years(to: try Timestamp("2025-01-01")) == 366.0 / 365)
    #expect(start.years(to: start.advanced(bySeconds: -73 * 86_400)) == -0.2)
  }

  @Test func daysAreRoundedDownBeforeTheEpoch() {
    #expect(Timestamp(seconds: -1).dayNumber == -1)
    #expect(Timestamp(seconds: -86_400).dayNumber == -1)
    #expect(Timestamp(seconds: -86_401).dayNumber == -2)
    #expect(Timestamp(seconds: 86_399).dayNumber == 0)
  }

  @Test func momentsAreOrderedByTime() throws {
    #expect(try Timestamp("2024-01-01") < Timestamp("2024-01-01T00:00:01"))
    #expect(try !(Timestamp("2024-01-01") < Timestamp("2024-01-01")))
  }
}
