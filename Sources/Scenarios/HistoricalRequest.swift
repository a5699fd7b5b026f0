public import MarketData

/// How moves over a horizon longer than a step are obtained.
public enum HorizonScaling: String, Hashable, Sendable, CaseIterable {
  /// From overlapping moves of the full length.
  case overlapping
  /// From one-step moves, multiplied by the square root of the number of steps; no step is shorter than an hour.
  case squareRoot
}

/// How the volatility of each factor is followed through its history.
public enum VolatilityDynamics: Hashable, Sendable {
  /// An exponentially weighted moving average of squared moves.
  case exponentiallyWeighted(decay: Double)
  /// GARCH(1,1), fitted to each factor by quasi-maximum likelihood.
  case garch
}

/// What is done to historical moves before they are scenarios.
///
/// A filter works on the single steps of history, no shorter than an hour, and decays are those of a step; longer moves are
/// compounded from filtered steps. It sees the window alone: the variances before the first step are the averages over the
/// window, and `now` is the end of the window's last step. A factor that never moves stays where it is.
public enum HistoricalFilter: Hashable, Sendable {
  /// Every move of a factor times its volatility now over its volatility then.
  ///
  /// `floorShare` in [0, 1] puts a floor of that share of the long-run volatility under every volatility. Hull, White:
  /// Incorporating volatility updating into the historical simulation method for value at risk (1998).
  case volatility(VolatilityDynamics, floorShare: Double)
  /// Every vector of moves x_t becomes S_T·S_t⁻¹·x_t, with S square roots of exponentially weighted covariances: volatilities
  /// and correlations of now in the place of those of then.
  ///
  /// Duffie, Pan: An overview of value at risk (1997).
  case covariance(volatilityDecay: Double, correlationDecay: Double)
}

/// What each move of a window counts.
public enum AgeWeighting: Hashable, Sendable {
  /// All the same.
  case equal
  /// λ^age, so that old moves count less. Boudoukh, Richardson, Whitelaw: The best of both worlds (1998).
  case decaying(Double)
}

/// A request for the moves of a historical window.
public struct HistoricalRequest: Hashable, Sendable {
  /// Which moves.
  public let lookBack: LookBack
  /// How long each lasts.
  public let horizon: Horizon
  /// How longer horizons are reached.
  public let scaling: HorizonScaling
  /// What is done to the moves; `nil` leaves them as they were.
  public let filter: HistoricalFilter?
  /// What each counts.
  public let weighting: AgeWeighting

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - lookBack: which moves.
  ///   - horizon: how long each lasts.
  ///   - scaling: how longer horizons are reached.
  ///   - filter: what is done to the moves.
  ///   - weighting: what each counts.
  public init(
    lookBack: LookBack, horizon: Horizon, scaling: HorizonScaling = .overlapping,
    filter: HistoricalFilter? = nil, weighting: AgeWeighting = .equal
  ) {
    self.lookBack = lookBack
    self.horizon = horizon
    self.scaling = scaling
    self.filter = filter
    self.weighting = weighting
  }
}
