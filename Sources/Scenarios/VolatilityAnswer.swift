public import Instruments

/// How the implied volatility of an option answers in the scenarios of a set.
public enum VolatilityAnswer: Hashable, Sendable {
  /// By the move of its underlying's volatility factor, which is stated at 30 days and fades with tenor; a missing scaling
  /// moves every expiry alike.
  case factors([Asset: TenorScaling])
  /// By the points of a grid, one a scenario.
  case grid([VolatilityShock], law: VolatilityShockLaw?)

  /// The volatility of one option after one scenario.
  ///
  /// - Parameters:
  ///   - volatility: per year, before it; not negative.
  ///   - asset: the option's base asset.
  ///   - days: to expiry; not negative.
  ///   - factorMove: the relative move of the asset's volatility factor; zero where it has none.
  ///   - scenario: the scenario's index in the set.
  /// - Returns: per year; not negative.
  public func volatility(
    after volatility: Double, of asset: Asset, days: Double, factorMove: Double, scenario: Int
  ) -> Double {
    switch self {
    case .factors(let scalings):
      guard factorMove != 0 else { return volatility }
      let multiplier = (scalings[asset] ?? .flat).multiplier(days: days)
      return volatility * max(0, 1 + factorMove * multiplier)
    case .grid(let shocks, let law):
      return shocks[scenario].applied(to: volatility, days: days, law: law)
    }
  }

  func selecting(_ scenarios: [Int]) -> VolatilityAnswer {
    switch self {
    case .factors: self
    case .grid(let shocks, let law): .grid(scenarios.map { shocks[$0] }, law: law)
    }
  }
}
