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
  /// Every draw beside its mirror image: scenario 2j + 1 has the normals of scenario 2j with the other sign, and the same
  /// mixing variable and numbers of jumps.
  case antithetic
  /// Sobol points, scrambled independently in each of ``sobolReplicates`` replicates, one replicate after the other.
  ///
  /// The spread of the replicates' figures is their error. Coordinates follow the principal components of the covariance,
  /// the largest first, since the first coordinates are the most even ones. L'Ecuyer, Lemieux: Recent advances in
  /// randomized quasi-Monte Carlo methods (2002).
  case sobol

  /// How many independent scramblings a Sobol set consists of.
  public static let sobolReplicates = 32

  /// How many scenarios a set holds.
  ///
  /// - Parameter wanted: how many were asked for; at least ``sobolReplicates``.
  /// - Returns: `wanted`; under ``sobol`` the largest number not above it of which every replicate holds a power of two.
  public func count(atMost wanted: Int) -> Int {
    guard self == .sobol else { return wanted }
    precondition(wanted >= Self.sobolReplicates, "\(wanted) scenarios in \(Self.sobolReplicates) replicates")
    let each = wanted / Self.sobolReplicates
    return Self.sobolReplicates << (Int.bitWidth - 1 - each.leadingZeroBitCount)
  }
}

/// What becomes of the dependence between factors.
///
/// Basis factors that follow a response model are independent of all others in every case.
public enum Dependence: String, Hashable, Sendable, CaseIterable {
  /// As it was estimated.
  case estimated
  /// Every factor at the same quantile of its own law: all rise and fall together.
  case comonotone
  /// Factors that know nothing of each other, not even through a common mixing variable or a common jump.
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
    dependence: Dependence = .estimated, sampling: SamplingScheme = .plain,
    stream: ScenarioStream = .estimation
  ) {
    self.law = law
    self.sample = sample
    self.estimator = estimator
    self.dependence = dependence
    self.sampling = sampling
    self.stream = stream
  }
}
