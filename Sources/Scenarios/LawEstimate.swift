import LinearAlgebra
import MarketData
import Parallel
import Statistics

/// A law fitted to observations, ready to be drawn from.
struct LawEstimate: Sendable {
  /// The covariance as it was estimated, under the request's dependence; normals are coloured with it.
  let normalCovariance: Matrix
  /// The correlations as they were estimated.
  let correlation: CorrelationMatrix
  /// The covariance of the moves; of an elliptical law with the volatilities that answer prices.
  let covariance: Matrix
  let spectrum: CorrelationSpectrum
  /// The margins of a copula; `nil` for other laws.
  let copula: CopulaLaw?
  /// The closed form; `nil` where there is none.
  let closedForm: EllipticalLaw?
  /// The quantiles of Student-t moves that are independent; `nil` for other laws.
  let quantiles: StudentTQuantileMap?
  /// The mixing scales of Sobol points; `nil` for laws and schemes without.
  let mixingScales: MixingScaleMap?
}

/// The window behind a Monte Carlo request, and how laws are fitted to it.
struct LawEstimator: Sendable {
  let request: MonteCarloRequest
  let factors: FactorSpace
  let responses: VolatilityResponses
  let sample: HistoricalSample
  /// The moves the law is fitted to.
  let observations: CalibrationObservations
  let recipe: CalibrationRecipe

  /// The law of other observations of the same factors.
  ///
  /// - Parameters:
  ///   - observations: what it is fitted to.
  ///   - known: an estimate whose degrees of freedom are kept.
  ///   - parallelism: how many margins are fitted at once.
  /// - Throws: ``ScenarioError``.
  /// - Returns: the law and what it rests on.
  func estimate(
    _ observations: CalibrationObservations, keeping known: LawEstimate? = nil, _ parallelism: Parallelism
  ) throws(ScenarioError) -> LawEstimate {
    let tail = try request.closedFormTail
    let (estimated, correlation, spectrum) = try recipe.estimate(observations)
    let normal = request.dependence.applied(to: estimated, of: factors)
    let movingSpots = factors.factors.indices.reduce(0) {
      factors.isSpot($1) && estimated[$1, $1] > 0 ? $0 + 1 : $0
    }
    let covariance = covariance(of: normal, tail: tail)
    var copula: CopulaLaw?
    if case .studentTCopula(let model) = request.law {
      copula = try CopulaLaw(
        model, observations: observations, covariance: estimated, dependence: request.dependence,
        keeping: known?.copula, factors: factors, moveScale: sample.moveScale, parallelism: parallelism)
    }
    return LawEstimate(
      normalCovariance: normal, correlation: correlation, covariance: covariance,
      spectrum: request.dependence.applied(to: spectrum, movingSpots: movingSpots), copula: copula,
      closedForm: tail.map { EllipticalLaw(tail: $0, covariance: covariance) },
      quantiles: known?.quantiles ?? quantiles,
      mixingScales: known?.mixingScales ?? mixingScales(copula))
  }

  /// The covariance of the moves that come from normals of a covariance.
  ///
  /// - Parameters:
  ///   - normal: of the normals, factor × factor.
  ///   - tail: the shape of the law in closed form; `nil` where it has none.
  /// - Returns: factor × factor; of a law in closed form with the volatilities that answer prices.
  func covariance(of normal: Matrix, tail: EllipticalTail?) -> Matrix {
    if let tail { return responses.completed(normal, tail: tail, days: request.sample.horizon.days) }
    guard request.dependence == .estimated, let jumps else { return normal }
    return jumps.covariance(normal, of: factors)
  }

  private var quantiles: StudentTQuantileMap? {
    guard case .studentT(let degrees) = request.law, request.dependence == .independent else { return nil }
    return StudentTQuantileMap(degreesOfFreedom: degrees)
  }

  private func mixingScales(_ copula: CopulaLaw?) -> MixingScaleMap? {
    guard request.sampling == .sobol else { return nil }
    return mixingDegrees(copula).map { MixingScaleMap(degreesOfFreedom: $0) }
  }

  /// The degrees of freedom of the mixing variable; `nil` where there is none.
  ///
  /// A copula needs one only for its estimated dependence: at one quantile, or apart, factors take normal numbers as well.
  func mixingDegrees(_ copula: CopulaLaw?) -> Double? {
    switch request.law {
    case .gaussian, .jumps: nil
    case .studentT(let degrees): request.dependence == .independent ? nil : degrees
    case .studentTCopula: request.dependence == .estimated ? copula?.degreesOfFreedom : nil
    }
  }

  /// The law of jumps; `nil` for others.
  var jumps: JumpLaw? {
    guard case .jumps(let model) = request.law else { return nil }
    return JumpLaw(
      model, days: request.sample.horizon.days, dependence: request.dependence, factors: factors)
  }
}

extension MonteCarloRequest {
  /// The shape of a law that is known in closed form; `nil` for others.
  ///
  /// Student-t moves that know nothing of each other, each with its own mixing variable, are not elliptical.
  var closedFormTail: EllipticalTail? {
    get throws(ScenarioError) {
      switch law {
      case .gaussian: return .normal
      case .studentT(let degrees):
        guard let tail = try? EllipticalTail.studentT(degreesOfFreedom: degrees) else {
          throw .degreesOfFreedom(degrees)
        }
        return dependence == .independent ? nil : tail
      case .studentTCopula, .jumps: return nil
      }
    }
  }

  /// Such as `studentT(4), independent`.
  var lawName: String {
    dependence == .estimated ? law.description : "\(law), \(dependence.rawValue)"
  }
}
