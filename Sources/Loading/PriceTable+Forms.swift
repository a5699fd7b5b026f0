import CSV
import Instruments

extension PriceScan {
  /// `date,BTC,ETH`: a row a time, a column an asset; an empty cell is a time without a price.
  mutating func readWide() -> ([Timestamp], [QuotedSeries]) {
    var assets: [(column: Int, series: QuotedSeries)] = []
    for column in reader.columns.indices.dropFirst() {
      do throws(InstrumentError) {
        let asset = try Asset(reader.columns[column])
        assets.append((column, QuotedSeries(asset: asset, quote: .usd, prices: [])))
      } catch {
        report(LoadFault(error), at: reader.position(column))
      }
    }
    var times: [Timestamp] = []
    var order = TimeOrder()
    while reader.nextRow() {
      let time = time(0)
      if let time, let fault = order.fault(of: time, line: line(of: 0)) {
        report(fault, at: reader.position(0))
      }
      for index in assets.indices {
        let price = price(assets[index].column, mayBeEmpty: true)
        if let time, let price { assets[index].series.prices.append((time, price)) }
      }
      if let time { times.append(time) }
    }
    return (times, assets.map(\.series))
  }

  /// `time,asset,close`: a row a price; other columns of candles are passed over.
  mutating func readLong() -> ([Timestamp], [QuotedSeries]) {
    let known = Self.timeNames + ["asset", "close"] + Self.candleNames
    let unknown = reader.columns.indices.filter { !known.contains(reader.columns[$0]) }
    if let first = unknown.first {
      let names = unknown.map { reader.columns[$0] }
      report(.unknownColumns(form: "a long file", columns: names, known: known), at: reader.position(first))
    }
    let timeColumn = Self.timeNames.lazy.compactMap { [reader] in reader.column(named: $0) }.first
    guard let timeColumn, let assetColumn = reader.column(named: "asset"),
      let closeColumn = reader.column(named: "close")
    else {
      report(.missingKey(timeColumn == nil ? "time" : "close"), at: reader.position(0))
      return ([], [])
    }
    var places: [String: Int] = [:]
    var series: [QuotedSeries] = []
    var orders: [TimeOrder] = []
    while reader.nextRow() {
      let time = time(timeColumn)
      let price = price(closeColumn, mayBeEmpty: true)
      let symbol = reader.text(assetColumn)
      if places[symbol] == nil {
        do throws(InstrumentError) {
          series.append(QuotedSeries(asset: try Asset(symbol), quote: .usd, prices: []))
          orders.append(TimeOrder())
          places[symbol] = series.count - 1
        } catch {
          report(LoadFault(error), at: reader.position(assetColumn))
        }
      }
      guard let time, let place = places[symbol] else { continue }
      let asset = series[place].asset
      if let fault = orders[place].fault(of: time, asset: asset, line: line(of: timeColumn)) {
        report(fault, at: reader.position(timeColumn))
      } else if let price {
        series[place].prices.append((time, price))
      }
    }
    return (Set(series.flatMap { $0.prices.map(\.time) }).sorted(), series)
  }

  private static let candleNames = [
    "open", "high", "low", "volume", "quote_volume", "turnover", "trades", "close_time",
  ]

  /// Binance's candles: twelve columns, times in milliseconds or microseconds.
  ///
  /// A candle of a day or longer stands for the date on which it opens, as daily closes do; a shorter one for the moment at
  /// which it closes, so that nothing is known before it happened.
  mutating func readKlines() -> ([Timestamp], [QuotedSeries]) {
    guard let pair = Klines.pair(inFileName: file) else {
      report(
        .expected("a file name such as BTCUSDT-1d.csv, which names the asset of klines", found: "'\(file)'"),
        at: CSVPosition(line: 1, column: 1))
      return ([], [])
    }
    var series = QuotedSeries(asset: pair.base, quote: pair.quote, prices: [])
    var order = TimeOrder()
    while reader.nextRow() {
      let opening = time(Klines.openTime)
      let price = price(Klines.close, mayBeEmpty: false)
      let closing = closingTime()
      guard let opening, let closing else { continue }
      let isIntraday = closing.seconds - opening.seconds < Timestamp.secondsPerDay
      let time = isIntraday ? closing : opening
      if let fault = order.fault(of: time, line: line(of: 0)) {
        report(fault, at: reader.position(Klines.openTime))
      } else if let price {
        series.prices.append((time, price))
      }
    }
    return (series.prices.map(\.time), [series])
  }

  /// The first moment after a candle; its own closing time is a millisecond or a microsecond earlier.
  private mutating func closingTime() -> Timestamp? {
    let text = reader.text(Klines.closeTime)
    if let last = Int(text), let closing = Timestamp(epoch: String(last + 1)) { return closing }
    report(
      .expected("a closing time in milliseconds or microseconds", found: "'\(shortened(text))'"),
      at: reader.position(Klines.closeTime))
    return nil
  }
}

/// The candles of Binance's public data.
enum Klines {
  static let columns = [
    "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count",
    "taker_buy_volume", "taker_buy_quote_volume", "ignore",
  ]
  static let openTime = 0
  static let close = 4
  static let closeTime = 6

  static func isHeader(_ names: [String]) -> Bool {
    names.count == columns.count && names[openTime] == "open_time" && names[close] == "close"
      && names[closeTime] == "close_time"
  }

  /// Base and quote in a name such as `BTCUSDT-1d-2022-11.csv` or `BTCUSD_PERP-1h.csv`.
  static func pair(inFileName path: String) -> (base: Asset, quote: Asset)? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let symbol = name.prefix { $0 != "-" && $0 != "_" && $0 != "." }
    for quote in ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD"] where symbol.hasSuffix(quote) {
      let base = String(symbol.dropLast(quote.count))
      guard let base = try? Asset(base), let quote = try? Asset(quote) else { continue }
      return (base, quote)
    }
    return nil
  }
}
