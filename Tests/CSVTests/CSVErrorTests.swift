import CSV
import Testing

struct CSVErrorTests {
  @Test func problemsReadAsPlaceAndReason() {
    let place = CSVPosition(line: 3, column: 7)
    let texts = [
      CSVError.raggedRow(expected: 4, found: 2), .notANumber(""), .notANumber("x"), .notFinite(column: 0),
    ]
    .map { CSVProblem(position: place, error: $0).description }
    #expect(
      texts == [
        "line 3, column 7: expected 4 fields, found 2", "line 3, column 7: a number is missing",
        "line 3, column 7: 'x' is not a decimal number",
        "line 3, column 7: the value of column 1 is not finite",
      ])
  }

  @Test func everyErrorHasAPhraseOfItsOwn() {
    let errors: [CSVError] = [
      .emptyFile, .unterminatedQuote, .strayQuote, .strayCarriageReturn, .nulByte, .invalidUTF8,
      .raggedRow(expected: 1, found: 2), .duplicateColumn("a"), .notANumber("a"), .notFinite(column: 1),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
  }

  @Test func placesAreOrderedByLineThenColumn() {
    #expect(CSVPosition(line: 1, column: 9) < CSVPosition(line: 2, column: 1))
    #expect(CSVPosition(line: 2, column: 1) < CSVPosition(line: 2, column: 2))
  }
}
