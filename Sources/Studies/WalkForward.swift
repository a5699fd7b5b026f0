public import Instruments
public import Margin
public import MarketData
public import Statistics

/// What a walk through history depends on besides the study.
public struct WalkForwardSettings: Hashable, Sendable {
  /// Every so many rows of the history a requirement is estimated anew; in between the last one stands.
  public let recalibratedEvery: Int
  /// How many scenarios stand for a law that has no closed form, at most; never more than the study draws.
  public let draws: Int

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - recalibratedEvery: every so many rows a requirement is estimated anew; at least 1.
  ///   - draws: how many scenarios stand for a law that has no closed form; at least 100.
  public init(recalibratedEvery: Int = 1, draws: Int = 4_096) {
    precondition(recalibratedEvery >= 1, "an estimate every \(recalibratedEvery) days")
    precondition(draws >= 100, "\(draws) draws")
    self.recalibratedEvery = recalibratedEvery
    self.draws = draws
  }
}

/// The out-of-sample judge: the account's book as it stands, taken through the whole history.
///
/// On every day each regime's requirement is estimated from the data up to that day and set against what the same book, with
/// the USD exposures of the as-of date and options at their time to expiry of that date, gains or loses by the move that
/// followed. Days that lie before a look-back, or on which a price is missing, are left out and counted.
public struct WalkForward: Sendable {
  /// The study's name.
  public let study: String
  /// The account.
  public let account: Account
  /// What the study depends on.
  public let settings: ComparisonSettings
  /// What the walk depends on besides.
  public let walk: WalkForwardSettings
  /// When the first move of the history starts.
  public let first: Timestamp
  /// When its last move ends.
  public let last: Timestamp
  /// How long the moves last against which initial margins are held: the judge's horizon.
  public let horizon: Horizon
  /// On how many days every regime has an initial margin and a move followed: the days initial margins are compared on.
  public let commonDays: Int
  /// The regimes that have a requirement on some day, in the study's order.
  public let regimes: [WalkedRegime]
  /// The others, each with the reason of its last day.
  public let refusals: [RegimeRefusal]
  /// What the reader should know.
  public let notes: [String]
}

/// One regime along the walk.
public struct WalkedRegime: Sendable {
  /// The regime.
  public let regime: MarginRegime
  /// One test a tail and pool, in the order of the terms; empty for a regime without a tail.
  public let tests: [ValueAtRiskTest]
  /// The initial margin on the common days; `nil` where there are none.
  public let margin: MarginRecord?
  /// The first day on which an estimate failed for another reason than want of history, if there is one.
  public let failure: WalkForwardFailure?
}

/// An estimate that failed on some day.
public struct WalkForwardFailure: Sendable {
  /// The day.
  public let day: Timestamp
  /// Why.
  public let reason: StudyError
}

/// What became of the days of a test; the four kinds add up to the total.
public struct WalkForwardDays: Hashable, Sendable {
  /// The days a test could have: those from which a move of its horizon follows, none overlapping the next.
  public internal(set) var total = 0
  /// Those that were tested.
  public internal(set) var tested = 0
  /// Those before the look-back is filled, or, where it takes all there is, before the 250th observation.
  public internal(set) var withoutLookBack = 0
  /// Those on which an asset of the account lacks prices, in the look-back or for the move.
  public internal(set) var withoutPrices = 0
  /// Those on which the estimate failed for another reason.
  public internal(set) var notComputed = 0
}

/// How the tail of a day was had.
public enum WalkForwardMethod: Hashable, Sendable, CustomStringConvertible {
  /// From the moves of a window.
  case history
  /// From a law in closed form.
  case closedForm
  /// From draws.
  case draws(Int)

  /// `history`, `closed form` or `4096 draws`.
  public var description: String {
    switch self {
    case .history: "history"
    case .closedForm: "closed form"
    case .draws(let count): "\(count) draws"
    }
  }
}

/// The value at risk of one tail of a regime against what followed.
///
/// A term that reads an expected shortfall is tested by the value at risk at its level from the same scenarios, read in the same
/// parts: exceedances are a matter of quantiles. A dispersion, and the loss of single coins, are not tested.
public struct ValueAtRiskTest: Sendable {
  /// The term.
  public let term: String
  /// The pool.
  public let pool: String
  /// What the term reads off the tail.
  public let measure: TailRiskTerm.Measure
  /// The level.
  public let confidence: Confidence
  /// How long a move lasts.
  public let horizon: Horizon
  /// How the tail was had.
  public let method: WalkForwardMethod
  /// What became of the days.
  public let days: WalkForwardDays
  /// The tested days, in order.
  public let record: [Day]
  /// Whether exceedances are as frequent as the level says and come one by one; `nil` below two tested days.
  public let sequence: ChristoffersenTest?
  /// The zone of the Basel committee, generalised to the number of days and the level; `nil` without a tested day.
  public let trafficLight: TrafficLight?

  /// One tested day.
  public struct Day: Hashable, Sendable {
    /// The last moment whose prices were known.
    public let asOf: Timestamp
    /// The value at risk, in USD.
    public let valueAtRisk: Double
    /// What was lost by the move that followed, in USD; negative for a gain.
    public let loss: Double

    /// Whether the loss was greater than the value at risk.
    public var isExceeded: Bool { loss > valueAtRisk }
  }

  /// How many days exceeded the value at risk.
  public var exceedances: Int { record.count { $0.isExceeded } }
}

/// The initial margin of a regime on the days on which every regime has one.
///
/// A loss is covered by the initial margin and by what haircuts took off the collateral: an account that holds just what is
/// demanded is worth that much. For a regime that counts collateral at its market value the cover is the initial margin.
/// Pools do not help each other; one without a position, an order or a debt owes nothing and is left out.
public struct MarginRecord: Sendable {
  /// The days, in order.
  public let record: [Day]
  /// How often a pool lost more than its cover.
  public let breaches: EventProbability
  /// The largest loss beyond the cover, summed over pools, in USD; zero where every loss was covered.
  public let worstShortfall: Double
  /// The mean loss beyond the cover of the days with one, in USD; `nil` where there is none.
  public let meanShortfall: Double?
  /// The largest loss of a pool as a multiple of its cover; `nil` where no pool has any.
  public let largestUse: Double?
  /// The mean initial margin, in USD.
  public let meanInitial: Double
  /// How far the initial margin moves, and how fast it rises, row by row of the history.
  public let procyclicality: ProcyclicalityMeasures
  /// The distances in time over which rises are given, in days, each with its number of rows.
  public let spans: [(days: Int, rows: Int)]

  /// One day.
  public struct Day: Hashable, Sendable {
    /// The last moment whose prices were known.
    public let asOf: Timestamp
    /// The initial margin, summed over pools, in USD.
    public let initial: Double
    /// The initial margin and what haircuts took off, summed over the pools that may owe, in USD.
    public let cover: Double
    /// What was lost by the move that followed, summed over the same pools, in USD; negative for a gain.
    public let loss: Double
    /// What pools lost beyond their cover, summed, in USD.
    public let shortfall: Double
  }
}
