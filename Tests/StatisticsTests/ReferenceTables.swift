import Foundation
import LinearAlgebra
import Testing

/// Whole tables of published inputs, which lie beside the repository and are not part of it.
enum ReferenceTables {
  /// The lines of a file as cells, without comments.
  static func cells(_ name: String, separator: Character = ",") throws -> [[String]] {
    let folder = try #require(ReferenceFolder.location)
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
