import CSV
import Testing

struct CSVReaderTests {
  private struct Read: Equatable {
    var columns: [String] = []
    var rows: [[String]] = []
    var problems: [CSVProblem] = []
  }

  private func read(_ bytes: [UInt8], _ dialect: CSVDialect = .comma) -> Read {
    var reader = CSVReader(bytes, dialect: dialect)
    var result = Read(columns: reader.columns)
    while reader.nextRow() { result.rows.append(reader.columns.indices.map(reader.text)) }
    result.problems = reader.problems
    return result
  }

  private func read(_ text: String, _ dialect: CSVDialect = .comma) -> Read {
    read(Array(text.utf8), dialect)
  }

  private func problem(_ line: Int, _ column: Int, _ error: CSVError) -> CSVProblem {
    CSVProblem(position: CSVPosition(line: line, column: column), error: error)
  }

  // MARK: - What is accepted

  @Test(arguments: [
    "a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r\n1,2\n3,4\r\n",
    "\u{FEFF}a,b\n1,2\n3,4\n",
    "\"a\",\"b\"\n\"1\",2\n3,\"4\"", "\u{FEFF}\"a\",b\n1,2\n3,4\n",
  ])
  func lineEndsByteOrderMarkAndNeedlessQuotesMakeNoDifference(_ text: String) {
    #expect(read(text) == Read(columns: ["a", "b"], rows: [["1", "2"], ["3", "4"]]))
  }

  @Test func quotedFieldsHoldDelimitersQuotesAndLineBreaks() {
    let result = read("name,note\n\"a,b\",\"say \"\"no\"\"\"\n\"two\r\nlines\",\"\"\n")
    #expect(result.rows == [["a,b", "say \"no\""], ["two\r\nlines", ""]])
    #expect(result.problems.isEmpty)
  }

  @Test func semicolonsSeparateOnlyInTheirDialect() {
    #expect(read("a;b\n1,5;2\n", .semicolon).rows == [["1,5", "2"]])
    #expect(read("a;b\n1;2\n").columns == ["a;b"])
  }

  @Test func emptyFieldsAndBlankLinesCountAsFields() {
    #expect(read("a,b,c\n,,\n1,,\n").rows == [["", "", ""], ["1", "", ""]])
    #expect(read("a\n1\n\n2\n").rows == [["1"], [""], ["2"]])
    #expect(read("a,b\n1,").rows == [["1", ""]])
  }

  @Test func headerAloneIsATableWithoutRows() {
    #expect(read("a,b") == Read(columns: ["a", "b"]))
    #expect(read("a,b\n") == Read(columns: ["a", "b"]))
  }

  @Test func textBeyondASCIIIsKept() {
    #expect(read("naïve,₿\n\"日本\",🜚\n") == Read(columns: ["naïve", "₿"], rows: [["日本", "🜚"]]))
  }

  @Test func positionsAreThoseOfTheFieldsFirstByte() {
    var reader = CSVReader(Array("\u{FEFF}ab,c,d\n\"x\ny\",é,2\n 1,\"2\",3\n".utf8))
    var found = reader.nextRow()
    #expect(found)
    #expect([0, 1, 2].map(reader.position) == [(2, 1), (3, 4), (3, 7)].map(CSVPosition.init))
    found = reader.nextRow()
    #expect(found)
    #expect([0, 1, 2].map(reader.position) == [(4, 1), (4, 4), (4, 8)].map(CSVPosition.init))
    for _ in 0..<2 {
      found = reader.nextRow()
      #expect(!found)
    }
  }

  @Test func columnsAreFoundByName() {
    let reader = CSVReader(Array("date,BTC,ETH\n".utf8))
    #expect(reader.column(named: "ETH") == 2)
    #expect(reader.column(named: "eth") == nil)
  }

  // MARK: - What is refused

  @Test func unterminatedQuoteIsReportedAtItsOpening() {
    let result = read("a,b\n1,2\n3,\"4\n5,6\n")
    #expect(result.rows == [["1", "2"]])
    #expect(result.problems == [problem(3, 3, .unterminatedQuote)])
    #expect(read("a,\"b\n").problems == [problem(1, 3, .unterminatedQuote)])
  }

  @Test func strayQuotesAreReportedWhereTheyStand() {
    let result = read("a,b\n1,x\"y\n\"3\"4,5\n6,\"7\" \n8,9\n")
    #expect(result.rows == [["8", "9"]])
    #expect(result.problems == [(2, 4), (3, 3), (4, 5)].map { problem($0.0, $0.1, .strayQuote) })
  }

  @Test func raggedRowsSayWhatWasExpected() {
    let result = read("a,b\n1\n1,2,3\n\n1,2\n")
    #expect(result.rows == [["1", "2"]])
    #expect(
      result.problems == [
        problem(2, 1, .raggedRow(expected: 2, found: 1)), problem(3, 1, .raggedRow(expected: 2, found: 3)),
        problem(4, 1, .raggedRow(expected: 2, found: 1)),
      ])
  }

  @Test func nulBytesAreRefusedInsideAndOutsideQuotes() {
    let result = read("a,b\n1\0,2\n3,\"\n\0\"\n")
    #expect(result.rows.isEmpty)
    #expect(result.problems == [problem(2, 2, .nulByte), problem(4, 1, .nulByte)])
  }

  @Test func carriageReturnsNeedALineFeed() {
    #expect(read("a,b\r1,2\r\n").problems == [problem(1, 4, .strayCarriageReturn)])
    #expect(read("a\n1\r").problems == [problem(2, 2, .strayCarriageReturn)])
  }

  @Test(
    arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80]]
      as [[UInt8]])
  func bytesThatAreNotUTF8AreReportedWhereTheyBegin(_ bad: [UInt8]) {
    let plain = read(Array("a,b\n1,é".utf8) + bad + Array("\n3,4\n".utf8))
    #expect(plain.rows == [["3", "4"]])
    #expect(plain.problems == [problem(2, 5, .invalidUTF8)])
    let quoted = read(Array("a,b\n1,\"x\n".utf8) + bad + Array("\"\n3,4\n".utf8))
    #expect(quoted.rows == [["3", "4"]])
    #expect(quoted.problems == [problem(3, 1, .invalidUTF8)])
    let sameLine = read(Array("a,b\n1,\"x".utf8) + bad + Array("\"\n3,4\n".utf8))
    #expect(sameLine.problems == [problem(2, 5, .invalidUTF8)])
  }

  @Test(arguments: [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
  func emptyFilesAreRefused(_ bytes: [UInt8]) {
    #expect(read(bytes) == Read(problems: [problem(1, 1, .emptyFile)]))
  }

  @Test func duplicateColumnsAreReportedAtTheLaterOne() {
    let result = read("a,b,\"a\",b\n1,2,3,4\n")
    #expect(result.problems == [problem(1, 5, .duplicateColumn("a")), problem(1, 9, .duplicateColumn("b"))])
    #expect(result.rows == [["1", "2", "3", "4"]])
  }

  @Test func everyProblemIsCollectedInTheOrderOfTheFile() {
    let bytes =
      Array("a,a\n1\n2,\"3\"x\n".utf8) + [0xFF] + Array(",\0\n4,5\nx\"y,6,7\n8,\"".utf8)
    let result = read(bytes)
    #expect(result.rows == [["4", "5"]])
    #expect(
      result.problems == [
        problem(1, 3, .duplicateColumn("a")), problem(2, 1, .raggedRow(expected: 2, found: 1)),
        problem(3, 5, .strayQuote), problem(4, 1, .invalidUTF8), problem(4, 3, .nulByte),
        problem(6, 1, .raggedRow(expected: 2, found: 3)), problem(6, 2, .strayQuote),
        problem(7, 3, .unterminatedQuote),
      ])
  }

  @Test func tablesAreReadWholeOrNotAtAll() throws {
    let table = try CSVTable(Array("a;b\n1;2\n".utf8), dialect: .semicolon)
    #expect(table.columns == ["a", "b"])
    #expect(table.rows == [["1", "2"]])
    let failure = #expect(throws: CSVTable.Malformed.self) { try CSVTable(Array("a\n1,2\n\"".utf8)) }
    #expect(
      failure?.problems == [
        problem(2, 1, .raggedRow(expected: 1, found: 2)), problem(3, 1, .unterminatedQuote),
      ])
  }

  // MARK: - Any bytes at all

  /// The grammar said once more, a byte at a time and without regard to speed: rows of fields, or `nil` if malformed.
  private func plainRecords(_ bytes: [UInt8]) -> [[[UInt8]]]? {
    enum State { case start, plain, quoted, closed }
    let quote = UInt8(ascii: "\"")
    let lineFeed = UInt8(ascii: "\n")
    let carriageReturn = UInt8(ascii: "\r")
    var records: [[[UInt8]]] = []
    var record: [[UInt8]] = []
    var field: [UInt8] = []
    var state = State.start
    var rest = bytes[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    guard !rest.isEmpty, !rest.contains(0) else { return nil }
    var isRecordOpen = true
    while let byte = rest.popFirst() {
      isRecordOpen = true
      let isLineBreak = byte == lineFeed || (byte == carriageReturn && rest.first == lineFeed)
      switch (state, byte) {
      case (.start, quote): state = .quoted
      case (.quoted, quote) where rest.first == quote: field.append(rest.removeFirst())
      case (.quoted, quote): state = .closed
      case (.quoted, _): field.append(byte)
      case (_, UInt8(ascii: ",")),
        (_, _) where isLineBreak:
        record.append(field)
        (field, state) = ([], .start)
        guard isLineBreak else { continue }
        if byte == carriageReturn { rest = rest.dropFirst() }
        records.append(record)
        (record, isRecordOpen) = ([], false)
      case (.closed, _), (_, quote), (_, carriageReturn): return nil
      default:
        field.append(byte)
        state = .plain
      }
    }
    guard state != .quoted else { return nil }
    return isRecordOpen ? records + [record + [field]] : records
  }

  private func plainTable(_ bytes: [UInt8]) -> Read? {
    guard let records = plainRecords(bytes), let header = records.first else { return nil }
    let texts = records.map { record in record.compactMap { String(validating: $0, as: UTF8.self) } }
    guard texts.map(\.count) == records.map(\.count), Set(texts[0]).count == header.count,
      texts.allSatisfy({ $0.count == header.count })
    else { return nil }
    return Read(columns: texts[0], rows: Array(texts.dropFirst()))
  }

  @Test func randomBytesNeverTrapAndAgreeWithThePlainReader() {
    var generator = SplitMix(state: 20_260_101)
    let wild = Array("aé,,,\n\n\r\n\"\"\"1\r".utf8) + [0, 0xFF, 0xEF, 0xBB, 0xBF]
    let tame = Array("ab,,\n\n\"".utf8)
    var soundFiles = 0
    var disagreements: [[UInt8]] = []
    for round in 0..<60_000 {
      let letters = round % 3 == 0 ? wild : tame
      let bytes = (0..<generator.next() % 14).map { _ in letters.randomElement(using: &generator) ?? 0 }
      let result = read(bytes)
      let plain = plainTable(bytes)
      soundFiles += plain == nil ? 0 : 1
      let agrees = plain.map { $0 == result } ?? !result.problems.isEmpty
      let isInOrder = result.problems == result.problems.sorted { $0.position < $1.position }
      if !agrees || !isInOrder { disagreements.append(bytes) }
    }
    #expect(disagreements.isEmpty)
    #expect(soundFiles > 5_000)
  }

  @Test func wholeRangeRandomBytesNeverTrap() {
    var generator = SplitMix(state: 7)
    for length in 0..<400 {
      let bytes = (0..<length * 5).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      #expect(read(bytes, .semicolon).rows.count <= bytes.count + 1)
    }
  }

  @Test func aLargeFileIsReadInOnePass() throws {
    let rowCount = 200_000
    var writer = CSVWriter(columns: ["a", "b", "c", "d", "e", "f"])
    for row in 0..<rowCount {
      try writer.append((1...6).map { .number(Double(row * 6 + $0) / 7) })
    }
    var reader = CSVReader(writer.bytes)
    var row = 0
    var mismatches = 0
    while reader.nextRow() {
      for column in 0..<6 where try reader.number(column) != Double(row * 6 + column + 1) / 7 {
        mismatches += 1
      }
      row += 1
    }
    #expect(row == rowCount)
    #expect(mismatches == 0)
    #expect(reader.problems.isEmpty)
  }
}
