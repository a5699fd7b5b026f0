import CSV
public import Studies

/// Every CSV file of a stress study.
public enum StressFiles {
  /// The files; one without rows still has its header.
  ///
  /// - Parameter result: the results.
  /// - Throws: ``ReportError/csv(file:_:)`` where a number is not finite.
  /// - Returns: names and bytes.
  public static func files(of result: StressResult) throws(ReportError) -> [ReportFile] {
    [
      try SweepCSV.file(of: result), try StressCorrelationCSV.file(of: result),
      try BreaksCSV.file(of: result), try CrossingsCSV.file(of: result),
      try DistributionCSV.file(of: result), try ReverseCSV.file(of: result),
    ]
  }

  /// The plain names of the files, in the order in which they are made.
  public static let names = [
    SweepCSV.fileName, StressCorrelationCSV.fileName, BreaksCSV.fileName, CrossingsCSV.fileName,
    DistributionCSV.fileName, ReverseCSV.fileName,
  ]
}
