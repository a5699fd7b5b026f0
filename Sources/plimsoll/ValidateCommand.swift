import ArgumentParser
import Loading

/// Checks input files and says everything that is wrong with them.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check studies, accounts, regimes, shocks and market data; all problems at once.")

  @Argument(
    help: "Study, account, regime or shock files (YAML or JSON), price files (CSV) or market folders.",
    completion: .file())
  var files: [String]

  @Option(help: "The market folder or file against which studies are checked.")
  var market: String?

  func run() throws {
    var collector = LoadCollector()
    for file in files {
      let input = collector.collect { () throws(LoadError) in
        try LoadedInput(contentsOf: file, overrides: StudyOverrides(market: market))
      }
      if let input { try StandardStreams.print(Array("\(file): \(input.kind), no problem found\n".utf8)) }
    }
    try loading { () throws(LoadError) in try collector.finish() }
  }
}

extension LoadedInput {
  fileprivate var kind: String {
    switch self {
    case .account: "account"
    case .regime: "regime"
    case .study: "study with all the files it names"
    case .market: "market"
    case .shock: "shock"
    }
  }
}
