/// How the variance of the next return follows from the last: `σ²_{t+1} = ω + α·ε²_t + β·σ²_t`.
///
/// With ω = 0, α = 1 − λ, β = λ it is the exponentially weighted moving average (RiskMetrics), which has no long-run
/// level; otherwise GARCH(1,1). Bollerslev: Generalized autoregressive conditional heteroskedasticity (1986).
public struct VolatilityRecursion: Hashable, Sendable {
  /// ω, the part that does not depend on the past, at least 0, in squared units of the returns.
  public let constant: Double

  /// α, the weight of the last squared return, at least 0.
  public let reaction: Double

  /// β, the weight of the last variance, in [0, 1).
  public let decay: Double

  /// A checked recursion.
  ///
  /// - Parameters:
  ///   - constant: ω ≥ 0.
  ///   - reaction: α ≥ 0.
  ///   - decay: β in [0, 1), with α + β ≤ 1.
  /// - Throws: `EstimationError.parameterOutOfRange` naming the first outside its domain, NaN included.
  public init(constant: Double, reaction: Double, decay: Double) throws(EstimationError) {
    guard constant >= 0, constant.isFinite else { throw .parameterOutOfRange(.constant, constant) }
    guard reaction >= 0, reaction <= 1 else { throw .parameterOutOfRange(.reaction, reaction) }
    guard decay >= 0, decay < 1 else { throw .parameterOutOfRange(.decay, decay) }
    // λ + (1 − λ) may round past 1.
    guard reaction + decay <= 1 + .ulpOfOne else {
      throw .parameterOutOfRange(.persistence, reaction + decay)
    }
    self.init(unchecked: constant, reaction, decay)
  }

  init(unchecked constant: Double, _ reaction: Double, _ decay: Double) {
    self.constant = constant
    self.reaction = reaction
    self.decay = decay
  }

  /// The exponentially weighted moving average: `σ²_{t+1} = (1 − λ)·ε²_t + λ·σ²_t`.
  ///
  /// J.P. Morgan/Reuters: RiskMetrics technical document (1996), with λ = 0.94 for daily returns.
  ///
  /// - Parameter decay: λ in (0, 1).
  /// - Returns: the recursion.
  /// - Throws: `EstimationError.parameterOutOfRange` for any other decay, NaN included.
  public static func exponentiallyWeighted(decay: Double) throws(EstimationError) -> VolatilityRecursion {
    guard decay > 0, decay < 1 else { throw .parameterOutOfRange(.decay, decay) }
    return VolatilityRecursion(unchecked: 0, 1 - decay, decay)
  }

  /// α + β: the share of a variance's distance from its long-run level that is left a date later, in [0, 1].
  public var persistence: Double { reaction + decay }

  /// `ω / (1 − α − β)`; `nil` where the variance has no long-run level.
  public var longRunVariance: Double? {
    let left = 1 - persistence
    guard left > 0, constant > 0 else { return nil }
    return constant / left
  }

  /// `(1 + β) / (1 − β)`: how many equally weighted squared returns a variance rests on, in a long history.
  ///
  /// For λ of 0.94, 0.97 and 0.99: 32, 66 and 199.
  public var effectiveObservations: Double { (1 + decay) / (1 - decay) }

  /// The next date's variance.
  ///
  /// - Parameters:
  ///   - variance: σ²_t ≥ 0.
  ///   - deviation: ε_t, the return's distance from its mean.
  /// - Returns: σ²_{t+1}.
  public func next(variance: Double, deviation: Double) -> Double {
    constant + reaction * (deviation * deviation) + decay * variance
  }

  /// The variance expected of the sum of the next returns: `Σ_{h=1…H} E σ²_{t+h}`, the returns uncorrelated.
  ///
  /// - Parameters:
  ///   - variance: the next date's variance, at least 0.
  ///   - horizon: the number H ≥ 1 of dates.
  /// - Returns: a variance over the horizon, in squared units of the returns.
  public func expectedVariance(next variance: Double, horizon: Int) -> Double {
    precondition(horizon >= 1, "a horizon has at least one date")
    var expected = variance
    var sum = variance
    for _ in 1..<horizon {
      expected = constant + persistence * expected
      sum += expected
    }
    return sum
  }

  /// A path of deviations driven by given standardised shocks: filtered historical simulation.
  ///
  /// `ε_h = z_h·σ_h`, `σ²_{h+1} = ω + α·ε²_h + β·σ²_h`. Taking the shocks of all factors from the same dates keeps the
  /// dependence between them. Barone-Adesi, Giannopoulos, Vosper: VaR without correlations for portfolios of
  /// derivative securities (1999).
  ///
  /// - Parameters:
  ///   - shocks: z, one a date of the path.
  ///   - variance: the first date's variance, at least 0.
  ///   - leastVariance: a floor under the variance of every date, at least 0; it does not enter the recursion.
  /// - Returns: as many deviations, in units of the returns; the mean is not added.
  public func path(
    shocks: [Double], from variance: Double, leastVariance: Double = 0
  ) -> [Double] {
    var current = variance
    return shocks.map { shock in
      let deviation = shock * max(current, leastVariance).squareRoot()
      current = next(variance: current, deviation: deviation)
      return deviation
    }
  }
}
