import RealModule
package import Statistics

/// The distribution of one factor's own history: empirical in the body, generalised Pareto in both tails.
///
/// With k of n moves beyond the threshold of a tail, the tail has the probability k/n and its law is fitted to the excesses;
/// between the two thresholds the quantile runs in equal steps of probability from one order statistic to the next, linear
/// between them. A tail that cannot be fitted is empirical too, and ends at the extreme of the history. The quantile function
/// is continuous and does not fall. McNeil, Frey: Estimation of tail-related risk measures for heteroscedastic financial time
/// series (2000).
package struct FactorMargin: Sendable {
  /// One end of the distribution.
  package enum Tail: Sendable {
    /// A law fitted to the moves beyond a threshold, with losses positive below and gains positive above.
    case fitted(PeaksOverThreshold)
    /// Nothing could be fitted: the order statistics run on to the extreme; why.
    case empirical(EstimationError)

    /// How many moves lie beyond the body.
    var count: Int {
      switch self {
      case .fitted(let peaks): peaks.fit.count
      case .empirical: 0
      }
    }

    fileprivate var law: GeneralisedParetoTail? {
      switch self {
      case .fitted(let peaks): peaks.tail
      case .empirical: nil
      }
    }
  }

  /// The falls.
  package let lower: Tail
  /// The rises.
  package let upper: Tail
  private let lowerLaw: GeneralisedParetoTail?
  private let upperLaw: GeneralisedParetoTail?
  /// The order statistics from one threshold to the other, ascending; at least two.
  private let body: [Double]
  private let lowerShare: Double
  /// Steps between order statistics in the body, for a probability of one.
  private let stepsPerProbability: Double

  /// Fits the distribution of moves.
  ///
  /// - Parameters:
  ///   - moves: of one factor, finite, not all equal.
  ///   - tailShare: the share of the moves in each tail, above 0 and at most 0.25.
  /// - Throws: `EstimationError.sampleTooSmall` where the share holds too few moves for a fit: what was asked for cannot be
  ///   had from this window. A tail of tied moves, or whose shape is not in (−½, 1), where the likelihood has a maximum and
  ///   the law a mean, is empirical instead, and ``lower`` or ``upper`` says so: one factor must not refuse a set of many.
  package init(_ moves: [Double], tailShare: Double) throws(EstimationError) {
    let needed = GeneralisedParetoFit.leastCount
    // The guard against a share that is a whisker below a whole count is that of the fit itself.
    let count = Int((tailShare * Double(moves.count) * (1 + 1e-12)).rounded(.down))
    guard count >= needed else { throw .sampleTooSmall(count: count, needed: needed) }
    lower = Self.tail(ofLosses: moves.map { -$0 }, tailShare)
    upper = Self.tail(ofLosses: moves, tailShare)
    lowerLaw = lower.law
    upperLaw = upper.law
    let sorted = moves.sorted()
    body = Array(sorted[lower.count..<(sorted.count - upper.count)])
    let size = Double(sorted.count)
    lowerShare = Double(lower.count) / size
    stepsPerProbability = Double(body.count - 1) / (Double(sorted.count - lower.count - upper.count) / size)
  }

  private static func tail(ofLosses losses: [Double], _ share: Double) -> Tail {
    do throws(EstimationError) {
      let peaks = try PeaksOverThreshold(ofLosses: losses, tailShare: share)
      let shape = peaks.fit.distribution.shape
      return shape < 1 ? .fitted(peaks) : .empirical(.infiniteMean(shape: shape))
    } catch {
      return .empirical(error)
    }
  }

  /// The move at a quantile.
  ///
  /// - Parameters:
  ///   - probability: of the tail the move lies in, above 0 and at most ½: below the move in the lower half, above it in the
  ///     upper one.
  ///   - isLower: whether it lies in the lower half.
  /// - Returns: a relative move; may lie below −1 under a fitted tail.
  @inline(__always)
  package func move(tailProbability probability: Double, isLower: Bool) -> Double {
    if isLower {
      if let lowerLaw, probability < lowerLaw.tailShare { return -lowerLaw.loss(exceededWith: probability) }
      return bodyMove((probability - lowerShare) * stepsPerProbability)
    }
    if let upperLaw, probability < upperLaw.tailShare { return upperLaw.loss(exceededWith: probability) }
    return bodyMove((1 - probability - lowerShare) * stepsPerProbability)
  }

  @inline(__always)
  private func bodyMove(_ position: Double) -> Double {
    let left = max(0, min(body.count - 2, Int(position)))
    let part = max(0, min(1, position - Double(left)))
    return body[left] + part * (body[left + 1] - body[left])
  }

  /// The fitted numbers of both tails, with their errors and, where asked for, a test of the fit.
  ///
  /// - Parameters:
  ///   - factor: the factor's name.
  ///   - seed: of the resamples behind the test.
  /// - Returns: thresholds as signed moves over one step; scales, shapes and counts; the p-value of the Anderson–Darling test.
  func fits(factor: String, seed: UInt64) -> [FittedParameter] {
    Self.fits(lower, "lower", sign: -1, factor, seed) + Self.fits(upper, "upper", sign: 1, factor, seed)
  }

  /// How many resamples the test of a fit draws.
  static let testReplicates = 99

  private static func fits(
    _ tail: Tail, _ side: String, sign: Double, _ factor: String, _ seed: UInt64
  ) -> [FittedParameter] {
    func parameter(_ name: String, _ value: Double, _ error: Double? = nil) -> FittedParameter {
      FittedParameter(factor: factor, name: "\(side) tail \(name)", value: value, standardError: error)
    }
    switch tail {
    case .fitted(let peaks):
      let law = peaks.fit.distribution
      var fits = [
        parameter("threshold", sign * peaks.threshold),
        parameter("scale", law.scale, peaks.fit.scaleStandardError),
        parameter("shape", law.shape, peaks.fit.shapeStandardError),
        parameter("exceedances", Double(peaks.fit.count)),
      ]
      if let test = try? peaks.fit.goodnessOfFit(replicates: testReplicates, seed: seed) {
        fits.append(parameter("Anderson–Darling p-value", test.andersonDarlingPValue))
      }
      return fits
    case .empirical:
      // No exceedance was modelled: the tail ends at the extreme of the history.
      return [parameter("exceedances", 0)]
    }
  }
}
