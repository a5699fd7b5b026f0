public import Instruments

/// Which rows of a history a sample of moves ends in.
public enum LookBack: Hashable, Sendable, CustomStringConvertible {
  /// The last `n` moves at or before the as-of date.
  case observations(Int)
  /// Every move at or before the as-of date.
  case all
  /// The moves that end inside a period, both dates included.
  case period(from: Timestamp, to: Timestamp)

  /// `500 observations`, `all observations` or `2020-02-01 to 2020-04-30`.
  public var description: String {
    switch self {
    case .observations(let count): "\(count) observations"
    case .all: "all observations"
    case .period(let from, let to): "\(from) to \(to)"
    }
  }
}

/// How long a move lasts.
public struct Horizon: Hashable, Sendable, CustomStringConvertible {
  /// The length in hours; at least one.
  public let hours: Int

  /// Makes a horizon.
  ///
  /// - Parameter hours: at least one.
  public init(hours: Int) {
    precondition(hours >= 1, "a horizon of \(hours) hours")
    self.hours = hours
  }

  /// A horizon of whole days.
  ///
  /// - Parameter count: at least one.
  /// - Returns: the horizon.
  public static func days(_ count: Int) -> Horizon { Horizon(hours: 24 * count) }

  /// The length in days.
  public var days: Double { Double(hours) / 24 }

  /// `1 d` or `6 h`.
  public var description: String { hours % 24 == 0 ? "\(hours / 24) d" : "\(hours) h" }
}

/// How much of a sample an asset was really there for.
public struct AssetCoverage: Hashable, Sendable {
  /// The asset.
  public let asset: Asset
  /// Moves that count.
  public let observations: Int
  /// Moves missing because a price is missing at either end.
  public let missing: Int
  /// Moves left out because they start from a price below the dust floor.
  public let dust: Int
  /// The end of the first move that counts; `nil` when there is none.
  public let first: Timestamp?
  /// The end of the last move that counts; `nil` when there is none.
  public let last: Timestamp?

  /// Whether every move of the sample counts.
  public var isComplete: Bool { missing == 0 && dust == 0 }
}

/// The simple USD returns of every asset over one horizon, one column a move, oldest first.
public struct MovePanel: Hashable, Sendable {
  /// When each move starts.
  public let starts: [Timestamp]
  /// When each move ends.
  public let ends: [Timestamp]
  /// The moves of each asset in the history's order; `nil` where a price is missing or dust.
  public let moves: [[Double?]]
  /// How much of the sample each asset was there for.
  public let coverage: [AssetCoverage]

  /// How many moves the sample has.
  public var count: Int { ends.count }
}

extension PriceHistory {
  /// The moves of a look-back that end at or before a date.
  ///
  /// Moves overlap when the horizon is longer than a step. A move that *starts* from dust is left out: a dead coin's
  /// recoveries are not risk data; the move into dust stays, since the death is.
  ///
  /// - Parameters:
  ///   - lookBack: which moves.
  ///   - asOf: no price after it is used.
  ///   - horizon: how long a move lasts.
  ///   - dustFloor: the USD price below which an asset is dust.
  /// - Throws: ``MarketDataError`` when the look-back or the horizon does not fit the history.
  /// - Returns: the panel, oldest move first.
  public func moves(
    lookBack: LookBack, asOf: Timestamp, horizon: Horizon, dustFloor: Double
  ) throws(MarketDataError) -> MovePanel {
    let steps = try steps(in: horizon)
    let last = try row(at: asOf)
    let available = max(0, last + 1 - steps)
    switch lookBack {
    case .all:
      guard available >= 1 else { throw .lookBackTooLong(observations: 1, available: 0, asOf: asOf) }
      return try panel(endRows: steps..<(last + 1), steps: steps, dustFloor: dustFloor)
    case .observations(let count):
      guard count >= 1, count <= available else {
        throw .lookBackTooLong(observations: count, available: available, asOf: asOf)
      }
      return try panel(endRows: (last - count + 1)..<(last + 1), steps: steps, dustFloor: dustFloor)
    case .period(let from, let to):
      let firstRow = times.partitioningIndex { $0 >= from }
      let endRow = times.partitioningIndex { $0 > to }
      guard from <= to, firstRow - steps >= 0, endRow > firstRow, endRow - 1 <= last, to <= asOf else {
        throw .periodOutside(from: from, to: to, first: times[min(steps, times.count - 1)], asOf: asOf)
      }
      return try panel(endRows: firstRow..<endRow, steps: steps, dustFloor: dustFloor)
    }
  }

  /// The moves that start at or after a date, as they really happened.
  ///
  /// - Parameters:
  ///   - asOf: the first move starts here.
  ///   - count: at most so many moves, not negative; fewer when the history ends earlier.
  ///   - horizon: how long a move lasts.
  ///   - dustFloor: the USD price below which an asset is dust.
  /// - Throws: ``MarketDataError`` when the date or the horizon does not fit the history.
  /// - Returns: the panel, oldest move first; empty when the history ends at the date.
  public func realisedMoves(
    after asOf: Timestamp, count: Int, horizon: Horizon, dustFloor: Double
  ) throws(MarketDataError) -> MovePanel {
    let steps = try steps(in: horizon)
    let start = try row(at: asOf)
    precondition(count >= 0, "\(count) moves")
    let first = start + steps
    let endRows = first..<(first + min(count, max(0, times.count - first)))
    return try panel(endRows: endRows, steps: steps, dustFloor: dustFloor)
  }

  private func steps(in horizon: Horizon) throws(MarketDataError) -> Int {
    let step = stepSeconds
    let seconds = horizon.hours * 3_600
    guard seconds % step == 0 else { throw .horizonNotAMultiple(hours: horizon.hours, stepSeconds: step) }
    return seconds / step
  }

  private func panel(endRows: Range<Int>, steps: Int, dustFloor: Double) throws(MarketDataError) -> MovePanel
  {
    let step = stepSeconds
    for row in endRows where times[row].seconds - times[row - steps].seconds != step * steps {
      throw .unevenSpacing(at: times[row])
    }
    let columns = series.map { column(of: $0, endRows: endRows, steps: steps, dustFloor: dustFloor) }
    return MovePanel(
      starts: endRows.map { times[$0 - steps] }, ends: endRows.map { times[$0] },
      moves: columns.map(\.moves), coverage: columns.map(\.coverage))
  }

  private func column(
    of series: PriceSeries, endRows: Range<Int>, steps: Int, dustFloor: Double
  ) -> (moves: [Double?], coverage: AssetCoverage) {
    var moves: [Double?] = []
    var dust = 0
    var used: [Int] = []
    for row in endRows {
      guard let start = series.prices[row - steps], let end = series.prices[row] else {
        moves.append(nil)
        continue
      }
      guard start >= dustFloor else {
        moves.append(nil)
        dust += 1
        continue
      }
      moves.append(end / start - 1)
      used.append(row)
    }
    let coverage = AssetCoverage(
      asset: series.asset, observations: used.count, missing: endRows.count - used.count - dust, dust: dust,
      first: used.first.map { times[$0] }, last: used.last.map { times[$0] })
    return (moves, coverage)
  }
}
