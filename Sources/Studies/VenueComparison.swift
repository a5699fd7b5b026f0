public import Instruments
public import Margin
import MarketData
import Valuation

/// A venue's own answer beside what its rules make of the same account.
public struct VenueComparison: Sendable {
  /// One figure of the venue and ours.
  public struct Line: Hashable, Sendable {
    /// What the venue printed.
    public let figure: VenueFigure
    /// The same from the account alone, every scenario revalued here, in the figure's unit; `nil` where the rules have no
    /// name for the figure, or its asset no price.
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
    lines = answer.map { figure in
      func ours(_ lines: [ExplanationLine]) -> Double? {
        guard let scale = Self.scale(of: figure.unit, account) else { return nil }
        return regime.amount(for: figure, among: lines).map { $0 / scale }
      }
      return Line(figure: figure, recomputed: ours(own), fromRecorded: fed.flatMap(ours))
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
    do throws(MarginError) {
      return try Margin.explanation(
        of: regime, for: state, given: Evidence(gridsOf: regime, over: state, recorded: recorded))
    } catch {
      throw .margin(error)
    }
  }

  /// USD for one of a figure's units, one for a plain number; `nil` for an asset without a price.
  private static func scale(of unit: VenueUnit, _ account: Account) -> Double? {
    switch unit {
    case .usd, .number: 1
    case .asset(let asset): asset == .usd ? 1 : account.prices[asset]
    }
  }
}
