/// What can be wrong with a CSV file, or with a row that is to be written to one.
public enum CSVError: Error, Hashable, Sendable {
  /// The file holds no byte, or a byte order mark alone.
  case emptyFile
  /// A field opens with a quote that nothing closes; the position is that of the opening quote.
  case unterminatedQuote
  /// A quote inside an unquoted field, or a closing quote with more text behind it.
  case strayQuote
  /// A carriage return without a line feed behind it, outside quotes.
  case strayCarriageReturn
  /// A NUL byte, which no text file holds.
  case nulByte
  /// Bytes that are not UTF-8; the position is that of the first of them in the field.
  case invalidUTF8
  /// A row with more or fewer fields than the header names; the position is that of its first field.
  case raggedRow(expected: Int, found: Int)
  /// A column name that stands in the header already.
  case duplicateColumn(String)
  /// A field that should be a finite decimal number.
  case notANumber(String)
  /// A number that is not finite was to be written; columns count from 0.
  case notFinite(column: Int)
}

extension CSVError: CustomStringConvertible {
  /// The error as a short phrase.
  public var description: String {
    switch self {
    case .emptyFile: "the file is empty"
    case .unterminatedQuote: "a quoted field is never closed"
    case .strayQuote: "a quote stands inside a field (quote the whole field and double the quote)"
    case .strayCarriageReturn: "a carriage return stands without a line feed"
    case .nulByte: "a NUL byte"
    case .invalidUTF8: "the text is not UTF-8"
    case .raggedRow(let expected, let found): "expected \(expected) fields, found \(found)"
    case .duplicateColumn(let name): "the column '\(name)' is named twice"
    case .notANumber(""): "a number is missing"
    case .notANumber(let text): "'\(text)' is not a decimal number"
    case .notFinite(let column): "the value of column \(column + 1) is not finite"
    }
  }
}

/// A place in a file.
public struct CSVPosition: Hashable, Comparable, Sendable {
  /// The line, from 1; a line break inside quotes counts.
  public let line: Int
  /// The byte in the line, from 1; a byte order mark does not count.
  public let column: Int

  /// Names a place.
  ///
  /// - Parameters:
  ///   - line: the line, from 1.
  ///   - column: the byte in the line, from 1.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Whether one place comes before another.
  public static func < (left: CSVPosition, right: CSVPosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// An error and where it is.
public struct CSVProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the offending bytes begin.
  public let position: CSVPosition
  /// What is wrong.
  public let error: CSVError

  /// Joins an error with its place.
  ///
  /// - Parameters:
  ///   - position: where the offending bytes begin.
  ///   - error: what is wrong.
  public init(position: CSVPosition, error: CSVError) {
    self.position = position
    self.error = error
  }

  /// The problem as a line of text: `line 3, column 7: …`.
  public var description: String {
    "line \(position.line), column \(position.column): \(error)"
  }
}
