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
  /// Shocks in the place of the study's own: names or files, one for a curve, two for a surface.
  public var shocks: [String]
  /// How many strengths each shock is given.
  public var points: Int?

  /// Makes overrides; none by default.
  ///
  /// - Parameters:
  ///   - account: an account file.
  ///   - regimes: names or files; empty leaves the study's.
  ///   - market: the market folder or file.
  ///   - settings: each `path=value`.
  ///   - settingsOption: the option by which settings are given.
  ///   - shocks: names or files, at most two; empty leaves the study's.
  ///   - points: how many strengths each shock is given.
  public init(
    account: String? = nil, regimes: [String] = [], market: String? = nil, settings: [String] = [],
    settingsOption: String = "--set", shocks: [String] = [], points: Int? = nil
  ) {
    self.account = account
    self.regimes = regimes
    self.market = market
    self.settings = settings
    self.settingsOption = settingsOption
    self.shocks = shocks
    self.points = points
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
  /// What is bent, where the study says so; see ``requiredStress()``.
  public let stress: StressPlan?
  /// Every file that was read, in order, for the provenance of results.
  public let files: [String]
  /// What was assumed where the files and the command line leave a choice, in sentences; those of the market first.
  public let notes: [String]
  package let document: SourceDocument

  /// Reads a study file and all it names, and finds everything that would stop it.
  ///
  /// Paths in the file are relative to its folder. A regime, account or shock without a slash or an ending is a name: that of a
  /// file in `regimes`, `accounts` or `shocks` beside or above the study, or in `scenarios` there.
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
    var collector = LoadCollector()
    let document = original.applying(overrides, &collector)
    let plan = collector.collect { () throws(LoadError) in
      try Loaded<StudyPlan>(document, as: .study).value
    }
    // What the document names is read even where the rest of it is unsound, so that no file's problems hide another's.
    let names = NamedFiles(of: document)
    let accountFile = names.account.flatMap { name in
      collector.collect { () throws(LoadError) in
        try ScenarioFinder(document: document, studyFile: path).file(named: name, of: .account)
      }
    }
    let market = collector.collect { () throws(LoadError) in
      try LoadedMarket(contentsOf: Self.market(overrides.market, near: path ?? ".", or: accountFile))
    }
    let finder = ScenarioFinder(document: document, studyFile: path, accountFile: accountFile)
    let account = accountFile.flatMap { file in
      collector.collect { () throws(LoadError) in try Loaded<Account>(accountFile: file) }
    }
    let asOf = plan?.asOf ?? account?.value.asOf
    let regimes = names.regimes.compactMap { name in
      collector.collect { () throws(LoadError) in try finder.regime(named: name, at: asOf) }
    }
    let correlation = collector.collect { () throws(LoadError) in try finder.correlation(names.correlation) }
    let shocks = names.shocks.compactMap { axis, name in
      collector.collect { () throws(LoadError) in (axis: axis, shock: try finder.shock(named: name)) }
    }
    let axes = plan?.stress?.shocks(from: shocks, study: document) ?? []
    if let plan, let market, let asOf {
      collector.add(
        axes.flatMap { $0.problems(history: market.history, models: plan.models, asOf: asOf) })
    }
    let stress = plan?.stress.flatMap { block in
      collector.collect { () throws(LoadError) in try block.plan(axes, study: document) }
    }
    collector.add(document.repeatedRegimes(regimes))
    if plan != nil, let account, asOf == nil {
      collector.add([
        document.problem(at: [], .missingKey("asOf")), account.document.problem(at: [], .missingKey("asOf")),
      ])
    }
    try collector.finish()
    guard let plan, let market, let account, let correlation, let asOf else {
      throw LoadError(collector.problems)
    }
    let reference = document.reference(of: plan, among: regimes.map(\.value.id), overrides)
    let models = ScenarioModels(
      basis: plan.models.basis, volatility: plan.models.volatility, proxies: plan.models.proxies,
      correlation: correlation.value, dustFloor: plan.models.dustFloor)
    let settings = ComparisonSettings(
      asOf: asOf, models: models, seed: plan.seed, scenarioCount: plan.scenarioCount,
      targetError: plan.targetError, judge: plan.judge.model,
      realisedObservations: plan.judge.realised, closeOutCost: plan.closeOutCost, bootstrap: plan.bootstrap,
      levels: plan.levels, reference: reference.name)
    study = ComparisonStudy(
      name: plan.name ?? account.value.id, account: account.value, regimes: regimes.map(\.value),
      history: market.history, settings: settings, changes: plan.changes)
    self.account = account
    self.regimes = regimes
    self.market = market
    self.document = document
    self.stress = stress
    // One shock may serve both axes.
    let shockFiles: [String] = shocks.map(\.shock.file).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
    notes = market.notes + reference.notes + Self.laterRules(among: regimes.map(\.value), than: asOf)
    files =
      [path].compactMap(\.self) + [account.file] + regimes.map(\.file) + correlation.files
      + shockFiles + market.files
    let problems = problems(of: study.faults())
    guard problems.isEmpty else { throw LoadError(problems) }
  }
}

extension LoadedStudy {
  /// A word about rules that were not in force yet.
  private static func laterRules(among regimes: [MarginRegime], than asOf: Timestamp) -> [String] {
    let later = regimes.filter { $0.isLater(than: asOf) }
    guard !later.isEmpty else { return [] }
    let names = later.map { "\($0.id) (from \($0.effectiveFrom.map(\.description) ?? ""))" }
    return ["Rules that came into force later are applied to \(asOf): \(names.joined(separator: ", "))."]
  }

  /// Where the market lies: as named, above the study, or above the account.
  private static func market(
    _ explicit: String?, near start: String, or accountFile: String?
  ) throws(LoadError) -> String {
    do throws(LoadError) {
      return try MarketLocation.path(explicit: explicit, startingAt: start)
    } catch {
      let near = accountFile.flatMap { try? MarketLocation.path(explicit: explicit, startingAt: $0) }
      guard let near else { throw error }
      return near
    }
  }
}

extension SourceDocument {
  /// The document with the command line's words in the place of its own; file names keep their folder apart.
  fileprivate func applying(
    _ overrides: StudyOverrides, _ collector: inout LoadCollector
  ) -> SourceDocument {
    var changed = stressed(by: overrides.shocks)
    for setting in overrides.settings {
      let next = collector.collect { () throws(LoadError) in
        try changed.setting([setting], option: overrides.settingsOption)
      }
      changed = next ?? changed
    }
    changed = changed.stressed(at: overrides.points)
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

  /// The regime all others are measured against: the first where the file's own choice is not among the command line's regimes.
  fileprivate func reference(
    of plan: StudyPlan, among regimes: [String], _ overrides: StudyOverrides
  ) -> (name: String, notes: [String]) {
    guard let stated = plan.reference else { return (regimes[0], []) }
    let isOfFile = root.value(at: ["reference"])?.position.origin == nil
    guard isOfFile, !overrides.regimes.isEmpty, !regimes.contains(stated) else { return (stated, []) }
    let note =
      "The study's reference \(stated) is not among the regimes of the command line; "
      + "\(regimes[0]), the first of them, is the reference instead."
    return (regimes[0], [note])
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
  static func scalar(_ text: String, option: String) -> SourceNode {
    var position = SourcePosition.start
    position.origin = option
    return SourceNode(position: position, content: .scalar(text, isQuoted: false))
  }
}
