/// How far a margin moves through time, and how fast it rises.
///
/// Of a path of margins IM_1 … IM_T: peak to trough `max IM / min IM`; over n steps the largest ratio `max IM_t / IM_{t−n}`
/// and the largest rise `max (IM_t − IM_{t−n})`, which is the largest call for more. Steps without a margin count as steps
/// but enter no figure; a margin of zero has no ratio over it.
///
/// Murphy, Vasios, Vause: An investigation into the procyclicality of risk-based initial margin models (2014).
public struct ProcyclicalityMeasures: Hashable, Sendable {
  private let path: [Double?]
  /// The smallest margin.
  public let smallest: Double
  /// The largest margin.
  public let largest: Double

  /// The largest margin over the smallest; `nil` where the smallest is zero.
  public var peakToTrough: Double? { smallest > 0 ? largest / smallest : nil }

  /// Measures a path.
  ///
  /// - Parameter path: margins at equal distances in time, oldest first, not negative; `nil` where there is none.
  /// - Throws: `StatisticsError.notFinite` naming the first margin that is NaN or infinite, `StatisticsError.sampleTooSmall`
  ///   for a path without a margin.
  public init(_ path: [Double?]) throws(StatisticsError) {
    for (index, margin) in path.enumerated() {
      guard let margin else { continue }
      guard margin.isFinite else { throw .notFinite(index: index) }
      precondition(margin >= 0, "a margin of \(margin)")
    }
    let margins = path.compactMap(\.self)
    guard let smallest = margins.min(), let largest = margins.max() else {
      throw .sampleTooSmall(count: 0, needed: 1)
    }
    self.path = path
    self.smallest = smallest
    self.largest = largest
  }

  /// The largest margin over the one some steps before it.
  ///
  /// - Parameter steps: at least 1.
  /// - Returns: a ratio, below 1 where margins only fell; `nil` where no two margins are so far apart.
  public func largestRatio(over steps: Int) -> Double? {
    pairs(over: steps).filter { $0.before > 0 }.map { $0.after / $0.before }.max()
  }

  /// The largest margin less the one some steps before it.
  ///
  /// - Parameter steps: at least 1.
  /// - Returns: an amount in the margins' unit, negative where margins only fell; `nil` where no two margins are so far
  ///   apart.
  public func largestRise(over steps: Int) -> Double? {
    pairs(over: steps).map { $0.after - $0.before }.max()
  }

  private func pairs(over steps: Int) -> [(before: Double, after: Double)] {
    precondition(steps >= 1, "a distance of \(steps) steps")
    return zip(path, path.dropFirst(steps)).compactMap { before, after in
      before.flatMap { before in after.map { (before, $0) } }
    }
  }
}
