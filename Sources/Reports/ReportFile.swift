/// A file that is to be written: its name inside a folder, and its content.
public struct ReportFile: Hashable, Sendable {
  /// The plain name, without a folder.
  public let name: String
  /// The content.
  public let bytes: [UInt8]

  /// Makes a file.
  ///
  /// - Parameters:
  ///   - name: the plain name, without a folder.
  ///   - bytes: the content.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
