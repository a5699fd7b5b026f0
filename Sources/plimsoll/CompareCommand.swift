import ArgumentParser
import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Reports
import RunFolder
import Studies

/// Puts one account under every regime of a study: cost and safety side by side.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Put one account under several margin regimes: what each demands, and how safe each answer is.",
    discussion: """
      plimsoll compare scenarios/studies/demo.yaml
      plimsoll compare --account my.yaml --regimes cross-collateral,value-at-risk-historical
      plimsoll compare scenarios/studies/demo.yaml --add BTC/USDT:USDT=-1x5 --swap USDT=50000:BTC
      plimsoll compare scenarios/studies/demo.yaml --fail-on "liquidationProbability>0.01"
      plimsoll compare scenarios/studies/demo.yaml --walk-forward --out runs/demo
      """)

  @OptionGroup var study: StudyOptions

  @Option(
    name: .customLong("add"), parsing: .unconditionalSingleValue,
    help: "The effect of a trade, CONTRACT=QUANTITY[@PRICE][xLEVERAGE]; may be repeated, each on its own.")
  var trades: [TradeArgument] = []

  @Option(
    name: .customLong("swap"), parsing: .unconditionalSingleValue,
    help: "The effect of a swap of collateral, FROM=QUANTITY:TO; may be repeated, each on its own.")
  var swaps: [SwapArgument] = []

  @OptionGroup var walkForward: WalkForwardOptions

  @Flag(help: "Where each margin comes from as well: shares of rows and risk factors, with errors.")
  var attribution = false

  @OptionGroup var runFolder: RunFolderOptions

  @Option(help: "What to print: table, csv (requirement.csv) or json.")
  var format: OutputFormat = .table

  @Option(
    name: .customLong("fail-on"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Exit with 1 when [REGIME:]METRIC(<|<=|>|>=)NUMBER holds; may be repeated.",
      discussion: "Metrics: \(FailRule.Metric.allCases.map(\.rawValue).joined(separator: ", "))."))
  var failRules: [FailRule] = []

  @Flag(help: "Load and check everything, say what would be done, compute nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    guard walkForward.isWanted || attribution, format != .table, runFolder.output == nil else { return }
    throw ValidationError(
      "--walk-forward and --attribution print beside the table alone; with --format csv or json name a run folder "
        + "with --out.")
  }

  func run() throws {
    let started = Date()
    var loaded = try loading { () throws(LoadError) in try study.load() }
    try requireKnownRegimes(in: loaded.study)
    loaded.study.changes += try changes(in: loaded.study)
    try runFolder.check()
    if dryRun {
      let attributed =
        attribution
        ? "shares     of rows and risk factors in every requirement\n"
          + (runFolder.output.map { "writes     \($0)/\(AttributionCSV.fileName)\n" } ?? "") : ""
      let plan =
        ComparisonPlan(loaded, output: runFolder.output).text + attributed
        + walkForward.plan(runFolder.output)
      try StandardStreams.print(Array(plan.utf8))
      return
    }
    for note in loaded.notes { StandardStreams.report("note: \(note)") }
    let progress = ProgressLine(isSilent: quiet)
    let comparison = try studying { () throws(StudyError) in
      try loaded.study.compare(entering: progress.enter)
    }
    progress.finish()
    let walk = try studying { () throws(StudyError) in
      try walkForward.walk(loaded.study, isSilent: quiet)
    }
    // With the draws the comparison settled on: its target is not looked for again.
    loaded.study.settings = comparison.settings
    let attributed = try studying { () throws(StudyError) in
      attribution ? try loaded.study.attribution() : nil
    }
    try runFolder.write {
      try ComparisonFiles.files(of: comparison) + (walk.map { try WalkForwardFiles.files(of: $0) } ?? [])
        + (attributed.map { [try AttributionCSV.file(of: $0)] } ?? [])
    } manifest: {
      try RunManifest(of: comparison, loaded, started: started)
    }
    try show(comparison, walk, attributed)
    try conclude(comparison)
  }

  private func requireKnownRegimes(in study: ComparisonStudy) throws {
    let known = study.regimes.map(\.id)
    for rule in failRules where rule.namesUnknownRegime(among: known) {
      throw ValidationError(
        "--fail-on \"\(rule.text)\" names no regime of the study; it has \(known.joined(separator: ", ")).")
    }
  }

  /// The trades and swaps of the command line; a trade without a price is made at the mark.
  private func changes(in study: ComparisonStudy) throws -> [AccountChange] {
    guard !trades.isEmpty || !swaps.isEmpty else { return [] }
    guard let market = try? MarketSnapshot(of: study.history, at: study.settings.asOf) else { return [] }
    let traded = try trades.map { trade in
      let held = study.account.positions.first { $0.contract == trade.contract }
      let underlying = trade.contract.underlying
      let spot = market.price(of: underlying.base).flatMap { base in
        market.price(of: underlying.quote).map { base / $0 }
      }
      guard let mark = held?.markPrice ?? spot else {
        StandardStreams.report(
          "--add \(trade.contract.name): the market has no price of \(underlying) at \(study.settings.asOf)")
        throw ExitStatus.badInput
      }
      return AccountChange.trade(
        try Position(
          contract: trade.contract, quantity: trade.quantity, multiplier: held?.multiplier ?? 1,
          entryPrice: trade.price ?? mark, markPrice: held?.markPrice,
          leverage: trade.leverage ?? held?.leverage ?? 1, sleeve: held?.sleeve))
    }
    return traded + swaps.map(\.change)
  }

  private func show(
    _ comparison: RegimeComparison, _ walk: WalkForward?, _ attributed: StudyAttribution?
  ) throws {
    switch format {
    case .table:
      let style: TableStyle = StandardStreams.wantsColour ? .coloured : .plain
      try StandardStreams.print(Array(ComparisonTable(comparison, style: style).text.utf8))
      let more = [
        attributed.map { AttributionTable($0, style: style).text },
        walk.map { WalkForwardTable($0, style: style).text },
      ]
      for text in more.compactMap(\.self) { try StandardStreams.print(Array(("\n" + text).utf8)) }
    case .csv: try StandardStreams.print(RequirementCSV.file(of: comparison).bytes)
    case .json: try StandardStreams.print(JSONValue(comparison).bytes())
    }
  }

  private func conclude(_ comparison: RegimeComparison) throws {
    let hits = failRules.flatMap { $0.hits(in: comparison) }
    for hit in hits { StandardStreams.report("--fail-on hit by \(hit)") }
    for refusal in comparison.refusals {
      StandardStreams.report("\(refusal.regime.id) not computed: \(ErrorProse.text(of: refusal.reason))")
    }
    if !hits.isEmpty || !comparison.refusals.isEmpty { throw ExitStatus.findings }
  }
}
