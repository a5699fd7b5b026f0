public import Instruments
public import Margin
public import MarketData
public import Parallel
public import Scenarios
public import Statistics

/// The law on which all regimes are judged; its random numbers are no regime's.
public struct JudgeModel: Hashable, Sendable {
  /// The law.
  public let law: MoveLaw
  /// The sample from which its covariance is estimated.
  public let sample: HistoricalRequest
  /// How the covariance is estimated.
  public let estimator: CovarianceEstimator

  /// Makes a judge.
  ///
  /// - Parameters:
  ///   - law: the law.
  ///   - sample: the sample from which its covariance is estimated.
  ///   - estimator: how the covariance is estimated.
  public init(law: MoveLaw, sample: HistoricalRequest, estimator: CovarianceEstimator) {
    self.law = law
    self.sample = sample
    self.estimator = estimator
  }

  var request: ScenarioRequest {
    .monteCarlo(MonteCarloRequest(law: law, sample: sample, estimator: estimator, stream: .judge))
  }
}

/// How the error of calibration is estimated: a circular block bootstrap of the days of history.
public struct CalibrationBootstrap: Hashable, Sendable {
  /// How many times history is resampled.
  public let replicates: Int
  /// How many neighbouring days stay together.
  public let blockLength: Int

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - replicates: how many times history is resampled; at least 2.
  ///   - blockLength: how many neighbouring days stay together; at least 1.
  public init(replicates: Int = 200, blockLength: Int = 10) {
    precondition(replicates >= 2 && blockLength >= 1, "a bootstrap of \(replicates) × \(blockLength)")
    self.replicates = replicates
    self.blockLength = blockLength
  }
}

/// Everything a comparison depends on besides the account, the regimes and the market.
public struct ComparisonSettings: Hashable, Sendable {
  /// The moment; calibration uses data at or before it only.
  public var asOf: Timestamp
  /// What history does not say.
  public var models: ScenarioModels
  /// The seed of every random draw.
  public var seed: UInt64
  /// How many scenarios every Monte Carlo set holds, the judge's included.
  public var scenarioCount: Int
  /// The largest relative simulation error an initial margin may have, for which draws are added; `nil` draws as many as
  /// ``scenarioCount`` says.
  public var targetError: Double?
  /// The law on which all regimes are judged.
  public var judge: JudgeModel
  /// How many moves after the as-of date the regimes are judged on as well; zero for none.
  public var realisedObservations: Int
  /// What closing a liquidated pool costs, as a fraction of its gross notional.
  public var closeOutCost: Double
  /// How the error of calibration is estimated.
  public var bootstrap: CalibrationBootstrap
  /// The levels at which tails are reported.
  public var levels: [Confidence]
  /// The regime against which differences and capital efficiency are measured.
  public var reference: String
  /// How many blocks may be at work at once; changes no result.
  public var parallelism: Parallelism

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - asOf: the moment; calibration uses data at or before it only.
  ///   - models: what history does not say.
  ///   - seed: the seed of every random draw.
  ///   - scenarioCount: how many scenarios every Monte Carlo set holds; at least 100.
  ///   - targetError: the largest relative simulation error an initial margin may have; above zero.
  ///   - judge: the law on which all regimes are judged.
  ///   - realisedObservations: how many moves after the as-of date they are judged on as well; zero for none.
  ///   - closeOutCost: what closing a liquidated pool costs, as a fraction of its gross notional; not negative.
  ///   - bootstrap: how the error of calibration is estimated.
  ///   - levels: the levels at which tails are reported.
  ///   - reference: the regime against which differences and capital efficiency are measured.
  ///   - parallelism: how many blocks may be at work at once.
  public init(
    asOf: Timestamp, models: ScenarioModels = ScenarioModels(), seed: UInt64, scenarioCount: Int,
    targetError: Double? = nil, judge: JudgeModel, realisedObservations: Int = 0, closeOutCost: Double = 0,
    bootstrap: CalibrationBootstrap = CalibrationBootstrap(),
    levels: [Confidence] = [.ninetyFivePercent, .ninetySevenPointFivePercent, .ninetyNinePercent],
    reference: String, parallelism: Parallelism = .allCores
  ) {
    self.asOf = asOf
    self.models = models
    self.seed = seed
    self.scenarioCount = scenarioCount
    self.targetError = targetError
    self.judge = judge
    self.realisedObservations = realisedObservations
    self.closeOutCost = closeOutCost
    self.bootstrap = bootstrap
    self.levels = levels
    self.reference = reference
    self.parallelism = parallelism
  }
}

/// One account under several regimes.
public struct ComparisonStudy: Sendable {
  /// The study's name.
  public var name: String
  /// The account.
  public var account: Account
  /// The regimes, in the order of the table.
  public var regimes: [MarginRegime]
  /// USD prices.
  public var history: PriceHistory
  /// Everything else.
  public var settings: ComparisonSettings
  /// Trades and swaps whose effect is asked for, each on its own.
  public var changes: [AccountChange]

  /// Makes a study.
  ///
  /// - Parameters:
  ///   - name: the study's name.
  ///   - account: the account.
  ///   - regimes: the regimes, in the order of the table.
  ///   - history: USD prices.
  ///   - settings: everything else.
  ///   - changes: trades and swaps whose effect is asked for, each on its own.
  public init(
    name: String, account: Account, regimes: [MarginRegime], history: PriceHistory,
    settings: ComparisonSettings, changes: [AccountChange] = []
  ) {
    self.name = name
    self.account = account
    self.regimes = regimes
    self.history = history
    self.settings = settings
    self.changes = changes
  }
}
