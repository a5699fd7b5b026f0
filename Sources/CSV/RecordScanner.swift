/// A field as it lies in the file.
struct CSVField {
  /// The bytes between the quotes, or the whole field where there are none.
  let range: Range<Int>
  /// Where the field begins; for a quoted field, its opening quote.
  let position: CSVPosition
  /// Whether the range stands between quotes.
  let isQuoted: Bool
  /// Whether the range holds doubled quotes.
  let hasDoubledQuotes: Bool
}

/// The state of one pass over the bytes: a record at a time, in order, each byte once.
struct RecordScanner {
  let delimiter: UInt8
  private(set) var offset: Int
  private(set) var problems: [CSVProblem] = []
  /// The fields of the record scanned last; kept here so that its storage is used again.
  private(set) var fields: [CSVField] = []
  private var line = 1
  private var lineStart: Int

  /// Starts behind a byte order mark, if there is one.
  init(_ bytes: Span<UInt8>, delimiter: UInt8) {
    let mark = CSVByte.byteOrderMark
    let hasMark = bytes.count >= mark.count && mark.indices.allSatisfy { bytes[$0] == mark[$0] }
    self.delimiter = delimiter
    offset = hasMark ? mark.count : 0
    lineStart = offset
  }

  /// Scans one record; `offset` must lie before the end.
  ///
  /// - Returns: whether an unterminated quote swallowed the rest, so that the field count means nothing.
  mutating func scanRecord(_ bytes: Span<UInt8>) -> Bool {
    fields.removeAll(keepingCapacity: true)
    while true {
      let isClosed =
        offset < bytes.count && bytes[offset] == CSVByte.quote ? scanQuoted(bytes) : scanPlain(bytes)
      guard isClosed else { return true }
      guard offset < bytes.count, bytes[offset] == delimiter else { break }
      offset += 1
    }
    if offset < bytes.count {
      offset += lineBreakLength(bytes, at: offset)
      line += 1
      lineStart = offset
    }
    return false
  }

  mutating func report(_ error: CSVError, at position: CSVPosition) {
    problems.append(CSVProblem(position: position, error: error))
  }

  /// Brings the problems from `first` on into the order of the file.
  mutating func sortProblems(from first: Int) {
    problems[first...].sort { $0.position < $1.position }
  }

  // MARK: - Fields

  private mutating func scanPlain(_ bytes: Span<UInt8>) -> Bool {
    let start = offset
    let position = position(of: start)
    let seen = scanPlainBytes(bytes)
    fields.append(
      CSVField(range: start..<offset, position: position, isQuoted: false, hasDoubledQuotes: false))
    checkText(bytes, seen)
    return true
  }

  /// Runs to the end of an unquoted field.
  ///
  /// - Returns: the bitwise or of its bytes, which tells whether any lies outside ASCII.
  private mutating func scanPlainBytes(_ bytes: Span<UInt8>) -> UInt8 {
    var seen: UInt8 = 0
    var next = offset
    while next < bytes.count {
      let byte = bytes[next]
      if byte == delimiter { break }
      if byte <= CSVByte.quote {
        if lineBreakLength(bytes, at: next) > 0 { break }
        reportStray(byte, at: next)
      }
      seen |= byte
      next += 1
    }
    offset = next
    return seen
  }

  private mutating func reportStray(_ byte: UInt8, at index: Int) {
    switch byte {
    case 0: report(.nulByte, at: position(of: index))
    case CSVByte.quote: report(.strayQuote, at: position(of: index))
    case CSVByte.carriageReturn: report(.strayCarriageReturn, at: position(of: index))
    default: break
    }
  }

  private mutating func scanQuoted(_ bytes: Span<UInt8>) -> Bool {
    let opening = position(of: offset)
    let start = offset + 1
    var hasDoubledQuotes = false
    var seen: UInt8 = 0
    var next = start
    while next < bytes.count {
      let byte = bytes[next]
      seen |= byte
      next += 1
      guard byte <= CSVByte.quote else { continue }
      switch byte {
      case CSVByte.quote where next < bytes.count && bytes[next] == CSVByte.quote:
        hasDoubledQuotes = true
        next += 1
      case CSVByte.quote:
        fields.append(
          CSVField(
            range: start..<(next - 1), position: opening, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes))
        offset = next
        seen |= scanBehindClosingQuote(bytes)
        checkText(bytes, seen)
        return true
      case CSVByte.lineFeed:
        line += 1
        lineStart = next
      case 0:
        report(.nulByte, at: position(of: next - 1))
      default:
        break
      }
    }
    offset = next
    report(.unterminatedQuote, at: opening)
    return false
  }

  /// Nothing may stand between a closing quote and the next delimiter or line break.
  private mutating func scanBehindClosingQuote(_ bytes: Span<UInt8>) -> UInt8 {
    guard offset < bytes.count, bytes[offset] != delimiter, lineBreakLength(bytes, at: offset) == 0 else {
      return 0
    }
    report(.strayQuote, at: position(of: offset - 1))
    return scanPlainBytes(bytes)
  }

  // MARK: - Bytes

  private func position(of index: Int) -> CSVPosition {
    CSVPosition(line: line, column: index - lineStart + 1)
  }

  /// The length of the line break at an index: 1 for LF, 2 for CRLF, 0 for none.
  private func lineBreakLength(_ bytes: Span<UInt8>, at index: Int) -> Int {
    switch bytes[index] {
    case CSVByte.lineFeed: 1
    case CSVByte.carriageReturn where index + 1 < bytes.count && bytes[index + 1] == CSVByte.lineFeed: 2
    default: 0
    }
  }

  /// Checks that the field scanned last, up to `offset`, is UTF-8.
  private mutating func checkText(_ bytes: Span<UInt8>, _ seen: UInt8) {
    guard seen >= 0x80, let field = fields.last else { return }
    do {
      _ = try UTF8Span(validating: bytes.extracting(field.range.lowerBound..<offset))
    } catch {
      let bad = field.range.lowerBound + error.byteOffsets.lowerBound
      report(.invalidUTF8, at: position(of: bad, in: field, bytes))
    }
  }

  /// The place of a byte in a field that may run over several lines.
  private func position(of index: Int, in field: CSVField, _ bytes: Span<UInt8>) -> CSVPosition {
    var line = field.position.line
    var column = field.position.column + (field.isQuoted ? 1 : 0)
    for earlier in field.range.lowerBound..<index {
      let isBreak = bytes[earlier] == CSVByte.lineFeed
      line += isBreak ? 1 : 0
      column = isBreak ? 1 : column + 1
    }
    return CSVPosition(line: line, column: column)
  }
}
