import Foundation
import Instruments
import Loading
import Margin

/// An account read from the text of one payload.
func imported(_ text: String, options: ImportOptions = ImportOptions()) throws -> ImportedAccount {
  try ImportedAccount(texts: [("v.json", text)], options: options)
}

/// The lines an import prints, or none when it succeeds.
func importLines(_ text: String, options: ImportOptions = ImportOptions()) -> [String] {
  lines { () throws(LoadError) in try ImportedAccount(texts: [("v.json", text)], options: options) }
}

extension ImportedAccount {
  /// The venue's figures of one name, in the order of the payload.
  func figures(_ name: String) -> [VenueFigure] { answer.filter { $0.name == name } }

  /// Positions by the name of their contract.
  func quantity(_ name: String) -> [Double] {
    account.positions.filter { $0.contract.name == name }.map(\.quantity)
  }
}

/// Recorded answers of venues that lie beside the repository, where they are.
enum VenueSamples {
  static let folder = repository + "/../shared/data"
  static let areHere = FileManager.default.fileExists(atPath: folder + "/api_samples")
  static let absence = "the venues' recorded answers are not on this machine"

  static func path(_ name: String) -> String { "\(folder)/\(name)" }
}
