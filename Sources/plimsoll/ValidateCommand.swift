import ArgumentParser
import Foundation
import Instruments
import Loading
import Margin

/// Checks input files and says everything that is wrong with them.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check studies, accounts, regimes and market data; all problems at once.")

  @Argument(
    help: "Study, account or regime files (YAML or JSON), price files (CSV) or market folders.",
    completion: .file())
  var files: [String]

  @Option(help: "The market folder or file against which studies are checked.")
  var market: String?

  func run() throws {
    var collector = LoadCollector()
    for file in files {
      let kind = collector.collect { () throws(LoadError) in try validate(file) }
      if let kind { StandardStreams.print(Array("\(file): \(kind), no problem found\n".utf8)) }
    }
    try loading { () throws(LoadError) in try collector.finish() }
  }

  /// Loads a file for what it is; returns what that was.
  private func validate(_ file: String) throws(LoadError) -> String {
    if case .folder = InputFile.kind(of: file) {
      _ = try LoadedMarket(contentsOf: file)
      return "market folder"
    }
    if file.lowercased().hasSuffix(".csv") {
      _ = try LoadedMarket(contentsOf: file)
      return "price file"
    }
    let document = try SourceDocument(text: InputFile.text(of: file), file: file)
    var keys: Set<String> = []
    if case .mapping(let entries) = document.root.content { keys = Set(entries.map(\.name)) }
    if keys.contains("regime") {
      _ = try Loaded<MarginRegime>(regimeFile: file)
      return "regime"
    }
    if keys.contains("regimes") || keys.contains("study") {
      _ = try LoadedStudy(contentsOf: file, overrides: StudyOverrides(market: market))
      return "study with all the files it names"
    }
    _ = try Loaded<Account>(accountFile: file)
    return "account"
  }
}
