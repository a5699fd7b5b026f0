import Foundation
import Instruments
import Margin
import Scenarios

/// Finds the files a study names.
struct ScenarioFinder {
  enum Kind: String {
    case account
    case regime
    case shock

    var folder: String { "\(rawValue)s" }
  }

  let document: SourceDocument
  let studyFile: String?
  /// The account's file, near which regimes are looked for as well.
  var accountFile: String?

  func file(named name: Located<String>, of kind: Kind) throws(LoadError) -> String {
    let text = name.value
    guard Self.isName(text) else {
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
    var seen: Set<String> = []
    let fault = LoadFault.unknownName(
      kind: kind.rawValue, text, known: known.filter { seen.insert($0).inserted })
    throw LoadError([problem(fault, at: name)])
  }

  /// A regime: the file named, or of a name the version in force at a moment.
  func regime(named name: Located<String>, at moment: Timestamp?) throws(LoadError) -> Loaded<MarginRegime> {
    let path = try file(named: name, of: .regime)
    guard Self.isName(name.value) else { return try Loaded<MarginRegime>(regimeFile: path) }
    return try RegimeVersions(besides: path).version(at: moment)
  }

  /// A shock and what it names.
  func shock(named name: Located<String>) throws(LoadError) -> Loaded<ShockPart<Shock>> {
    try Loaded<ShockPart<Shock>>(contentsOf: file(named: name, of: .shock), as: .shock)
  }

  /// Whether a text stands for a file to be looked for, and not for a path.
  private static func isName(_ text: String) -> Bool {
    !text.contains("/") && ![".yaml", ".yml", ".json"].contains { text.hasSuffix($0) }
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

  /// Folders in which a name is looked for: beside and above the study, then the account, there also in `scenarios`.
  private func folders(of kind: Kind) -> [String] {
    var seen: Set<String> = []
    return ([studyFile ?? "./study"] + [accountFile].compactMap(\.self))
      .flatMap { Self.folders(of: kind, besideAndAbove: $0) }.filter { seen.insert($0).inserted }
  }

  private static func folders(of kind: Kind, besideAndAbove file: String) -> [String] {
    var folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
    var candidates: [String] = []
    while true {
      candidates += ["\(kind.folder)", "scenarios/\(kind.folder)"].map {
        folder.appendingPathComponent($0).path
      }
      let parent = folder.deletingLastPathComponent().standardizedFileURL
      guard parent.path != folder.path, folder.path != "/" else { break }
      folder = parent
    }
    if kind == .regime { candidates = candidates.flatMap { [$0, "\($0)/venues", "\($0)/clearing-houses"] } }
    return candidates.filter { if case .folder = InputFile.kind(of: $0) { true } else { false } }
      .map(relativeToCurrentFolder)
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
