import CSV
import Margin
import Reports
import Studies
import Testing

/// The lines of a file that begin with some text, the header first.
func lines(_ file: ReportFile, _ start: String = "") -> [String] {
  let all = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  return Array(all.prefix(1)) + all.dropFirst().filter { $0.hasPrefix(start) }
}

@Suite("Result CSV")
struct ResultCSVTests {
  @Test(
    "every file reads back, names its columns in snake case, and holds no token for a number that is none")
  func sound() throws {
    let files = try ComparisonFiles.files(of: try Sample.comparison())
    #expect(files.map(\.name) == ComparisonFiles.names)
    for file in files {
      let table = try CSVTable(file.bytes)
      #expect(table.columns.allSatisfy { $0.allSatisfy { ("a"..."z").contains($0) || $0 == "_" } })
      #expect(Array(table.columns.prefix(2)) == ["study", "account"])
      #expect(!table.rows.isEmpty)
      for cell in table.rows.joined() {
        #expect(!["nan", "inf", "-inf", "null", "none"].contains(cell.lowercased()))
      }
    }
  }

  @Test(
    "the key columns of a file name each of its rows once",
    arguments: [
      ("requirement.csv", ["regime", "pool", "view", "metric"]),
      ("components.csv", ["regime", "pool", "requirement", "component"]),
      ("safety.csv", ["regime", "judge", "view", "metric"]),
      ("tail.csv", ["scenarios", "level", "measure", "method"]),
      ("covariance.csv", ["law", "metric", "factor_i", "factor_j"]),
      ("coverage.csv", ["scenarios", "factor"]), ("changes.csv", ["change", "regime", "metric"]),
      ("refusals.csv", ["regime"]),
    ])
  func keys(name: String, keys: [String]) throws {
    let files = try ComparisonFiles.files(of: try Sample.comparison())
    let file = try #require(files.first { $0.name == name })
    let table = try CSVTable(file.bytes)
    let places = try keys.map { key in try #require(table.columns.firstIndex(of: key)) }
    let found = table.rows.map { row in places.map { row[$0] } }
    #expect(Set(found).count == found.count)
  }

  @Test("the same values give the same bytes")
  func deterministic() throws {
    #expect(
      try ComparisonFiles.files(of: try Sample.comparison())
        == ComparisonFiles.files(of: try Sample.comparison()))
  }

  @Test("a comparison without anything still has every header")
  func empty() throws {
    let full = try Sample.comparison()
    let bare = RegimeComparison(
      study: full.study, account: full.account, settings: full.settings, netMarketValue: 0, grossNotional: 0,
      results: [], refusals: [], modelRange: nil, tails: [], covariances: [], coverage: [], changes: [],
      notes: [])
    for file in try ComparisonFiles.files(of: bare) {
      #expect(lines(file).count == 1)
    }
  }

  @Test("a number that is not finite stops the file", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    let full = try Sample.comparison()
    let bad = RegimeComparison(
      study: full.study, account: full.account, settings: full.settings, netMarketValue: 0, grossNotional: 0,
      results: [], refusals: [], modelRange: nil, tails: [], covariances: [], coverage: [],
      changes: [ChangeEffect(change: "swap", regime: "cross", after: value, difference: nil)], notes: [])
    #expect(throws: ReportError.csv(file: "changes.csv", .notFinite(column: 5))) {
      try ComparisonFiles.files(of: bad)
    }
    #expect(throws: ReportError.notFinite(key: "initial_margin_after")) { try JSONValue(bad).bytes() }
  }
}
