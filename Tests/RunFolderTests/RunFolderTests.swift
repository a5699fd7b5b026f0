import Foundation
import Reports
import RunFolder
import Testing

/// A folder of its own for one test, removed afterwards.
func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// Every name in a folder, hidden ones included.
func names(_ folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

func manifest(_ warnings: [String] = []) -> RunManifest {
  RunManifest(
    toolVersion: "1.2.3", arguments: ["plimsoll", "compare", "demo.yaml"],
    configuration: ["study": .string("demo")],
    inputs: [FileDigest(name: "demo.yaml", bytes: Array("abc".utf8))], seed: .max, generator: "Philox4x32-10",
    numericMode: NumericMode(kernelClass: "portable", blasCore: "Haswell", threads: "BLAS on one thread"),
    counts: [JSONMember("scenarios", .integer(100_000))], started: Date(timeIntervalSince1970: 0),
    finished: Date(timeIntervalSince1970: 61.25), warnings: warnings)
}

private func file(_ name: String, _ text: String) -> ReportFile {
  ReportFile(name: name, bytes: Array(text.utf8))
}

private func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

@Suite("Run folder")
struct RunFolderTests {
  @Test("files and manifest stand in the folder, and nothing beside it; missing parents are made")
  func written() throws {
    try withFolder { folder in
      let place = folder.appendingPathComponent("a/b/run")
      try RunFolder.write(
        [file("x.csv", "a\n1\n"), file("empty.csv", "")], manifest: manifest(), to: place.path,
        replacing: false)
      #expect(try names(place) == ["empty.csv", "run.json", "x.csv"])
      #expect(try text(place.appendingPathComponent("x.csv")) == "a\n1\n")
      #expect(try names(place.deletingLastPathComponent()) == ["run"])
    }
  }

  @Test("an empty folder is taken without asking")
  func emptyFolder() throws {
    try withFolder { folder in
      try RunFolder.write([file("x.csv", "1")], manifest: manifest(), to: folder.path + "/", replacing: false)
      #expect(try names(folder) == ["run.json", "x.csv"])
    }
  }

  @Test("an earlier run is kept unless its replacement is asked for; then nothing of it is left")
  func earlierRun() throws {
    try withFolder { folder in
      let place = folder.appendingPathComponent("run")
      try RunFolder.write([file("old.csv", "1")], manifest: manifest(), to: place.path, replacing: false)
      #expect(throws: RunFolderError.exists(path: place.path)) {
        try RunFolder.write([file("new.csv", "2")], manifest: manifest(), to: place.path, replacing: false)
      }
      #expect(throws: RunFolderError.exists(path: place.path)) {
        try RunFolder.check(place.path, replacing: false)
      }
      #expect(try names(place) == ["old.csv", "run.json"])
      try RunFolder.write([file("new.csv", "2")], manifest: manifest(), to: place.path, replacing: true)
      #expect(try names(place) == ["new.csv", "run.json"])
      #expect(try names(folder) == ["run"])
    }
  }

  @Test("a folder that holds no run is never replaced", arguments: [true, false])
  func noRun(replacing: Bool) throws {
    try withFolder { folder in
      try Data("mine".utf8).write(to: folder.appendingPathComponent("thesis.txt"))
      #expect(throws: RunFolderError.notARunFolder(path: folder.path)) {
        try RunFolder.write([file("x.csv", "1")], manifest: manifest(), to: folder.path, replacing: replacing)
      }
      // A manifest of another program makes it no run either.
      try Data(#"{"schema": "other/1", "outputs": []}"#.utf8).write(
        to: folder.appendingPathComponent("run.json"))
      #expect(throws: RunFolderError.notARunFolder(path: folder.path)) {
        try RunFolder.check(folder.path, replacing: replacing)
      }
      #expect(try text(folder.appendingPathComponent("thesis.txt")) == "mine")
    }
  }

  @Test("a run beside which the user has put files is never replaced")
  func foreignFiles() throws {
    try withFolder { folder in
      let place = folder.appendingPathComponent("run")
      try RunFolder.write([file("x.csv", "1")], manifest: manifest(), to: place.path, replacing: false)
      try Data("mine".utf8).write(to: place.appendingPathComponent("notes.txt"))
      #expect(throws: RunFolderError.foreignFiles(path: place.path, names: ["notes.txt"])) {
        try RunFolder.write([file("x.csv", "2")], manifest: manifest(), to: place.path, replacing: true)
      }
      #expect(try names(place) == ["notes.txt", "run.json", "x.csv"])
    }
  }

  @Test(
    "a failure half-way leaves no file of the new run and every file of the old one",
    arguments: [false, true])
  func failureHalfWay(replacing: Bool) throws {
    try withFolder { folder in
      let place = folder.appendingPathComponent("run")
      if replacing {
        try RunFolder.write([file("old.csv", "1")], manifest: manifest(), to: place.path, replacing: false)
      }
      // No file system takes a name of 300 bytes: the second file fails when the first is written.
      let long = String(repeating: "n", count: 300)
      #expect(throws: RunFolderError.self) {
        try RunFolder.write(
          [file("new.csv", "2"), file(long, "3")], manifest: manifest(), to: place.path, replacing: replacing)
      }
      #expect(try names(folder) == (replacing ? ["run"] : []))
      if replacing { #expect(try names(place) == ["old.csv", "run.json"]) }
    }
  }

  @Test("a manifest that has no bytes stops the run before anything is written")
  func badManifest() throws {
    try withFolder { folder in
      var bad = manifest()
      bad.configuration = ["x": .number(.nan)]
      #expect(throws: RunFolderError.report(.notFinite(key: "x"))) {
        try RunFolder.write([file("x.csv", "1")], manifest: bad, to: folder.path + "/run", replacing: false)
      }
      let left = try names(folder)
      #expect(left.isEmpty)
    }
  }

  @Test("a file in the place, or above it, is an error that names it")
  func notAFolder() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("file").path
      try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: RunFolderError.notAFolder(path: path)) {
        try RunFolder.write([], manifest: manifest(), to: path, replacing: true)
      }
      #expect(throws: RunFolderError.notAFolder(path: path)) {
        try RunFolder.check(path + "/deeper/run", replacing: true)
      }
      #expect(try text(URL(fileURLWithPath: path)) == "mine")
    }
  }

  @Test(
    "a folder that may not be written to is an error that says so",
    .enabled(
      if: FileManager.default.fileExists(atPath: "/proc/self"), "takes a file system that nobody writes to"))
  func refused() {
    let error = #expect(throws: RunFolderError.self) {
      try RunFolder.write([], manifest: manifest(), to: "/proc/plimsoll-run", replacing: false)
    }
    #expect(error?.description.hasPrefix("cannot write /proc") == true)
  }

  @Test(
    "without permission the check fails before anything is computed",
    .enabled(if: NSUserName() != "root", "the superuser may write everywhere"))
  func permission() throws {
    try withFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
      #expect(throws: RunFolderError.cannotWrite(path: folder.path, reason: "permission denied")) {
        try RunFolder.check(folder.path + "/run", replacing: false)
      }
    }
  }

  @Test("behind a symbolic link the folder it leads to is written")
  func symbolicLink() throws {
    try withFolder { folder in
      let real = folder.appendingPathComponent("real")
      let link = folder.appendingPathComponent("link")
      try RunFolder.write([file("old.csv", "1")], manifest: manifest(), to: real.path, replacing: false)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
      try RunFolder.write([file("new.csv", "2")], manifest: manifest(), to: link.path, replacing: true)
      #expect(try names(real) == ["new.csv", "run.json"])
      #expect(try names(folder) == ["link", "real"])
    }
  }

  @Test("of many runs into one place at once, one stands whole", arguments: [false, true])
  func atOnce(replacing: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "plimsoll-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appendingPathComponent("run")
    let written = await withTaskGroup(of: Bool.self) { group in
      for run in 0..<16 {
        group.addTask {
          let files = ["a.csv", "b.csv"].map { file($0, "run \(run)") }
          do {
            try RunFolder.write(
              files, manifest: manifest(["run \(run)"]), to: place.path, replacing: replacing)
            return true
          } catch {
            return false
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(replacing ? written >= 1 : written == 1)
    #expect(try names(place) == ["a.csv", "b.csv", "run.json"])
    let run = try text(place.appendingPathComponent("a.csv"))
    #expect(try text(place.appendingPathComponent("b.csv")) == run)
    #expect(try text(place.appendingPathComponent("run.json")).contains("\"\(run)\""))
    #expect(try names(folder).allSatisfy { $0 == "run" || $0.hasSuffix(".old") })
  }

  @Test("every error says what to do")
  func words() {
    let errors: [RunFolderError] = [
      .exists(path: "out"), .notARunFolder(path: "out"), .foreignFiles(path: "out", names: ["a", "b"]),
      .notAFolder(path: "out"), .cannotWrite(path: "out", reason: "no space left on the device"),
      .cannotRead(path: "out", reason: "permission denied"), .report(.notFinite(key: "out")),
    ]
    for error in errors { #expect(error.description.contains("out")) }
    #expect(
      RunFolderError.exists(path: "out").description
        == "out holds an earlier run; name another folder, or replace it with --force")
  }
}
