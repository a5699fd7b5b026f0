/// The one free choice in the CSV this project reads and writes: the byte between two fields.
///
/// Everything else is fixed (RFC 4180 read strictly, Y. Shafranovich, 2005): fields may stand in double quotes, a quote
/// inside them is doubled, records end with LF or CRLF, text is UTF-8, the first record names the columns.
public struct CSVDialect: Hashable, Sendable {
  /// The byte between two fields.
  public let delimiter: UInt8

  /// Fields separated by commas: what the writer makes unless told otherwise.
  public static let comma = CSVDialect(delimiter: UInt8(ascii: ","))

  /// Fields separated by semicolons, as spreadsheets write them where the comma is the decimal sign.
  public static let semicolon = CSVDialect(delimiter: UInt8(ascii: ";"))
}

/// The bytes with a meaning of their own in every dialect.
enum CSVByte {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
