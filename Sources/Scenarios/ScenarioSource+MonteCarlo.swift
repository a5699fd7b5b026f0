import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Statistics

extension ScenarioSource {
  /// Draws from an estimated law.
  ///
  /// The draws of a factor are keyed by its name and the scenario's number, so that every law over the same stream
  /// colours the same base numbers; Sobol points, whose coordinates are principal components, are shared by number alone.
  func monteCarlo(_ request: MonteCarloRequest) throws(ScenarioError) -> ScenarioSet {
    let fitted = try fittedLaw(request, fits: fits(of:))
    return drawn(try plan(fitted.estimate, by: fitted.estimator, count: count), fitted, parallelism)
  }

  /// The law alone, without draws.
  func law(_ request: MonteCarloRequest) throws(ScenarioError) -> ScenarioSet {
    closedForm(try fittedClosedForm(request))
  }

  /// The estimate behind the draws, without tests of its fits, and how far the window covers each factor.
  func calibration(
    for request: MonteCarloRequest
  ) throws(ScenarioError) -> (calibration: Calibration, coverage: [FactorCoverage]) {
    let fitted = try fittedLaw(request) { _ in [] }
    return (fitted.calibration, fitted.coverage)
  }

  /// A law ready to be drawn from.
  func stressable(_ request: MonteCarloRequest) throws(ScenarioError) -> DrawnScenarios {
    let fitted = try fittedLaw(request, fits: fits(of:))
    let plan = try plan(fitted.estimate, by: fitted.estimator, count: count).keepingNumbers(parallelism)
    return try DrawnScenarios(fitted, plan: plan, set: drawn(plan, fitted, parallelism))
  }

  /// A law in closed form, ready to be shocked.
  func stressableLaw(_ request: MonteCarloRequest) throws(ScenarioError) -> DrawnScenarios {
    let fitted = try fittedClosedForm(request)
    return try DrawnScenarios(fitted, plan: nil, set: closedForm(fitted))
  }

  private func fittedLaw(
    _ request: MonteCarloRequest, fits: (LawEstimate) -> [FittedParameter]
  ) throws(ScenarioError) -> FittedLaw {
    let estimator = try estimator(for: request)
    let estimate = try estimator.estimate(estimator.observations, parallelism)
    return FittedLaw(
      estimator: estimator, estimate: estimate,
      calibration: calibration(estimate, by: estimator, fits: fits(estimate)),
      coverage: coverage(of: estimator.observations))
  }

  private func fittedClosedForm(_ request: MonteCarloRequest) throws(ScenarioError) -> FittedLaw {
    guard try request.closedFormTail != nil else { throw .noClosedForm(request.lawName) }
    return try fittedLaw(request) { _ in [] }
  }

  private func closedForm(_ fitted: FittedLaw) -> ScenarioSet {
    fitted.set(Matrix(rows: factors.count, columns: 0, repeating: 0), fitted.calibration, fitted.coverage)
  }

  private func drawn(_ plan: DrawPlan, _ fitted: FittedLaw, _ parallelism: Parallelism) -> ScenarioSet {
    fitted.set(plan.moves(parallelism), fitted.calibration, fitted.coverage, replicates: plan.base.replicates)
  }

  private func estimator(for request: MonteCarloRequest) throws(ScenarioError) -> LawEstimator {
    let sample = try sample(request.sample)
    let recipe = CalibrationRecipe(
      estimator: request.estimator, varianceScale: sample.moveScale * sample.moveScale,
      modelVariances: modelVariances(over: request.sample.horizon), supplied: try suppliedPlaces())
    return LawEstimator(
      request: request, factors: factors, responses: VolatilityResponses(models, in: factors), sample: sample,
      observations: CalibrationObservations(sample, estimator: request.estimator), recipe: recipe)
  }

  private func calibration(
    _ estimate: LawEstimate, by estimator: LawEstimator, fits: [FittedParameter]
  ) -> Calibration {
    Calibration(
      observations: estimator.observations.moves, dates: estimator.sample.panel.ends,
      covariance: estimate.covariance, spectrum: estimate.spectrum, law: estimate.closedForm,
      fits: estimator.sample.fits + fits
    ) { chosen throws(ScenarioError) in
      try remade(estimate, by: estimator, from: chosen)
    }
  }

  /// The law of resampled observations, or a small set drawn from it with the numbers of the set itself.
  private func remade(
    _ estimate: LawEstimate, by estimator: LawEstimator, from chosen: [Int]
  ) throws(ScenarioError) -> Recalibration {
    // Whoever resamples does so on every core already.
    let other = try estimator.estimate(
      estimator.observations.chosen(chosen), keeping: estimate, .sequential)
    if let law = other.closedForm { return .law(law) }
    let fitted = FittedLaw(
      estimator: estimator, estimate: other, calibration: calibration(other, by: estimator, fits: []),
      coverage: coverage(of: estimator.observations))
    return .drawn(
      drawn(
        try plan(other, by: estimator, count: min(count, Calibration.remadeCount)), fitted, .sequential))
  }

  private func fits(of estimate: LawEstimate) -> [FittedParameter] {
    estimate.copula?.fits(of: factors, seed: seed, parallelism: parallelism) ?? []
  }

  private func plan(
    _ estimate: LawEstimate, by estimator: LawEstimator, count: Int
  ) throws(ScenarioError) -> DrawPlan {
    let request = estimator.request
    let degrees = estimator.mixingDegrees(estimate.copula)
    // The mixing variable and the common jumps move all factors at once and take the first dimensions.
    let first = degrees == nil ? estimator.jumps?.dimensions ?? 0 : 1
    let colouring = try colouring(estimate, request, firstDimension: first)
    let last = first + colouring.dimensions
    let volatilities = estimator.responses.responses.enumerated().map { place, response in
      let name = factors.factors[response.volatility].description
      return DrawPlan.OwnVolatility(
        response: response, coordinate: .init(named: name, dimension: last + place))
    }
    return DrawPlan(
      factors: factors,
      base: try BaseDraws(
        request.sampling, count: count, stream: DrawStream(seed: seed, stream: request.stream.rawValue),
        dimensions: last + volatilities.count),
      colouring: colouring,
      mixing: mixing(degrees, estimate), law: drawnLaw(estimate, by: estimator),
      offsets: [Double](repeating: 0, count: factors.count), volatilities: volatilities,
      rootDays: request.sample.horizon.days.squareRoot())
  }

  private func mixing(_ degrees: Double?, _ estimate: LawEstimate) -> DrawPlan.Mixing {
    guard let degrees else { return .none }
    guard let scales = estimate.mixingScales else { return .keyed(degreesOfFreedom: degrees) }
    return .dimension(scales, .init(0, dimension: 0), degreesOfFreedom: degrees)
  }

  private func drawnLaw(_ estimate: LawEstimate, by estimator: LawEstimator) -> DrawPlan.Law {
    if let copula = estimate.copula { return .copula(copula) }
    if let jumps = estimator.jumps { return .jumps(jumps) }
    if case .studentT(let degrees) = estimator.request.law, let quantiles = estimate.quantiles {
      return .independentStudentT(quantiles, degreesOfFreedom: degrees)
    }
    return .elliptical
  }

  private func colouring(
    _ estimate: LawEstimate, _ request: MonteCarloRequest, firstDimension first: Int
  ) throws(ScenarioError) -> Colouring {
    let covariance = estimate.normalCovariance
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    switch request.dependence {
    case .comonotone: return Colouring(comonotone: deviations, of: factors, firstDimension: first)
    case .independent: return Colouring(independent: deviations, of: factors, firstDimension: first)
    case .estimated:
      return request.sampling == .sobol
        ? try Colouring(principal: covariance, firstDimension: first)
        : try Colouring(triangular: covariance, of: factors)
    }
  }

  /// Drawn sets move the factors that follow a model of the study as well.
  private func coverage(of observations: CalibrationObservations) -> [FactorCoverage] {
    zip(factors.factors, observations.coverage).map { factor, coverage in
      switch factor {
      case .basis(let asset, let style):
        guard let model = models.basis.last(where: { $0.asset == asset && $0.style == style }) else {
          return coverage
        }
        return FactorCoverage(source: .model("independent normal, \(model.dailyVolatility) per √day"))
      case .volatility(let asset):
        guard let model = models.volatility.first(where: { $0.asset == asset }) else { return coverage }
        return FactorCoverage(source: .model(model.drawnName), missing: coverage.missing)
      case .spot: return coverage
      }
    }
  }

  private func suppliedPlaces() throws(ScenarioError) -> (places: [Int], correlation: SuppliedCorrelation)? {
    guard let correlation = models.correlation else { return nil }
    var places: [Int] = []
    for asset in correlation.assets {
      guard let place = factors.index(of: .spot(asset)) else { throw .unknownAsset(asset) }
      places.append(place)
    }
    return (places, correlation)
  }

  /// Scenarios are made in blocks of this many, with absolute boundaries.
  package static let blockSize = DrawPlan.blockSize
}
