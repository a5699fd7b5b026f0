/// Reads a CSV file from its bytes, a row at a time, and keeps every problem with its line and column.
///
/// ```csv
/// date,BTC,ETH
/// 2020-01-01,7200.17431640625,130.802001953125
/// 2020-01-02,,127.4101791381836
/// ```
/// The first record names the columns. Only sound rows are handed out; a row with a problem is passed over and the
/// problem kept, so one pass finds them all:
/// ```swift
/// var reader = CSVReader(bytes)
/// while reader.nextRow() { prices.append(try reader.number(1)) }
/// guard reader.problems.isEmpty else { … }
/// ```
public struct CSVReader: Sendable {
  /// The column names, in the order of the file.
  public let columns: [String]

  private let bytes: [UInt8]
  private var scanner: RecordScanner

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - bytes: the whole file; a byte order mark is skipped.
  ///   - dialect: the byte between two fields.
  public init(_ bytes: [UInt8], dialect: CSVDialect = .comma) {
    self.bytes = bytes
    scanner = RecordScanner(bytes.span, delimiter: dialect.delimiter)
    guard scanner.offset < bytes.count else {
      scanner.report(.emptyFile, at: CSVPosition(line: 1, column: 1))
      columns = []
      return
    }
    _ = scanner.scanRecord(bytes.span)
    columns = scanner.fields.map { Self.text(of: $0, in: bytes) }
    var names: Set<String> = []
    for (name, field) in zip(columns, scanner.fields) where !names.insert(name).inserted {
      scanner.report(.duplicateColumn(name), at: field.position)
    }
    scanner.sortProblems(from: 0)
  }

  /// Every problem met so far, in the order of the file.
  public var problems: [CSVProblem] { scanner.problems }

  /// Moves to the next sound row.
  ///
  /// - Returns: `false` at the end of the file, where there is no row to ask about.
  public mutating func nextRow() -> Bool {
    let bytes = bytes
    while scanner.offset < bytes.count {
      let known = scanner.problems.count
      let isCutShort = scanner.scanRecord(bytes.span)
      let found = scanner.fields.count
      if !isCutShort, found != columns.count, let first = scanner.fields.first {
        scanner.report(.raggedRow(expected: columns.count, found: found), at: first.position)
      }
      if scanner.problems.count == known { return true }
      scanner.sortProblems(from: known)
    }
    return false
  }

  /// The number of a column, from 0.
  ///
  /// - Parameter name: the name as the header has it.
  /// - Returns: `nil` where no column has that name.
  public func column(named name: String) -> Int? {
    columns.firstIndex(of: name)
  }

  /// Where a field of the current row begins.
  ///
  /// - Parameter column: the column, from 0.
  /// - Returns: the place of its first byte, or of its opening quote.
  public func position(_ column: Int) -> CSVPosition {
    scanner.fields[column].position
  }

  /// Whether a field of the current row holds nothing, quoted or not.
  ///
  /// - Parameter column: the column, from 0.
  /// - Returns: `true` for no byte at all and for `""`; white space is not nothing.
  public func isEmpty(_ column: Int) -> Bool {
    scanner.fields[column].range.isEmpty
  }

  /// The text of a field of the current row.
  ///
  /// - Parameter column: the column, from 0.
  /// - Returns: the text without its quotes.
  public func text(_ column: Int) -> String {
    Self.text(of: scanner.fields[column], in: bytes)
  }

  /// A field of the current row as a finite number.
  ///
  /// Accepts `-?digits(.digits)?([eE][+-]?digits)?` and gives the nearest `Double`.
  ///
  /// - Parameter column: the column, from 0.
  /// - Returns: the nearest `Double`.
  /// - Throws: `CSVError.notANumber` with the place of the field, also where it is empty.
  public func number(_ column: Int) throws(CSVProblem) -> Double {
    let field = scanner.fields[column]
    guard !field.hasDoubledQuotes, let value = decimalNumber(bytes.span.extracting(field.range)) else {
      throw CSVProblem(position: field.position, error: .notANumber(text(column)))
    }
    return value
  }

  /// A field of the current row as a finite number, or `nil` where it is empty.
  ///
  /// - Parameter column: the column, from 0.
  /// - Returns: the nearest `Double`, or `nil`.
  /// - Throws: `CSVError.notANumber` with the place of the field.
  public func optionalNumber(_ column: Int) throws(CSVProblem) -> Double? {
    isEmpty(column) ? nil : try number(column)
  }

  private static func text(of field: CSVField, in bytes: [UInt8]) -> String {
    guard field.hasDoubledQuotes else { return String(decoding: bytes[field.range], as: UTF8.self) }
    var content: [UInt8] = []
    content.reserveCapacity(field.range.count)
    var next = field.range.lowerBound
    while next < field.range.upperBound {
      content.append(bytes[next])
      next += bytes[next] == CSVByte.quote ? 2 : 1
    }
    return String(decoding: content, as: UTF8.self)
  }
}
