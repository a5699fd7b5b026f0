public import Instruments

/// The USD prices of one asset along the rows of a history; `nil` where there is none.
public struct PriceSeries: Hashable, Sendable {
  /// The asset.
  public let asset: Asset
  /// USD prices, one a row; `nil` before the asset starts, after it ends, and in gaps.
  public let prices: [Double?]

  /// Makes a series.
  ///
  /// - Parameters:
  ///   - asset: the asset.
  ///   - prices: USD prices, positive and finite, one a row; `nil` where there is none.
  public init(asset: Asset, prices: [Double?]) {
    self.asset = asset
    self.prices = prices
  }
}

/// Aligned price series in USD, oldest row first; gaps stay gaps.
public struct PriceHistory: Hashable, Sendable {
  /// The times of the rows, strictly ascending.
  public let times: [Timestamp]
  /// One series an asset, in the declared order of the market folder.
  public let series: [PriceSeries]
  private let places: [Asset: Int]

  /// Makes a history and checks it.
  ///
  /// - Parameters:
  ///   - times: strictly ascending; at least two.
  ///   - series: one an asset, each as long as `times`, prices positive and finite.
  /// - Throws: ``MarketDataError`` naming the first fault.
  public init(times: [Timestamp], series: [PriceSeries]) throws(MarketDataError) {
    guard times.count >= 2 else { throw .tooShort(rows: times.count) }
    for index in 1..<times.count where times[index] <= times[index - 1] { throw .unsortedTimes(index: index) }
    var places: [Asset: Int] = [:]
    for (place, one) in series.enumerated() {
      precondition(
        one.prices.count == times.count, "a series of \(one.prices.count) prices for \(times.count) rows")
      guard places.updateValue(place, forKey: one.asset) == nil else { throw .duplicateAsset(one.asset) }
      for (time, price) in zip(times, one.prices) {
        guard let price else { continue }
        guard price > 0, price.isFinite else {
          throw .invalidPrice(asset: one.asset, time: time, value: price)
        }
      }
    }
    self.times = times
    self.series = series
    self.places = places
  }

  /// The assets, in declared order.
  public var assets: [Asset] { series.map(\.asset) }

  /// The series of an asset, or `nil` when the history has none.
  ///
  /// - Parameter asset: the asset to look up.
  /// - Returns: its prices along ``times``.
  public func series(of asset: Asset) -> PriceSeries? { places[asset].map { series[$0] } }

  /// The index of the row at a moment: the last one at or before it, and less than one step old.
  ///
  /// - Parameter moment: the moment asked for.
  /// - Throws: ``MarketDataError/noRow(at:first:last:)``.
  /// - Returns: an index into ``times``.
  public func row(at moment: Timestamp) throws(MarketDataError) -> Int {
    let after = times.partitioningIndex { $0 > moment }
    guard after > 0, moment.seconds - times[after - 1].seconds < stepSeconds else {
      throw .noRow(at: moment, first: times[0], last: times[times.count - 1])
    }
    return after - 1
  }

  /// The shortest distance between neighbouring rows, in seconds.
  public var stepSeconds: Int {
    zip(times, times.dropFirst()).map { $1.seconds - $0.seconds }.min() ?? Timestamp.secondsPerDay
  }
}

extension Array {
  /// The first index whose element satisfies a predicate that is false, then true, along the array.
  func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
