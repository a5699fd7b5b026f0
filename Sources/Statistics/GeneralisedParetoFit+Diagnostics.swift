internal import NumericalMethods
internal import RealModule

/// How well a fitted law describes the excesses it was fitted to.
public struct GoodnessOfFit: Hashable, Sendable {
  /// The Cramér–von Mises statistic `W² = Σ (u_(i) − (2i−1)/2n)² + 1/12n` of the fitted probabilities u.
  public let cramerVonMises: Double

  /// The Anderson–Darling statistic `A² = −n − Σ (2i−1)/n·[log u_(i) + log(1 − u_(n+1−i))]`, sensitive in the tail.
  public let andersonDarling: Double

  /// The probability of a `W²` at least as large where the law holds, its parameters fitted; from the resamples.
  public let cramerVonMisesPValue: Double

  /// The probability of an `A²` at least as large where the law holds, its parameters fitted; from the resamples.
  public let andersonDarlingPValue: Double

  /// The number of resamples the probabilities rest on.
  public let replicates: Int
}

extension GeneralisedParetoFit {
  /// The distance of the excesses from the fitted law, judged by refitting samples drawn from it.
  ///
  /// The share of resamples at least as far away, counting the sample itself: `(1 + hits)/(1 + B)`. Resamples without an
  /// interior maximum of the likelihood are left out. Statistics: Choulakian, Stephens: Goodness-of-fit tests for the
  /// generalized Pareto distribution (2001).
  ///
  /// - Parameters:
  ///   - replicates: the number B ≥ 1 of resamples.
  ///   - seed: names the draws.
  /// - Returns: the statistics and their probabilities.
  /// - Throws: `EstimationError.parameterOutOfRange` without a resample, `.noMaximum` where none could be fitted.
  public func goodnessOfFit(replicates: Int = 199, seed: UInt64) throws(EstimationError) -> GoodnessOfFit {
    guard replicates >= 1 else { throw .parameterOutOfRange(.replicates, Double(replicates)) }
    let own = statistics
    var fitted = 0
    var furtherCramer = 0
    var furtherAnderson = 0
    for replicate in 0..<replicates {
      let draws = BootstrapIndices(seed: seed, replicate: replicate)
      let sample = (0..<count).map { index in
        // The middle of one of 2⁵² equal parts of (0, 1).
        let uniform = (Double(draws.position(draw: index, below: 1 << 52)) + 0.5) * 0x1p-52
        return distribution.upperQuantile(uniform)
      }
      guard let other = try? GeneralisedParetoFit(excesses: sample) else { continue }
      let statistics = other.statistics
      fitted += 1
      if statistics.cramer >= own.cramer { furtherCramer += 1 }
      if statistics.anderson >= own.anderson { furtherAnderson += 1 }
    }
    guard fitted > 0 else { throw .noMaximum }
    return GoodnessOfFit(
      cramerVonMises: own.cramer, andersonDarling: own.anderson,
      cramerVonMisesPValue: Double(1 + furtherCramer) / Double(1 + fitted),
      andersonDarlingPValue: Double(1 + furtherAnderson) / Double(1 + fitted), replicates: fitted)
  }

  /// The excesses beside the quantiles of the fitted law at `(i − ½)/n`, ascending: a straight line where it holds.
  public var quantilePairs: [(observed: Double, fitted: Double)] {
    excesses.enumerated().map { index, excess in
      let above = (Double(count - index) - 0.5) / Double(count)
      return (excess, distribution.upperQuantile(above))
    }
  }

  private var statistics: (cramer: Double, anderson: Double) {
    let size = Double(count)
    var cramer = CompensatedSum()
    cramer += 1 / (12 * size)
    var anderson = CompensatedSum()
    anderson += -size
    for (index, excess) in excesses.enumerated() {
      let odd = Double(2 * index + 1)
      let distance = distribution.cumulative(excess) - odd / (2 * size)
      cramer += distance * distance
      let opposite = excesses[count - 1 - index]
      anderson += -odd / size * (logCumulative(excess) + logSurvival(opposite))
    }
    return (cramer.value, anderson.value)
  }

  private func logCumulative(_ excess: Double) -> Double {
    .log(max(.leastNormalMagnitude, distribution.cumulative(excess)))
  }

  private func logSurvival(_ excess: Double) -> Double {
    .log(max(.leastNormalMagnitude, distribution.survival(excess)))
  }
}

/// The mean excess of a sample over a threshold: a straight line in the threshold where a generalised Pareto tail holds.
///
/// - Parameters:
///   - losses: one loss a scenario, any order.
///   - threshold: a finite loss.
/// - Returns: the mean of the losses above the threshold less the threshold; `nil` where there are none.
/// - Throws: `EstimationError.notFinite` naming the first bad loss.
public func meanExcess(
  ofLosses losses: [Double], above threshold: Double
) throws(EstimationError) -> Double? {
  try losses.requireFinite()
  let excesses = losses.filter { $0 > threshold }.map { $0 - threshold }
  guard !excesses.isEmpty else { return nil }
  return SampleMoments(excesses).mean
}
