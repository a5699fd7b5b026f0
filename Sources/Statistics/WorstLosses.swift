/// The largest losses of a sample, worst first, with the scenarios they came from.
///
/// Equal losses are ordered by scenario, the lower index first, so the selection is one definite list whatever
/// method finds it. This is what every tail figure is read from: several confidence levels, both error estimates and
/// the binding scenarios all share one selection.
public struct WorstLosses: Hashable, Sendable {
  /// The size n of the sample the losses were selected from.
  public let sampleSize: Int

  /// The selected losses, descending.
  public let losses: [Double]

  /// The index, 0 ..< n, of the scenario of each selected loss.
  public let scenarios: [Int]

  /// Selects the worst `count` of a sample.
  ///
  /// - Parameters:
  ///   - count: how many losses to select, 1 … n.
  ///   - losses: the sample, one value a scenario, losses positive.
  /// - Throws: `StatisticsError.notFinite` naming the first value that is NaN or infinite,
  ///   `StatisticsError.sampleTooSmall` when the sample has fewer than `count` values.
  public init(_ count: Int, of losses: [Double]) throws(StatisticsError) {
    try self.init(count, of: losses.span)
  }

  /// Selects the worst `count` of a sample.
  ///
  /// - Parameters:
  ///   - count: how many losses to select, 1 … n.
  ///   - losses: the sample, one value a scenario, losses positive.
  /// - Throws: `StatisticsError.notFinite` naming the first value that is NaN or infinite,
  ///   `StatisticsError.sampleTooSmall` when the sample has fewer than `count` values.
  public init(_ count: Int, of losses: Span<Double>) throws(StatisticsError) {
    precondition(count >= 1, "at least one loss must be selected")
    guard losses.count >= count else { throw .sampleTooSmall(count: losses.count, needed: count) }
    let selected = try RankedLoss.worst(count, of: losses)
    self.init(
      sampleSize: losses.count, losses: selected.map(\.loss), scenarios: selected.map(\.scenario))
  }

  /// Losses that were selected elsewhere, by a kernel that never writes the sample down.
  ///
  /// - Parameters:
  ///   - sampleSize: the size n of the sample.
  ///   - losses: its worst losses, finite and descending, 1 … n of them.
  ///   - scenarios: the scenario of each, 0 ..< n; ascending among equal losses.
  public init(sampleSize: Int, losses: [Double], scenarios: [Int]) {
    precondition(losses.count == scenarios.count, "each loss needs its scenario")
    precondition((1...max(1, sampleSize)).contains(losses.count), "a selection holds 1 to n losses")
    self.sampleSize = sampleSize
    self.losses = losses
    self.scenarios = scenarios
  }

  /// The number of selected losses.
  public var count: Int { losses.count }

  /// The loss at an ascending rank of the whole sample.
  ///
  /// - Parameter rank: the rank i of `L_(i)`, n − count + 1 … n.
  /// - Returns: `L_(i)`.
  public func loss(atRank rank: Int) -> Double {
    losses[sampleSize - rank]
  }
}
