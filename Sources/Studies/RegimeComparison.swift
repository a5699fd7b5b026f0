public import Instruments
public import LinearAlgebra
public import Margin
public import Scenarios
public import Statistics

/// A number with its two errors, which are never merged.
public struct Estimate: Hashable, Sendable {
  /// The number.
  public let value: Double
  /// One standard error from the number of scenarios; `nil` where no draws were used.
  public let simulationError: Double?
  /// One standard error from the length of history; `nil` where no history was used, or where what was estimated anew has no
  /// closed form.
  public let calibrationError: Double?

  /// Makes an estimate.
  ///
  /// - Parameters:
  ///   - value: the number.
  ///   - simulationError: one standard error from the number of scenarios.
  ///   - calibrationError: one standard error from the length of history.
  public init(value: Double, simulationError: Double? = nil, calibrationError: Double? = nil) {
    self.value = value
    self.simulationError = simulationError
    self.calibrationError = calibrationError
  }
}

/// Which collateral an account is judged with.
public enum CollateralView: String, Hashable, Sendable, CaseIterable {
  /// What it holds.
  case asHeld
  /// USD cash equal to the initial margin of its positions, marked to market; where these are worth something, as options
  /// are, the cash that makes the account worth that margin.
  case cashAtRequirement
  /// Its own collateral scaled to the initial margin.
  case ownAtRequirement
}

/// What collateral a regime needs for the account's positions, in one view.
public struct CollateralNeed: Hashable, Sendable {
  /// The view.
  public let view: CollateralView
  /// What own collateral is multiplied by; `nil` in the cash view.
  public let scale: Double?
  /// The market value of the collateral needed, in USD.
  public let value: Double
  /// One less its ratio to the reference regime's need in the same view; `nil` where that need is zero or unknown.
  public let capitalEfficiency: Double?

  /// Joins the parts.
  package init(view: CollateralView, scale: Double?, value: Double, capitalEfficiency: Double?) {
    self.view = view
    self.scale = scale
    self.value = value
    self.capitalEfficiency = capitalEfficiency
  }
}

/// How often something happened, with its exact 95 % interval.
public struct EventProbability: Hashable, Sendable {
  /// In how many scenarios it happened.
  public let count: Int
  /// Out of how many.
  public let scenarios: Int
  /// The lower end of the Clopper–Pearson interval.
  public let lower: Double
  /// The upper end of the Clopper–Pearson interval.
  public let upper: Double
  /// The observed frequency.
  public var probability: Double { scenarios == 0 ? 0 : Double(count) / Double(scenarios) }

  /// Joins the parts.
  package init(count: Int, scenarios: Int, lower: Double, upper: Double) {
    self.count = count
    self.scenarios = scenarios
    self.lower = lower
    self.upper = upper
  }
}

/// Which scenarios a regime is judged on.
public enum JudgeKind: String, Hashable, Sendable, CaseIterable {
  /// Draws from the study's law, independent of every estimate.
  case model
  /// The moves that really followed the as-of date, each on today's book.
  case realised
}

/// What happens to the account at the end of the horizon under one regime, in one view, on one judge.
public struct SafetyAssessment: Hashable, Sendable {
  /// The scenarios.
  public let judge: JudgeKind
  /// The collateral.
  public let view: CollateralView
  /// Equity below the initial margin.
  public let restricted: EventProbability
  /// Equity at or below the call level.
  public let marginCall: EventProbability
  /// Equity at or below the liquidation level.
  public let liquidation: EventProbability
  /// Net market value below zero in a pool.
  public let bankruptcy: EventProbability
  /// The mean loss beyond the collateral, in USD, over all scenarios; its error is that of the scenarios.
  public let uncoveredLoss: Estimate
  /// The mean loss beyond the collateral over the scenarios of bankruptcy, in USD; `nil` where there is none.
  public let uncoveredLossGivenBankruptcy: Double?
  /// The largest loss beyond the collateral, in USD.
  public let worstUncoveredLoss: Double
  /// Its mean less the reference regime's, scenario by scenario; `nil` for the reference itself.
  public let differenceToReference: Estimate?

  /// Joins the parts.
  package init(
    judge: JudgeKind, view: CollateralView, restricted: EventProbability, marginCall: EventProbability,
    liquidation: EventProbability, bankruptcy: EventProbability, uncoveredLoss: Estimate,
    uncoveredLossGivenBankruptcy: Double?, worstUncoveredLoss: Double, differenceToReference: Estimate?
  ) {
    self.judge = judge
    self.view = view
    self.restricted = restricted
    self.marginCall = marginCall
    self.liquidation = liquidation
    self.bankruptcy = bankruptcy
    self.uncoveredLoss = uncoveredLoss
    self.uncoveredLossGivenBankruptcy = uncoveredLossGivenBankruptcy
    self.worstUncoveredLoss = worstUncoveredLoss
    self.differenceToReference = differenceToReference
  }
}

/// What one regime says of the account.
public struct RegimeResult: Sendable {
  /// The rules.
  public let regime: MarginRegime
  /// Equity, requirements, components, status.
  public let assessment: MarginAssessment
  /// The initial margin with its errors, in USD.
  public let initial: Estimate
  /// The maintenance margin with its errors, in USD.
  public let maintenance: Estimate
  /// The initial margin less the reference regime's, under common random numbers; `nil` for the reference itself.
  public let differenceToReference: Estimate?
  /// What collateral it needs, in the two views at the requirement; a view without an answer is left out.
  public let needs: [CollateralNeed]
  /// What happens afterwards, judge by judge and view by view.
  public let safety: [SafetyAssessment]
  /// How far prices may move before the regime acts, along every asset and the whole market.
  public let distances: [MarginDistance]
  /// The call and the liquidation price of every perpetual and future.
  public let positionLevels: [PositionLevel]
  /// What the reader should know of these numbers.
  public let notes: [String]

  /// Joins the parts.
  package init(
    regime: MarginRegime, assessment: MarginAssessment, initial: Estimate, maintenance: Estimate,
    differenceToReference: Estimate?, needs: [CollateralNeed], safety: [SafetyAssessment],
    distances: [MarginDistance] = [], positionLevels: [PositionLevel] = [], notes: [String]
  ) {
    self.regime = regime
    self.assessment = assessment
    self.initial = initial
    self.maintenance = maintenance
    self.differenceToReference = differenceToReference
    self.needs = needs
    self.safety = safety
    self.distances = distances
    self.positionLevels = positionLevels
    self.notes = notes
  }
}

/// A regime that cannot be computed for the account, and why.
public struct RegimeRefusal: Sendable {
  /// The rules.
  public let regime: MarginRegime
  /// Why not.
  public let reason: StudyError

  /// Joins the parts.
  package init(regime: MarginRegime, reason: StudyError) {
    self.regime = regime
    self.reason = reason
  }
}

/// One level of one tail of the whole account's P&L.
public struct TailReport: Sendable {
  /// The regimes that use the scenarios; `judge` for the judge's.
  public let usedBy: [String]
  /// The scenarios in words.
  public let scenarios: String
  /// The level.
  public let confidence: Confidence
  /// The loss exceeded with probability one minus the confidence, in USD, with the error of its scenarios.
  public let valueAtRisk: Estimate
  /// The mean loss beyond it, in USD, with the error of its scenarios.
  public let expectedShortfall: Estimate
  /// A distribution-free 95 % interval of the value at risk; `nil` where scenarios are not independent.
  public let valueAtRiskInterval: IntervalEstimate?
  /// How many scenarios there are.
  public let sampleSize: Int
  /// How many equally weighted independent scenarios carry as much information.
  public let effectiveSampleSize: Double
  /// The value at risk in closed form, for a linear book under a law that has one.
  public let closedFormValueAtRisk: Double?
  /// The expected shortfall in closed form, for a linear book under a law that has one.
  public let closedFormExpectedShortfall: Double?
  /// The scenario that is the value at risk.
  public let bindingScenario: String

  /// Joins the parts.
  package init(
    usedBy: [String], scenarios: String, confidence: Confidence, valueAtRisk: Estimate,
    expectedShortfall: Estimate, valueAtRiskInterval: IntervalEstimate?, sampleSize: Int,
    effectiveSampleSize: Double, closedFormValueAtRisk: Double?, closedFormExpectedShortfall: Double?,
    bindingScenario: String
  ) {
    self.usedBy = usedBy
    self.scenarios = scenarios
    self.confidence = confidence
    self.valueAtRisk = valueAtRisk
    self.expectedShortfall = expectedShortfall
    self.valueAtRiskInterval = valueAtRiskInterval
    self.sampleSize = sampleSize
    self.effectiveSampleSize = effectiveSampleSize
    self.closedFormValueAtRisk = closedFormValueAtRisk
    self.closedFormExpectedShortfall = closedFormExpectedShortfall
    self.bindingScenario = bindingScenario
  }
}

/// A covariance used by a regime or by the judge.
public struct CovarianceReport: Sendable {
  /// The regimes that use it; `judge` for the judge's.
  public let usedBy: [String]
  /// The law in words.
  public let law: String
  /// The factors, in the order of the rows.
  public let factors: [String]
  /// Covariances of simple moves over the horizon, factor × factor.
  public let covariance: Matrix
  /// Eigenvalues of the correlations, and what a repair changed.
  public let spectrum: CorrelationSpectrum

  /// Joins the parts.
  package init(
    usedBy: [String], law: String, factors: [String], covariance: Matrix, spectrum: CorrelationSpectrum
  ) {
    self.usedBy = usedBy
    self.law = law
    self.factors = factors
    self.covariance = covariance
    self.spectrum = spectrum
  }
}

/// How far the data covers one factor the account depends on.
public struct CoverageReport: Hashable, Sendable {
  /// The scenarios in words.
  public let scenarios: String
  /// The factor.
  public let factor: String
  /// Where its moves come from, and how many are missing.
  public let coverage: FactorCoverage

  /// Joins the parts.
  package init(scenarios: String, factor: String, coverage: FactorCoverage) {
    self.scenarios = scenarios
    self.factor = factor
    self.coverage = coverage
  }
}

/// What one change does to one regime's initial margin.
public struct ChangeEffect: Hashable, Sendable {
  /// The change in words.
  public let change: String
  /// The regime.
  public let regime: String
  /// The initial margin after the change, in USD; `nil` where it cannot be computed.
  public let after: Double?
  /// After less before, under common random numbers; `nil` where it cannot be computed.
  public let difference: Estimate?
  /// Equity as the regime counts it, after less before, in USD; `nil` where it cannot be computed.
  public let equityDifference: Double?

  /// Joins the parts.
  package init(
    change: String, regime: String, after: Double?, difference: Estimate?, equityDifference: Double? = nil
  ) {
    self.change = change
    self.regime = regime
    self.after = after
    self.difference = difference
    self.equityDifference = equityDifference
  }
}

/// One account under several regimes: what each demands, and what happens under each.
public struct RegimeComparison: Sendable {
  /// The study's name.
  public let study: String
  /// The account.
  public let account: Account
  /// The settings in force.
  public let settings: ComparisonSettings
  /// The net market value of the account, in USD.
  public let netMarketValue: Double
  /// The sum of the absolute notionals of its positions, in USD.
  public let grossNotional: Double
  /// The regimes that could be computed, in the study's order.
  public let results: [RegimeResult]
  /// The regimes that could not.
  public let refusals: [RegimeRefusal]
  /// The smallest and largest initial margin among regimes with a tail risk term, with their names.
  public let modelRange: (lowest: RegimeAmount, highest: RegimeAmount)?
  /// Tails of the whole account's P&L.
  public let tails: [TailReport]
  /// The covariances in use.
  public let covariances: [CovarianceReport]
  /// How far the data covers the account.
  public let coverage: [CoverageReport]
  /// What the changes do.
  public let changes: [ChangeEffect]
  /// What the reader should know of the whole.
  public let notes: [String]

  /// Joins the parts.
  package init(
    study: String, account: Account, settings: ComparisonSettings, netMarketValue: Double,
    grossNotional: Double, results: [RegimeResult], refusals: [RegimeRefusal],
    modelRange: (lowest: RegimeAmount, highest: RegimeAmount)?, tails: [TailReport],
    covariances: [CovarianceReport], coverage: [CoverageReport], changes: [ChangeEffect], notes: [String]
  ) {
    self.study = study
    self.account = account
    self.settings = settings
    self.netMarketValue = netMarketValue
    self.grossNotional = grossNotional
    self.results = results
    self.refusals = refusals
    self.modelRange = modelRange
    self.tails = tails
    self.covariances = covariances
    self.coverage = coverage
    self.changes = changes
    self.notes = notes
  }
}

/// A regime's name and an amount.
public struct RegimeAmount: Hashable, Sendable {
  /// The regime.
  public let regime: String
  /// USD.
  public let amount: Double

  /// Joins the parts.
  package init(regime: String, amount: Double) {
    self.regime = regime
    self.amount = amount
  }
}
