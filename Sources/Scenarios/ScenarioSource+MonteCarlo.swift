import LinearAlgebra
import MarketData
import Parallel
import Sampling
import Statistics

extension ScenarioSource {
  /// Draws X = L·Z·√((ν − 2)/W) with L the factor of the estimated covariance.
  ///
  /// The draws of a factor are keyed by its name and the scenario's number, so that every law over the same stream
  /// colours the same base numbers.
  func monteCarlo(_ request: MonteCarloRequest) throws(ScenarioError) -> ScenarioSet {
    let (calibration, coverage) = try calibration(for: request)
    let factor: CovarianceFactor
    do throws(LinearAlgebraError) {
      factor = try CovarianceFactor(calibration.covariance ?? Matrix(rows: 0, columns: 0, repeating: 0))
    } catch {
      throw .covariance(.decomposition(error))
    }
    let responses = VolatilityResponses(models, in: factors)
    let moves = draws(
      coloured: factor.lower, law: request.law,
      stream: DrawStream(seed: seed, stream: request.stream.rawValue), responses,
      rootDays: request.sample.horizon.days.squareRoot())
    return ScenarioSet(
      factors: factors, moves: moves, labels: .draws(Array(0..<count)), coverage: coverage,
      volatility: responses.answer, calibration: calibration)
  }

  func calibration(
    for request: MonteCarloRequest
  ) throws(ScenarioError) -> (calibration: Calibration, coverage: [FactorCoverage]) {
    let sample = try sample(request.sample)
    // A factor that is not there for the whole window must not enter the correlations of the others.
    var observations = sample.moves
    for (row, coverage) in sample.coverage.enumerated() where !coverage.isComplete {
      for column in 0..<observations.columns { observations[row, column] = 0 }
    }
    let recipe = CalibrationRecipe(
      estimator: request.estimator, varianceScale: sample.moveScale * sample.moveScale,
      modelVariances: modelVariances(over: request.sample.horizon), supplied: try suppliedPlaces())
    let tail = try request.law.ellipticalTail
    let (covariance, spectrum) = try recipe.estimate(observations)
    let calibration = Calibration(
      observations: observations, dates: sample.panel.ends, covariance: covariance, spectrum: spectrum,
      law: tail.map { EllipticalLaw(tail: $0, covariance: covariance) }
    ) { [observations] chosen throws(ScenarioError) in
      let resampled = Matrix(rows: observations.rows, columns: chosen.count) { observations[$0, chosen[$1]] }
      guard let tail else { preconditionFailure("redrawn laws") }
      return .law(EllipticalLaw(tail: tail, covariance: try recipe.estimate(resampled).covariance))
    }
    return (calibration, coverage(of: sample))
  }

  /// The law alone, without draws.
  func law(_ request: MonteCarloRequest) throws(ScenarioError) -> ScenarioSet {
    let (calibration, coverage) = try calibration(for: request)
    return ScenarioSet(
      factors: factors, moves: Matrix(rows: factors.count, columns: 0, repeating: 0), labels: .draws([]),
      coverage: coverage, calibration: calibration)
  }

  /// Drawn sets move the factors that follow a model of the study as well.
  private func coverage(of sample: HistoricalSample) -> [FactorCoverage] {
    zip(factors.factors, sample.coverage).map { factor, coverage in
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

  /// Factor × scenario, in blocks with absolute boundaries: a block's bits depend on its number alone.
  ///
  /// A volatility's own draws are normal whatever the law; the covariance does not hold them.
  private func draws(
    coloured lower: Matrix, law: MoveLaw, stream: DrawStream, _ volatility: VolatilityResponses,
    rootDays: Double
  ) -> Matrix {
    let names = factors.factors.map { stableIdentifier(of: $0.description) }
    let moving = lower.diagonal.indices.filter { lower[$0, $0] > 0 }
    let blockSize = Self.blockSize
    var result = [Double](repeating: 0, count: factors.count * count)
    result.fillColumnBlocks(
      rows: factors.count, columns: count, blockSize: blockSize, parallelism: parallelism,
      workspace: { DrawWorkspace(factors: names.count, width: blockSize) }
    ) { (workspace: inout DrawWorkspace, _, scenarios, block) in
      for row in moving {
        workspace.normals.withMutableRow(row) { span in
          fillNormals(stream: stream, factor: names[row], firstScenario: scenarios.lowerBound, into: &span)
        }
      }
      multiply(lower, workspace.normals, into: &workspace.coloured)
      if case .studentT(let degrees) = law {
        var scale = workspace.scale.mutableSpan
        fillStudentTScale(
          degreesOfFreedom: degrees, stream: stream, firstScenario: scenarios.lowerBound, into: &scale)
      }
      for row in moving {
        block.withRow(row) { target in
          workspace.coloured.withRow(row) { source in
            for place in target.indices { target[place] = source[place] * workspace.scale[place] }
          }
        }
      }
      for response in volatility.responses {
        var own = workspace.own.mutableSpan
        fillNormals(
          stream: stream, factor: names[response.volatility], firstScenario: scenarios.lowerBound, into: &own)
        let deviation = response.model.dailyVolatility * rootDays
        let follows = lower[response.spot, response.spot] > 0
        block.withRow(response.volatility) { target in
          workspace.coloured.withRow(response.spot) { source in
            for place in target.indices {
              target[place] = response.model.move(
                spot: follows ? source[place] * workspace.scale[place] : 0,
                independent: deviation * workspace.own[place])
            }
          }
        }
      }
    }
    return Matrix(rows: factors.count, columns: count, elements: result)
  }

  /// Scenarios are made in blocks of this many, with absolute boundaries.
  package static let blockSize = 4_096
}

/// The buffers of one thread.
private struct DrawWorkspace: ~Copyable {
  var normals: Matrix
  var coloured: Matrix
  var scale: [Double]
  /// The own draws of one volatility.
  var own: [Double]

  init(factors: Int, width: Int) {
    normals = Matrix(rows: factors, columns: width, repeating: 0)
    coloured = normals
    scale = [Double](repeating: 1, count: width)
    own = [Double](repeating: 0, count: width)
  }
}

extension MoveLaw {
  /// The shape of a law that is known in closed form; `nil` for others.
  var ellipticalTail: EllipticalTail? {
    get throws(ScenarioError) {
      switch self {
      case .gaussian: return .normal
      case .studentT(let degrees):
        guard let tail = try? EllipticalTail.studentT(degreesOfFreedom: degrees) else {
          throw .degreesOfFreedom(degrees)
        }
        return tail
      case .studentTCopula, .jumps: return nil
      }
    }
  }
}
