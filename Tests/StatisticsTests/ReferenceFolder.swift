import Foundation
import Testing

/// Published data that lie beside the repository and are not part of it.
enum ReferenceFolder {
  /// The nearest `shared/data/reference` above this file; `nil` where there is none.
  static let location: URL? = {
    var place = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
      let folder = place.appendingPathComponent("shared/data/reference")
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }()

  static let skipMessage: Comment = "no folder shared/data/reference beside the repository: skipped"

  /// The numbers of one column of a table without quotes.
  static func column(_ name: String, of file: String) throws -> [Double] {
    let folder = try #require(location)
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    let index = try #require(rows.first?.firstIndex { $0 == name })
    return try rows.dropFirst().map { try #require(Double($0[index])) }
  }
}

/// A standard deviate by exact arithmetic, the same in every language: twelve uniforms less six.
func twelveUniforms(_ generator: inout SeededGenerator) -> Double {
  var sum = 0.0
  for _ in 0..<12 { sum += generator.uniform() }
  return sum - 6
}
