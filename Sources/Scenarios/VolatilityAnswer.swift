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
    answer(of: asset, days: days).volatility(after: volatility, factorMove: factorMove, scenario: scenario)
  }

  /// The answer of the options of one asset with one expiry, for many scenarios.
  ///
  /// - Parameters:
  ///   - asset: the options' base asset.
  ///   - days: to expiry; not negative.
  /// - Returns: the answer, with what depends on the expiry alone computed once.
  public func answer(of asset: Asset, days: Double) -> TenorAnswer {
    switch self {
    case .factors(let scalings): .factor(multiplier: (scalings[asset] ?? .flat).multiplier(days: days))
    case .grid(let shocks, let law): .grid(shocks, law: law, days: days)
    }
  }

  func selecting(_ scenarios: [Int]) -> VolatilityAnswer {
    switch self {
    case .factors: self
    case .grid(let shocks, let law): .grid(scenarios.map { shocks[$0] }, law: law)
    }
  }
}

/// How the implied volatility of options of one asset with one expiry answers.
public enum TenorAnswer: Hashable, Sendable {
  /// By the move of the asset's volatility factor, times a multiplier.
  case factor(multiplier: Double)
  /// By the points of a grid, one a scenario.
  case grid([VolatilityShock], law: VolatilityShockLaw?, days: Double)

  /// The volatility after one scenario.
  ///
  /// - Parameters:
  ///   - volatility: per year, before it; not negative.
  ///   - factorMove: the relative move of the asset's volatility factor; zero where it has none.
  ///   - scenario: the scenario's index in the set.
  /// - Returns: per year; not negative.
  public func volatility(after volatility: Double, factorMove: Double, scenario: Int) -> Double {
    switch self {
    case .factor(let multiplier):
      factorMove == 0 ? volatility : volatility * max(0, 1 + factorMove * multiplier)
    case .grid(let shocks, let law, let days):
      shocks[scenario].applied(to: volatility, days: days, law: law)
    }
  }
}
