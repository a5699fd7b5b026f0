public import CSV
import Instruments
public import Studies

/// A tidy CSV file of results: one fact a row, key columns first, numbers in full precision, missing values empty.
///
/// Columns and metrics are in snake case; names that users write in their files (families, views, judges) stand as
/// they are written there. No file holds a time of day: the same study gives the same bytes.
public protocol ResultCSV {
  /// What the file is made from.
  associatedtype Value
  /// The plain name of the file.
  static var fileName: String { get }
  /// The column names, in order.
  static var columns: [String] { get }
  /// The rows, one cell a column.
  ///
  /// - Parameter value: what the file is made from.
  /// - Returns: rows in the order of the file.
  static func rows(of value: Value) -> [[CSVCell]]
}

extension ResultCSV {
  /// The file.
  ///
  /// - Parameter value: what it is made from.
  /// - Throws: ``ReportError/csv(file:_:)`` where a number is not finite.
  /// - Returns: its name and bytes.
  public static func file(of value: Value) throws(ReportError) -> ReportFile {
    var writer = CSVWriter(columns: columns)
    do throws(CSVError) {
      for row in rows(of: value) { try writer.append(row) }
    } catch {
      throw .csv(file: fileName, error)
    }
    return ReportFile(name: fileName, bytes: writer.bytes)
  }
}

/// Every CSV file of a comparison.
public enum ComparisonFiles {
  /// The plain names of the files, in the order in which they are made.
  public static let names = [
    RequirementCSV.fileName, ComponentsCSV.fileName, SafetyCSV.fileName, DistanceCSV.fileName,
    TailCSV.fileName,
    CovarianceCSV.fileName,
    CoverageCSV.fileName, ChangesCSV.fileName, RefusalsCSV.fileName,
  ]

  /// The files; one without rows still has its header.
  ///
  /// - Parameter comparison: the results.
  /// - Throws: ``ReportError/csv(file:_:)`` where a number is not finite.
  /// - Returns: names and bytes.
  public static func files(of comparison: RegimeComparison) throws(ReportError) -> [ReportFile] {
    [
      try RequirementCSV.file(of: comparison), try ComponentsCSV.file(of: comparison),
      try SafetyCSV.file(of: comparison), try DistanceCSV.file(of: comparison),
      try TailCSV.file(of: comparison),
      try CovarianceCSV.file(of: comparison), try CoverageCSV.file(of: comparison),
      try ChangesCSV.file(of: comparison), try RefusalsCSV.file(of: comparison),
    ]
  }
}

extension RegimeComparison {
  /// The key columns every result file begins with.
  static let keyColumns = ["study", "account"]

  /// The cells under ``keyColumns``.
  var keyCells: [CSVCell] { [.text(study), .text(account.id)] }
}

extension Estimate {
  /// The number and its two errors: three cells.
  var cells: [CSVCell] { [.number(value), CSVCell(simulationError), CSVCell(calibrationError)] }
}

/// Names joined into one cell.
func joined(_ names: [String]) -> CSVCell { .text(names.joined(separator: ";")) }
