import LinearAlgebra
import Margin
import MarketData
import Scenarios
import Statistics
import Valuation

extension TailEstimationContext {
  /// A law in closed form, and how far a shortcut is from the exact inversion of the same quadratic.
  func closedForm(
    _ request: MonteCarloRequest, _ method: ClosedFormMethod
  ) throws(TailEstimationError) -> EstimatorOutcome {
    guard !isCapped else { throw .isolatedPositions }
    let set = try scenarios(.law(request), from: source)
    try requireCoverage(by: set)
    guard let calibration = set.calibration, let law = calibration.law else { throw .noClosedForm }
    var outcome = EstimatorOutcome(fits: calibration.fits)
    let keys = keys(of: method)
    for key in keys {
      var figure = TailFigure()
      do throws(TailEstimationError) {
        figure.value = try value(key, under: law, method)
        figure.deviation = deviation(of: figure.value, key, under: law)
      } catch {
        figure.reason = error
      }
      figure.effectiveSampleSize = calibration.spectrum?.effectiveObservations
      outcome.figures[key] = figure
    }
    let errors = lawErrors(calibration, keys, method)
    for (key, error) in errors { outcome.figures[key]?.calibrationError = error }
    return outcome
  }

  private func keys(of method: ClosedFormMethod) -> [TailKey] {
    study.levels.flatMap { level in
      method == .saddlepoint
        ? [TailKey(level, .valueAtRisk)]
        : [TailKey(level, .valueAtRisk), TailKey(level, .expectedShortfall)]
    }
  }

  /// A figure over that of exact inversion, or of the closed form of a linear book, less one.
  func deviation(of value: Double?, _ key: TailKey, under law: EllipticalLaw) -> Double? {
    guard let value, isLinear || law.tail == .normal, let exact = try? self.value(key, under: law, .exact),
      exact != 0
    else { return nil }
    return value / exact - 1
  }

  /// The errors of calibration of figures that have a closed form under every law estimated anew.
  func lawErrors(
    _ calibration: Calibration, _ keys: [TailKey], _ method: ClosedFormMethod
  ) -> [TailKey: Double] {
    calibrationErrors(replicates: settings.bootstrap.replicates, keys) {
      (replicate) throws(TailEstimationError) in
      let chosen = chosen(replicate, of: calibration.observations.columns)
      var values: [TailKey: Double] = [:]
      switch try remade(calibration, chosen) {
      case .law(let law): for key in keys { values[key] = try? value(key, under: law, method) }
      case .drawn: throw .noClosedForm
      }
      return values
    }
  }

  func remade(
    _ calibration: Calibration, _ chosen: [Int]
  ) throws(TailEstimationError) -> Recalibration {
    do throws(ScenarioError) {
      return try calibration.remade(fromObservations: chosen)
    } catch {
      throw .scenarios(error)
    }
  }

  /// One figure under a law in closed form.
  ///
  /// The exact one of a linear book under a normal law is had by inversion as well, of a quadratic without squares.
  func value(
    _ key: TailKey, under law: EllipticalLaw, _ method: ClosedFormMethod
  ) throws(TailEstimationError) -> Double {
    if method == .deltaNormal || (isLinear && law.tail != .normal) {
      return linearDeviation(under: law) * multiplier(key, of: law.tail)
    }
    guard law.tail == .normal else { throw .noClosedForm }
    do throws(QuadraticGaussianError) {
      let loss = try QuadraticGaussian(
        delta: profit.delta, gamma: profit.gamma,
        covariance: isLinear ? law.covariance(withoutVolatilitiesOf: source.factors) : law.covariance
      ).negated
      return try value(key, of: loss, method)
    } catch {
      throw .quadratic(error)
    }
  }

  private func value(
    _ key: TailKey, of loss: QuadraticGaussian, _ method: ClosedFormMethod
  ) throws(QuadraticGaussianError) -> Double {
    let isShortfall = key.measure == .expectedShortfall
    switch method {
    case .exact:
      let inversion = CharacteristicFunctionInversion(loss)
      return try isShortfall
        ? inversion.expectedShortfall(at: key.confidence).value
        : inversion.valueAtRisk(at: key.confidence).value
    case .deltaNormal, .deltaGammaNormal:
      return loss.mean + loss.standardDeviation * multiplier(key, of: .normal)
    case .cornishFisher:
      let expansion = try CornishFisher(loss)
      return try isShortfall
        ? expansion.expectedShortfall(at: key.confidence) : expansion.valueAtRisk(at: key.confidence)
    case .saddlepoint: return try SaddlepointTail(loss).valueAtRisk(at: key.confidence)
    }
  }

  /// The standard deviation of the linear part, √(δ′Σδ).
  private func linearDeviation(under law: EllipticalLaw) -> Double {
    law.standardDeviations(of: Matrix(rows: profit.delta.count, columns: 1, elements: profit.delta))[0]
  }

  private func multiplier(_ key: TailKey, of tail: EllipticalTail) -> Double {
    key.measure == .valueAtRisk
      ? tail.valueAtRisk(at: key.confidence) : tail.expectedShortfall(at: key.confidence)
  }
}

extension EllipticalLaw {
  /// The covariance of prices and bases alone, with zeros in the rows of volatilities.
  func covariance(withoutVolatilitiesOf factors: FactorSpace) -> Matrix {
    let isVolatility = factors.factors.map { if case .volatility = $0 { true } else { false } }
    guard isVolatility.contains(true) else { return covariance }
    return Matrix(rows: covariance.rows, columns: covariance.columns) { row, column in
      isVolatility[row] || isVolatility[column] ? 0 : covariance[row, column]
    }
  }
}
