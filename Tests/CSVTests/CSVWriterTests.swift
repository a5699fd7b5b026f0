import CSV
import Testing

struct CSVWriterTests {
  private func written(_ columns: [String], _ rows: [[CSVCell]], _ dialect: CSVDialect = .comma) throws
    -> String
  {
    var writer = CSVWriter(columns: columns, dialect: dialect)
    for row in rows { try writer.append(row) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func bytesAreFixed() throws {
    let rows: [[CSVCell]] = [
      [.text("plain"), .number(0.1), .integer(-3), .empty],
      [.text("a,b"), .number(-0.0), CSVCell(nil as Double?), CSVCell(1.5)],
      [.text("say \"no\""), .number(1e-7), CSVCell(nil as String?), CSVCell("x")],
      [.text("two\nlines"), .number(1e16), CSVCell(nil as Int?), CSVCell(7)],
      [.text(" a;b "), .number(100), .text(""), .text("\r")],
    ]
    #expect(
      try written(["name", "v", "n", "o,p"], rows) == """
        name,v,n,"o,p"
        plain,0.1,-3,
        "a,b",0.0,,1.5
        "say ""no""\",1e-07,,x
        "two
        lines",1e+16,,7
         a;b ,100.0,,"\r"

        """)
  }

  @Test func semicolonsAreQuotedOnlyInTheirDialect() throws {
    #expect(try written(["a", "b"], [[.text("x;y"), .text("x,y")]], .semicolon) == "a;b\n\"x;y\";x,y\n")
  }

  @Test func wrongRowsAreRefusedAndLeaveNothingBehind() throws {
    var writer = CSVWriter(columns: ["a", "b"])
    let before = writer.bytes
    #expect(throws: CSVError.raggedRow(expected: 2, found: 1)) { try writer.append([.empty]) }
    #expect(throws: CSVError.raggedRow(expected: 2, found: 3)) {
      try writer.append([.empty, .empty, .empty])
    }
    #expect(throws: CSVError.nulByte) { try writer.append([.empty, .text("\0")]) }
    for value in [Double.nan, .infinity, -.infinity, .signalingNaN] {
      #expect(throws: CSVError.notFinite(column: 1)) { try writer.append([.number(1), .number(value)]) }
    }
    #expect(writer.bytes == before)
  }

  @Test func headersThatNoReaderTakesAreProgrammingMistakes() async {
    await #expect(processExitsWith: .failure) { _ = CSVWriter(columns: []) }
    await #expect(processExitsWith: .failure) { _ = CSVWriter(columns: ["a", "a"]) }
    await #expect(processExitsWith: .failure) { _ = CSVWriter(columns: ["\0"]) }
  }

  @Test func takenBytesJoinToTheSameFile() throws {
    var writer = CSVWriter(columns: ["a"])
    var joined = writer.takeBytes()
    for value in 0..<5 {
      try writer.append([.integer(value)])
      joined += writer.takeBytes()
    }
    #expect(writer.bytes.isEmpty)
    #expect(String(decoding: joined, as: UTF8.self) == "a\n0\n1\n2\n3\n4\n")
  }

  // MARK: - Round trips

  @Test func anyFiniteDoubleReadsBackAsTheSameBits() throws {
    var generator = SplitMix(state: 3)
    var values: [Double] = [
      0, 1, -1, .pi, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ]
    while values.count < 20_000 {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { values.append(value) }
    }
    var writer = CSVWriter(columns: ["v"])
    for value in values { try writer.append([.number(value)]) }
    var reader = CSVReader(writer.bytes)
    var back: [Double] = []
    while reader.nextRow() { back.append(try reader.number(0)) }
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(reader.problems.isEmpty)
  }

  @Test(arguments: [CSVDialect.comma, .semicolon])
  func anyTextReadsBackAsItWas(_ dialect: CSVDialect) throws {
    var generator = SplitMix(state: 5)
    let letters: [Unicode.Scalar] = ["a", ",", ";", "\"", "\n", "\r", " ", "é", "🜚", "\u{FEFF}"]
    func text() -> String {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<generator.next() % 6 { scalars.append(letters[Int(generator.next() % 10)]) }
      return String(scalars)
    }
    for columnCount in 1...4 {
      for _ in 0..<300 {
        let columns = (0..<columnCount).map { "\(text())\($0)" }
        let rows = (0..<4).map { _ in (0..<columnCount).map { _ in text() } }
        var writer = CSVWriter(columns: columns, dialect: dialect)
        for row in rows { try writer.append(row.map(CSVCell.text)) }
        let table = try CSVTable(writer.bytes, dialect: dialect)
        // Compared as bytes: `==` on strings takes canonically equivalent texts for the same.
        #expect(table.columns.map { Array($0.utf8) } == columns.map { Array($0.utf8) })
        #expect(table.rows.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
      }
    }
  }
}
