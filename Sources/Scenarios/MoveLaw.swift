/// The law from which Monte Carlo moves are drawn: a law of simple returns, with mean zero but for a copula, whose margins are
/// those of the history with its mean.
public enum MoveLaw: Hashable, Sendable, CustomStringConvertible {
  /// Multivariate normal.
  case gaussian
  /// Multivariate Student-t with one common mixing variable, scaled to the covariance; more than two degrees of freedom.
  case studentT(degreesOfFreedom: Double)
  /// A Student-t dependence between factors that each keep the law of their own history.
  case studentTCopula(CopulaModel)
  /// Normal moves and jumps, some common to all factors.
  case jumps(JumpModel)

  /// `gaussian`, `studentT(4)`, `studentTCopula` or `jumps`, with its numbers.
  public var description: String {
    switch self {
    case .gaussian: "gaussian"
    case .studentT(let degrees): "studentT(\(Int(exactly: degrees).map(String.init) ?? "\(degrees)"))"
    case .studentTCopula(let model): model.description
    case .jumps(let model): model.description
    }
  }
}

/// A Student-t copula whose margins are empirical in the body and generalised Pareto in both tails.
///
/// A draw T of the multivariate t with the correlations of the calibration becomes, factor by factor, F⁻¹(t_ν(T)), where F
/// is the distribution of the factor's own history, with its mean. A tail needs 20 moves beyond its threshold, or the law is
/// refused; a tail that has no fit (tied moves, or a shape outside (−½, 1), as chance gives one in a hundred) follows the
/// order statistics to the extreme of its history, and its number of exceedances is given as zero. Under square-root scaling
/// the margin is that of one step, times the root. Basis factors that follow a response model stay normal and independent.
/// McNeil, Frey, Embrechts: Quantitative risk management (2015), chapter 7.
public struct CopulaModel: Hashable, Sendable, CustomStringConvertible {
  /// The degrees of freedom ν > 2 of the dependence; `nil` fits them by maximum likelihood to the ranks of the history.
  public let degreesOfFreedom: Double?
  /// The share of the history in each tail that a generalised Pareto law replaces; above 0 and at most 0.25.
  public let tailShare: Double

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - degreesOfFreedom: ν > 2, or `nil` to fit it.
  ///   - tailShare: the share of the history in each tail.
  public init(degreesOfFreedom: Double? = nil, tailShare: Double = 0.1) {
    precondition(tailShare > 0 && tailShare <= 0.25, "a tail share of \(tailShare)")
    precondition(degreesOfFreedom.map { $0 > 2 && $0.isFinite } ?? true, "degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
    self.tailShare = tailShare
  }

  /// Such as `studentTCopula(fitted, tails 0.1)`.
  public var description: String {
    "studentTCopula(\(degreesOfFreedom.map { "\($0)" } ?? "fitted"), tails \(tailShare))"
  }
}

/// Jumps beside normal moves: at random times all factors jump together, and each jumps alone.
///
/// Sizes are in units of each factor's own one-day volatility. With h days, N_c and N_j Poisson of means λ_c·h and λ_j·h:
/// a factor's move is σ_j·(√(h·(1 − v_c − v_o))·Z_j + Σ_{N_c} (μ_c + δ_c·Y) + Σ_{N_j} δ_o·Y_j − λ_c·h·μ_c), with
/// v_c = λ_c·(μ_c² + δ_c²) and v_o = λ_o·δ_o² the variance a day that jumps have; v_c + v_o < 1 keeps the calibrated variance.
/// The jumps of all factors at one common time have the same size in these units, so that tails are correlated even where
/// normal moves are not: the correlation of two prices is ρ·(1 − v_c − v_o) + v_c. Basis factors that follow a response model
/// do not jump. Merton: Option pricing when underlying stock returns are discontinuous (1976).
public struct JumpModel: Hashable, Sendable, CustomStringConvertible {
  /// λ_c, common jumps a day; in [0, ``greatestIntensity``].
  public let commonIntensity: Double
  /// μ_c, the mean size of a common jump, in daily volatilities.
  public let commonMean: Double
  /// δ_c, the standard deviation of its size, in daily volatilities; not negative.
  public let commonDeviation: Double
  /// λ_o, own jumps of each factor a day; in [0, ``greatestIntensity``].
  public let ownIntensity: Double
  /// δ_o, the standard deviation of the size of an own jump, whose mean is zero; not negative.
  public let ownDeviation: Double

  /// The most jumps a day that can be asked for; so many small ones are a normal move.
  public static let greatestIntensity = 1_000.0

  /// v_c, the share of the daily variance that common jumps have.
  public var commonShare: Double {
    commonIntensity * (commonMean * commonMean + commonDeviation * commonDeviation)
  }
  /// v_o, the share of the daily variance that own jumps have.
  public var ownShare: Double { ownIntensity * ownDeviation * ownDeviation }

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - commonIntensity: common jumps a day; in [0, ``greatestIntensity``].
  ///   - commonMean: their mean size, in daily volatilities.
  ///   - commonDeviation: the standard deviation of their size; not negative.
  ///   - ownIntensity: own jumps a day; in [0, ``greatestIntensity``].
  ///   - ownDeviation: the standard deviation of their size; not negative.
  /// - Throws: ``ScenarioError/outOfDomain(field:value:allowed:)``.
  public init(
    commonIntensity: Double, commonMean: Double, commonDeviation: Double, ownIntensity: Double,
    ownDeviation: Double
  ) throws(ScenarioError) {
    let numbers = [
      ("commonIntensity", commonIntensity), ("commonDeviation", commonDeviation),
      ("ownIntensity", ownIntensity), ("ownDeviation", ownDeviation),
    ]
    for (field, value) in numbers where !(value >= 0 && value.isFinite) {
      throw .outOfDomain(field: field, value: value, allowed: "a number of at least 0")
    }
    for (field, value) in numbers where field.hasSuffix("Intensity") && value > Self.greatestIntensity {
      throw .outOfDomain(field: field, value: value, allowed: "at most \(Self.greatestIntensity) a day")
    }
    guard commonMean.isFinite else {
      throw .outOfDomain(field: "commonMean", value: commonMean, allowed: "a number")
    }
    self.commonIntensity = commonIntensity
    self.commonMean = commonMean
    self.commonDeviation = commonDeviation
    self.ownIntensity = ownIntensity
    self.ownDeviation = ownDeviation
    guard commonShare + ownShare < 1 else {
      throw .outOfDomain(
        field: "jumps", value: commonShare + ownShare, allowed: "a share of the daily variance below 1")
    }
  }

  /// Such as `jumps(common 0.02 × (-2, 3), own 0.01 × 4)`.
  public var description: String {
    "jumps(common \(commonIntensity) × (\(commonMean), \(commonDeviation)), own \(ownIntensity) × \(ownDeviation))"
  }
}
