import Foundation

/// The bytes of an input file.
package enum InputFile {
  /// Reads a file.
  ///
  /// - Parameter path: the file as its user named it.
  /// - Throws: ``LoadError`` when there is none, when it is a folder, or when the system refuses.
  /// - Returns: its bytes.
  package static func bytes(of path: String) throws(LoadError) -> [UInt8] {
    switch kind(of: path) {
    case .missing: throw LoadError([LoadProblem(file: path, fault: .unreadable(.missing))])
    case .folder: throw LoadError([LoadProblem(file: path, fault: .unreadable(.isFolder))])
    case .file: break
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LoadError([LoadProblem(file: path, fault: .unreadable(.refused))])
    }
    return Array(data)
  }

  /// Reads a file as text.
  ///
  /// - Parameter path: the file as its user named it.
  /// - Throws: ``LoadError`` as ``bytes(of:)`` does, and where the bytes are not UTF-8.
  /// - Returns: its text, without a byte order mark.
  package static func text(of path: String) throws(LoadError) -> String {
    try text(from: bytes(of: path), file: path)
  }

  /// Reads bytes as UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: the whole file; a byte order mark is skipped.
  ///   - file: the file as its user named it.
  /// - Throws: ``LoadError`` at the first byte that is not UTF-8.
  /// - Returns: the text.
  package static func text(from bytes: [UInt8], file: String) throws(LoadError) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    do {
      return String(copying: try UTF8Span(validating: content.span))
    } catch {
      let before = content[..<error.byteOffsets.lowerBound]
      let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      throw LoadError([
        LoadProblem(file: file, position: SourcePosition(line: line, column: column), fault: .notUTF8)
      ])
    }
  }

  /// What stands at a path.
  package enum Kind: Sendable {
    /// Nothing.
    case missing
    /// A file.
    case file
    /// A folder.
    case folder
  }

  /// What stands at a path.
  ///
  /// - Parameter path: the path.
  /// - Returns: its kind.
  package static func kind(of path: String) -> Kind {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return .missing }
    return attributes[.type] as? FileAttributeType == .typeDirectory ? .folder : .file
  }
}
