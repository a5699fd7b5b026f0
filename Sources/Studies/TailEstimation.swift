import Instruments
public import Margin
public import Scenarios
public import Statistics
public import Valuation

/// One account's tail under every estimator, side by side.
public struct TailEstimationStudy: Sendable {
  /// The account, its market and the settings; regimes have no part in it.
  public var comparison: ComparisonStudy
  /// The estimators, in the order of the table.
  public var estimators: [TailEstimator]
  /// The levels.
  public var levels: [Confidence]
  /// The largest printed simulation error, over the value, that draws are added for; `nil` draws as many as the settings say.
  public var targetError: Double?

  /// Makes a study.
  ///
  /// - Parameters:
  ///   - comparison: the account, its market and the settings.
  ///   - estimators: the estimators; the whole menu over the judge's sample where left out.
  ///   - levels: the levels; those of the settings where left out.
  ///   - targetError: the largest relative simulation error that draws are added for; above zero.
  public init(
    _ comparison: ComparisonStudy, estimators: [TailEstimator]? = nil, levels: [Confidence]? = nil,
    targetError: Double? = nil
  ) {
    precondition(targetError.map { $0 > 0 && $0.isFinite } ?? true, "a target error is positive")
    self.comparison = comparison
    self.estimators = estimators ?? TailEstimator.menu(for: comparison)
    self.levels = levels ?? comparison.settings.levels
    self.targetError = targetError
  }

  /// Puts the account under every estimator.
  ///
  /// One that fails becomes rows with its reason and does not stop the others.
  ///
  /// - Parameter entering: told of every estimator as it begins: its number from one, and its name.
  /// - Throws: ``StudyError`` for a fault that concerns the account or the study as a whole.
  /// - Returns: the rows; a function of the study alone.
  public func estimate(entering: (Int, String) -> Void = { _, _ in }) throws(StudyError) -> TailEstimates {
    let context = try TailEstimationContext(self)
    var estimates = TailEstimates(
      study: comparison.name, account: comparison.account.id, asOf: "\(comparison.settings.asOf)",
      targetError: targetError, notes: context.notes)
    let estimators = context.distinctEstimators
    for (place, estimator) in estimators.enumerated() {
      entering(place + 1, estimator.name)
      let outcome: EstimatorOutcome
      do throws(TailEstimationError) {
        outcome = try context.outcome(of: estimator)
      } catch {
        outcome = .refused(error)
      }
      estimates.append(outcome, of: estimator, levels: levels)
    }
    return estimates
  }
}

/// Which kind of estimator it is.
public enum EstimatorFamily: String, Hashable, Sendable, CaseIterable {
  /// The moves that were.
  case historical
  /// A law in closed form.
  case parametric
  /// Draws from a law.
  case monteCarlo
}

/// Why an estimator has no figure.
public enum TailEstimationError: Error, Hashable, Sendable {
  /// The scenarios cannot be made.
  case scenarios(ScenarioError)
  /// The account cannot be valued under them.
  case valuation(ValuationError)
  /// The sample has no such statistic.
  case statistics(StatisticsError)
  /// The sample, or a fitted tail, has no such statistic.
  case estimation(EstimationError)
  /// The quadratic law has no answer, or the method is outside its domain.
  case quadratic(QuadraticGaussianError)
  /// Draws cannot be twisted.
  case importance(ImportanceSamplingError)
  /// A law in closed form does not know that an isolated position loses at most its margin.
  case isolatedPositions
  /// The law has no closed form for this account, or none at all.
  case noClosedForm
}

/// One measure of the account's tail at one level by one estimator.
public struct TailEstimateRow: Hashable, Sendable {
  /// The estimator's name.
  public let estimator: String
  /// Its kind.
  public let family: EstimatorFamily
  /// Its scenarios and how they are read, in words.
  public let scenarios: String
  /// The level.
  public let confidence: Confidence
  /// What is measured.
  public let measure: TailRiskTerm.Measure
  /// The figure and its errors in USD, losses positive; `nil` where ``reason`` says why not.
  public let estimate: Estimate?
  /// A 95 % interval, `nil` where there is none.
  ///
  /// Distribution-free from order statistics of independent scenarios, or from the profile of a fitted tail's likelihood.
  public let interval: ClosedRange<Double>?
  /// How many scenarios a finite interval takes, where the sample is too small for one.
  public let intervalNeeds: Int?
  /// How many scenarios the figure rests on; `nil` for a law in closed form.
  public let scenarioCount: Int?
  /// How many independent, equally weighted scenarios or observations carry as much information.
  ///
  /// Of weighted history and of overlapping moves that of the sample; of a law in closed form that of its covariance; of
  /// importance sampling the number of plain draws with the same error.
  public let effectiveSampleSize: Double?
  /// The figure over the exact one of the same law and the same sensitivities, less one; `nil` where no exact one is known.
  public let deviation: Double?
  /// Whether the printed simulation error meets the target; `nil` without a target, or without draws.
  public let meetsTarget: Bool?
  /// Why there is no figure.
  public let reason: TailEstimationError?

  /// Joins the parts.
  package init(
    estimator: String, family: EstimatorFamily, scenarios: String, confidence: Confidence,
    measure: TailRiskTerm.Measure, estimate: Estimate?, interval: ClosedRange<Double>? = nil,
    intervalNeeds: Int? = nil, scenarioCount: Int? = nil, effectiveSampleSize: Double? = nil,
    deviation: Double? = nil, meetsTarget: Bool? = nil, reason: TailEstimationError? = nil
  ) {
    self.estimator = estimator
    self.family = family
    self.scenarios = scenarios
    self.confidence = confidence
    self.measure = measure
    self.estimate = estimate
    self.interval = interval
    self.intervalNeeds = intervalNeeds
    self.scenarioCount = scenarioCount
    self.effectiveSampleSize = effectiveSampleSize
    self.deviation = deviation
    self.meetsTarget = meetsTarget
    self.reason = reason
  }
}

/// A number one estimator fitted.
public struct TailFitReport: Hashable, Sendable {
  /// The estimator's name.
  public let estimator: String
  /// The number.
  public let parameter: FittedParameter

  /// Joins the parts.
  package init(estimator: String, parameter: FittedParameter) {
    self.estimator = estimator
    self.parameter = parameter
  }
}

/// What an estimator's filter did to the correlation of two factors the account depends on.
public struct TailFilterReport: Hashable, Sendable {
  /// The estimator's name.
  public let estimator: String
  /// One factor.
  public let first: String
  /// The other.
  public let second: String
  /// Their correlation as it was.
  public let before: Double
  /// Their correlation once filtered.
  public let after: Double
  /// How many equally weighted observations the volatilities of now rest on.
  public let effectiveObservations: Double

  /// Joins the parts.
  package init(
    estimator: String, first: String, second: String, before: Double, after: Double,
    effectiveObservations: Double
  ) {
    self.estimator = estimator
    self.first = first
    self.second = second
    self.before = before
    self.after = after
    self.effectiveObservations = effectiveObservations
  }
}

/// One account's tail under every estimator.
public struct TailEstimates: Hashable, Sendable {
  /// The study's name.
  public let study: String
  /// The account's name.
  public let account: String
  /// The as-of date.
  public let asOf: String
  /// The target of the relative simulation error, if there was one.
  public let targetError: Double?
  /// Estimator by estimator, level by level, value at risk before expected shortfall; a measure an estimator does not know is
  /// left out.
  public private(set) var rows: [TailEstimateRow]
  /// The numbers that were fitted, estimator by estimator.
  public private(set) var fits: [TailFitReport]
  /// What filters did, estimator by estimator and pair by pair.
  public private(set) var filters: [TailFilterReport]
  /// What the reader should know of all numbers.
  public let notes: [String]

  /// Joins the parts.
  package init(
    study: String, account: String, asOf: String, targetError: Double?, rows: [TailEstimateRow] = [],
    fits: [TailFitReport] = [], filters: [TailFilterReport] = [], notes: [String]
  ) {
    self.study = study
    self.account = account
    self.asOf = asOf
    self.targetError = targetError
    self.rows = rows
    self.fits = fits
    self.filters = filters
    self.notes = notes
  }

  mutating func append(_ outcome: EstimatorOutcome, of estimator: TailEstimator, levels: [Confidence]) {
    for level in levels {
      for measure in estimator.measures {
        let figure = outcome.figures[TailKey(level, measure)] ?? TailFigure(reason: outcome.reason)
        rows.append(
          TailEstimateRow(
            estimator: estimator.name, family: estimator.family, scenarios: estimator.summary,
            confidence: level, measure: measure,
            estimate: figure.value.map {
              Estimate(
                value: $0, simulationError: figure.simulationError, calibrationError: figure.calibrationError)
            },
            interval: figure.interval, intervalNeeds: figure.intervalNeeds,
            scenarioCount: figure.scenarioCount,
            effectiveSampleSize: figure.effectiveSampleSize, deviation: figure.deviation,
            meetsTarget: figure.meetsTarget, reason: figure.value == nil ? figure.reason : nil))
      }
    }
    fits += outcome.fits.map { TailFitReport(estimator: estimator.name, parameter: $0) }
    filters += outcome.filters.map { pair in
      TailFilterReport(
        estimator: estimator.name, first: pair.first, second: pair.second, before: pair.before,
        after: pair.after, effectiveObservations: pair.effectiveObservations)
    }
  }
}

/// A level and a measure.
struct TailKey: Hashable, Sendable {
  let confidence: Confidence
  let measure: TailRiskTerm.Measure

  init(_ confidence: Confidence, _ measure: TailRiskTerm.Measure) {
    self.confidence = confidence
    self.measure = measure
  }
}

/// One figure and what is known of it.
struct TailFigure: Sendable {
  var value: Double?
  var simulationError: Double?
  var calibrationError: Double?
  var interval: ClosedRange<Double>?
  var intervalNeeds: Int?
  var scenarioCount: Int?
  var effectiveSampleSize: Double?
  var deviation: Double?
  var meetsTarget: Bool?
  var reason: TailEstimationError?

  /// The printed simulation error over the value; infinite where either is missing.
  var relativeError: Double {
    guard let value, let simulationError, value != 0 else { return .infinity }
    return simulationError / abs(value)
  }
}

/// What one estimator says.
struct EstimatorOutcome: Sendable {
  var figures: [TailKey: TailFigure] = [:]
  var fits: [FittedParameter] = []
  var filters: [FilteredPair] = []
  /// Why every figure that is missing is missing.
  var reason: TailEstimationError?

  static func refused(_ reason: TailEstimationError) -> EstimatorOutcome { EstimatorOutcome(reason: reason) }
}

/// What a filter did to the correlation of two factors.
struct FilteredPair: Sendable {
  let first: String
  let second: String
  let before: Double
  let after: Double
  let effectiveObservations: Double
}
