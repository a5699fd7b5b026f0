/// A small CSV file as text, all of it at once.
public struct CSVTable: Hashable, Sendable {
  /// The column names, in the order of the file.
  public let columns: [String]
  /// The rows, each with one text a column.
  public let rows: [[String]]

  /// Every problem of a file that could not be read.
  public struct Malformed: Error, Hashable, Sendable {
    /// The problems, in the order of the file; never empty.
    public let problems: [CSVProblem]
  }

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - dialect: the byte between two fields.
  /// - Throws: `Malformed` with all problems where there is any.
  public init(_ bytes: [UInt8], dialect: CSVDialect = .comma) throws(Malformed) {
    var reader = CSVReader(bytes, dialect: dialect)
    var rows: [[String]] = []
    while reader.nextRow() {
      rows.append(reader.columns.indices.map(reader.text))
    }
    guard reader.problems.isEmpty else { throw Malformed(problems: reader.problems) }
    columns = reader.columns
    self.rows = rows
  }
}
