public import Instruments
public import Margin
public import Scenarios

/// A file of any kind, told by what stands in it.
public enum LoadedInput: Sendable {
  /// An account.
  case account(Loaded<Account>)
  /// A regime.
  case regime(Loaded<MarginRegime>)
  /// A shock.
  case shock(Loaded<Shock>)
  /// A study and all it names.
  case study(LoadedStudy)
  /// A file of prices or a market folder.
  case market(LoadedMarket)

  /// Reads a file of any kind: a folder or CSV file is a market, YAML and JSON tell their kind by their first keys.
  ///
  /// - Parameters:
  ///   - path: the file or folder as its user named it.
  ///   - overrides: what the command line puts in the place of a study's words.
  /// - Throws: ``LoadError`` with every problem.
  public init(contentsOf path: String, overrides: StudyOverrides = StudyOverrides()) throws(LoadError) {
    if case .folder = InputFile.kind(of: path) {
      self = .market(try LoadedMarket(contentsOf: path))
      return
    }
    if path.hasSuffix(".csv") {
      self = .market(try LoadedMarket(contentsOf: path))
      return
    }
    let text = try InputFile.text(of: path)
    let document = try SourceDocument(text: text, file: path)
    let keys = document.root.keys
    if keys.contains("study") || keys.contains("regimes") {
      self = .study(try LoadedStudy(contentsOf: path, overrides: overrides))
    } else if keys.contains("regime") || keys.contains("terms") {
      self = .regime(try Loaded(document, as: .regime))
    } else if keys.contains("account") || keys.contains("balances") {
      self = .account(try Loaded(document, as: .account))
    } else if keys.contains("shock") || keys.contains("steps") {
      self = .shock(try Loaded(document, as: .shock))
    } else {
      let fault = LoadFault.expected(
        "an account, a regime, a shock or a study, which begin with that word", found: "none")
      throw LoadError([document.problem(at: [], fault)])
    }
  }
}

extension SourceNode {
  /// The keys of a mapping; none for anything else.
  fileprivate var keys: [String] {
    guard case .mapping(let entries) = content else { return [] }
    return entries.map(\.name)
  }
}
