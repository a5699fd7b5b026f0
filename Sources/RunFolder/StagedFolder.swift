import Foundation
import Reports

/// A run being written in a hidden folder beside its place, on the same file system.
struct StagedFolder {
  private let place: URL
  /// The place as the user named it.
  private let path: String
  private let folder: URL
  /// Where what is replaced waits until the new run stands.
  private let aside: URL

  /// Makes the folder, and missing ones above it.
  init(for place: URL, path: String) throws(RunFolderError) {
    self.place = place
    self.path = path
    let parent = place.deletingLastPathComponent()
    let unique = "\(place.lastPathComponent).\(UUID().uuidString)"
    folder = parent.appendingPathComponent(".\(unique).tmp", isDirectory: true)
    aside = parent.appendingPathComponent(".\(unique).old", isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    } catch {
      throw .cannotWrite(path: path, reason: obstacle(error))
    }
  }

  /// Writes a file and waits until the disk has it.
  func write(_ file: ReportFile) throws(RunFolderError) {
    let url = folder.appendingPathComponent(file.name)
    do {
      try Data(file.bytes).write(to: url, options: .withoutOverwriting)
      let handle = try FileHandle(forUpdating: url)
      defer { try? handle.close() }
      try handle.synchronize()
    } catch {
      throw .cannotWrite(path: "\(path)/\(file.name)", reason: obstacle(error))
    }
  }

  /// Takes the place.
  ///
  /// What stood there is moved aside and looked at again there, where nobody else changes it: between the first look and
  /// this one another run may have taken the place.
  func install(replacing: Bool) throws(RunFolderError) {
    synchronise(folder)
    defer { synchronise(place.deletingLastPathComponent()) }
    guard Occupant(of: place) != .nothing else {
      try takePlace()
      return
    }
    do {
      try FileManager.default.moveItem(at: place, to: aside)
    } catch {
      throw .cannotWrite(path: path, reason: obstacle(error))
    }
    do throws(RunFolderError) {
      try Occupant(of: aside).requireReplaceable(path: path, replacing: replacing)
      try takePlace()
    } catch {
      try restore()
      throw error
    }
    try? FileManager.default.removeItem(at: aside)
  }

  /// Removes what was written.
  func discard() {
    try? FileManager.default.removeItem(at: folder)
  }

  /// Waits until the disk knows the names in a folder; a file system without this loses no more than the newest names.
  private func synchronise(_ folder: URL) {
    guard let handle = try? FileHandle(forReadingFrom: folder) else { return }
    try? handle.synchronize()
    try? handle.close()
  }

  private func takePlace() throws(RunFolderError) {
    do {
      try FileManager.default.moveItem(at: folder, to: place)
    } catch {
      if (error as? CocoaError)?.code == .fileWriteFileExists { throw .exists(path: path) }
      throw .cannotWrite(path: path, reason: obstacle(error))
    }
  }

  private func restore() throws(RunFolderError) {
    do {
      try FileManager.default.moveItem(at: aside, to: place)
    } catch {
      throw .cannotWrite(
        path: path, reason: "\(obstacle(error)); what stood there before is kept in \(aside.path)")
    }
  }
}
