import ArgumentParser
import Reports
import RunFolder

/// Where a command writes its run, if anywhere.
struct RunFolderOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("out")], help: "A run folder to write.", completion: .directory)
  var output: String?

  @Flag(help: "Replace an existing run folder.")
  var force = false

  /// Stops, before anything is computed, where the folder cannot be written.
  func check() throws {
    try writing { () throws(RunFolderError) in
      if let output { try RunFolder.check(output, replacing: force) }
    }
  }

  /// Writes the run where a folder is named; else nothing is made of it.
  ///
  /// - Parameters:
  ///   - files: makes the result files.
  ///   - manifest: makes what is known of the run.
  /// - Throws: what making or writing them throws.
  func write(_ files: () throws -> [ReportFile], manifest: () throws -> RunManifest) throws {
    guard let output else { return }
    let (files, manifest) = (try files(), try manifest())
    try writing { () throws(RunFolderError) in
      try RunFolder.write(files, manifest: manifest, to: output, replacing: force)
    }
  }
}
