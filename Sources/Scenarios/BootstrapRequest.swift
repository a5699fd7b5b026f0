public import MarketData

/// A request for moves over a horizon put together from the moves of shorter steps on dates drawn at random.
///
/// All factors take their moves from the same dates, which keeps their dependence. Without dynamics this is a block
/// bootstrap of history; with them the standardised residuals of the dates are pushed through each factor's own recursion
/// from today's volatility: filtered historical simulation. Barone-Adesi, Giannopoulos, Vosper: VaR without correlations for
/// portfolios of derivative securities (1999).
public struct BootstrapRequest: Hashable, Sendable {
  /// The steps: which moves, and how long each lasts; without a filter, equally weighted.
  public let steps: HistoricalRequest
  /// How long a scenario lasts; a whole multiple of a step.
  public let horizon: Horizon
  /// How volatilities follow each other along a path; `nil` takes the moves as they were.
  public let dynamics: VolatilityDynamics?
  /// The floor under every volatility, as a share of the long-run one; in [0, 1].
  public let floorShare: Double
  /// How many neighbouring dates stay together; at least 1.
  public let blockLength: Int

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - steps: which moves, and how long each lasts.
  ///   - horizon: how long a scenario lasts.
  ///   - dynamics: how volatilities follow each other along a path.
  ///   - floorShare: the floor under every volatility, as a share of the long-run one.
  ///   - blockLength: how many neighbouring dates stay together.
  public init(
    steps: HistoricalRequest, horizon: Horizon, dynamics: VolatilityDynamics?, floorShare: Double = 0,
    blockLength: Int = 1
  ) {
    precondition(blockLength >= 1, "blocks of \(blockLength) dates")
    precondition((0...1).contains(floorShare), "a floor of \(floorShare)")
    self.steps = steps
    self.horizon = horizon
    self.dynamics = dynamics
    self.floorShare = floorShare
    self.blockLength = blockLength
  }
}
