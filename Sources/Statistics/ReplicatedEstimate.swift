/// An estimate with replicates of it, from which its standard error, and that of anything computed from it, follow.
///
/// Apply a function replicate by replicate and the error of the result needs no formula: sums, ratios, maxima, and
/// the difference of two margins under common random numbers all come out right, because both sides of a replicate
/// saw the same draws.
public struct ReplicatedEstimate: Hashable, Sendable {
  /// How the replicates were made, which decides what their spread means.
  public enum Kind: Hashable, Sendable {
    /// B equal, independent parts of the sample, each estimated alone: the error is their deviation over √B.
    ///
    /// Sectioning; Asmussen, Glynn: Stochastic simulation (2007), section III.5.
    case sections

    /// Resamples of the sample's full size: the error is their deviation. Efron: Bootstrap methods (1979).
    case bootstrap
  }

  /// The estimate from the whole sample.
  public let value: Double

  /// The replicates, at least two, in their fixed order.
  public let replicates: [Double]

  /// How the replicates were made.
  public let kind: Kind

  /// An estimate with its replicates.
  ///
  /// - Parameters:
  ///   - value: the estimate from the whole sample.
  ///   - replicates: at least two; replicate b of two estimates that are ever combined must come from the same draws.
  ///   - kind: how they were made.
  /// - Throws: `StatisticsError.sampleTooSmall` with fewer than two replicates, `StatisticsError.resultNotFinite` for
  ///   the value, `StatisticsError.notFinite` naming the replicate that is NaN or infinite.
  public init(value: Double, replicates: [Double], kind: Kind) throws(StatisticsError) {
    guard replicates.count >= 2 else { throw .sampleTooSmall(count: replicates.count, needed: 2) }
    guard value.isFinite else { throw .resultNotFinite }
    if let index = replicates.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
    self.value = value
    self.replicates = replicates
    self.kind = kind
  }

  /// The standard error of the value.
  public var standardError: Double {
    let deviation = SampleMoments(replicates).standardDeviation
    return switch kind {
    case .sections: deviation / Double(replicates.count).squareRoot()
    case .bootstrap: deviation
    }
  }

  /// The estimate of a function of this estimate.
  ///
  /// - Parameter function: applied to the value and to each replicate.
  /// - Returns: the function's estimate, of the same kind.
  /// - Throws: `StatisticsError.resultNotFinite` where the function of the values is NaN or infinite,
  ///   `StatisticsError.notFinite` naming the replicate where it is.
  public func map(_ function: (Double) -> Double) throws(StatisticsError) -> ReplicatedEstimate {
    try ReplicatedEstimate(value: function(value), replicates: replicates.map(function), kind: kind)
  }

  /// The estimate of a function of two estimates made from the same draws.
  ///
  /// - Parameters:
  ///   - first: the function's first argument.
  ///   - second: its second; of the same kind, with as many replicates.
  ///   - function: applied to the two values and to each pair of replicates.
  /// - Returns: the function's estimate.
  /// - Throws: `StatisticsError.resultNotFinite` where the function of the values is NaN or infinite,
  ///   `StatisticsError.notFinite` naming the replicate where it is.
  public static func combine(
    _ first: ReplicatedEstimate, _ second: ReplicatedEstimate, with function: (Double, Double) -> Double
  ) throws(StatisticsError) -> ReplicatedEstimate {
    precondition(first.kind == second.kind, "replicates of different kinds cannot be paired")
    precondition(first.replicates.count == second.replicates.count, "each replicate needs its partner")
    return try ReplicatedEstimate(
      value: function(first.value, second.value),
      replicates: zip(first.replicates, second.replicates).map { function($0, $1) }, kind: first.kind)
  }

  /// The estimate of a function of any number of estimates made from the same draws.
  ///
  /// - Parameters:
  ///   - estimates: at least one; all of one kind, with equally many replicates.
  ///   - function: applied to the values and to each tuple of replicates, in the order of the estimates.
  /// - Returns: the function's estimate.
  /// - Throws: `StatisticsError.resultNotFinite` where the function of the values is NaN or infinite,
  ///   `StatisticsError.notFinite` naming the replicate where it is.
  public static func combine(
    _ estimates: [ReplicatedEstimate], with function: ([Double]) -> Double
  ) throws(StatisticsError) -> ReplicatedEstimate {
    precondition(!estimates.isEmpty, "there must be something to combine")
    let first = estimates[0]
    precondition(
      estimates.allSatisfy { $0.kind == first.kind && $0.replicates.count == first.replicates.count },
      "each replicate needs its partners, of the same kind")
    return try ReplicatedEstimate(
      value: function(estimates.map(\.value)),
      replicates: first.replicates.indices.map { index in function(estimates.map { $0.replicates[index] }) },
      kind: first.kind)
  }
}
