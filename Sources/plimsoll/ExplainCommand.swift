import ArgumentParser
import Instruments
import Loading
import Margin
import Reports
import Studies

/// Every term of one regime's numbers, down to the position.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show every term of one regime's numbers, down to the position.")

  @OptionGroup var study: StudyOptions

  @Option(help: "The regime to explain; the study's first where left out.")
  var regime: String?

  @Option(help: "table, csv or json.")
  var format: OutputFormat = .table

  func run() throws {
    let loaded = try loading { () throws(LoadError) in try study.load() }
    let known = loaded.study.regimes
    guard let chosen = regime.map({ name in known.first { $0.id == name } }) ?? known.first else {
      throw ValidationError(
        "The study has no regime \"\(regime ?? "")\"; it has \(known.map(\.id).joined(separator: ", ")).")
    }
    let lines = try studying { () throws(StudyError) in try loaded.study.explain(chosen) }
    let report = ExplanationReport(account: loaded.study.account.id, regime: chosen, lines: lines)
    switch format {
    case .table: try StandardStreams.print(Array(ExplanationTable(report).text.utf8))
    case .csv: try StandardStreams.print(ExplanationCSV.file(of: report).bytes)
    case .json: try StandardStreams.print(report.json.bytes())
    }
  }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv, json
}
