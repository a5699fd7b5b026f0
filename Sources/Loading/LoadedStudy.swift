import Foundation
public import Instruments
public import Margin
import MarketData
import Scenarios
import Statistics
public import Studies

/// What a command line may put in the place of a study file's words.
public struct StudyOverrides: Hashable, Sendable {
  /// An account file.
  public var account: String?
  /// Regimes: names or files.
  public var regimes: [String]
  /// The market folder or file.
  public var market: String?
  /// Settings `path=value`, such as `seed=7` or `judge.lookBack=250`.
  public var settings: [String]
  /// The option by which settings are given, for messages.
  public var settingsOption: String

  /// Makes overrides; none by default.
  ///
  /// - Parameters:
  ///   - account: an account file.
  ///   - regimes: names or files; empty leaves the study's.
  ///   - market: the market folder or file.
  ///   - settings: each `path=value`.
  ///   - settingsOption: the option by which settings are given.
  public init(
    account: String? = nil, regimes: [String] = [], market: String? = nil, settings: [String] = [],
    settingsOption: String = "--set"
  ) {
    self.account = account
    self.regimes = regimes
    self.market = market
    self.settings = settings
    self.settingsOption = settingsOption
  }
}

/// A study with everything it names read and checked against one another.
public struct LoadedStudy: Sendable {
  /// The study; what the command line still decides may be changed in it.
  public var study: ComparisonStudy
  /// The account with its file.
  public let account: Loaded<Account>
  /// The regimes with their files, in the study's order.
  public let regimes: [Loaded<MarginRegime>]
  /// The market.
  public let market: LoadedMarket
  /// Every file that was read, in order, for the provenance of results.
  public let files: [String]
  package let document: SourceDocument

  /// Reads a study file and all it names, and finds everything that would stop it.
  ///
  /// Paths in the file are relative to its folder. A regime or account without a slash or an ending is a name: that of a file
  /// in `regimes` or `accounts` beside or above the study, or in `scenarios` there.
  ///
  /// - Parameters:
  ///   - path: the study file; `nil` for a study made of overrides alone.
  ///   - overrides: what the command line puts in the place of the file's words.
  /// - Throws: ``LoadError`` with every problem of every file.
  public init(contentsOf path: String?, overrides: StudyOverrides = StudyOverrides()) throws(LoadError) {
    let text = try path.map { path throws(LoadError) in try InputFile.text(of: path) }
    let document = try SourceDocument(text: text ?? "{}", file: path ?? "command line")
    try self.init(document, path: path, overrides: overrides)
  }

  private init(_ original: SourceDocument, path: String?, overrides: StudyOverrides) throws(LoadError) {
    let document = try original.applying(overrides)
    var collector = LoadCollector()
    let plan = collector.collect { () throws(LoadError) in
      try Loaded<StudyPlan>(document, as: .study).value
    }
    let market = collector.collect { () throws(LoadError) in
      try LoadedMarket(
        contentsOf: MarketLocation.path(explicit: overrides.market, startingAt: path ?? "."))
    }
    guard let plan else { throw LoadError(collector.problems) }
    let finder = ScenarioFinder(document: document, studyFile: path)
    let account = collector.collect { () throws(LoadError) in
      try Loaded<Account>(accountFile: finder.file(named: plan.account, of: .account))
    }
    let regimes = plan.regimes.compactMap { name in
      collector.collect { () throws(LoadError) in
        try Loaded<MarginRegime>(regimeFile: finder.file(named: name, of: .regime))
      }
    }
    let correlation = collector.collect { () throws(LoadError) in try finder.correlation(plan.correlation) }
    collector.add(document.repeatedRegimes(regimes))
    let asOf = plan.asOf ?? account?.value.asOf
    if let account, asOf == nil {
      collector.add([
        document.problem(at: [], .missingKey("asOf")), account.document.problem(at: [], .missingKey("asOf")),
      ])
    }
    try collector.finish()
    guard let market, let account, let correlation, let asOf else { throw LoadError(collector.problems) }
    let models = ScenarioModels(
      basis: plan.models.basis, proxies: plan.models.proxies, correlation: correlation.value,
      dustFloor: plan.models.dustFloor)
    let settings = ComparisonSettings(
      asOf: asOf, models: models, seed: plan.seed, scenarioCount: plan.scenarioCount, judge: plan.judge.model,
      realisedObservations: plan.judge.realised, closeOutCost: plan.closeOutCost, bootstrap: plan.bootstrap,
      levels: plan.levels, reference: plan.reference ?? regimes[0].value.id)
    study = ComparisonStudy(
      name: plan.name ?? account.value.id, account: account.value, regimes: regimes.map(\.value),
      history: market.history, settings: settings, changes: plan.changes)
    self.account = account
    self.regimes = regimes
    self.market = market
    self.document = document
    files =
      [path].compactMap(\.self) + [account.file] + regimes.map(\.file) + correlation.files + market.files
    let problems = problems(of: study.faults())
    guard problems.isEmpty else { throw LoadError(problems) }
  }
}

extension SourceDocument {
  /// The document with the command line's words in the place of its own; file names keep their folder apart.
  fileprivate func applying(_ overrides: StudyOverrides) throws(LoadError) -> SourceDocument {
    var changed = try setting(overrides.settings, option: overrides.settingsOption)
    if let account = overrides.account {
      changed = changed.replacing("account", with: .scalar(account, option: "--account \(account)"))
    }
    if !overrides.regimes.isEmpty {
      let option = "--regimes \(overrides.regimes.joined(separator: ","))"
      let names = overrides.regimes.map { SourceNode.scalar($0, option: option) }
      let list = SourceNode(position: names[0].position, content: .list(names))
      changed = changed.replacing("regimes", with: list)
    }
    return changed
  }

  /// Regimes whose name another one of the study has already.
  fileprivate func repeatedRegimes(_ regimes: [Loaded<MarginRegime>]) -> [LoadProblem] {
    var seen: Set<String> = []
    return regimes.filter { !seen.insert($0.value.id).inserted }.map { regime in
      problem(at: ["regimes"], .rule("the regime '\(regime.value.id)' stands twice"))
    }
  }
}

extension SourceNode {
  fileprivate static func scalar(_ text: String, option: String) -> SourceNode {
    var position = SourcePosition.start
    position.origin = option
    return SourceNode(position: position, content: .scalar(text, isQuoted: false))
  }
}

/// Finds the files a study names.
private struct ScenarioFinder {
  enum Kind: String {
    case account
    case regime

    var folder: String { "\(rawValue)s" }
  }

  package let document: SourceDocument
  let studyFile: String?

  func file(named name: Located<String>, of kind: Kind) throws(LoadError) -> String {
    let text = name.value
    if text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") || text.hasSuffix(".json") {
      return try existing(resolved(text, name.node), name)
    }
    for folder in folders(of: kind) {
      let path = "\(folder)/\(text).yaml"
      if case .file = InputFile.kind(of: path) { return path }
    }
    let known = folders(of: kind).flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
    let fault = LoadFault.unknownName(kind: kind.rawValue, text, known: known)
    throw LoadError([problem(fault, at: name)])
  }

  /// Supplied correlations, read from their file where they stand in one.
  func correlation(
    _ plan: Located<CorrelationPlan>?
  ) throws(LoadError) -> (value: SuppliedCorrelation?, files: [String]) {
    switch plan?.value {
    case nil: return (nil, [])
    case .stated(let correlation): return (correlation, [])
    case .file(let name, let repair):
      guard let plan else { return (nil, []) }
      let place = Located(value: name, node: plan.node, path: plan.path)
      let path = try existing(resolved(name, plan.node), place)
      let correlation = try SuppliedCorrelation(bytes: InputFile.bytes(of: path), file: path, repair: repair)
      return (correlation, [path])
    }
  }

  private func existing(_ path: String, _ name: Located<String>) throws(LoadError) -> String {
    if case .file = InputFile.kind(of: path) { return path }
    throw LoadError([problem(.expected("a file", found: "nothing at \(path)"), at: name)])
  }

  private func problem(_ fault: LoadFault, at name: Located<String>) -> LoadProblem {
    LoadProblem(file: document.file, position: name.node.position, path: printed(name.path), fault: fault)
  }

  /// A path of the study file is relative to its folder, one of the command line to where the user is.
  private func resolved(_ path: String, _ node: SourceNode) -> String {
    guard let studyFile, node.position.origin == nil, !path.hasPrefix("/") else { return path }
    let folder = studyFile.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return Self.simplified(folder.isEmpty && !studyFile.hasPrefix("/") ? path : "\(folder)/\(path)")
  }

  /// Folders in which a name is looked for: beside and above the study, there also in `scenarios`.
  private func folders(of kind: Kind) -> [String] {
    var folder = URL(fileURLWithPath: studyFile ?? "./study").standardizedFileURL.deletingLastPathComponent()
    var candidates: [String] = []
    while true {
      candidates += ["\(kind.folder)", "scenarios/\(kind.folder)"].map {
        folder.appendingPathComponent($0).path
      }
      let parent = folder.deletingLastPathComponent().standardizedFileURL
      guard parent.path != folder.path, folder.path != "/" else { break }
      folder = parent
    }
    return candidates.filter { if case .folder = InputFile.kind(of: $0) { true } else { false } }
      .map(Self.relativeToCurrentFolder)
  }

  /// `a/b/../c` as `a/c`.
  private static func simplified(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) where part != "." {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  private static func relativeToCurrentFolder(_ path: String) -> String {
    let current = FileManager.default.currentDirectoryPath
    return path.hasPrefix(current + "/") ? String(path.dropFirst(current.count + 1)) : path
  }
}
