import ArgumentParser
import Foundation
import Instruments
import LinearAlgebra
import Loading
import Margin
import Parallel
import Reports
import RunFolder
import Sampling
import Statistics
import Studies

/// One account's tail under every estimator, side by side.
struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract:
      "Estimate the value at risk and expected shortfall of an account by every estimator, each with its error.",
    discussion: """
      plimsoll estimate scenarios/studies/demo.yaml
      plimsoll estimate scenarios/studies/demo.yaml --target-error 1% --only gaussian,gaussian-importance
      plimsoll estimate scenarios/studies/demo.yaml --levels 99%,99.7% -o runs/estimates

      Estimators use the sample (look-back, horizon) and the covariance of the study's judge. The --target-error is that of \
      every drawn figure printed: its draws are doubled until its error is met.
      """)

  @OptionGroup var study: StudyOptions

  @Option(help: "The levels, separated by commas, such as 99% or 0.99; those of the study where left out.")
  var levels: LevelsArgument?

  @Option(help: "Some estimators only: names separated by commas, as the table prints them.")
  var only: String?

  @Option(
    name: [.customShort("o"), .customLong("out")], help: "A run folder to write.", completion: .directory)
  var output: String?

  @Flag(help: "Replace an existing run folder.")
  var force = false

  @Option(help: "What to print: table or csv (estimates.csv).")
  var format: EstimateFormat = .table

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let started = Date()
    let loaded = try loading { () throws(LoadError) in try study.load() }
    let estimators = try chosenEstimators(from: TailEstimator.menu(for: loaded.study))
    try writing { () throws(RunFolderError) in
      if let output { try RunFolder.check(output, replacing: force) }
    }
    for note in loaded.notes { StandardStreams.report("note: \(note)") }
    let progress = EstimateProgress(isSilent: quiet)
    let estimation = TailEstimationStudy(
      loaded.study, estimators: estimators, levels: levels?.levels,
      targetError: loaded.study.settings.targetError)
    let estimates = try studying { () throws(StudyError) in
      try estimation.estimate { number, name in
        progress.enter("estimator \(number) of \(estimators.count): \(name)")
      }
    }
    progress.finish()
    if let output {
      let manifest = try RunManifest(of: estimates, loaded, started: started)
      let files = try EstimatesFiles.files(of: estimates)
      try writing { () throws(RunFolderError) in
        try RunFolder.write(files, manifest: manifest, to: output, replacing: force)
      }
    }
    switch format {
    case .table:
      let style: TableStyle = StandardStreams.wantsColour ? .coloured : .plain
      try StandardStreams.print(Array(EstimatesTable(estimates, style: style).text.utf8))
    case .csv: try StandardStreams.print(EstimatesCSV.file(of: estimates).bytes)
    }
    if estimates.rows.contains(where: { $0.meetsTarget == false }) {
      StandardStreams.report("the target error is not met by every estimator")
      throw ExitStatus.findings
    }
  }

  private func chosenEstimators(from menu: [TailEstimator]) throws -> [TailEstimator] {
    guard let only else { return menu }
    let names = only.split(separator: ",").map(String.init)
    let known = menu.map(\.name)
    for name in names where !known.contains(name) {
      throw ValidationError("--only \(name) is no estimator; there are \(known.joined(separator: ", ")).")
    }
    guard !names.isEmpty else { throw ValidationError("--only names no estimator.") }
    return menu.filter { names.contains($0.name) }
  }

  private func writing(_ write: () throws(RunFolderError) -> Void) throws {
    do throws(RunFolderError) {
      try write()
    } catch {
      StandardStreams.report("error: \(error)")
      throw ExitStatus.badInput
    }
  }
}

/// Says on standard error which estimator is at work, once it has taken longer than two seconds.
private struct EstimateProgress {
  let isSilent: Bool
  private let start = Date()

  private var elapsed: TimeInterval { Date().timeIntervalSince(start) }

  init(isSilent: Bool) {
    self.isSilent = isSilent
  }

  func enter(_ words: String) {
    guard !isSilent, elapsed > 2 else { return }
    let line = "\(words) (\(Int(elapsed)) s)"
    write(StandardStreams.showsProgress ? "\r\u{1B}[2K" + line : line + "\n")
  }

  /// Leaves no trace of an overwritten line.
  func finish() {
    if !isSilent, elapsed > 2, StandardStreams.showsProgress { write("\r\u{1B}[2K") }
  }

  private func write(_ text: String) {
    // Nobody is left to be told when this fails.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

/// How estimates are printed.
enum EstimateFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv
}

/// Levels as the command line writes them: `99%,0.975`.
struct LevelsArgument: ExpressibleByArgument {
  let levels: [Confidence]

  init?(argument: String) {
    var levels: [Confidence] = []
    for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
      // Moving the decimal point makes 99.9% the number that 0.999 reads as; 99.9 over 100 is another one.
      let decimal = text.hasSuffix("%") ? "\(text.dropLast())e-2" : String(text)
      guard let number = Double(decimal), let level = try? Confidence(number) else { return nil }
      levels.append(level)
    }
    guard !levels.isEmpty, Set(levels).count == levels.count else { return nil }
    self.levels = levels
  }
}

extension RunManifest {
  /// What is known of a run of estimates.
  fileprivate init(of estimates: TailEstimates, _ loaded: LoadedStudy, started: Date) throws {
    let settings = loaded.study.settings
    self.init(
      toolVersion: Version.text, arguments: CommandLine.arguments,
      configuration: [
        "account": .string(estimates.account),
        "as_of": .string(estimates.asOf),
        "estimators": .strings(Self.names(in: estimates)),
        "levels": .strings(Self.levels(in: estimates)),
        "scenarios": .integer(settings.scenarioCount),
        "target_error": estimates.targetError.map { .number($0) } ?? .null,
        "market": .string(loaded.market.path),
      ],
      inputs: try loaded.files.map { try FileDigest(ofFileAt: $0) },
      seed: settings.seed, generator: "Philox4x32-10, normals by inversion (AS241)",
      numericMode: NumericMode(
        kernelClass: KernelClass.current.rawValue, blasCore: BLASRuntime.coreName,
        threads: "\(settings.parallelism.degree) at work at once; BLAS on one; no result depends on it"),
      counts: [
        JSONMember("estimators", .integer(Self.names(in: estimates).count)),
        JSONMember("figures", .integer(estimates.rows.filter { $0.estimate != nil }.count)),
        JSONMember("scenarios", .integer(settings.scenarioCount)),
      ],
      started: started, finished: Date(), warnings: estimates.notes + loaded.notes)
  }

  private static func names(in estimates: TailEstimates) -> [String] {
    var seen: Set<String> = []
    return estimates.rows.map(\.estimator).filter { seen.insert($0).inserted }
  }

  private static func levels(in estimates: TailEstimates) -> [String] {
    var seen: Set<Confidence> = []
    return estimates.rows.map(\.confidence).filter { seen.insert($0).inserted }.map { "\($0.value)" }
  }
}
