public import Instruments
public import MarketData

/// The convention by which a value at risk is read off a sample of losses.
public enum TailQuantile: String, Hashable, Sendable, CaseIterable {
  /// The smallest loss that covers the confidence: of equal weights the order statistic `L_(⌈n·c⌉)`.
  case lowerQuantile
  /// The first loss, worst first, whose cumulative weight reaches one less the confidence: Hull, and the Open Source Risk
  /// Engine.
  case upperQuantile
  /// Straight lines between the cumulative weights. Boudoukh, Richardson, Whitelaw: The best of both worlds (1998).
  case interpolated
  /// Straight lines between order statistics at (n − 1)·c + 1, equal weights alone: type 7 of Hyndman and Fan (1996).
  case type7
  /// A weighted mean of all order statistics, equal weights alone. Harrell, Davis: A new distribution-free quantile
  /// estimator (1982).
  case harrellDavis
}

/// How the tails of parts of the moves, or of parts of the sample, make one number.
public enum TailReading: Hashable, Sendable {
  /// The tail of all moves over the whole sample.
  case whole
  /// The tail under the moves of each asset alone, all other prices at rest.
  case eachAsset(AssetCombination)
  /// The tails over equal parts of the sample, in its order.
  case subsamples(count: Int, SubsampleStatistic)
  /// The liquidity horizon cascade √(R₁² + Σ_{j≥2} (R_j·√((H_j − H_{j−1})/H₁))²).
  ///
  /// R₁ is the tail under all moves over the request's horizon H₁; R_j that under the moves of assets whose horizon is at
  /// least H_j. Basel Committee: Minimum capital requirements for market risk (2019), MAR33.4.
  case liquidityHorizons([LiquidityHorizon])

  /// How the tails of assets make one number.
  public enum AssetCombination: String, Hashable, Sendable, CaseIterable {
    /// The largest.
    case largest
    /// The sum of the two largest.
    case twoLargest
    /// The sum: nothing diversifies.
    case sum
  }

  /// How the tails of parts of a sample make one number.
  public enum SubsampleStatistic: String, Hashable, Sendable, CaseIterable {
    /// Their mean.
    case mean
    /// Their standard deviation, divisor count − 1.
    case standardDeviation
    /// The largest.
    case largest
  }
}

/// How long it takes to close positions in some assets.
public struct LiquidityHorizon: Hashable, Sendable {
  /// The assets; empty stands for all that no other entry names.
  public let assets: [Asset]
  /// How long it takes.
  public let horizon: Horizon

  /// Makes an entry.
  ///
  /// - Parameters:
  ///   - assets: the assets; empty stands for all that no other entry names.
  ///   - horizon: how long it takes.
  public init(assets: [Asset], horizon: Horizon) {
    self.assets = assets
    self.horizon = horizon
  }
}

/// How the tail of an estimated law is had without draws, for a book with options.
///
/// A linear book under a Gaussian or Student-t law has its tail in closed form whatever the method. With options the P&L is
/// taken for quadratic in normal moves.
public enum ClosedFormMethod: String, Hashable, Sendable, CaseIterable {
  /// The quadratic's own law, by numerical inversion of its characteristic function.
  case exact
  /// The linear part alone.
  case deltaNormal
  /// A normal law of the quadratic's mean and variance.
  case deltaGammaNormal
  /// Cornish and Fisher's expansion from four cumulants; refused outside its domain.
  case cornishFisher
  /// Lugannani and Rice's saddlepoint approximation.
  case saddlepoint
}
