import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

extension TailEstimationContext {
  /// A tail read off the account's losses in a set of scenarios; draws are added until a target is met.
  func sampled(
    _ estimator: TailEstimator, _ request: ScenarioRequest, _ reading: LossReading
  ) throws(TailEstimationError) -> EstimatorOutcome {
    var count = settings.scenarioCount
    var source = source
    while true {
      let set = try scenarios(request, from: source)
      let losses = try losses(under: set, settings.parallelism)
      var outcome = try figures(estimator, request, reading, set, losses)
      let worst = outcome.figures.values.map(\.relativeError).max() ?? .infinity
      if request.isDrawn, let target = study.targetError {
        for key in outcome.figures.keys { outcome.figures[key]?.meetsTarget = worst <= target }
        if worst > target, let more = doubled(count) {
          count = more
          do throws(ScenarioError) {
            source = try Self.source(of: study, count: count)
          } catch {
            throw .scenarios(error)
          }
          continue
        }
      }
      complete(&outcome, estimator, request, reading, set, losses)
      return outcome
    }
  }

  /// Twice as many draws, unless there would be too many, or their moves too large a block of memory.
  func doubled(_ count: Int) -> Int? {
    let more = count * 2
    let bytes = more * self.source.factors.count * MemoryLayout<Double>.size
    return more <= ComparisonStudy.mostDraws && bytes <= ComparisonStudy.mostBytes ? more : nil
  }

  /// The figures with what belongs to the draws alone: the values, their simulation errors, intervals.
  private func figures(
    _ estimator: TailEstimator, _ request: ScenarioRequest, _ reading: LossReading, _ set: ScenarioSet,
    _ losses: [Double]
  ) throws(TailEstimationError) -> EstimatorOutcome {
    var outcome = EstimatorOutcome()
    let sample = LossSample(losses, of: set, request, stepSeconds: study.comparison.history.stepSeconds)
    for level in study.levels {
      let tail: SampledTail
      let values: [TailRiskTerm.Measure: Double]
      do throws(TailEstimationError) {
        tail = try sample.tail(at: level, reading)
        values = try tail.values
      } catch {
        for measure in estimator.measures {
          outcome.figures[TailKey(level, measure)] = TailFigure(scenarioCount: losses.count, reason: error)
        }
        continue
      }
      let intervals = sample.intervals(of: tail)
      let errors = request.isDrawn ? sample.errors(of: tail) : [:]
      for measure in estimator.measures {
        var figure = TailFigure(scenarioCount: losses.count)
        figure.value = values[measure]
        figure.simulationError = errors[measure]
        figure.interval = intervals[measure]?.bounds
        if case .sampleTooSmall(let needed)? = intervals[measure] { figure.intervalNeeds = needed }
        figure.effectiveSampleSize = sample.effectiveSize
        outcome.figures[TailKey(level, measure)] = figure
      }
    }
    return outcome
  }

  /// What rests on the history behind the draws: errors of calibration, deviations, fits, filters.
  private func complete(
    _ outcome: inout EstimatorOutcome, _ estimator: TailEstimator, _ request: ScenarioRequest,
    _ reading: LossReading, _ set: ScenarioSet, _ losses: [Double]
  ) {
    let keys = study.levels.flatMap { level in estimator.measures.map { TailKey(level, $0) } }
    if isLinear, !isCapped, let law = set.calibration?.law {
      for key in keys {
        let value = outcome.figures[key]?.value
        outcome.figures[key]?.deviation = deviation(of: value, key, under: law)
      }
    }
    for (key, error) in historyErrors(keys, request, reading, set, losses) {
      outcome.figures[key]?.calibrationError = error
    }
    outcome.fits = set.calibration?.fits ?? []
    if case .peaksOverThreshold(let share) = reading,
      let peaks = try? PeaksOverThreshold(ofLosses: losses, tailShare: share)
    {
      outcome.fits += peaks.fittedParameters
    }
    outcome.filters = filteredPairs(of: set)
  }

  /// The errors of calibration by a block bootstrap of the days of history; of a fitted tail, whose resamples repeat losses and
  /// often have no likelihood with a maximum, by the delta method.
  private func historyErrors(
    _ keys: [TailKey], _ request: ScenarioRequest, _ reading: LossReading, _ set: ScenarioSet,
    _ losses: [Double]
  ) -> [TailKey: Double] {
    if case .peaksOverThreshold = reading {
      let sample = LossSample(losses, of: set, request, stepSeconds: study.comparison.history.stepSeconds)
      return sample.isIndependent ? fittedErrors(keys, sample, reading) : [:]
    }
    guard let calibration = set.calibration else {
      guard case .historical = request else { return [:] }
      // The weights belong to places in the sample and stay there.
      return calibrationErrors(replicates: settings.bootstrap.replicates, keys) {
        (replicate) throws(TailEstimationError) in
        let chosen = chosen(replicate, of: losses.count).map { losses[$0] }
        return try read(keys, chosen, set.weights, reading)
      }
    }
    if calibration.law != nil {
      return isCapped ? [:] : lawErrors(calibration, keys, .exact)
    }
    let replicates = min(settings.bootstrap.replicates, Self.mostRefits)
    return calibrationErrors(replicates: replicates, keys) { (replicate) throws(TailEstimationError) in
      let chosen = chosen(replicate, of: calibration.observations.columns)
      switch try remade(calibration, chosen) {
      case .law(let law):
        var values: [TailKey: Double] = [:]
        for key in keys { values[key] = try value(key, under: law, .exact) }
        return values
      case .drawn(let drawn):
        return try read(keys, try self.losses(under: drawn, .sequential), drawn.weights, reading)
      }
    }
  }

  /// The likelihood takes losses for independent, which overlapping moves are not.
  private func fittedErrors(
    _ keys: [TailKey], _ sample: LossSample, _ reading: LossReading
  ) -> [TailKey: Double] {
    var errors: [TailKey: Double] = [:]
    for level in study.levels {
      let found = (try? sample.tail(at: level, reading))?.asymptoticErrors ?? [:]
      for key in keys where key.confidence == level { errors[key] = found[key.measure] }
    }
    return errors
  }

  /// How often a law or a filter is fitted again, which is slow.
  private static let mostRefits = 50

  private func read(
    _ keys: [TailKey], _ losses: [Double], _ weights: SampleWeights?, _ reading: LossReading
  ) throws(TailEstimationError) -> [TailKey: Double] {
    var values: [TailKey: Double] = [:]
    for level in study.levels {
      let tail = try SampledTail(losses, weights, at: level, reading)
      for (measure, value) in try tail.values { values[TailKey(level, measure)] = value }
    }
    return values
  }

  /// Correlations before and after a filter, of the factors the account depends on.
  private func filteredPairs(of set: ScenarioSet) -> [FilteredPair] {
    guard let report = set.filtering, let needed = try? needed(in: set) else { return [] }
    let names = set.factors.factors.map(\.description)
    let moving = needed.filter { report.before[$0, $0] > 0 }
    return moving.enumerated().flatMap { place, first in
      moving[(place + 1)...].map { second in
        FilteredPair(
          first: names[first], second: names[second], before: report.before[first, second],
          after: report.after[first, second], effectiveObservations: report.effectiveObservations)
      }
    }
  }
}

extension PeaksOverThreshold {
  /// Shape and scale with their errors, and where the tail begins.
  fileprivate var fittedParameters: [FittedParameter] {
    [
      FittedParameter(
        factor: nil, name: "tail shape", value: fit.distribution.shape,
        standardError: fit.shapeStandardError),
      FittedParameter(
        factor: nil, name: "tail scale", value: fit.distribution.scale,
        standardError: fit.scaleStandardError),
      FittedParameter(factor: nil, name: "tail threshold", value: threshold),
    ]
  }
}

extension TailEstimationContext {
  /// The factors the account depends on.
  private func needed(in set: ScenarioSet) throws -> [Int] {
    try FactorBinding(state.rows, in: set.factors).needed
  }
}
