import ArgumentParser
import Foundation
import Instruments
import Loading

/// Turns a venue's own answers into an account file.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn a venue's own JSON into an account file.",
    discussion: """
      Reads what Deribit, OKX, Bybit, Binance or ccxt answer about positions, balances and margins; several files make \
      one account. The account goes to standard output or to -o; what has no place in it, and what had to be assumed, \
      goes to standard error. What identifies its owner is never printed.
      """)

  @Argument(help: "The venue's answers (JSON), all of one account.", completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Whose answers they are: \(Venue.allCases.map(\.rawValue).joined(separator: ", ")). Default: their shape tells.",
      valueName: "name"),
    completion: .list(Venue.allCases.map(\.rawValue)),
    transform: ImportCommand.venue)
  var venue: Venue?

  @Option(help: "The account's name. Default: the venue's.", transform: ImportCommand.identifier)
  var id: String?

  @Option(
    help: "The moment the account describes, YYYY-MM-DD or with a time. Default: that of the answers.",
    transform: ImportCommand.moment)
  var asOf: Timestamp?

  @Option(name: .shortAndLong, help: "The account file to write.", completion: .file())
  var output: String?

  @Flag(help: "Write over a file that is there already.")
  var force = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("Name at least one file of a venue's answers.") }
    if force, output == nil { throw ValidationError("--force needs -o.") }
  }

  func run() throws {
    let options = ImportOptions(venue: venue, id: id, asOf: asOf)
    let imported = try loading { () throws(LoadError) in
      try ImportedAccount(contentsOf: files, options: options)
    }
    for field in imported.unmapped { StandardStreams.report("note: \(field)") }
    for assumption in imported.assumptions { StandardStreams.report("assumed: \(assumption)") }
    let text = AccountText.yaml(
      imported.account, remarks: imported.assumptions.map(Self.remark))
    guard let output else { return try StandardStreams.print(Array(text.utf8)) }
    try write(text, to: output)
  }

  /// Writes the whole file or none of it.
  private func write(_ text: String, to path: String) throws {
    switch InputFile.kind(of: path) {
    case .folder:
      StandardStreams.report("error: \(path) is a folder")
      throw ExitStatus.badInput
    case .file where !force:
      StandardStreams.report("error: \(path) is there already; --force writes over it")
      throw ExitStatus.badInput
    case .file, .missing: break
    }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      StandardStreams.report("error: cannot write \(path)")
      throw ExitStatus.findings
    }
  }

  /// An assumption as the account file tells it, without the folder in which the answer lay.
  private static func remark(_ assumption: ImportAssumption) -> String {
    let name = URL(fileURLWithPath: assumption.file).lastPathComponent
    return "assumed: \(ImportAssumption(file: name, path: assumption.path, words: assumption.words))"
  }

  private static func venue(_ text: String) throws -> Venue {
    guard let venue = Venue(rawValue: text.lowercased()) else {
      throw ValidationError("The venues are \(Venue.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return venue
  }

  private static func identifier(_ text: String) throws -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || [45, 46, 95].contains(byte)
    }
    guard isPlain, !text.isEmpty, text.first != "." else {
      throw ValidationError("--id takes letters, digits, '.', '-' and '_'.")
    }
    return text
  }

  static func moment(_ text: String) throws -> Timestamp {
    guard let moment = try? Timestamp(text) else {
      throw ValidationError("--as-of takes YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.")
    }
    return moment
  }
}
