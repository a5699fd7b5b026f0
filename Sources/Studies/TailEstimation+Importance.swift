import LinearAlgebra
import Margin
import MarketData
import Parallel
import Sampling
import Scenarios
import Statistics
import Valuation

extension TailEstimationContext {
  /// Draws from a normal or Student-t law, twisted at each level apart towards the value at risk of the account's quadratic.
  ///
  /// Every draw is a full revaluation; the quadratic only says where to draw. Linear books have no better guide.
  func importance(
    _ estimator: TailEstimator, _ request: MonteCarloRequest
  ) throws(TailEstimationError) -> EstimatorOutcome {
    let set = try scenarios(.law(request), from: source)
    try requireCoverage(by: set)
    guard let calibration = set.calibration, let law = calibration.law else { throw .noClosedForm }
    let draws: TwistedDraws
    do throws(QuadraticGaussianError) {
      draws = try TwistedDraws(self, set, law, horizon: request.sample.horizon)
    } catch {
      throw .quadratic(error)
    }
    var outcome = EstimatorOutcome(fits: calibration.fits)
    for level in study.levels {
      do throws(TailEstimationError) {
        for (measure, figure) in try figures(draws, law, at: level) {
          outcome.figures[TailKey(level, measure)] = figure
        }
      } catch {
        for measure in estimator.measures {
          outcome.figures[TailKey(level, measure)] = TailFigure(reason: error)
        }
      }
    }
    if !isCapped {
      for (key, error) in lawErrors(calibration, Array(outcome.figures.keys), .exact) {
        outcome.figures[key]?.calibrationError = error
      }
    }
    return outcome
  }

  /// Both measures at one level; draws are added until a target is met.
  private func figures(
    _ draws: TwistedDraws, _ law: EllipticalLaw, at level: Confidence
  ) throws(TailEstimationError) -> [TailRiskTerm.Measure: TailFigure] {
    let twist: Twist
    do throws(ImportanceSamplingError) {
      twist = try Twist(draws.basis.law, law.tail, at: level)
    } catch {
      throw .importance(error)
    }
    var count = settings.scenarioCount
    while true {
      let (losses, ratios) = try draws.losses(of: self, twist, count: count)
      let estimate: ImportanceTailEstimate
      do throws(ImportanceSamplingError) {
        estimate = try ImportanceTailEstimate(ofLosses: losses, likelihoodRatios: ratios, at: level)
      } catch {
        throw .importance(error)
      }
      var figures: [TailRiskTerm.Measure: TailFigure] = [
        .valueAtRisk: TailFigure(
          value: estimate.valueAtRisk, simulationError: estimate.valueAtRiskStandardError,
          interval: estimate.valueAtRiskInterval, scenarioCount: count,
          effectiveSampleSize: estimate.equivalentPlainDraws),
        .expectedShortfall: TailFigure(
          value: estimate.expectedShortfall, simulationError: estimate.expectedShortfallStandardError,
          scenarioCount: count, effectiveSampleSize: estimate.equivalentPlainDraws),
      ]
      if isLinear, !isCapped {
        for (measure, figure) in figures {
          figures[measure]?.deviation = deviation(of: figure.value, TailKey(level, measure), under: law)
        }
      }
      guard let target = study.targetError else { return figures }
      let worst = figures.values.map(\.relativeError).max() ?? .infinity
      for measure in figures.keys { figures[measure]?.meetsTarget = worst <= target }
      guard worst > target, let more = doubled(count) else { return figures }
      count = more
    }
  }
}

/// Where the variables of the account's quadratic are drawn, at one level.
private enum Twist: Sendable {
  case normal(ImportanceSampling)
  case studentT(StudentTImportanceSampling)

  init(
    _ law: QuadraticGaussian, _ tail: EllipticalTail, at level: Confidence
  ) throws(ImportanceSamplingError) {
    if let degrees = tail.degreesOfFreedom {
      self = .studentT(try StudentTImportanceSampling(law, degreesOfFreedom: degrees, at: level))
    } else {
      self = .normal(try ImportanceSampling(law, at: level))
    }
  }

  func sample(_ stream: DrawStream, _ coordinates: [UInt64], _ scenarios: Range<Int>) -> ImportanceSample {
    let normals = Matrix(
      rows: coordinates.count, columns: scenarios.count,
      elements: Sampling.normals(stream: stream, factors: coordinates, scenarios: scenarios))
    switch self {
    case .normal(let sampling): return sampling.sample(normals: normals)
    case .studentT(let sampling):
      var mixing = [Double](repeating: 0, count: scenarios.count)
      var row = mixing.mutableSpan
      fillChiSquared(
        degreesOfFreedom: sampling.degreesOfFreedom, stream: stream, firstScenario: scenarios.lowerBound,
        into: &row)
      return sampling.sample(normals: normals, chiSquared: mixing)
    }
  }
}

/// Twisted variables turned into moves of every factor, block by block.
///
/// The quadratic that guides them knows of volatilities the line through their answer to a price.
private struct TwistedDraws: Sendable {
  let basis: QuadraticGaussianBasis
  private let set: ScenarioSet
  private let stream: DrawStream
  private let coordinates: [UInt64]
  /// The volatilities that answer their spot price, with the deviation of their own moves.
  private let responses: [(model: VolatilityModel, volatility: Int, spot: Int, deviation: Double)]

  init(
    _ context: TailEstimationContext, _ set: ScenarioSet, _ law: EllipticalLaw, horizon: Horizon
  ) throws(QuadraticGaussianError) {
    let factor: CovarianceFactor
    do throws(LinearAlgebraError) {
      factor = try CovarianceFactor(law.covariance(withoutVolatilitiesOf: set.factors))
    } catch {
      throw .decomposition(error)
    }
    self.set = set
    stream = DrawStream(seed: context.settings.seed, stream: ScenarioStream.estimation.rawValue)
    let factors = set.factors
    var seen: Set<Int> = []
    responses = context.settings.models.volatility.compactMap { model in
      guard let place = factors.index(of: .volatility(model.asset)),
        let spot = factors.index(of: .spot(model.asset)), seen.insert(place).inserted
      else { return nil }
      return (model, place, spot, model.dailyVolatility * horizon.days.squareRoot())
    }
    var profit = context.profit
    for response in responses {
      profit = profit.following(response.volatility, response.spot, slope: response.model.slope)
    }
    basis = try QuadraticGaussianBasis(
      delta: profit.delta.map { 0 - $0 }, gamma: profit.gamma.scaled(by: -1), factor: factor)
    coordinates = basis.law.linear.indices.map { stableIdentifier(of: "importance:\($0)") }
  }

  /// The account's losses in twisted draws, with the ratio of each.
  func losses(
    of context: TailEstimationContext, _ twist: Twist, count: Int
  ) throws(TailEstimationError) -> (losses: [Double], ratios: [Double]) {
    let blocks = try mapBlocks(
      of: count, size: scenarioBlockSize, parallelism: context.settings.parallelism
    ) { (_, scenarios) throws(TailEstimationError) in
      let sample = twist.sample(stream, coordinates, scenarios)
      let moved = ScenarioSet(
        factors: set.factors, moves: moves(sample.variables, scenarios), labels: .draws(Array(scenarios)),
        coverage: set.coverage, volatility: context.source.volatilityAnswer)
      return (try context.losses(under: moved, .sequential), sample.likelihoodRatios)
    }
    return (blocks.flatMap(\.0), blocks.flatMap(\.1))
  }

  /// Moves of every factor; a volatility answers its spot price and moves on its own, untwisted.
  private func moves(_ variables: Matrix, _ scenarios: Range<Int>) -> Matrix {
    var moves = multiply(basis.loadings, variables)
    for response in responses {
      let name = set.factors.factors[response.volatility].description
      let own = Sampling.normals(
        stream: stream, factors: [stableIdentifier(of: "importance:\(name)")], scenarios: scenarios)
      let spots = moves.row(response.spot)
      moves.withMutableRow(response.volatility) { row in
        for place in row.indices {
          row[place] = response.model.move(
            spot: spots[place], independent: response.deviation * own[place])
        }
      }
    }
    return moves
  }
}

extension QuadraticProfit {
  /// The profit where one factor moves with another along a line, and not by itself.
  fileprivate func following(_ follower: Int, _ leader: Int, slope: Double) -> QuadraticProfit {
    var delta = delta
    var gamma = gamma
    delta[leader] += slope * delta[follower]
    delta[follower] = 0
    for column in delta.indices { gamma[leader, column] += slope * gamma[follower, column] }
    for row in delta.indices { gamma[row, leader] += slope * gamma[row, follower] }
    for place in delta.indices {
      gamma[follower, place] = 0
      gamma[place, follower] = 0
    }
    return QuadraticProfit(delta: delta, gamma: gamma)
  }
}
