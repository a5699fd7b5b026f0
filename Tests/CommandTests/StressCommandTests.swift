import CSV
import Foundation
import Testing

/// A pair trade at five strengths, few draws.
private let pair = [
  "stress", "scenarios/studies/stress-pair-trade.yaml", "--scenarios", "4000", "--points", "5", "--quiet",
]

@Suite struct StressCommandTests {
  private static let results = [
    "sweep.csv", "correlation.csv", "breaks.csv", "crossings.csv", "distribution.csv", "reverse.csv",
  ]

  @Test func everyResultFileHasTheSameBytesForAnyNumberOfThreads() throws {
    let folder = try TemporaryFolder()
    for (name, jobs) in [("one", "1"), ("two", "2")] {
      let run = try ProgramRun(pair + ["--reverse", "--jobs", jobs, "-o", folder.path(name)])
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    for file in Self.results {
      let one = try Data(contentsOf: URL(fileURLWithPath: folder.path("one/\(file)")))
      #expect(!one.isEmpty)
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("two/\(file)"))) == one, "\(file)")
    }
  }

  @Test func withoutAShockTheRequirementIsThatOfTheComparison() throws {
    func margins(_ text: String, where chosen: (CSVTable, [String]) -> Bool) throws -> [String: String] {
      let table = try CSVTable(Array(text.utf8))
      func cell(_ row: [String], _ name: String) -> String? {
        table.columns.firstIndex(of: name).map { row[$0] }
      }
      let rows = table.rows.filter { cell($0, "metric") == "initial_margin" && chosen(table, $0) }
      return Dictionary(
        rows.map { (cell($0, "regime") ?? "", cell($0, "value") ?? "") }, uniquingKeysWith: { $1 })
    }
    func value(_ table: CSVTable, _ row: [String], _ name: String) -> String? {
      table.columns.firstIndex(of: name).map { row[$0] }
    }
    let stressed = try ProgramRun(pair + ["--format", "csv"])
    let compared = try ProgramRun([
      "compare", "scenarios/studies/stress-pair-trade.yaml", "--scenarios", "4000", "--quiet", "--format",
      "csv",
    ])
    let atZero = try margins(stressed.output) { table, row in
      value(table, row, "strength") == "0.0" && value(table, row, "mode") == "recalibrated"
    }
    let plain = try margins(compared.output) { table, row in value(table, row, "pool") == "(all)" }
    #expect(atZero.count == 5 && atZero == plain)
  }

  @Test func theCurveOfTheStoryRisesAndTheHistoricalRegimeCrossesThePool() throws {
    let run = try ProgramRun(pair)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("value-at-risk-historical demands more than cross-collateral"))
    #expect(run.output.contains("not following the shock: cross-collateral"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test(arguments: [
    (["stress", "scenarios/studies/demo.yaml"], Int32(2), "--shock"),
    (["stress", "scenarios/studies/demo.yaml", "--shock", "correlations-to-two"], 2, "correlations-to-one"),
    (
      [
        "stress", "scenarios/studies/demo.yaml", "--shock", "lkj-cloud", "--shock", "crash", "--shock",
        "crash",
      ], 64, "twice"
    ),
  ])
  func aWrongCallSaysWhatIsRight(_ words: [String], _ exitCode: Int32, _ hint: String) throws {
    let run = try ProgramRun(words)
    #expect(run.exitCode == exitCode)
    #expect(run.errors.contains(hint), "\(run.errors)")
    #expect(run.output.isEmpty)
  }
}
