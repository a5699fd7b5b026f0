import CSV
import Testing

struct DecimalNumberTests {
  private func firstRow(_ text: String) throws -> CSVReader {
    var reader = CSVReader(Array(text.utf8))
    let found = reader.nextRow()
    try #require(found)
    return reader
  }

  private func number(_ text: String) throws -> Double {
    try firstRow("x,y\n,\(text)\n").number(1)
  }

  private func isSameBits(_ text: String) throws -> Bool {
    try number(text).bitPattern == Double(text)?.bitPattern
  }

  /// Hard cases: ends of the range, subnormals, halfway points, 2^53 and its neighbours, long digits.
  @Test(arguments: [
    "0", "-0", "0.0", "1", "-1", "007", "1.5", "7200.17431640625", "0.03345799818634987",
    "9.600000339560211e-05",
    "1e22", "1e23", "1E+5", "1e-22", "1e-23", "9007199254740992", "9007199254740993", "9007199254740993e1",
    "9007199254740993.00000000000000000001", "1.7976931348623157e308", "5e-324", "2.4703282292062327e-324",
    "2.4703282292062328e-324", "2.2250738585072011e-308", "1e-400", "0e999999999999999999999", "0.1e1",
    "123456789012345678901234567890", "0.000000000000000000000000000000000000000000001",
    "100000000000000000000000000000000000000e-38", "8.41e21", "9.5e-10",
  ])
  func valuesAreTheNearestDouble(_ text: String) throws {
    #expect(try isSameBits(text))
  }

  @Test func randomNumbersAreTheNearestDouble() throws {
    var generator = SplitMix(state: 11)
    var mismatches: [String] = []
    for _ in 0..<20_000 {
      let whole = generator.next() >> (generator.next() % 64)
      let decimals = generator.next() >> (generator.next() % 64)
      let exponent = Int(generator.next() % 50) - 25
      for text in ["\(whole).\(decimals)", "-\(whole)e\(exponent)", "\(whole)", "0.\(decimals)E\(exponent)"]
      where try !isSameBits(text) {
        mismatches.append(text)
      }
    }
    #expect(mismatches.isEmpty)
  }

  @Test(arguments: [
    "nan", "NaN", "inf", "-inf", "infinity", "0x10", "0x1p3", "+1", " 1", "1 ", "1,5", ".5", "5.", "-", "-.5",
    "1e",
    "1e+", "1e5.0", "1_000", "1e999", "-1e309", "--1", "1-", "١", "1\u{0301}", "abc", "e5", "'1", "1d3",
  ])
  func anythingElseIsRefusedWithItsPlace(_ text: String) throws {
    let reader = try firstRow("x,y\n1,\"\(text)\"\n")
    let expected = CSVProblem(position: CSVPosition(line: 2, column: 3), error: .notANumber(text))
    #expect(throws: expected) { try reader.number(1) }
    #expect(throws: expected) { try reader.optionalNumber(1) }
  }

  @Test func emptyFieldsAreMissingNumbers() throws {
    let reader = try firstRow("x,y,z\n,\"\",3\n")
    #expect(try reader.optionalNumber(0) == nil)
    #expect(try reader.optionalNumber(1) == nil)
    #expect(try reader.optionalNumber(2) == 3)
    #expect(reader.isEmpty(0) && reader.isEmpty(1) && !reader.isEmpty(2))
    #expect(throws: CSVProblem(position: CSVPosition(line: 2, column: 1), error: .notANumber(""))) {
      try reader.number(0)
    }
  }

  @Test func doubledQuotesAreNoNumber() throws {
    let reader = try firstRow("x\n\"1\"\"2\"\n")
    #expect(throws: CSVProblem(position: CSVPosition(line: 2, column: 1), error: .notANumber("1\"2"))) {
      try reader.number(0)
    }
  }
}
