public import Instruments
public import Margin
public import Scenarios
public import Statistics

/// Whether a regime knows of the shock.
public enum StressMode: String, Hashable, Sendable, CaseIterable {
  /// Its requirement stands at the base calibration, losses are those of the shocked law: who is caught out?
  case unaware
  /// Its requirement is calibrated to the shocked law as well: who asks for more?
  case recalibrated
}

/// What happens to the account as held, by the judge's law after the shock.
public struct StressSafety: Hashable, Sendable {
  /// A loss of the account beyond the initial margin and what haircuts took off.
  public let lossBeyondMargin: EventProbability
  /// Equity at or below the call level after the move.
  public let marginCall: EventProbability
  /// Equity at or below the liquidation level after the move.
  public let liquidation: EventProbability
  /// Net market value below zero in a pool after the move.
  public let bankruptcy: EventProbability
  /// The mean loss beyond the collateral, in USD.
  public let uncoveredLoss: Estimate

  /// Joins the parts.
  package init(
    lossBeyondMargin: EventProbability, marginCall: EventProbability, liquidation: EventProbability,
    bankruptcy: EventProbability, uncoveredLoss: Estimate
  ) {
    self.lossBeyondMargin = lossBeyondMargin
    self.marginCall = marginCall
    self.liquidation = liquidation
    self.bankruptcy = bankruptcy
    self.uncoveredLoss = uncoveredLoss
  }
}

/// One regime in one mode at one point of a sweep.
public struct StressedRequirement: Hashable, Sendable {
  /// The regime.
  public let regime: String
  /// The mode.
  public let mode: StressMode
  /// Equity as the regime counts it, in USD.
  public let equity: Double
  /// The initial margin, in USD.
  public let initial: Estimate
  /// The maintenance margin, in USD.
  public let maintenance: Estimate
  /// The initial margin less that without the shock, under common random numbers, in USD.
  public let change: Estimate
  /// The initial margin less the reference regime's at the same point, under common random numbers, in USD; `nil` for the
  /// reference itself.
  public let differenceToReference: Estimate?
  /// Maintenance margin over equity in the worst pool; `nil` where equity is not positive.
  public let utilisation: Double?
  /// What the regime does today.
  public let status: MarginStatus
  /// What happens afterwards.
  public let safety: StressSafety

  /// Joins the parts.
  package init(
    regime: String, mode: StressMode, equity: Double, initial: Estimate, maintenance: Estimate,
    change: Estimate, differenceToReference: Estimate?, utilisation: Double?, status: MarginStatus,
    safety: StressSafety
  ) {
    self.regime = regime
    self.mode = mode
    self.equity = equity
    self.initial = initial
    self.maintenance = maintenance
    self.change = change
    self.differenceToReference = differenceToReference
    self.utilisation = utilisation
    self.status = status
    self.safety = safety
  }
}

/// One point of a sweep.
public struct StressPoint: Sendable {
  /// The strength of each axis's shock.
  public let strengths: [Double]
  /// The number of the random matrix; 0 where nothing is drawn.
  public let draw: Int
  /// Regime by regime in the study's order, each unaware and recalibrated.
  public let requirements: [StressedRequirement]
  /// Regimes that cannot be computed at this point, recalibrated or at all; unaware they may stand in ``requirements``.
  public let refusals: [RegimeRefusal]
  /// What the shocks made of each calibration, in short.
  public let shocks: [ShockSummary]

  /// Joins the parts.
  package init(
    strengths: [Double], draw: Int, requirements: [StressedRequirement], refusals: [RegimeRefusal],
    shocks: [ShockSummary] = []
  ) {
    self.strengths = strengths
    self.draw = draw
    self.requirements = requirements
    self.refusals = refusals
    self.shocks = shocks
  }
}

/// What a shock made of the correlations of one calibration at one point, without the matrices.
public struct ShockSummary: Hashable, Sendable {
  /// The scenarios in words.
  public let scenarios: String
  /// The Frobenius distance between the correlations that are used and those before the shock.
  public let distance: Double
  /// The Frobenius distances of all repairs, added up; zero where none was needed.
  public let repairDistance: Double
  /// The smallest eigenvalue of the correlations that are used.
  public let smallestEigenvalue: Double
  /// How far the used correlations are from those before in their sampling errors; `nil` where these are singular.
  public let plausibility: CorrelationPlausibility?
  /// How many equally likely observations the shock's views leave; `nil` without views.
  public let effectiveScenarios: Double?

  /// Joins the parts.
  package init(
    scenarios: String, distance: Double, repairDistance: Double, smallestEigenvalue: Double,
    plausibility: CorrelationPlausibility?, effectiveScenarios: Double?
  ) {
    self.scenarios = scenarios
    self.distance = distance
    self.repairDistance = repairDistance
    self.smallestEigenvalue = smallestEigenvalue
    self.plausibility = plausibility
    self.effectiveScenarios = effectiveScenarios
  }
}

/// Whether, and by what, the requirement of a regime follows a shock.
public struct StressSensitivity: Hashable, Sendable {
  /// The regime.
  public let regime: String
  /// Why no shock of correlations changes its requirement today; `nil` where one does.
  public let insensitive: String?
  /// The largest change of its initial margin over the sweep either way, recalibrated, in USD; a book that prices have moved
  /// changes it too.
  public let largestChange: Double

  /// Joins the parts.
  package init(regime: String, insensitive: String?, largestChange: Double) {
    self.regime = regime
    self.insensitive = insensitive
    self.largestChange = largestChange
  }
}

/// A strength at which the initial margins of two regimes change places.
public struct StressCrossing: Hashable, Sendable {
  /// The regime that demands more above the strength.
  public let above: String
  /// The regime that demands more below it.
  public let below: String
  /// In which mode.
  public let mode: StressMode
  /// The strength, between two points of the sweep.
  public let strength: Double
  /// One standard error of the strength from the number of draws; `nil` where neither margin has an error.
  public let standardError: Double?
  /// The initial margin of both, in USD.
  public let initial: Double

  /// Joins the parts.
  package init(
    above: String, below: String, mode: StressMode, strength: Double, standardError: Double?, initial: Double
  ) {
    self.above = above
    self.below = below
    self.mode = mode
    self.strength = strength
    self.standardError = standardError
    self.initial = initial
  }
}

/// What counts as breaking.
public enum StressEvent: String, Hashable, Sendable, CaseIterable {
  /// The probability of a loss beyond the posted initial margin exceeds the target.
  case lossBeyondMargin
  /// The probability of a margin call within the horizon exceeds the target.
  case callWithinHorizon
  /// The account is called today.
  case callToday
  /// The account is liquidated today.
  case liquidationToday
}

/// The smallest strength at which a regime breaks.
public struct StressBreak: Hashable, Sendable {
  /// The regime.
  public let regime: String
  /// The mode.
  public let mode: StressMode
  /// What happens.
  public let event: StressEvent
  /// The strength, between two points of the sweep; `nil` where it never happens.
  public let strength: Double?
  /// The least strength that the 95 % intervals of the probabilities allow.
  public let lower: Double?
  /// The greatest; `nil` where they allow that it never happens.
  public let upper: Double?
  /// Why it never happens, where it does not.
  public let reason: String?

  /// Joins the parts.
  package init(
    regime: String, mode: StressMode, event: StressEvent, strength: Double?, lower: Double? = nil,
    upper: Double? = nil, reason: String? = nil
  ) {
    self.regime = regime
    self.mode = mode
    self.event = event
    self.strength = strength
    self.lower = lower
    self.upper = upper
    self.reason = reason
  }
}

/// The initial margin of one regime over the random matrices of one point.
public struct StressDistribution: Hashable, Sendable {
  /// The strength of each axis's shock.
  public let strengths: [Double]
  /// The regime.
  public let regime: String
  /// The mean over the matrices, in USD, with one standard error from their number.
  public let mean: Estimate
  /// Its standard deviation over them, in USD.
  public let standardDeviation: Double
  /// Quantiles over the matrices at ``levels``, in USD.
  public let quantiles: [Double]
  /// The share of the matrices at which the probability of a loss beyond the base margin exceeds the target.
  public let broken: EventProbability

  /// The levels of ``quantiles``.
  public static let levels = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]

  /// Joins the parts.
  package init(
    strengths: [Double], regime: String, mean: Estimate, standardDeviation: Double, quantiles: [Double],
    broken: EventProbability
  ) {
    self.strengths = strengths
    self.regime = regime
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.quantiles = quantiles
    self.broken = broken
  }
}

/// What a shock made of the correlations of one calibration at one point.
public struct StressedCorrelation: Sendable {
  /// The strength of each axis's shock.
  public let strengths: [Double]
  /// The number of the random matrix.
  public let draw: Int
  /// The regimes that use the calibration; `judge` for the judge's.
  public let usedBy: [String]
  /// The scenarios in words.
  public let scenarios: String
  /// The factors, in the order of the rows.
  public let factors: [String]
  /// Which of them move.
  public let moving: [Int]
  /// Before, as asked for, and as used.
  public let record: CorrelationRecord
  /// How many equally likely observations the shock's views leave; `nil` without views.
  public let effectiveScenarios: Double?

  /// Joins the parts.
  package init(
    strengths: [Double], draw: Int, usedBy: [String], scenarios: String, factors: [String], moving: [Int],
    record: CorrelationRecord, effectiveScenarios: Double?
  ) {
    self.strengths = strengths
    self.draw = draw
    self.usedBy = usedBy
    self.scenarios = scenarios
    self.factors = factors
    self.moving = moving
    self.record = record
    self.effectiveScenarios = effectiveScenarios
  }
}

/// What becomes of every regime as the dependence of the market is bent.
public struct StressResult: Sendable {
  /// The study's name.
  public let study: String
  /// The account.
  public let account: Account
  /// The settings in force.
  public let settings: ComparisonSettings
  /// What was done.
  public let plan: StressPlan
  /// The regimes that could be computed without a shock, in the study's order.
  public let regimes: [MarginRegime]
  /// The regimes that could not.
  public let refusals: [RegimeRefusal]
  /// The points, the first axis outermost, the draws innermost.
  public let points: [StressPoint]
  /// Whether each regime follows the shock.
  public let sensitivities: [StressSensitivity]
  /// Where regimes change places; of a sweep along one axis alone.
  public let crossings: [StressCrossing]
  /// Where regimes break; of a sweep along one axis alone.
  public let breaks: [StressBreak]
  /// Margins over random matrices; empty where nothing is drawn.
  public let distributions: [StressDistribution]
  /// The correlations of every calibration at every point.
  public let correlations: [StressedCorrelation]
  /// The answers to the reverse question; empty where it was not asked.
  public let reverse: [ReverseStress]
  /// What the reader should know of the whole.
  public let notes: [String]

  /// Joins the parts.
  package init(
    study: String, account: Account, settings: ComparisonSettings, plan: StressPlan, regimes: [MarginRegime],
    refusals: [RegimeRefusal], points: [StressPoint], sensitivities: [StressSensitivity],
    crossings: [StressCrossing], breaks: [StressBreak], distributions: [StressDistribution],
    correlations: [StressedCorrelation], reverse: [ReverseStress], notes: [String]
  ) {
    self.study = study
    self.account = account
    self.settings = settings
    self.plan = plan
    self.regimes = regimes
    self.refusals = refusals
    self.points = points
    self.sensitivities = sensitivities
    self.crossings = crossings
    self.breaks = breaks
    self.distributions = distributions
    self.correlations = correlations
    self.reverse = reverse
    self.notes = notes
  }
}
