/// Resamples of a series of dates that keep its short-range dependence: the circular block bootstrap.
///
/// A resample is made of blocks of consecutive dates, each starting at a uniformly drawn date and wrapping round from
/// the last date to the first, cut to the length of the series. Every date is drawn equally often on average. All rows
/// of a history are resampled by the same indices, so the dependence between assets is kept whole.
///
/// Politis, Romano: A circular block-resampling procedure for stationary data (1992).
public struct BlockBootstrap: Hashable, Sendable {
  /// The number n of dates.
  public let dateCount: Int

  /// The number of consecutive dates in a block, 1 … n.
  public let blockLength: Int

  /// The number of resamples.
  public let replicateCount: Int

  /// Names the draws; a resample is a function of (seed, replicate) alone.
  public let seed: UInt64

  /// A bootstrap of a series.
  ///
  /// - Parameters:
  ///   - dateCount: the number of dates, at least 1.
  ///   - blockLength: 1 … dateCount; `defaultBlockLength` unless given.
  ///   - replicateCount: at least 2.
  ///   - seed: names the draws.
  /// - Throws: `StatisticsError.countOutOfRange` naming the first count outside its domain.
  public init(
    dateCount: Int, blockLength: Int? = nil, replicateCount: Int, seed: UInt64
  ) throws(StatisticsError) {
    guard dateCount >= 1 else { throw .countOutOfRange(dateCount, allowed: 1...Int.max) }
    let length = blockLength ?? Self.defaultBlockLength(dateCount: dateCount)
    guard (1...dateCount).contains(length) else {
      throw .countOutOfRange(length, allowed: 1...dateCount)
    }
    guard replicateCount >= 2 else { throw .countOutOfRange(replicateCount, allowed: 2...Int.max) }
    self.dateCount = dateCount
    self.blockLength = length
    self.replicateCount = replicateCount
    self.seed = seed
  }

  /// The block length used unless one is given: ⌈n^(1/3)⌉, and at least the horizon.
  ///
  /// The cube root is the rate at which the optimal length grows for a variance (Hall, Horowitz, Jing 1995). Moves
  /// over overlapping horizons are dependent over the horizon's length by construction.
  ///
  /// - Parameters:
  ///   - dateCount: the number n ≥ 1 of dates.
  ///   - horizon: the number of dates a move spans, at least 1.
  /// - Returns: 1 … dateCount.
  public static func defaultBlockLength(dateCount: Int, horizon: Int = 1) -> Int {
    var root = 1
    while root * root * root < dateCount { root += 1 }
    return min(dateCount, max(root, horizon))
  }

  /// The dates of a resample.
  ///
  /// - Parameter replicate: 0 ..< replicateCount.
  /// - Returns: `dateCount` indices, each 0 ..< dateCount.
  public func indices(replicate: Int) -> [Int] {
    precondition((0..<replicateCount).contains(replicate), "the replicate does not exist")
    let draws = BootstrapIndices(seed: seed, replicate: replicate)
    return [Int](capacity: dateCount) { indices in
      for block in 0..<(dateCount + blockLength - 1) / blockLength {
        let start = draws.position(draw: block, below: dateCount)
        for offset in 0..<min(blockLength, dateCount - block * blockLength) {
          let index = start + offset
          indices.append(index < dateCount ? index : index - dateCount)
        }
      }
    }
  }

  /// A statistic of every resample, in the order of the replicates.
  ///
  /// - Parameter statistic: computes from the dates of a resample.
  /// - Returns: `replicateCount` values.
  /// - Throws: the statistic's first failure.
  public func replicates<Failure: Error>(
    of statistic: (_ dates: [Int]) throws(Failure) -> Double
  ) throws(Failure) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(replicateCount)
    for replicate in 0..<replicateCount {
      values.append(try statistic(indices(replicate: replicate)))
    }
    return values
  }
}
