public import Margin
public import MarketData
public import Scenarios
public import Statistics

/// A way to estimate the tail of an account's P&L.
public struct TailEstimator: Hashable, Sendable {
  /// How scenarios become a tail.
  public enum Method: Hashable, Sendable {
    /// A quantile and a tail mean of the P&L in a set of scenarios.
    case scenarios(ScenarioRequest, TailQuantile)
    /// A generalised Pareto law fitted to the worst share of the losses in a set of scenarios.
    case peaksOverThreshold(ScenarioRequest, tailShare: Double)
    /// A law in closed form; of a book with options, by its quadratic.
    case closedForm(MonteCarloRequest, ClosedFormMethod)
    /// Draws from a normal or Student-t law, twisted so that large losses are common, at each level apart.
    case importanceSampling(MonteCarloRequest)
  }

  /// A short name, such as `hull-white-garch`.
  public let name: String
  /// How scenarios become a tail.
  public let method: Method

  /// Makes an estimator.
  ///
  /// - Parameters:
  ///   - name: a short name.
  ///   - method: how scenarios become a tail.
  public init(_ name: String, _ method: Method) {
    self.name = name
    self.method = method
  }

  /// Its kind.
  public var family: EstimatorFamily {
    switch method {
    case .scenarios(let request, _), .peaksOverThreshold(let request, _):
      if case .monteCarlo = request { .monteCarlo } else { .historical }
    case .closedForm: .parametric
    case .importanceSampling: .monteCarlo
    }
  }

  /// The measures it knows.
  public var measures: [TailRiskTerm.Measure] {
    switch method {
    case .scenarios(_, .harrellDavis), .closedForm(_, .saddlepoint): [.valueAtRisk]
    default: [.valueAtRisk, .expectedShortfall]
    }
  }

  /// Its scenarios and how they are read, in words.
  public var summary: String {
    switch method {
    case .scenarios(let request, .lowerQuantile): request.summary
    case .scenarios(let request, let quantile): "\(request.summary), \(quantile.rawValue)"
    case .peaksOverThreshold(let request, let share):
      "\(request.summary), generalised Pareto tail of the worst \(share)"
    case .closedForm(let request, let method):
      "\(ScenarioRequest.law(request).summary), \(method.rawValue)"
    case .importanceSampling(let request):
      "\(ScenarioRequest.monteCarlo(request).summary), importance sampling"
    }
  }
}

extension TailEstimator {
  /// Every estimator over one sample.
  ///
  /// The decays, floors and shares are customary ones; the jumps are an assumption, fitted to nothing: a common jump every 50
  /// days of −2 ± 3 daily volatilities, and own jumps as often of ± 4.
  ///
  /// - Parameters:
  ///   - sample: look-back, horizon and how longer horizons are reached; its filter and weights are left out.
  ///   - step: how long one move of the history lasts.
  ///   - covariance: how covariances are estimated.
  /// - Returns: estimators, historical ones first.
  public static func menu(
    over sample: HistoricalRequest, step: Horizon, covariance: CovarianceEstimator
  ) -> [TailEstimator] {
    historicalMenu(over: sample, step: step) + parametricMenu(over: sample, covariance)
      + drawnMenu(over: sample, covariance)
  }

  /// Every estimator over the sample of a study's judge.
  ///
  /// - Parameter study: the study.
  /// - Returns: estimators, historical ones first.
  public static func menu(for study: ComparisonStudy) -> [TailEstimator] {
    let judge = study.settings.judge
    return menu(
      over: judge.sample, step: Horizon(hours: max(1, study.history.stepSeconds / 3_600)),
      covariance: judge.estimator)
  }

  private static func historicalMenu(over sample: HistoricalRequest, step: Horizon) -> [TailEstimator] {
    func history(_ filter: HistoricalFilter? = nil, _ weighting: AgeWeighting = .equal) -> ScenarioRequest {
      .historical(
        HistoricalRequest(
          lookBack: sample.lookBack, horizon: sample.horizon, scaling: sample.scaling, filter: filter,
          weighting: weighting))
    }
    let steps = HistoricalRequest(lookBack: sample.lookBack, horizon: step)
    func paths(_ dynamics: VolatilityDynamics?, blocks: Int = 1) -> ScenarioRequest {
      .bootstrap(
        BootstrapRequest(steps: steps, horizon: sample.horizon, dynamics: dynamics, blockLength: blocks))
    }
    func read(_ name: String, _ request: ScenarioRequest) -> TailEstimator {
      TailEstimator(name, .scenarios(request, .lowerQuantile))
    }
    let average = VolatilityDynamics.exponentiallyWeighted(decay: 0.97)
    return [
      read("historical", history()),
      TailEstimator("harrell-davis", .scenarios(history(), .harrellDavis)),
      TailEstimator("peaks-over-threshold", .peaksOverThreshold(history(), tailShare: 0.1)),
      read("age-weighted-0.98", history(nil, .decaying(0.98))),
      read("age-weighted-0.995", history(nil, .decaying(0.995))),
      read("hull-white-ewma", history(.volatility(average, floorShare: 0.5))),
      read("hull-white-garch", history(.volatility(.garch, floorShare: 0))),
      read("covariance-scaled", history(.covariance(volatilityDecay: 0.97, correlationDecay: 0.99))),
      read("filtered-ewma", paths(average)), read("filtered-garch", paths(.garch)),
      read("block-bootstrap", paths(nil, blocks: 5)),
    ]
  }

  private static func parametricMenu(
    over sample: HistoricalRequest, _ covariance: CovarianceEstimator
  ) -> [TailEstimator] {
    let gaussian = request(.gaussian, sample, covariance)
    func closed(_ name: String, _ method: ClosedFormMethod) -> TailEstimator {
      TailEstimator(name, .closedForm(gaussian, method))
    }
    return [
      closed("delta-normal", .deltaNormal),
      TailEstimator(
        "delta-student-t",
        .closedForm(request(.studentT(degreesOfFreedom: 4), sample, covariance), .deltaNormal)),
      closed("delta-gamma-exact", .exact), closed("delta-gamma-normal", .deltaGammaNormal),
      closed("delta-gamma-cornish-fisher", .cornishFisher), closed("delta-gamma-saddlepoint", .saddlepoint),
    ]
  }

  private static func drawnMenu(
    over sample: HistoricalRequest, _ covariance: CovarianceEstimator
  ) -> [TailEstimator] {
    func drawn(_ name: String, _ law: MoveLaw, _ sampling: SamplingScheme = .plain) -> TailEstimator {
      TailEstimator(
        name, .scenarios(.monteCarlo(request(law, sample, covariance, sampling)), .lowerQuantile))
    }
    return [
      drawn("gaussian", .gaussian), drawn("gaussian-antithetic", .gaussian, .antithetic),
      drawn("gaussian-sobol", .gaussian, .sobol),
      TailEstimator("gaussian-importance", .importanceSampling(request(.gaussian, sample, covariance))),
      drawn("student-t", .studentT(degreesOfFreedom: 4)),
      TailEstimator(
        "student-t-importance",
        .importanceSampling(request(.studentT(degreesOfFreedom: 4), sample, covariance))),
      drawn("t-copula", .studentTCopula(CopulaModel())),
    ] + (assumedJumps.map { [drawn("jumps", .jumps($0))] } ?? [])
  }

  private static func request(
    _ law: MoveLaw, _ sample: HistoricalRequest, _ covariance: CovarianceEstimator,
    _ sampling: SamplingScheme = .plain
  ) -> MonteCarloRequest {
    MonteCarloRequest(
      law: law,
      sample: HistoricalRequest(
        lookBack: sample.lookBack, horizon: sample.horizon, scaling: sample.scaling),
      estimator: covariance, sampling: sampling)
  }

  /// Jumps of the menu: an assumption.
  private static let assumedJumps = try? JumpModel(
    commonIntensity: 0.02, commonMean: -2, commonDeviation: 3, ownIntensity: 0.02, ownDeviation: 4)
}
