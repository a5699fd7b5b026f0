import Foundation
import Instruments
public import MarketData

/// A price history as it was read, with what its files left to be assumed.
public struct LoadedMarket: Sendable {
  /// The folder or file asked for.
  public let path: String
  /// The files that were read, in order.
  public let files: [String]
  /// USD prices.
  public let history: PriceHistory
  /// What the files do not say and the reader assumed, in sentences; belongs into the provenance of every result.
  public let notes: [String]

  /// Reads a file of prices, or a market folder.
  ///
  /// A folder's `daily-close.csv` is its history; without one all its CSV files are, except `data-dictionary.csv`. Files are
  /// wide (`date,BTC,ETH`), tidy and long (`time,asset,close`) or Binance klines, whose asset is named by the file
  /// (`BTCUSDT-1d.csv`). Gaps stay gaps.
  ///
  /// - Parameter path: the folder or file as its user named it.
  /// - Throws: ``LoadError`` with every problem of every file.
  public init(contentsOf path: String) throws(LoadError) {
    let files = try Self.files(at: path)
    var collector = LoadCollector()
    var tables: [PriceTable] = []
    for file in files {
      let table = collector.collect { () throws(LoadError) in
        try PriceTable(bytes: InputFile.bytes(of: file), file: file)
      }
      if let table { tables.append(table) }
    }
    try collector.finish()
    try self.init(tables, path: path, files: files)
  }

  /// Reads the text of one file of prices.
  ///
  /// - Parameters:
  ///   - text: the whole file.
  ///   - file: the name under which problems are reported, and which names the asset of klines.
  /// - Throws: ``LoadError`` with every problem.
  public init(text: String, file: String) throws(LoadError) {
    try self.init([PriceTable(bytes: Array(text.utf8), file: file)], path: file, files: [file])
  }

  private init(_ tables: [PriceTable], path: String, files: [String]) throws(LoadError) {
    let joined = try JoinedPrices(tables, path: path)
    guard joined.times.count >= 2 else {
      throw LoadError([LoadProblem(file: path, fault: .tooFewRows(joined.times.count))])
    }
    do throws(MarketDataError) {
      history = try PriceHistory(times: joined.times, series: joined.series)
    } catch {
      throw LoadError([LoadProblem(file: path, fault: LoadFault(error))])
    }
    self.path = path
    self.files = files
    notes = joined.notes
  }

  private static func files(at path: String) throws(LoadError) -> [String] {
    switch InputFile.kind(of: path) {
    case .missing: throw LoadError([LoadProblem(file: path, fault: .unreadable(.missing))])
    case .file: return [path]
    case .folder: break
    }
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let prices = names.filter { $0.hasSuffix(".csv") && $0 != "data-dictionary.csv" }.sorted()
    guard !prices.isEmpty else { throw LoadError([LoadProblem(file: path, fault: .noPriceFiles)]) }
    return (prices.contains(defaultFile) ? [defaultFile] : prices).map { "\(folder)/\($0)" }
  }

  private static let defaultFile = "daily-close.csv"
}

/// Where a study's market data lie.
public enum MarketLocation {
  /// The market folder: as named, else by `PLIMSOLL_MARKET`, else `notebooks-data/market` in a folder above a file.
  ///
  /// - Parameters:
  ///   - explicit: the folder or file its user named, if any.
  ///   - environment: the environment variables; `nil` takes those of the process.
  ///   - start: the study file, or a folder, from which to look upwards.
  /// - Throws: ``LoadError`` where there is nothing of the name given, or no folder is found.
  /// - Returns: the path.
  public static func path(
    explicit: String?, environment: [String: String]? = nil, startingAt start: String
  ) throws(LoadError) -> String {
    let variables = environment ?? ProcessInfo.processInfo.environment
    if let named = explicit ?? variables["PLIMSOLL_MARKET"].flatMap({ $0.isEmpty ? nil : $0 }) {
      guard case .missing = InputFile.kind(of: named) else { return named }
      throw LoadError([LoadProblem(file: named, fault: .unreadable(.missing))])
    }
    var folder = URL(fileURLWithPath: start).standardizedFileURL
    while true {
      let candidate = folder.appendingPathComponent("notebooks-data/market").path
      if case .folder = InputFile.kind(of: candidate) { return candidate }
      let parent = folder.deletingLastPathComponent().standardizedFileURL
      guard parent.path != folder.path, folder.path != "/" else {
        throw LoadError([LoadProblem(file: start, fault: .noMarketFolder(startingAt: start))])
      }
      folder = parent
    }
  }
}

extension LoadFault {
  /// What a history says against its rows, or against what is asked of it.
  ///
  /// - Parameter error: the history's error.
  package init(_ error: MarketDataError) {
    self =
      switch error {
      case .unsortedTimes(let index): .rule("row \(index + 1) is not later than the row before it")
      case .invalidPrice(let asset, let time, let value):
        .rule("the price \(value) of \(asset) at \(time) is not a positive finite number")
      case .duplicateAsset(let asset): .rule("\(asset) stands twice")
      case .tooShort(let rows): .tooFewRows(rows)
      case .noRow(let moment, let first, let last):
        .rule("the market has no row at \(moment); it runs from \(first) to \(last)")
      case .lookBackTooLong(let observations, let available, let asOf):
        .rule("a look-back of \(observations) is longer than the \(available) moves there are up to \(asOf)")
      case .periodOutside(let from, let to, let first, let asOf):
        .rule(
          "the period \(from) to \(to) is not wholly inside the data used, which run from \(first) to \(asOf)"
        )
      case .horizonNotAMultiple(let hours, let step):
        .rule("a horizon of \(hours) h is no multiple of the history's step of \(step) s")
      case .unevenSpacing(let time): .rule("the rows of the history are not evenly spaced at \(time)")
      }
  }
}
