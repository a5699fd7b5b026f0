import LinearAlgebra
import Margin
import MarketData
import Parallel
import Scenarios
import Statistics
import Valuation

/// How a sample of losses becomes a tail.
enum LossReading: Hashable, Sendable {
  case quantile(TailQuantile)
  case peaksOverThreshold(tailShare: Double)
}

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
    return more <= Self.mostDraws && bytes <= Self.mostBytes ? more : nil
  }

  /// The largest number of draws a target may lead to.
  static let mostDraws = 4_194_304
  /// The largest set of moves a target may lead to.
  private static let mostBytes = 1 << 30

  /// The figures with what belongs to the draws alone: the values, their simulation errors, intervals.
  private func figures(
    _ estimator: TailEstimator, _ request: ScenarioRequest, _ reading: LossReading, _ set: ScenarioSet,
    _ losses: [Double]
  ) throws(TailEstimationError) -> EstimatorOutcome {
    var outcome = EstimatorOutcome()
    let sections = request.isDrawn ? sections(of: request, set) : nil
    for level in study.levels {
      let tail = SampledTail(losses, set.weights, at: level, reading)
      let values: [TailRiskTerm.Measure: Double]
      do throws(TailEstimationError) {
        values = try tail.values(estimator.measures)
      } catch {
        for measure in estimator.measures {
          outcome.figures[TailKey(level, measure)] = TailFigure(scenarioCount: losses.count, reason: error)
        }
        continue
      }
      let intervals = areIndependent(request, set) ? tail.intervals : [:]
      let errors =
        request.isDrawn
        ? simulationErrors(losses, set, at: level, reading, estimator.measures, sections) : [:]
      for measure in estimator.measures {
        var figure = TailFigure(scenarioCount: losses.count)
        figure.value = values[measure]
        figure.simulationError = errors[measure]
        figure.interval = intervals[measure]?.bounds
        if case .sampleTooSmall(let needed)? = intervals[measure] { figure.intervalNeeds = needed }
        figure.effectiveSampleSize = effectiveSize(request, set)
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
    if case .peaksOverThreshold(let share) = reading { return fittedErrors(keys, losses, tailShare: share) }
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

  private func fittedErrors(_ keys: [TailKey], _ losses: [Double], tailShare: Double) -> [TailKey: Double] {
    guard let peaks = try? PeaksOverThreshold(ofLosses: losses, tailShare: tailShare) else { return [:] }
    var errors: [TailKey: Double] = [:]
    for key in keys {
      errors[key] =
        key.measure == .valueAtRisk
        ? (try? peaks.valueAtRisk(at: key.confidence))?.standardError
        : (try? peaks.expectedShortfall(at: key.confidence))?.standardError
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
      let measures = keys.filter { $0.confidence == level }.map(\.measure)
      let tail = SampledTail(losses, weights, at: level, reading)
      for (measure, value) in try tail.values(measures) { values[TailKey(level, measure)] = value }
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

extension TailEstimationContext {
  /// Parts of the draws that are independent of each other and each worth an estimate.
  ///
  /// `nil` where draws are independent one by one and their law has a density, from whose estimate an error follows. That of a
  /// bootstrap of few dates has atoms.
  private func sections(of request: ScenarioRequest, _ set: ScenarioSet) -> [Range<Int>]? {
    let parts: Int
    if let replicates = set.replicates {
      parts = replicates
    } else {
      switch request {
      case .bootstrap: break
      case .monteCarlo(let request) where request.sampling == .antithetic: break
      default: return nil
      }
      parts = ReplicatedEvidence.sectionCount(of: set.count)
    }
    // A section of pairs holds whole pairs.
    let length = set.replicates == nil ? set.count / parts / 2 * 2 : set.count / parts
    return (0..<parts).map { $0 * length..<($0 + 1) * length }
  }

  private func simulationErrors(
    _ losses: [Double], _ set: ScenarioSet, at level: Confidence, _ reading: LossReading,
    _ measures: [TailRiskTerm.Measure], _ sections: [Range<Int>]?
  ) -> [TailRiskTerm.Measure: Double] {
    guard let sections else {
      return SampledTail(losses, set.weights, at: level, reading).asymptoticErrors
    }
    var parts: [TailRiskTerm.Measure: [Double]] = [:]
    for section in sections {
      let tail = SampledTail(Array(losses[section]), nil, at: level, reading)
      guard let values = try? tail.values(measures) else { return [:] }
      for (measure, value) in values { parts[measure, default: []].append(value) }
    }
    return parts.compactMapValues { standardError(of: $0, .sections) }
  }

  /// Whether scenarios say nothing of each other: draws one by one, and moves that do not overlap.
  private func areIndependent(_ request: ScenarioRequest, _ set: ScenarioSet) -> Bool {
    switch request {
    case .historical(let request): overlap(of: request) == 1
    case .monteCarlo(let request): request.sampling == .plain && set.replicates == nil
    case .bootstrap: set.replicates == nil
    case .law, .grid, .realised: false
    }
  }

  /// How many neighbouring moves share a step.
  private func overlap(of request: HistoricalRequest) -> Int {
    guard request.scaling == .overlapping else { return 1 }
    return max(1, request.horizon.hours * 3_600 / max(1, study.comparison.history.stepSeconds))
  }

  private func effectiveSize(_ request: ScenarioRequest, _ set: ScenarioSet) -> Double {
    let size = set.weights?.effectiveSampleSize ?? Double(set.count)
    guard case .historical(let request) = request else { return size }
    return size / Double(overlap(of: request))
  }
}

/// The tail of one sample of losses at one level.
private struct SampledTail {
  let losses: [Double]
  let weights: SampleWeights?
  let level: Confidence
  let reading: LossReading

  init(_ losses: [Double], _ weights: SampleWeights?, at level: Confidence, _ reading: LossReading) {
    self.losses = losses
    self.weights = weights
    self.level = level
    self.reading = reading
  }

  func values(
    _ measures: [TailRiskTerm.Measure]
  ) throws(TailEstimationError) -> [TailRiskTerm.Measure: Double] {
    switch reading {
    case .peaksOverThreshold(let share):
      do throws(EstimationError) {
        let peaks = try PeaksOverThreshold(ofLosses: losses, tailShare: share)
        return [
          .valueAtRisk: try peaks.valueAtRisk(at: level).value,
          .expectedShortfall: try peaks.expectedShortfall(at: level).value,
        ]
      } catch {
        throw .estimation(error)
      }
    case .quantile(.harrellDavis):
      do throws(StatisticsError) {
        return [.valueAtRisk: try HarrellDavisEstimate(ofLosses: losses, at: level).valueAtRisk]
      } catch {
        throw .statistics(error)
      }
    case .quantile(let quantile): return try quantileValues(quantile)
    }
  }

  private func quantileValues(
    _ quantile: TailQuantile
  ) throws(TailEstimationError) -> [TailRiskTerm.Measure: Double] {
    let rule: WeightedQuantileRule? =
      switch quantile {
      case .lowerQuantile: weights == nil ? nil : .lowerQuantile
      case .upperQuantile: .upperQuantile
      case .interpolated: .interpolated
      case .type7, .harrellDavis: nil
      }
    guard let rule else {
      do throws(StatisticsError) {
        let tail = try TailRisk(
          ofLosses: losses, at: level, rule: quantile == .type7 ? .type7 : .orderStatistic)
        return [.valueAtRisk: tail.valueAtRisk, .expectedShortfall: tail.expectedShortfall]
      } catch {
        throw .statistics(error)
      }
    }
    guard !losses.isEmpty else { throw .statistics(.sampleTooSmall(count: 0, needed: 1)) }
    do throws(EstimationError) {
      let tail = try WeightedTailRisk(
        ofLosses: losses, weights: weights ?? .equal(count: losses.count), at: level, rule: rule)
      return [.valueAtRisk: tail.valueAtRisk, .expectedShortfall: tail.expectedShortfall]
    } catch {
      throw .estimation(error)
    }
  }

  /// 95 % intervals; none for the expected shortfall but from a fitted tail.
  var intervals: [TailRiskTerm.Measure: IntervalEstimate] {
    var intervals: [TailRiskTerm.Measure: IntervalEstimate] = [:]
    if case .peaksOverThreshold(let share) = reading {
      guard let peaks = try? PeaksOverThreshold(ofLosses: losses, tailShare: share) else { return [:] }
      if let interval = try? peaks.valueAtRiskInterval(at: level) {
        intervals[.valueAtRisk] = .bounded(interval)
      }
      if let interval = try? peaks.expectedShortfallInterval(at: level) {
        intervals[.expectedShortfall] = .bounded(interval)
      }
    } else if let weights {
      let estimate = try? WeightedTailEstimate(ofLosses: losses, weights: weights, at: level)
      if let interval = estimate?.valueAtRiskInterval { intervals[.valueAtRisk] = .bounded(interval) }
    } else if let estimate = try? TailEstimate(ofLosses: losses, at: level) {
      intervals[.valueAtRisk] = estimate.valueAtRiskInterval
    }
    return intervals
  }

  /// Standard errors of independent draws.
  var asymptoticErrors: [TailRiskTerm.Measure: Double] {
    guard let estimate = try? TailEstimate(ofLosses: losses, at: level) else { return [:] }
    var errors: [TailRiskTerm.Measure: Double] = [:]
    errors[.valueAtRisk] = estimate.valueAtRiskStandardError
    errors[.expectedShortfall] = estimate.expectedShortfallStandardError
    return errors
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
