import CSV
import Instruments

/// One asset's prices as one file has them.
struct QuotedSeries: Sendable {
  let asset: Asset
  /// What a price is counted in.
  let quote: Asset
  /// Ascending.
  var prices: [(time: Timestamp, price: Double)]
}

/// One file of prices.
struct PriceTable: Sendable {
  let file: String
  /// The times of the rows, ascending, whether or not any asset has a price there.
  let times: [Timestamp]
  /// In declared order.
  let series: [QuotedSeries]

  /// Reads a file in the form its header tells.
  init(bytes: [UInt8], file: String) throws(LoadError) {
    var scan = PriceScan(bytes, file: file)
    self.file = file
    (times, series) = try scan.read()
  }
}

/// One pass over a file of prices; keeps every problem.
struct PriceScan {
  let file: String
  var reader: CSVReader
  var problems: [LoadProblem] = []
  /// Whether the file has no header, so that one was put before it.
  private let isHeaderless: Bool

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    let firstLine = content.prefix { $0 != UInt8(ascii: "\n") }
    let commas = firstLine.count { $0 == UInt8(ascii: ",") }
    let startsWithDigit = content.first.map { (48...57).contains($0) } ?? false
    isHeaderless = startsWithDigit && commas == Klines.columns.count - 1
    let header = isHeaderless ? Array((Klines.columns.joined(separator: ",") + "\n").utf8) : []
    reader = CSVReader(header + content)
  }

  mutating func read() throws(LoadError) -> ([Timestamp], [QuotedSeries]) {
    let result = readByForm()
    problems += reader.problems.map { problem in
      LoadProblem(file: file, position: place(problem.position), fault: .csv(problem.error))
    }
    guard problems.isEmpty else { throw LoadError(problems) }
    return result
  }

  private mutating func readByForm() -> ([Timestamp], [QuotedSeries]) {
    let names = reader.columns
    guard let first = names.first else { return ([], []) }
    if Klines.isHeader(names) { return readKlines() }
    if names.contains("asset") { return readLong() }
    if Self.timeNames.contains(first) { return readWide() }
    report(
      .expected("a header that starts with date or time, or klines", found: "'\(shortened(first))'"),
      at: reader.position(0))
    return ([], [])
  }

  static let timeNames = ["date", "time", "timestamp"]

  // MARK: - Parts of every form

  mutating func report(_ fault: LoadFault, at position: CSVPosition) {
    problems.append(LoadProblem(file: file, position: place(position), fault: fault))
  }

  private func place(_ position: CSVPosition) -> SourcePosition {
    SourcePosition(line: isHeaderless ? max(1, position.line - 1) : position.line, column: position.column)
  }

  func line(of column: Int) -> Int { place(reader.position(column)).line }

  /// The time in a field, or `nil` after a report.
  mutating func time(_ column: Int) -> Timestamp? {
    let text = reader.text(column)
    if let moment = Timestamp(epoch: text) { return moment }
    do throws(InstrumentError) {
      return try Timestamp(text)
    } catch {
      report(LoadFault(error), at: reader.position(column))
      return nil
    }
  }

  /// The price in a field; `nil` for an empty field or after a report.
  mutating func price(_ column: Int, mayBeEmpty: Bool) -> Double? {
    if mayBeEmpty, reader.isEmpty(column) { return nil }
    if let value = try? reader.number(column), value > 0 { return value }
    let found = reader.isEmpty(column) ? "nothing" : "'\(shortened(reader.text(column)))'"
    report(.expected("a positive finite price", found: found), at: reader.position(column))
    return nil
  }
}

/// Checks that times ascend, and remembers the line of each.
struct TimeOrder {
  private var lines: [Timestamp: Int] = [:]
  private(set) var latest: Timestamp?

  /// What is wrong with the next row's time, if anything.
  mutating func fault(of time: Timestamp, asset: Asset? = nil, line: Int) -> LoadFault? {
    if let first = lines[time] { return .duplicateTime(time, asset: asset, firstLine: first) }
    lines[time] = line
    defer { latest = max(latest ?? time, time) }
    if let latest, time < latest { return .unsortedTime(time, after: latest) }
    return nil
  }
}

extension Timestamp {
  /// Reads milliseconds (13 digits) or microseconds (16 digits) since 1970, from 2001 to 2286 both.
  init?(epoch text: String) {
    let digits = text.utf8.count
    guard digits == 13 || digits == 16, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = Int(text)
    else { return nil }
    let unitsPerSecond = digits == 16 ? 1_000_000 : 1_000
    guard value % unitsPerSecond == 0 else { return nil }
    self.init(seconds: value / unitsPerSecond)
  }
}
