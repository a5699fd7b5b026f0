import CSV
import Foundation
import Instruments
import Loading
import Margin
import MarketData
import Scenarios
import Testing
import Valuation

/// One folder of `scenarios/cases`: an account, the rules it is put under, and what their venue makes of it.
struct VenueCase: CustomTestStringConvertible {
  /// A number the venue printed, and how closely it must be met.
  struct Expectation {
    let place: Place
    let amount: Double
    let absolute: Double
    let relative: Double
    let line: Int
  }

  /// Which line of an explanation is meant.
  struct Place: Hashable, CustomStringConvertible {
    let pool: String
    let term: String
    let row: String
    let quantity: String

    var description: String {
      [pool, term, row, quantity].filter { !$0.isEmpty }.joined(separator: " / ")
    }
  }

  let folder: URL
  let plan: CasePlan

  var testDescription: String { "\(plan.id) (\(plan.status))" }

  /// Every case shipped, in the order of their names.
  static func all() throws -> [VenueCase] {
    let cases = repository.appendingPathComponent("scenarios/cases")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []
    return try names.sorted().compactMap { name in
      let folder = cases.appendingPathComponent(name)
      let file = folder.appendingPathComponent("case.yaml").path
      guard FileManager.default.fileExists(atPath: file) else { return nil }
      return VenueCase(folder: folder, plan: try Loaded<CasePlan>(contentsOf: file, as: .casePlan).value)
    }
  }

  /// What the program makes of the account, line by line of its explanation.
  func computed() throws -> [Place: Double] {
    let regime = try regime()
    let account = try Loaded<Account>(accountFile: folder.appendingPathComponent("account.yaml").path).value
    let asOf = try account.asOf ?? Timestamp("2026-01-01")
    let state = try BookState(of: account, in: MarketSnapshot(asOf: asOf, prices: account.prices))
    let evidence = Evidence(gridsOf: regime, over: state, recorded: try recorded())
    var computed: [Place: Double] = [:]
    for line in try explanation(of: regime, for: state, given: evidence) {
      let place = Place(pool: line.pool, term: line.term, row: line.row, quantity: line.quantity)
      computed[place] = line.amount
    }
    if try expectations().contains(where: { ["call", "liquidation"].contains($0.place.term) }) {
      try addDistances(of: regime, state, evidence, to: &computed)
    }
    return computed
  }

  private func addDistances(
    of regime: MarginRegime, _ state: BookState, _ evidence: Evidence, to computed: inout [Place: Double]
  ) throws {
    let distances = try distances(of: regime, for: state, given: evidence)
    for distance in distances where distance.axis == .market {
      let place = Place(
        pool: distance.pool, term: distance.level.rawValue, row: "market",
        quantity: distance.direction.rawValue)
      computed[place] = distance.move.map(abs)
    }
    for level in regime.positionLevels(for: state, at: distances) {
      let place = Place(
        pool: level.pool, term: level.level.rawValue, row: level.contract, quantity: "price")
      computed[place] = level.price
    }
  }

  private func regime() throws -> MarginRegime {
    let own = folder.appendingPathComponent(plan.regime).path
    if plan.regime.hasSuffix(".yaml") { return try Loaded<MarginRegime>(regimeFile: own).value }
    let regimes = repository.appendingPathComponent("scenarios/regimes")
    let files = ["\(plan.regime).yaml", "venues/\(plan.regime).yaml"].map {
      regimes.appendingPathComponent($0).path
    }
    let file = files.first { FileManager.default.fileExists(atPath: $0) } ?? files[0]
    return try Loaded<MarginRegime>(regimeFile: file).value
  }

  /// What the venue printed, with the tolerance of the row or else of the case.
  func expectations() throws -> [Expectation] {
    var rows = try CaseTable(folder.appendingPathComponent("expected.csv"))
    var expectations: [Expectation] = []
    while rows.next() {
      expectations.append(
        Expectation(
          place: Place(
            pool: rows.text("pool"), term: rows.text("term"), row: rows.text("row"),
            quantity: rows.text("quantity")),
          amount: try rows.number("amount"),
          absolute: try rows.optionalNumber("absolute") ?? plan.absolute,
          relative: try rows.optionalNumber("relative") ?? plan.relative, line: rows.line))
    }
    try rows.finish()
    return expectations
  }

  /// The venue's own profits and losses, where the case feeds them.
  private func recorded() throws -> RecordedProfits? {
    let file = folder.appendingPathComponent("recorded.csv")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    var table = try CaseTable(file)
    var rows: [String: [GridMove: Double]] = [:]
    var units: [Asset: [GridMove: Double]] = [:]
    while table.next() {
      let volatility: VolatilityShock =
        switch table.text("volatility") {
        case "up": .up
        case "down": .down
        case "none": .unchanged
        default: .relative(try table.number("volatility"))
        }
      let move = GridMove(spot: try table.number("spot"), volatility: volatility)
      let profit = try table.number("profit")
      if table.text("kind") == "unit" {
        units[try Asset(table.text("name")), default: [:]][move] = profit
      } else {
        rows[table.text("name"), default: [:]][move] = profit
      }
    }
    try table.finish()
    return RecordedProfits(rows: rows, units: units)
  }
}

/// The head of a case.
struct CasePlan: Sendable {
  let id: String
  let title: String
  let status: String
  let source: String
  let regime: String
  let absolute: Double
  let relative: Double
}

extension Form where Value == CasePlan {
  static var casePlan: Form {
    .mapping { fields in
      let id = fields.required("case", as: .identifier)
      let title = fields.required("title", as: .words)
      let status = fields.required(
        "status",
        as: .word("status", ["published": "published", "derived": "derived", "secondary": "secondary"])
      )
      let source = fields.required("source", as: .words)
      let regime = fields.required("regime", as: .words)
      let tolerance = fields.required("tolerance", as: .tolerance)
      _ = fields.optional("notes", as: .words)
      guard let id, let title, let status, let source, let regime, let tolerance else { return nil }
      return CasePlan(
        id: id, title: title, status: status, source: source, regime: regime, absolute: tolerance.absolute,
        relative: tolerance.relative)
    }
  }
}

struct Tolerance: Sendable {
  let absolute: Double
  let relative: Double
}

extension Form where Value == Tolerance {
  fileprivate static var tolerance: Form {
    .mapping { fields in
      let absolute = fields.optional("absolute", as: .notNegative)
      let relative = fields.optional("relative", as: .notNegative)
      return Tolerance(absolute: absolute ?? 0, relative: relative ?? 0)
    }
  }
}

/// A table of a case, read by the names of its columns.
struct CaseTable {
  private var reader: CSVReader
  private let file: URL

  init(_ file: URL) throws {
    self.file = file
    reader = CSVReader([UInt8](try Data(contentsOf: file)))
  }

  var line: Int { reader.position(0).line }

  mutating func next() -> Bool { reader.nextRow() }

  func text(_ column: String) -> String { reader.column(named: column).map { reader.text($0) } ?? "" }

  func number(_ column: String) throws -> Double {
    guard let place = reader.column(named: column) else { throw CaseError.noColumn(column, file.path) }
    return try reader.number(place)
  }

  func optionalNumber(_ column: String) throws -> Double? {
    try reader.column(named: column).flatMap { try reader.optionalNumber($0) }
  }

  func finish() throws {
    guard reader.problems.isEmpty else { throw CaseError.problems("\(reader.problems)", file.path) }
  }
}

enum CaseError: Error {
  case noColumn(String, String)
  case problems(String, String)
}

/// The folder that holds `Package.swift`.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
