public import Reports

/// Why a run folder cannot be written.
public enum RunFolderError: Error, Hashable, Sendable {
  /// The folder holds an earlier run, and its replacement was not asked for.
  case exists(path: String)
  /// The folder holds something, but no run: it is never replaced.
  case notARunFolder(path: String)
  /// The folder holds a run and files that no run wrote: it is never replaced.
  case foreignFiles(path: String, names: [String])
  /// Something that is no folder stands in the place.
  case notAFolder(path: String)
  /// The system refuses to write.
  case cannotWrite(path: String, reason: String)
  /// The system refuses to read.
  case cannotRead(path: String, reason: String)
  /// The manifest has no bytes.
  case report(ReportError)
}

extension RunFolderError: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) holds an earlier run; name another folder, or replace it with --force"
    case .notARunFolder(let path):
      "\(path) is not empty and holds no run, so it is not replaced, not even with --force; name another folder"
    case .foreignFiles(let path, let names):
      "\(path) holds files that no run wrote (\(names.joined(separator: ", "))), so it is not replaced, not even with "
        + "--force; move them away, or name another folder"
    case .notAFolder(let path): "\(path) is not a folder; name another one"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .report(let error): ErrorProse.text(of: error)
    }
  }
}
