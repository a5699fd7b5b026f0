import ArgumentParser
import Foundation
import Loading
import Reports
import RunFolder
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
  var levels: String?

  @Option(help: "Some estimators only: names separated by commas, as the table prints them.")
  var only: String?

  @OptionGroup var runFolder: RunFolderOptions

  @Option(help: "What to print: table or csv (estimates.csv).")
  var format: TabularFormat = .table

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let started = Date()
    let levels = try levels.map(Confidence.levels)
    let loaded = try loading { () throws(LoadError) in try study.load() }
    let estimators = try chosenEstimators(from: TailEstimator.menu(for: loaded.study))
    try runFolder.check()
    for note in loaded.notes { StandardStreams.report("note: \(note)") }
    let progress = ProgressLine(isSilent: quiet)
    let estimation = TailEstimationStudy(
      loaded.study, estimators: estimators, levels: levels,
      targetError: loaded.study.settings.targetError)
    let estimates = try studying { () throws(StudyError) in
      try estimation.estimate { number, name in
        progress.enter("estimator \(number) of \(estimators.count): \(name)")
      }
    }
    progress.finish()
    try runFolder.write {
      try EstimatesFiles.files(of: estimates)
    } manifest: {
      try RunManifest(of: estimates, loaded, started: started)
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
}

/// How results are printed that have a page and one main file.
enum TabularFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv
}

extension Confidence {
  /// Levels as the command line writes them: `99%,0.975`.
  fileprivate static func levels(in text: String) throws -> [Confidence] {
    let levels = try text.split(separator: ",", omittingEmptySubsequences: false).map { level in
      // Moving the decimal point makes 99.9% the number that 0.999 reads as; 99.9 over 100 is another one.
      let decimal = level.hasSuffix("%") ? "\(level.dropLast())e-2" : String(level)
      guard let number = Double(decimal), let confidence = try? Confidence(number) else {
        throw ValidationError(
          "--levels \(level) is no level; a level lies above 50% and below 100%, such as 99% or 0.99.")
      }
      return confidence
    }
    guard Set(levels).count == levels.count else {
      throw ValidationError("--levels \(text) names a level twice.")
    }
    return levels
  }
}

extension RunManifest {
  /// What is known of a run of estimates.
  fileprivate init(of estimates: TailEstimates, _ loaded: LoadedStudy, started: Date) throws {
    let names = Self.names(in: estimates)
    try self.init(
      of: loaded, loaded.study.settings,
      adding: [
        JSONMember("estimators", .strings(names)), JSONMember("levels", .strings(Self.levels(in: estimates))),
        JSONMember("target_error", estimates.targetError.map { .number($0) } ?? .null),
      ],
      counts: [
        JSONMember("estimators", .integer(names.count)),
        JSONMember("figures", .integer(estimates.rows.filter { $0.estimate != nil }.count)),
      ],
      notes: estimates.notes, started: started)
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
