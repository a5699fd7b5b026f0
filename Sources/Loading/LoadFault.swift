public import CSV
public import Instruments

/// What can be wrong with an input file.
public enum LoadFault: Hashable, Sendable {
  /// The file cannot be read at all.
  case unreadable(FileObstacle)
  /// Bytes that are not UTF-8.
  case notUTF8
  /// Text that is not YAML or JSON.
  case syntax(String)
  /// A key the file format does not have.
  case unknownKey(String, allowed: [String])
  /// A key that stands in its mapping already.
  case duplicateKey(String, firstLine: Int)
  /// A key that must be there and is not.
  case missingKey(String)
  /// A value of another type or outside its domain.
  case expected(String, found: String)
  /// A name that is none of the known ones; `kind` says what it should name.
  case unknownName(kind: String, String, known: [String])
  /// An asset without a column in the market; a symbol like its own may be another asset altogether, so none is suggested.
  case unknownAsset(Asset, market: [Asset])
  /// A value that breaks a rule; the words of the rule.
  case rule(String)
  /// Text that is not the CSV this project reads.
  case csv(CSVError)
  /// A CSV file whose columns are those of no known form.
  case unknownColumns(form: String, columns: [String], known: [String])
  /// A date that stands in the file already; `asset` where each asset has its own rows.
  case duplicateTime(Timestamp, asset: Asset?, firstLine: Int)
  /// A row that is not later than the row before it.
  case unsortedTime(Timestamp, after: Timestamp)
  /// An asset that has prices in two files.
  case assetInTwoFiles(Asset, other: String)
  /// Fewer rows than a history needs.
  case tooFewRows(Int)
  /// A folder without a file of prices.
  case noPriceFiles
  /// No market folder on any of the ways in which it is looked for.
  case noMarketFolder(startingAt: String)
}

/// Why a file cannot be read at all.
public enum FileObstacle: Hashable, Sendable {
  /// There is nothing of that name.
  case missing
  /// A folder stands where a file should be.
  case isFolder
  /// The system refuses.
  case refused
}

extension LoadFault: CustomStringConvertible {
  /// What is wrong and what is allowed, in words.
  public var description: String {
    switch self {
    case .unreadable(.missing): "there is no such file or folder"
    case .unreadable(.isFolder): "expected a file, found a folder"
    case .unreadable(.refused): "the file cannot be read"
    case .notUTF8: "the text is not UTF-8"
    case .syntax(let problem): "not YAML or JSON: \(problem)"
    case .unknownKey(let key, let allowed): "unknown key '\(shortened(key))'\(Self.hint(key, allowed))"
    case .duplicateKey(let key, let line): "the key '\(shortened(key))' stands twice, first in line \(line)"
    case .missingKey(let key): "the key '\(key)' is missing"
    case .expected(let allowed, let found): "expected \(allowed), found \(found)"
    case .unknownName(let kind, let name, let known):
      "unknown \(kind) '\(shortened(name))'\(Self.hint(name, known))"
    case .unknownAsset(let asset, let market):
      "unknown asset '\(shortened(asset.symbol))'; the market has \(market.map(\.symbol).joined(separator: ", "))"
    case .rule(let words): words
    case .csv(let error): "\(error)"
    case .unknownColumns(let form, let columns, let known):
      "unknown \(columns.count == 1 ? "column" : "columns") \(Self.quoted(columns)); \(form) has "
        + Self.quoted(known)
    case .duplicateTime(let time, let asset, let line):
      "\(asset.map { "\($0) has the time" } ?? "the time") \(time) twice, first in line \(line)"
    case .unsortedTime(let time, let previous): "\(time) stands after \(previous); times must ascend"
    case .assetInTwoFiles(let asset, let other): "\(asset) has prices in \(other) as well"
    case .tooFewRows(let count): "a history needs at least two rows, found \(count)"
    case .noPriceFiles: "the folder holds neither daily-close.csv nor another CSV file of prices"
    case .noMarketFolder(let start):
      "no market folder: give --market, set PLIMSOLL_MARKET, or keep notebooks-data/market above \(start)"
    }
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    guard !known.isEmpty else { return "; none is allowed here" }
    let nearest = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ";"
    return "\(nearest) allowed are \(known.joined(separator: ", "))"
  }

  private static func quoted(_ names: [String]) -> String {
    names.map { "'\(shortened($0))'" }.joined(separator: ", ")
  }
}

extension LoadFault {
  /// What a domain type says against its arguments.
  ///
  /// - Parameter error: the domain type's error.
  package init(_ error: InstrumentError) {
    self =
      switch error {
      case .invalidSymbol(let symbol):
        .expected(
          "an asset symbol of the characters A–Z and 0–9, such as BTC", found: "'\(shortened(symbol))'")
      case .invalidTimestamp(let text):
        .expected(
          "a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SSZ that exists", found: "'\(shortened(text))'")
      case .invalidContractName(let name):
        .expected(
          "a contract BASE/QUOTE:SETTLEMENT[-YYMMDD[-STRIKE-C|P]], such as BTC/USDT:USDT",
          found: "'\(shortened(name))'")
      case .quanto(let name):
        .rule(
          "'\(shortened(name))' settles in neither its quote asset (linear) nor its base asset (inverse); "
            + "quanto contracts are not covered")
      case .outOfDomain(_, let value, let allowed): .expected(allowed, found: "\(value)")
      }
  }
}
