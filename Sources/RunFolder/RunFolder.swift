import Foundation
public import Reports

/// The folder that holds the results of one run and its manifest, `run.json`.
///
/// A run is written beside its place and takes it by renaming: whoever stops it half-way, no file of it stands under its
/// final name. Only an empty folder is taken without asking; an earlier run is replaced where that is asked for, and
/// nothing else ever is. Of two runs into one place at once each is written whole, and one of them holds the place.
public enum RunFolder {
  /// The name of the manifest.
  public static let manifestName = "run.json"

  /// Checks that a run may be written to a place, before anything is computed for it.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - replacing: whether an earlier run may be replaced.
  /// - Throws: ``RunFolderError`` where ``write(_:manifest:to:replacing:)`` would refuse.
  public static func check(_ path: String, replacing: Bool) throws(RunFolderError) {
    let place = Self.place(path)
    try Occupant(of: place).requireReplaceable(path: path, replacing: replacing)
    // The nearest folder that exists is where the first new one will be made.
    var ancestor = place.deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: ancestor.path), ancestor.path != "/" {
      ancestor.deleteLastPathComponent()
    }
    guard Occupant(of: ancestor) != .notAFolder else { throw .notAFolder(path: ancestor.path) }
    guard FileManager.default.isWritableFile(atPath: ancestor.path) else {
      throw .cannotWrite(path: ancestor.path, reason: "permission denied")
    }
  }

  /// Writes a run.
  ///
  /// - Parameters:
  ///   - files: the result files; plain names, none twice, none `run.json`.
  ///   - manifest: what is known of the run; the hashes of the files are added to it.
  ///   - path: the folder; missing folders above it are made.
  ///   - replacing: whether an earlier run may be replaced.
  /// - Throws: ``RunFolderError``; then the place is as it was.
  public static func write(
    _ files: [ReportFile], manifest: RunManifest, to path: String, replacing: Bool
  ) throws(RunFolderError) {
    let names = files.map(\.name) + [manifestName]
    precondition(Set(names).count == names.count, "two files of one name in a run folder")
    precondition(names.allSatisfy { !$0.isEmpty && !$0.contains("/") }, "a run folder holds plain names")
    try check(path, replacing: replacing)
    let outputs = files.map { FileDigest(name: $0.name, bytes: $0.bytes) }
    let description: [UInt8]
    do throws(ReportError) {
      description = try manifest.json(outputs: outputs).bytes()
    } catch {
      throw .report(error)
    }
    let staged = try StagedFolder(for: place(path), path: path)
    do throws(RunFolderError) {
      for file in files { try staged.write(file) }
      try staged.write(ReportFile(name: manifestName, bytes: description))
      try staged.install(replacing: replacing)
    } catch {
      staged.discard()
      throw error
    }
  }

  /// The folder meant: where a symbolic link stands in its place, the folder behind it.
  private static func place(_ path: String) -> URL {
    URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL.resolvingSymlinksInPath()
  }
}
