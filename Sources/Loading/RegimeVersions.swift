import Foundation
public import Instruments
public import Margin

/// The versions of a rule book: files of one name that hold from different dates.
///
/// `okx-portfolio-margin.yaml` holds the rules of today, `okx-portfolio-margin.2024-06.yaml` beside it older ones of the same
/// regime; `effectiveFrom` in each says from when it holds.
public struct RegimeVersions: Sendable {
  private let versions: [Loaded<MarginRegime>]

  /// Reads every version of a named regime.
  ///
  /// - Parameter file: the file of the name itself, such as `regimes/okx-portfolio-margin.yaml`.
  /// - Throws: ``LoadError`` with every problem of every version; a file whose regime has another name among them.
  public init(besides file: String) throws(LoadError) {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    let name = String((parts.last ?? "").dropLast(".yaml".count))
    let place = folder.isEmpty && !file.hasPrefix("/") ? "." : folder
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [])
      .filter { $0.hasPrefix(name + ".") && $0.hasSuffix(".yaml") && $0 != name + ".yaml" }.sorted()
      .map { folder.isEmpty && !file.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
    var collector = LoadCollector()
    let own = collector.collect { () throws(LoadError) in try Loaded<MarginRegime>(regimeFile: file) }
    let older = others.compactMap { path in
      collector.collect { () throws(LoadError) in try Loaded<MarginRegime>(regimeFile: path) }
    }
    try collector.finish()
    versions = ([own].compactMap(\.self) + older).filter { $0.value.id == own?.value.id }
    var first: [Int: String] = [:]
    for version in versions {
      if let other = first[Self.start(version)] {
        let words = "holds from the same date as \(other); versions of a regime have different effectiveFrom"
        throw LoadError([version.document.problem(at: ["effectiveFrom"], .rule(words))])
      }
      first[Self.start(version)] = version.file
    }
  }

  /// The version in force at a moment: the latest that holds from then or before; where all are later, the earliest.
  ///
  /// - Parameter moment: the moment; `nil` takes the latest version.
  /// - Returns: the version.
  public func version(at moment: Timestamp?) -> Loaded<MarginRegime> {
    let ordered = versions.sorted { Self.start($0) < Self.start($1) }
    guard let moment else { return ordered[ordered.count - 1] }
    return ordered.last { Self.start($0) <= moment.seconds } ?? ordered[0]
  }

  private static func start(_ version: Loaded<MarginRegime>) -> Int {
    version.value.effectiveFrom?.seconds ?? .min
  }
}

extension MarginRegime {
  /// Whether the rules came into force only after a moment.
  func isLater(than moment: Timestamp) -> Bool { effectiveFrom.map { $0 > moment } ?? false }
}

/// A regime looked for by its name.
public enum LoadedRegime {
  /// Reads the version of a regime in force at a moment.
  ///
  /// - Parameters:
  ///   - name: a name, looked for in `regimes` and `scenarios/regimes` above a place and above here, or a file.
  ///   - place: a file near which to look.
  ///   - moment: the moment.
  /// - Throws: ``LoadError``.
  /// - Returns: the regime.
  public static func named(
    _ name: String, near place: String, at moment: Timestamp
  ) throws(LoadError) -> Loaded<MarginRegime> {
    let document = try SourceDocument(text: "{}", file: "command line")
    let node = SourceNode.scalar(name, option: "--regime")
    let located = Located(value: name, node: node, path: [])
    return try ScenarioFinder(document: document, studyFile: place, accountFile: "./account")
      .regime(named: located, at: moment)
  }
}
