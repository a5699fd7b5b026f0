import Foundation

/// What stands in the place of a run folder.
enum Occupant: Hashable {
  case nothing
  case emptyFolder
  /// A run, and the names of what stands beside its own files.
  case run(foreign: [String])
  case otherFolder
  case notAFolder

  init(of place: URL) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: place.path)
    guard let kind = attributes?[.type] as? FileAttributeType else {
      self = .nothing
      return
    }
    guard kind == .typeDirectory else {
      self = .notAFolder
      return
    }
    // A folder that cannot be listed is nobody's to replace.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: place.path) else {
      self = .otherFolder
      return
    }
    guard !names.isEmpty else {
      self = .emptyFolder
      return
    }
    guard let listing = RunListing(of: place) else {
      self = .otherFolder
      return
    }
    let own = Set(listing.outputs.map(\.name) + [RunFolder.manifestName])
    self = .run(foreign: names.filter { !own.contains($0) }.sorted())
  }

  /// Stops where the place may not be taken.
  func requireReplaceable(path: String, replacing: Bool) throws(RunFolderError) {
    switch self {
    case .nothing, .emptyFolder: return
    case .notAFolder: throw .notAFolder(path: path)
    case .otherFolder: throw .notARunFolder(path: path)
    case .run(let foreign):
      guard replacing else { throw .exists(path: path) }
      guard foreign.isEmpty else { throw .foreignFiles(path: path, names: foreign) }
    }
  }
}

/// What a manifest says of the files beside it.
private struct RunListing: Decodable {
  struct Output: Decodable {
    let name: String
  }

  let schema: String
  let outputs: [Output]

  /// Fails where there is no manifest, or one of another program.
  init?(of folder: URL) {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent(RunFolder.manifestName)),
      let listing = try? JSONDecoder().decode(RunListing.self, from: data),
      listing.schema.hasPrefix("plimsoll.run/")
    else { return nil }
    self = listing
  }
}
