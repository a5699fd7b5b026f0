public import Instruments

/// How the implied volatility of options on one asset answers a move of its spot price, where history has none.
///
/// The relative move of 30-day volatility is onFall·|s| where the spot price falls by |s| and onRise·s where it rises by
/// s, in every set but a grid; drawn sets add an independent normal move, historical ones do not: what was drawn is not
/// history. No move is below ``lowestMove``.
public struct VolatilityModel: Hashable, Sendable {
  /// The base asset of the options.
  public let asset: Asset
  /// The relative move of volatility for a fall of the spot price by one; positive where volatility rises.
  public let onFall: Double
  /// The relative move of volatility for a rise of the spot price by one; negative where volatility falls.
  public let onRise: Double
  /// The standard deviation of a one-day independent relative move in drawn sets; it grows with the square root of time.
  public let dailyVolatility: Double
  /// How a move fades with the days to expiry.
  public let tenor: TenorScaling

  /// The least relative move of 30-day volatility.
  public static let lowestMove = -0.9
  /// The greatest response, either way.
  public static let largestResponse = 100.0

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - asset: the base asset of the options.
  ///   - onFall: the relative move of volatility for a fall of the spot price by one; at most ``largestResponse`` either way.
  ///   - onRise: the relative move of volatility for a rise of the spot price by one; at most ``largestResponse`` either way.
  ///   - dailyVolatility: the standard deviation of a one-day independent relative move; not negative, at most
  ///     ``largestResponse``.
  ///   - tenor: how a move fades with the days to expiry.
  public init(
    asset: Asset, onFall: Double, onRise: Double, dailyVolatility: Double = 0, tenor: TenorScaling = .flat
  ) {
    let limit = Self.largestResponse
    precondition(abs(onFall) <= limit && abs(onRise) <= limit, "a response of \(onFall) or \(onRise)")
    precondition(dailyVolatility >= 0 && dailyVolatility <= limit, "a volatility of \(dailyVolatility)")
    self.asset = asset
    self.onFall = onFall
    self.onRise = onRise
    self.dailyVolatility = dailyVolatility
    self.tenor = tenor
  }

  /// The relative move of 30-day volatility.
  ///
  /// - Parameters:
  ///   - spot: the relative move of the spot price; what lies below −1 counts as −1.
  ///   - independent: the independent relative move.
  /// - Returns: at least ``lowestMove``.
  public func move(spot: Double, independent: Double = 0) -> Double {
    let fall = max(0, -max(-1, spot))
    return max(Self.lowestMove, onFall * fall + onRise * max(0, spot) + independent)
  }

  /// The response in words, such as `response to BTC: +1.5 on falls, −0.5 on rises`.
  public var responseName: String {
    "response to \(asset): \(Self.signed(onFall)) on falls, \(Self.signed(onRise)) on rises"
  }

  /// The response and the independent move of drawn sets in words.
  public var drawnName: String {
    responseName + (dailyVolatility > 0 ? "; independent normal, \(dailyVolatility) per √day" : "")
  }

  private static func signed(_ number: Double) -> String {
    let size = Int(exactly: abs(number)).map(String.init) ?? "\(abs(number))"
    return number == 0 ? "0" : (number < 0 ? "−" : "+") + size
  }
}
