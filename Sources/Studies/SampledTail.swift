import Margin
import MarketData
import Scenarios
import Statistics

/// How a sample of losses becomes a tail.
enum LossReading: Hashable, Sendable {
  case quantile(TailQuantile)
  case peaksOverThreshold(tailShare: Double)
}

/// The losses of an account in a set of scenarios, and what the scenarios say of each other.
struct LossSample: Sendable {
  let losses: [Double]
  let weights: SampleWeights?
  /// Parts of the draws that are independent of each other and each worth an estimate; `nil` where the scenarios are
  /// independent one by one.
  let sections: [Range<Int>]?
  /// Whether scenarios say nothing of each other: draws one by one, and moves that do not overlap.
  let isIndependent: Bool
  /// How many equally weighted independent scenarios carry as much information.
  let effectiveSize: Double

  init(_ losses: [Double], of set: ScenarioSet, _ request: ScenarioRequest, stepSeconds: Int) {
    self.losses = losses
    weights = set.weights
    let overlap = request.overlap(stepSeconds: stepSeconds)
    let size = (set.weights?.effectiveSampleSize ?? Double(set.count)) / Double(overlap)
    let isMirrored = request.sampling == .antithetic
    if case .bootstrap = request {
      // However many paths are drawn, they say no more than the dates they are made of.
      effectiveSize = min(size, set.calibration.map { Double($0.dates.count) } ?? size)
      isIndependent = false
    } else {
      effectiveSize = size
      isIndependent = overlap == 1 && set.replicates == nil && !isMirrored
    }
    if let replicates = set.replicates {
      let length = set.count / replicates
      sections = (0..<replicates).map { $0 * length..<($0 + 1) * length }
    } else if isMirrored || !isIndependent && request.isDrawn {
      let count = ReplicatedEvidence.sectionCount(of: set.count)
      // A section of pairs holds whole pairs.
      let length = set.count / count / 2 * 2
      sections = (0..<count).map { $0 * length..<($0 + 1) * length }
    } else {
      sections = nil
    }
  }

  /// How many scenarios a bound at a level takes, where the sample is worth fewer.
  func sizeFlag(at level: Confidence) -> IntervalEstimate? {
    let needed = OrderStatisticInterval.requiredSampleSize(quantile: level, coverage: .ninetyFivePercent)
    return effectiveSize < Double(needed) ? .sampleTooSmall(needed: needed) : nil
  }

  /// A 95 % interval of each measure that has one: none where scenarios are not independent, and of a sample worth fewer
  /// scenarios than the level takes only how many that is.
  func intervals(at level: Confidence, _ reading: LossReading) -> [TailRiskTerm.Measure: IntervalEstimate] {
    if let flag = sizeFlag(at: level) { return [.valueAtRisk: flag] }
    return isIndependent ? SampledTail(losses, weights, at: level, reading).intervals : [:]
  }

  /// The standard errors from the number of scenarios: by sections where these are independent, otherwise those of
  /// independent scenarios.
  func errors(
    at level: Confidence, _ reading: LossReading, _ measures: [TailRiskTerm.Measure]
  ) -> [TailRiskTerm.Measure: Double] {
    guard let sections else {
      return isIndependent ? SampledTail(losses, weights, at: level, reading).asymptoticErrors : [:]
    }
    var parts: [TailRiskTerm.Measure: [Double]] = [:]
    for section in sections {
      let tail = SampledTail(Array(losses[section]), nil, at: level, reading)
      guard let values = try? tail.values(measures) else { return [:] }
      for (measure, value) in values { parts[measure, default: []].append(value) }
    }
    return parts.compactMapValues {
      (try? ReplicatedEstimate(value: 0, replicates: $0, kind: .sections))?.standardError
    }
  }
}

extension ScenarioRequest {
  /// How many neighbouring moves share a step of the history.
  fileprivate func overlap(stepSeconds: Int) -> Int {
    guard case .historical(let request) = self, request.scaling == .overlapping else { return 1 }
    return max(1, request.horizon.hours * 3_600 / max(1, stepSeconds))
  }

  /// How the points of a drawn set are spread; plain for others.
  fileprivate var sampling: SamplingScheme {
    if case .monteCarlo(let request) = self { request.sampling } else { .plain }
  }
}

/// The tail of one sample of losses at one level.
struct SampledTail {
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

  /// The scenario at the lower quantile; `nil` where there is none.
  var bindingScenario: Int? {
    guard let weights else { return (try? TailRisk(ofLosses: losses, at: level))?.bindingScenario }
    return (try? WeightedTailRisk(ofLosses: losses, weights: weights, at: level))?.bindingScenario
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

  /// Standard errors of independent scenarios.
  var asymptoticErrors: [TailRiskTerm.Measure: Double] {
    var errors: [TailRiskTerm.Measure: Double] = [:]
    if let weights {
      let estimate = try? WeightedTailEstimate(ofLosses: losses, weights: weights, at: level)
      errors[.valueAtRisk] = estimate?.valueAtRiskStandardError
      errors[.expectedShortfall] = estimate?.expectedShortfallStandardError
      return errors
    }
    guard let estimate = try? TailEstimate(ofLosses: losses, at: level) else { return [:] }
    errors[.valueAtRisk] = estimate.valueAtRiskStandardError
    errors[.expectedShortfall] = estimate.expectedShortfallStandardError
    return errors
  }
}
