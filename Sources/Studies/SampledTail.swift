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
    } else if !isIndependent, request.isDrawn {
      let count = ReplicatedEvidence.sectionCount(of: set.count)
      // A section of pairs holds whole pairs.
      let length = set.count / count / 2 * 2
      sections = (0..<count).map { $0 * length..<($0 + 1) * length }
    } else {
      sections = nil
    }
  }

  /// The tail at a level.
  func tail(at level: Confidence, _ reading: LossReading) throws(TailEstimationError) -> SampledTail {
    try SampledTail(losses, weights, at: level, reading)
  }

  /// How many scenarios a bound at a level takes, where the sample is worth fewer.
  func sizeFlag(at level: Confidence) -> IntervalEstimate? {
    let needed = OrderStatisticInterval.requiredSampleSize(quantile: level, coverage: .ninetyFivePercent)
    return effectiveSize < Double(needed) ? .sampleTooSmall(needed: needed) : nil
  }

  /// A 95 % interval of each measure of a tail that has one: none where scenarios are not independent, and of a sample worth
  /// fewer scenarios than the level takes only how many that is.
  func intervals(of tail: SampledTail) -> [TailRiskTerm.Measure: IntervalEstimate] {
    if let flag = sizeFlag(at: tail.level) { return [.valueAtRisk: flag] }
    return isIndependent ? tail.intervals : [:]
  }

  /// The standard errors of a tail from the number of scenarios: by sections where these are independent, otherwise those of
  /// independent scenarios.
  func errors(of tail: SampledTail) -> [TailRiskTerm.Measure: Double] {
    guard let sections else { return isIndependent ? tail.asymptoticErrors : [:] }
    var parts: [TailRiskTerm.Measure: [Double]] = [:]
    for section in sections {
      let part = try? SampledTail(Array(losses[section]), nil, at: tail.level, tail.reading)
      guard let values = try? part?.values else { return [:] }
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

/// The tail of one sample of losses at one level, selected once.
struct SampledTail: Sendable {
  private enum Estimate: Sendable {
    case plain(TailEstimate)
    case weighted(WeightedTailEstimate)
    case smoothed(HarrellDavisEstimate, plain: TailEstimate)
    case fitted(PeaksOverThreshold)
  }

  let level: Confidence
  let reading: LossReading
  private let estimate: Estimate

  init(
    _ losses: [Double], _ weights: SampleWeights?, at level: Confidence, _ reading: LossReading
  ) throws(TailEstimationError) {
    self.level = level
    self.reading = reading
    guard !losses.isEmpty else { throw .statistics(.sampleTooSmall(count: 0, needed: 1)) }
    switch reading {
    case .peaksOverThreshold(let share):
      do throws(EstimationError) {
        estimate = .fitted(try PeaksOverThreshold(ofLosses: losses, tailShare: share))
      } catch {
        throw .estimation(error)
      }
    case .quantile(let quantile):
      guard let rule = quantile.weightedRule(isWeighted: weights != nil) else {
        estimate = try Self.ranked(losses, at: level, quantile)
        return
      }
      do throws(EstimationError) {
        estimate = .weighted(
          try WeightedTailEstimate(
            ofLosses: losses, weights: weights ?? .equal(count: losses.count), at: level, rule: rule))
      } catch {
        throw .estimation(error)
      }
    }
  }

  private static func ranked(
    _ losses: [Double], at level: Confidence, _ quantile: TailQuantile
  ) throws(TailEstimationError) -> Estimate {
    do throws(StatisticsError) {
      let plain = try TailEstimate(
        ofLosses: losses, at: level, rule: quantile == .type7 ? .type7 : .orderStatistic)
      return quantile == .harrellDavis
        ? .smoothed(try HarrellDavisEstimate(ofLosses: losses, at: level), plain: plain) : .plain(plain)
    } catch {
      throw .statistics(error)
    }
  }

  /// The measures the estimate knows, in USD.
  var values: [TailRiskTerm.Measure: Double] {
    get throws(TailEstimationError) {
      switch estimate {
      case .plain(let plain):
        return [.valueAtRisk: plain.tail.valueAtRisk, .expectedShortfall: plain.tail.expectedShortfall]
      case .weighted(let weighted):
        return [
          .valueAtRisk: weighted.tail.valueAtRisk, .expectedShortfall: weighted.tail.expectedShortfall,
        ]
      case .smoothed(let smooth, plain: _): return [.valueAtRisk: smooth.valueAtRisk]
      case .fitted(let peaks):
        do throws(EstimationError) {
          return [
            .valueAtRisk: try peaks.valueAtRisk(at: level).value,
            .expectedShortfall: try peaks.expectedShortfall(at: level).value,
          ]
        } catch {
          throw .estimation(error)
        }
      }
    }
  }

  /// The scenario at the lower quantile; `nil` for a fitted tail.
  var bindingScenario: Int? {
    switch estimate {
    case .plain(let plain), .smoothed(_, plain: let plain): plain.tail.bindingScenario
    case .weighted(let weighted): weighted.tail.bindingScenario
    case .fitted: nil
    }
  }

  /// 95 % intervals; none for the expected shortfall but from a fitted tail.
  var intervals: [TailRiskTerm.Measure: IntervalEstimate] {
    var intervals: [TailRiskTerm.Measure: IntervalEstimate] = [:]
    switch estimate {
    case .plain(let plain), .smoothed(_, plain: let plain):
      intervals[.valueAtRisk] = plain.valueAtRiskInterval
    case .weighted(let weighted):
      intervals[.valueAtRisk] = weighted.valueAtRiskInterval.map { .bounded($0) }
    case .fitted(let peaks):
      intervals[.valueAtRisk] = (try? peaks.valueAtRiskInterval(at: level)).map { .bounded($0) }
      intervals[.expectedShortfall] = (try? peaks.expectedShortfallInterval(at: level)).map { .bounded($0) }
    }
    return intervals
  }

  /// Standard errors of independent scenarios; of a fitted tail by the delta method.
  var asymptoticErrors: [TailRiskTerm.Measure: Double] {
    var errors: [TailRiskTerm.Measure: Double] = [:]
    switch estimate {
    case .plain(let plain), .smoothed(_, plain: let plain):
      errors[.valueAtRisk] = plain.valueAtRiskStandardError
      errors[.expectedShortfall] = plain.expectedShortfallStandardError
    case .weighted(let weighted):
      errors[.valueAtRisk] = weighted.valueAtRiskStandardError
      errors[.expectedShortfall] = weighted.expectedShortfallStandardError
    case .fitted(let peaks):
      errors[.valueAtRisk] = (try? peaks.valueAtRisk(at: level))?.standardError
      errors[.expectedShortfall] = (try? peaks.expectedShortfall(at: level))?.standardError
    }
    return errors
  }
}

extension TailQuantile {
  /// The rule over cumulative weights; `nil` where ranks decide.
  fileprivate func weightedRule(isWeighted: Bool) -> WeightedQuantileRule? {
    switch self {
    case .lowerQuantile: isWeighted ? .lowerQuantile : nil
    case .upperQuantile: .upperQuantile
    case .interpolated: .interpolated
    case .type7, .harrellDavis: nil
    }
  }
}
