import Foundation
import Instruments
import LinearAlgebra
import Loading
import Margin
import Parallel
import Reports
import RunFolder
import Sampling
import Studies

extension RunManifest {
  /// What is known of a comparison's run.
  init(of comparison: RegimeComparison, _ loaded: LoadedStudy, started: Date) throws {
    try self.init(
      of: loaded, comparison.settings,
      counts: [
        JSONMember("regimes", .integer(comparison.results.count)),
        JSONMember("refusals", .integer(comparison.refusals.count)),
      ],
      notes: comparison.notes, started: started)
  }

  /// What is known of the run of a study, with what a command adds to its configuration.
  init(
    of loaded: LoadedStudy, _ settings: ComparisonSettings, adding members: [JSONMember] = [],
    counts: [JSONMember], notes: [String], started: Date
  ) throws {
    self.init(
      toolVersion: Version.text, arguments: CommandLine.arguments,
      configuration: .object(loaded.configuration + members),
      inputs: try loaded.files.map { try FileDigest(ofFileAt: $0) },
      seed: settings.seed, generator: "Philox4x32-10, normals by inversion (AS241)",
      numericMode: NumericMode(
        kernelClass: KernelClass.current.rawValue, blasCore: BLASRuntime.coreName,
        threads: "\(settings.parallelism.degree) at work at once; BLAS on one; no result depends on it"),
      counts: counts + [JSONMember("scenarios", .integer(settings.scenarioCount))],
      started: started, finished: Date(), warnings: notes + loaded.notes)
  }
}

extension LoadedStudy {
  /// The study file with the command line's settings in it, and what defaults and other files decided.
  fileprivate var configuration: [JSONMember] {
    [
      JSONMember("study", document.root.json),
      JSONMember("account", .string(study.account.id)),
      JSONMember("as_of", .string("\(study.settings.asOf)")),
      JSONMember("regimes", .strings(study.regimes.map(\.id))),
      JSONMember("reference", .string(study.settings.reference)),
      JSONMember("scenarios", .integer(study.settings.scenarioCount)),
      JSONMember("close_out_cost", .number(study.settings.closeOutCost)),
      JSONMember("market", .string(market.path)),
    ]
  }
}

extension SourceNode {
  /// The value as it stands in the file.
  fileprivate var json: JSONValue {
    switch content {
    case .nothing: .null
    case .scalar(let text, let isQuoted):
      if isQuoted {
        .string(text)
      } else {
        Double(text).map { $0.isFinite ? .number($0) : .string(text) } ?? .string(text)
      }
    case .list(let items): .array(items.map(\.json))
    case .mapping(let entries): .object(entries.map { JSONMember($0.name, $0.value.json) })
    }
  }
}
