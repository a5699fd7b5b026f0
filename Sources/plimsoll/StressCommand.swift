import ArgumentParser
import Foundation
import Loading
import Margin
import Reports
import RunFolder
import Scenarios
import Studies

/// Bends the dependence of the market and follows every regime along it.
struct StressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress",
    abstract:
      "Bend the correlations of the market: what each regime then demands, and which one breaks first.",
    discussion: """
      plimsoll stress scenarios/studies/stress-pair-trade.yaml
      plimsoll stress scenarios/studies/demo.yaml --shock correlations-to-one --points 21
      plimsoll stress scenarios/studies/demo.yaml --shock lkj-cloud --draws 100 -o runs/cloud
      plimsoll stress scenarios/studies/demo.yaml --shock volatility-doubles --shock correlations-to-one
      plimsoll stress scenarios/studies/demo.yaml --reverse

      A shock is a file of scenarios/shocks, by name or path; two make a surface. Unaware: the requirement stands at the base \
      calibration and losses are those of the shocked law. Recalibrated: the requirement follows.
      """)

  @OptionGroup var study: StudyOptions

  @OptionGroup var stress: StressOptions

  @OptionGroup var runFolder: RunFolderOptions

  @Option(help: "What to print: table or csv (sweep.csv).")
  var format: TabularFormat = .table

  @Flag(help: "Load and check everything, say what would be done, compute nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let started = Date()
    let (loaded, plan) = try loading { () throws(LoadError) in
      let loaded = try study.load(stress.add)
      return (loaded, try loaded.requiredStress())
    }
    try runFolder.check()
    if dryRun {
      let text = ComparisonPlan(loaded, output: runFolder.output, files: StressFiles.names).text + words(plan)
      return try StandardStreams.print(Array(text.utf8))
    }
    for note in loaded.notes { StandardStreams.report("note: \(note)") }
    let progress = ProgressLine(isSilent: quiet)
    let result = try studying { () throws(StudyError) in
      try StressStudy(loaded.study, plan: plan).stress(entering: progress.enter)
    }
    progress.finish()
    try runFolder.write {
      try StressFiles.files(of: result)
    } manifest: {
      try RunManifest(of: result, loaded, started: started)
    }
    switch format {
    case .table:
      let style: TableStyle = StandardStreams.wantsColour ? .coloured : .plain
      try StandardStreams.print(Array(StressTable(result, style: style).text.utf8))
    case .csv: try StandardStreams.print(SweepCSV.file(of: result).bytes)
    }
    for refusal in result.refusals {
      StandardStreams.report("\(refusal.regime.id) not computed: \(ErrorProse.text(of: refusal.reason))")
    }
    if !result.refusals.isEmpty { throw ExitStatus.findings }
  }

  private func words(_ plan: StressPlan) -> String {
    let axes = plan.axes.map { "shock      \($0.shock.name) at \($0.strengths.count) strengths\n" }
    let draws = plan.draws > 1 ? "draws      \(plan.draws) random matrices at each\n" : ""
    let reverse =
      plan.isReversed ? "reverse    the nearest correlations and moves at which each regime acts\n" : ""
    return axes.joined() + draws + reverse
  }
}

/// What the command line may say of a stress.
struct StressOptions: ParsableArguments {
  @Option(
    name: .customLong("shock"), parsing: .unconditionalSingleValue,
    help: "A shock in the place of the study's: a name or a file; given twice, a surface over both.")
  var shocks: [String] = []

  @Option(help: "How many strengths from 0 to 1 each shock is given.")
  var points: Int?

  @Option(help: "How many random correlation matrices are drawn at each point.")
  var draws: Int?

  @Option(
    help:
      "The probability of a loss beyond the margin, or of a call, above which a regime is broken, such as 1%."
  )
  var target: String?

  @Flag(help: "Look for the nearest correlations and the most plausible moves at which each regime acts.")
  var reverse = false

  func validate() throws {
    if shocks.count > 2 { throw ValidationError("--shock can be given once, or twice for a surface.") }
  }

  /// Puts the words in the place of the study's own.
  func add(to overrides: inout StudyOverrides) {
    overrides.shocks = shocks
    overrides.points = points
    let settings = [
      draws.map { "stress.draws=\($0)" }, target.map { "stress.target=\($0)" },
      reverse ? "stress.reverse=true" : nil,
    ]
    overrides.settings += settings.compactMap { $0 }
  }
}

extension RunManifest {
  /// What is known of a run of stresses.
  fileprivate init(of result: StressResult, _ loaded: LoadedStudy, started: Date) throws {
    try self.init(
      of: loaded, result.settings,
      adding: [
        JSONMember("shocks", .strings(result.plan.axes.map(\.shock.name))),
        JSONMember("draws", .integer(result.plan.draws)), JSONMember("target", .number(result.plan.target)),
      ],
      counts: [
        JSONMember("points", .integer(result.points.count)),
        JSONMember("regimes", .integer(result.regimes.count)),
        JSONMember("refusals", .integer(result.refusals.count)),
      ],
      notes: result.notes, started: started)
  }
}
