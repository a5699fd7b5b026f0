internal import NumericalMethods
internal import RealModule

/// What the deviations of a GARCH model are measured from.
public enum GARCHMean: Hashable, Sendable, CaseIterable {
  /// From zero.
  case zero
  /// From the mean of the sample.
  case sample
  /// From a mean estimated together with the variance.
  case estimated
}

/// A GARCH(1,1) model fitted by Gaussian quasi-maximum likelihood.
///
/// The likelihood is that of normal returns with `σ²_{t+1} = ω + α·ε²_t + β·σ²_t`, the squared deviation and the
/// variance before the sample both equal to the mean squared deviation (Fiorentini, Calzolari, Panattoni 1996). The
/// estimates are consistent also where the standardised residuals are not normal; the robust errors are right then, the
/// others only for normal ones. The domain is ω > 0, α ≥ 0, β ≥ 0, α + β < 1.
///
/// Bollerslev: Generalized autoregressive conditional heteroskedasticity (1986).
public struct GARCHFit: Hashable, Sendable {
  /// The standard errors of the four parameters.
  public struct StandardErrors: Hashable, Sendable {
    /// Of the mean, zero where it was not estimated.
    public let mean: Double
    /// Of ω.
    public let constant: Double
    /// Of α.
    public let reaction: Double
    /// Of β.
    public let decay: Double
  }

  /// The fitted recursion.
  public let recursion: VolatilityRecursion

  /// The mean of the returns.
  public let mean: Double

  /// The variance before the sample, the mean squared deviation from the mean.
  public let presampleVariance: Double

  /// The logarithm of the likelihood at the estimates.
  public let logLikelihood: Double

  /// The number of returns.
  public let sampleSize: Int

  /// Errors from the curvature of the likelihood, right for normal residuals; `nil` at the edge of the domain, where
  /// the likelihood has no interior maximum to curve around.
  public let standardErrors: StandardErrors?

  /// Errors right also for other residuals; `nil` at the edge of the domain.
  ///
  /// Bollerslev, Wooldridge: Quasi-maximum likelihood estimation and inference in dynamic models with time-varying
  /// covariances (1992).
  public let robustStandardErrors: StandardErrors?

  /// Whether the estimates are at the edge of the domain: no reaction, no decay, or a persistence of one.
  ///
  /// The recursion is usable, but the data do not determine its parameters.
  public var isAtEdge: Bool { standardErrors == nil }

  /// The least number of returns a fit takes.
  public static let leastSampleSize = 100

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - returns: one a date, the oldest first, at least `leastSampleSize`; in any unit.
  ///   - meanModel: what deviations are measured from.
  /// - Throws: `EstimationError.sampleTooSmall`, `.notFinite` naming the first bad return, `.noVariation` for a
  ///   constant series, `.noMaximum` where no finite likelihood was found.
  public init(_ returns: [Double], mean meanModel: GARCHMean = .zero) throws(EstimationError) {
    guard returns.count >= Self.leastSampleSize else {
      throw .sampleTooSmall(count: returns.count, needed: Self.leastSampleSize)
    }
    try returns.requireFinite()
    let centre = meanModel == .zero ? 0 : SampleMoments(returns).mean
    let scale = meanSquare(returns.map { $0 - centre }).squareRoot()
    guard scale > 0, scale.isFinite else { throw .noVariation(index: nil) }
    // In units of the sample's deviation the search is the same whatever the unit of the returns.
    let likelihood = GARCHLikelihood(
      returns: returns.map { ($0 - centre) / scale }, estimatesMean: meanModel == .estimated)
    let found = try likelihood.maximum()
    let summary = likelihood.summary(found)
    let variance = scale * scale

    let location = found.mean * scale
    mean = centre + location
    recursion = VolatilityRecursion(
      unchecked: found.recursion.constant * variance, found.recursion.reaction, found.recursion.decay)
    presampleVariance = summary.presample * variance
    logLikelihood = summary.value - Double(returns.count) * .log(scale)
    sampleSize = returns.count
    let errors = likelihood.standardErrors(found)
    standardErrors = errors?.curvature.scaled(by: scale)
    robustStandardErrors = errors?.robust.scaled(by: scale)
  }

  /// The fitted model's volatilities and standardised residuals.
  ///
  /// - Parameters:
  ///   - returns: the returns that were fitted, or others; one a date, the oldest first.
  ///   - floorShare: the least volatility as a share of the long-run one, in [0, 1].
  /// - Returns: the filter, which starts from the fit's pre-sample variance.
  /// - Throws: what `VolatilityFilter` does.
  public func filter(
    _ returns: [Double], floorShare: Double = 0
  ) throws(EstimationError) -> VolatilityFilter {
    try VolatilityFilter(
      returns, recursion: recursion, mean: mean, presampleVariance: presampleVariance, floorShare: floorShare)
  }
}

extension GARCHFit.StandardErrors {
  /// The errors in another unit of the returns.
  fileprivate func scaled(by scale: Double) -> Self {
    Self(mean: mean * scale, constant: constant * (scale * scale), reaction: reaction, decay: decay)
  }
}
