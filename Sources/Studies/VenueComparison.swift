public import Instruments
public import Margin
import MarketData
import Parallel
import Scenarios
import Valuation

/// A venue's own answer beside what its rules make of the same account.
public struct VenueComparison: Sendable {
  /// One figure of the venue and ours.
  public struct Line: Hashable, Sendable {
    /// What the venue printed.
    public let figure: VenueFigure
    /// The same from the account alone, every scenario revalued here, in the figure's unit; `nil` where the rules have no
    /// name for the figure.
    public let recomputed: Double?
    /// The same with the venue's own scenario profits in the place of revaluations; `nil` where it printed none.
    public let fromRecorded: Double?
  }

  /// The account.
  public let account: Account
  /// The rules.
  public let regime: MarginRegime
  /// The venue's figures, in the order in which it printed them.
  public let lines: [Line]
  /// Every term of the recomputed numbers.
  public let explanation: [ExplanationLine]

  /// Puts an account under its venue's rules and sets the result beside the venue's.
  ///
  /// - Parameters:
  ///   - account: the account, with the prices its venue values it at.
  ///   - asOf: the moment.
  ///   - regime: the venue's rules; its scenarios are grids alone.
  ///   - answer: the venue's figures.
  ///   - recorded: the venue's own scenario profits; empty where it printed none.
  /// - Throws: ``StudyError``.
  public init(
    of account: Account, at asOf: Timestamp, under regime: MarginRegime, answer: [VenueFigure],
    recorded: RecordedProfits
  ) throws(StudyError) {
    let state = try ComparisonContext.valued(account, in: Self.market(of: account, at: asOf))
    let own = try Self.explanation(of: regime, state, recorded: nil)
    let hasRecorded = !recorded.rows.isEmpty || !recorded.units.isEmpty
    let fed = hasRecorded ? try Self.explanation(of: regime, state, recorded: recorded) : nil
    self.account = account
    self.regime = regime
    explanation = own
    lines = answer.map { figure in
      let scale = Self.scale(of: figure.unit, account)
      return Line(
        figure: figure, recomputed: regime.amount(for: figure, among: own).map { $0 / scale },
        fromRecorded: fed.flatMap { regime.amount(for: figure, among: $0) }.map { $0 / scale })
    }
  }

  private static func market(
    of account: Account, at asOf: Timestamp
  ) throws(StudyError) -> MarketSnapshot {
    do throws(MarketDataError) {
      return try MarketSnapshot(asOf: asOf, prices: account.prices)
    } catch {
      throw .marketData(error)
    }
  }

  private static func explanation(
    of regime: MarginRegime, _ state: BookState, recorded: RecordedProfits?
  ) throws(StudyError) -> [ExplanationLine] {
    let assets = Set(state.rows.flatMap { [$0.asset, $0.settlement] }).sorted()
    let space = FactorSpace(assets.map { .spot($0) })
    var sets: [ScenarioRequest: ScenarioSet] = [:]
    for request in regime.requests {
      if case .grid(let grid) = request { sets[request] = ScenarioSet(grid, over: space) }
    }
    do throws(MarginError) {
      return try Margin.explanation(
        of: regime, for: state,
        given: Evidence(sets: sets, recorded: recorded, parallelism: .sequential))
    } catch {
      throw .margin(error)
    }
  }

  /// USD for one of a figure's units; one for a plain number, and where the account has no price.
  private static func scale(of unit: VenueUnit, _ account: Account) -> Double {
    switch unit {
    case .usd, .number: 1
    case .asset(let asset): account.prices[asset] ?? 1
    }
  }
}
