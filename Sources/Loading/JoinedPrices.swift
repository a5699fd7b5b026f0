import Instruments
import MarketData

/// The prices of several files on one set of rows, in USD.
struct JoinedPrices: Sendable {
  let times: [Timestamp]
  let series: [PriceSeries]
  let notes: [String]

  /// Joins files; an asset stands in one file, or in several of the same quote that follow one another.
  init(_ tables: [PriceTable], path: String) throws(LoadError) {
    var joined: [QuotedSeries] = []
    var places: [Asset: (index: Int, file: String)] = [:]
    var problems: [LoadProblem] = []
    for table in tables {
      for one in table.series {
        guard let known = places[one.asset] else {
          places[one.asset] = (joined.count, table.file)
          joined.append(one)
          continue
        }
        let end = joined[known.index].prices.last?.time
        let start = one.prices.first?.time
        if joined[known.index].quote != one.quote {
          problems.append(
            LoadProblem(file: table.file, fault: .assetInTwoFiles(one.asset, other: known.file)))
        } else if let start, let end, start <= end {
          problems.append(LoadProblem(file: table.file, fault: .unsortedTime(start, after: end)))
        } else {
          joined[known.index].prices += one.prices
        }
      }
    }
    guard problems.isEmpty else { throw LoadError(problems) }
    let rows = Self.rows(of: tables)
    let aligned = joined.map { Self.align($0.prices, to: rows) }
    let quotes = joined.map(\.quote)
    var converted: [PriceSeries] = []
    var assumed: [Asset] = []
    for (index, one) in joined.enumerated() {
      guard quotes[index] != .usd else {
        converted.append(PriceSeries(asset: one.asset, prices: aligned[index]))
        continue
      }
      guard let place = places[quotes[index]]?.index, quotes[place] == .usd else {
        if !assumed.contains(quotes[index]) { assumed.append(quotes[index]) }
        converted.append(PriceSeries(asset: one.asset, prices: aligned[index]))
        continue
      }
      let prices = zip(aligned[index], aligned[place]).map { price, rate in
        price.flatMap { price in rate.map { price * $0 } }
      }
      converted.append(PriceSeries(asset: one.asset, prices: prices))
    }
    for quote in assumed where places[quote] == nil {
      converted.append(PriceSeries(asset: quote, prices: rows.map { _ in 1 }))
    }
    times = rows
    series = converted
    notes = assumed.map { quote in
      "prices quoted in \(quote) are taken as USD, one for one: the market folder has no USD price of \(quote)"
    }
  }

  private static func rows(of tables: [PriceTable]) -> [Timestamp] {
    guard tables.count > 1 else { return tables.first?.times ?? [] }
    return Set(tables.flatMap(\.times)).sorted()
  }

  /// Both ascending.
  private static func align(_ prices: [(time: Timestamp, price: Double)], to rows: [Timestamp]) -> [Double?] {
    var next = 0
    return rows.map { row in
      guard next < prices.count, prices[next].time == row else { return nil }
      next += 1
      return prices[next - 1].price
    }
  }
}
