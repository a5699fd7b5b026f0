import Foundation
import Instruments
import MarketData
import Pricing

/// A file of the shipped option chain, each row by the names of its columns.
func optionChainRows(_ name: String) throws -> [[String: String]] {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let file = root.appendingPathComponent("notebooks-data/market/option-chain/\(name)")
  let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
}

/// The quotes of one expiry and the future that is their forward.
struct QuotedExpiry {
  var expiry: Timestamp
  var forward: ClosedRange<Double>
  var quotes: [OptionQuote]

  var middle: Double { (forward.lowerBound + forward.upperBound) / 2 }
}

/// The chain of 2026-08-01 in USD: coin prices times the middle of the future of the same expiry.
struct OptionChain {
  let asOf: Timestamp
  let expiries: [QuotedExpiry]

  init() throws {
    let rows = try optionChainRows("deribit-btc-2026-08-01.csv")
    let futures = try optionChainRows("deribit-btc-2026-08-01-futures.csv")
    asOf = try Timestamp(rows[0]["time"] ?? "")
    expiries = try Dictionary(grouping: rows) { $0["expiry"] ?? "" }.sorted { $0.key < $1.key }.map {
      expiry, rows in
      let future = futures.first { $0["expiry"] == expiry }
      let bid = Double(future?["bid"] ?? "") ?? .nan
      let ask = Double(future?["ask"] ?? "") ?? .nan
      let quotes = try rows.map { row in
        try OptionQuote(
          kind: OptionKind(rawValue: row["kind"] ?? "") ?? .call, strike: Double(row["strike"] ?? "") ?? .nan,
          bid: Double(row["bid"] ?? "").map { $0 * (bid + ask) / 2 },
          ask: Double(row["ask"] ?? "").map { $0 * (bid + ask) / 2 })
      }
      return QuotedExpiry(expiry: try Timestamp(expiry), forward: bid...ask, quotes: quotes)
    }
  }
}
