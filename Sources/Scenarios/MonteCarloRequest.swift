public import Statistics

/// Which random numbers a drawn set uses; the judge never shares those of an estimate.
public enum ScenarioStream: UInt32, Hashable, Sendable {
  /// For the sets from which regimes estimate their requirement.
  case estimation = 1
  /// For the set on which all regimes are judged.
  case judge = 2
}

/// How the points of a Monte Carlo set are spread.
public enum SamplingScheme: String, Hashable, Sendable, CaseIterable {
  /// Independent draws.
  case plain
  /// Every draw beside its mirror image.
  case antithetic
  /// Sobol points, scrambled independently in each of several replicates.
  case sobol
}

/// What becomes of the dependence between factors.
public enum Dependence: String, Hashable, Sendable, CaseIterable {
  /// As it was estimated.
  case estimated
  /// Every factor at the same quantile of its own law: all rise and fall together.
  case comonotone
  /// Factors that know nothing of each other.
  case independent
}

/// A request for draws from a law whose covariance is estimated from a historical window.
public struct MonteCarloRequest: Hashable, Sendable {
  /// The law.
  public let law: MoveLaw
  /// The sample from which the covariance is estimated.
  public let sample: HistoricalRequest
  /// How the covariance is estimated.
  public let estimator: CovarianceEstimator
  /// What becomes of the dependence between factors.
  public let dependence: Dependence
  /// How the points are spread.
  public let sampling: SamplingScheme
  /// Which random numbers are drawn.
  public let stream: ScenarioStream

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - law: the law.
  ///   - sample: the sample from which the covariance is estimated.
  ///   - estimator: how it is estimated.
  ///   - dependence: what becomes of the dependence between factors.
  ///   - sampling: how the points are spread.
  ///   - stream: which random numbers are drawn.
  public init(
    law: MoveLaw, sample: HistoricalRequest, estimator: CovarianceEstimator,
    dependence: Dependence = .estimated, sampling: SamplingScheme = .plain, stream: ScenarioStream = .estimation
  ) {
    self.law = law
    self.sample = sample
    self.estimator = estimator
    self.dependence = dependence
    self.sampling = sampling
    self.stream = stream
  }
}
