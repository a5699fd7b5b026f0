/// One value of a row that is to be written.
public enum CSVCell: Hashable, Sendable {
  /// A missing value: nothing between the delimiters.
  case empty
  /// Any text; quoted where it must be.
  case text(String)
  /// A finite number, written with the fewest digits that read back as the same `Double`; −0 is written as 0.
  case number(Double)
  /// A whole number.
  case integer(Int)

  /// A number, or an empty cell for `nil`.
  ///
  /// - Parameter value: the number, if there is one.
  public init(_ value: Double?) {
    self = value.map(CSVCell.number) ?? .empty
  }

  /// A whole number, or an empty cell for `nil`.
  ///
  /// - Parameter value: the number, if there is one.
  public init(_ value: Int?) {
    self = value.map(CSVCell.integer) ?? .empty
  }

  /// A text, or an empty cell for `nil`.
  ///
  /// - Parameter value: the text, if there is one.
  public init(_ value: String?) {
    self = value.map(CSVCell.text) ?? .empty
  }
}

/// Writes CSV as bytes: the header first, `\n` behind every record, quotes only where they are needed.
///
/// The same cells give the same bytes everywhere: no locale, no padding, no rounding.
public struct CSVWriter: Sendable {
  /// What has been written and not yet taken.
  public private(set) var bytes: [UInt8] = []

  private let columnCount: Int
  private let delimiter: UInt8

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - columns: the column names; at least one, none twice.
  ///   - dialect: the byte between two fields.
  public init(columns: [String], dialect: CSVDialect = .comma) {
    precondition(!columns.isEmpty, "a CSV file needs a column")
    precondition(Set(columns).count == columns.count, "a column is named twice: \(columns)")
    columnCount = columns.count
    delimiter = dialect.delimiter
    for (index, name) in columns.enumerated() {
      precondition(!name.utf8.contains(0), "a column name holds a NUL byte")
      appendDelimiter(before: index)
      appendText(name)
    }
    bytes.append(CSVByte.lineFeed)
  }

  /// Writes one row; where it throws, nothing of the row is written.
  ///
  /// - Parameter cells: one cell a column, in the order of the header.
  /// - Throws: `CSVError.raggedRow` for a wrong number of cells, `notFinite` for NaN or infinity, `nulByte` for a text
  ///   that no reader would take back.
  public mutating func append(_ cells: [CSVCell]) throws(CSVError) {
    guard cells.count == columnCount else {
      throw .raggedRow(expected: columnCount, found: cells.count)
    }
    for (index, cell) in cells.enumerated() { try Self.check(cell, column: index) }
    for (index, cell) in cells.enumerated() {
      appendDelimiter(before: index)
      append(cell)
    }
    bytes.append(CSVByte.lineFeed)
  }

  /// Hands over what has been written and starts afresh behind it, so that a long file need not be held whole.
  ///
  /// - Returns: the bytes since the last call, header included the first time.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll() }
    return bytes
  }

  private static func check(_ cell: CSVCell, column: Int) throws(CSVError) {
    switch cell {
    case .number(let value) where !value.isFinite: throw .notFinite(column: column)
    case .text(let text) where text.utf8.contains(0): throw .nulByte
    default: break
    }
  }

  private mutating func append(_ cell: CSVCell) {
    switch cell {
    case .empty: break
    case .text(let text): appendText(text)
    case .number(let value): bytes.append(contentsOf: "\(value == 0 ? 0 : value)".utf8)
    case .integer(let value): bytes.append(contentsOf: "\(value)".utf8)
    }
  }

  private mutating func appendDelimiter(before index: Int) {
    if index > 0 { bytes.append(delimiter) }
  }

  private mutating func appendText(_ text: String) {
    guard needsQuotes(text) else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(CSVByte.quote)
    for byte in text.utf8 {
      if byte == CSVByte.quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(CSVByte.quote)
  }

  private func needsQuotes(_ text: String) -> Bool {
    let isSpecial = text.utf8.contains {
      $0 == delimiter || $0 == CSVByte.quote || $0 == CSVByte.lineFeed || $0 == CSVByte.carriageReturn
    }
    // A first field that begins with a byte order mark would lose it to the reader.
    return isSpecial || text.utf8.starts(with: CSVByte.byteOrderMark)
  }
}
