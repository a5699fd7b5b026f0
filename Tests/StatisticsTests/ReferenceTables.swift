import Foundation
import LinearAlgebra
import Testing

/// Whole tables of published inputs, which lie beside the repository and are not part of it.
enum ReferenceTables {
  /// The nearest `shared/data/reference` above this file; `nil` where there is none.
  private static let folder: URL? = {
    var place = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
      let folder = place.appendingPathComponent("shared/data/reference")
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }()

  static let arePresent = folder != nil
  static let absence: Comment = "no folder shared/data/reference beside the repository: skipped"

  /// The lines of a file as cells, without comments.
  static func cells(_ name: String, separator: Character = ",") throws -> [[String]] {
    let folder = try #require(folder)
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map { line in
      line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The EDHEC hedge-fund indices, 293 months × 13, with their names.
  static func edhec() throws -> (names: [String], returns: Matrix) {
    let lines = try cells("pa_edhec_293.csv")
    let rows = try lines.dropFirst().map { line in
      try line.dropFirst().map { try #require(Double($0)) }
    }
    return (Array(lines[0].dropFirst()), Matrix(rows: rows))
  }
}
