import ArgumentParser
import Instruments
import Loading
import Margin
import Reports
import Studies

/// Recomputes a venue's own answer and prints it beside the venue's, term by term.
struct CompareVenueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-venue",
    abstract: "Recompute a venue's own margin answer and print it beside the venue's, term by term.",
    discussion: """
      plimsoll compare-venue position-builder.json
      plimsoll compare-venue positions.json wallet.json --regime bybit-unified-cross

      Two readings stand beside the venue's: recomputed from the account alone, and, where the venue printed its \
      scenario profits, from those. The first also carries differences of marks and moments; the second shows the rules \
      alone.
      """)

  @Argument(help: "The venue's answers (JSON), all of one account.", completion: .file())
  var files: [String]

  @Option(help: "The rules: a name or a file. Default: those that belong to the answer.")
  var regime: String?

  @Option(
    help: "The moment of the account, YYYY-MM-DD or with a time. Default: that of the answers.",
    transform: ImportCommand.moment)
  var asOf: Timestamp?

  @Option(help: "table or csv.")
  var format: VenueOutputFormat = .table

  func run() throws {
    let imported = try loading { () throws(LoadError) in
      try ImportedAccount(contentsOf: files, options: ImportOptions(asOf: asOf))
    }
    guard let moment = imported.account.asOf else {
      throw ValidationError("The answers carry no time; say --as-of.")
    }
    guard let name = regime ?? imported.formats.compactMap(\.regime).last else {
      StandardStreams.report(
        "error: these answers do not say under which rules they were computed; say --regime, such as one of scenarios/regimes/venues"
      )
      throw ExitStatus.badInput
    }
    let rules = try loading { () throws(LoadError) in
      try LoadedRegime.named(name, near: files[0], at: moment)
    }
    for assumption in imported.assumptions { StandardStreams.report("assumed: \(assumption)") }
    let comparison = try studying { () throws(StudyError) in
      try VenueComparison(
        of: imported.account, at: moment, under: rules.value, answer: imported.answer,
        recorded: imported.recorded)
    }
    sayWhatIsOdd(comparison, at: moment)
    switch format {
    case .table:
      let style: TableStyle = StandardStreams.wantsColour ? .coloured : .plain
      try StandardStreams.print(Array(VenueComparisonTable(comparison, style: style).text.utf8))
    case .csv: try StandardStreams.print(VenueComparisonCSV.file(of: comparison).bytes)
    }
  }
}

extension CompareVenueCommand {
  /// What the reader should know before the numbers.
  private func sayWhatIsOdd(_ comparison: VenueComparison, at moment: Timestamp) {
    let rules = comparison.regime
    if let start = rules.effectiveFrom, start > moment {
      StandardStreams.report("note: rules of \(rules.id) from \(start) are applied to \(moment), before them")
    }
    if comparison.lines.allSatisfy({ $0.recomputed == nil }) {
      StandardStreams.report(
        "note: \(rules.id) has no name for any figure of these answers: are they of its venue?")
    }
  }
}

/// How a comparison with a venue is printed.
enum VenueOutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv
}

extension VenueFormat {
  /// The rules that belong to an answer which says under which mode it was computed.
  fileprivate var regime: String? {
    switch self {
    case .deribitSimulation: "deribit-portfolio-margin"
    case .okxPositionBuilder: "okx-portfolio-margin"
    case .bybitPortfolioMargin: "bybit-portfolio-margin"
    case .binancePortfolioAccount, .binancePortfolioBalance: "binance-portfolio-margin"
    case .binanceAccount: "binance-multi-assets"
    case .deribitPositions, .deribitSummary, .okxPositions, .okxBalance, .okxPositionBuilderRequest,
      .okxInstruments, .bybitPositions, .bybitWallet, .binancePositionRisk, .ccxtPositions, .ccxtBalance,
      .ccxtOrders:
      nil
    }
  }
}
