public import CSV

/// Why a result cannot be put into words or bytes.
public enum ReportError: Error, Hashable, Sendable {
  /// A row that no CSV file takes: a number that is not finite, or a NUL byte in a name.
  case csv(file: String, CSVError)
  /// A number that is not finite under a key of a JSON document.
  case notFinite(key: String)
}
