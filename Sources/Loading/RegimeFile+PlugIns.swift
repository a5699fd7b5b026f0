import Instruments
import Margin
import Scenarios

extension Form where Value == PlugIn {
  /// A rule that no combination of terms can say, by its name.
  static var plugIn: Form {
    .oneKey([
      "derivePortfolioMargin": Form<DerivePortfolioMargin>.derivePortfolioMargin.map {
        .derivePortfolioMargin($0)
      },
      "hyperliquidPortfolioRatio": Form<HyperliquidPortfolioRatio>.hyperliquidPortfolioRatio.map {
        .hyperliquidPortfolioRatio($0)
      },
    ])
  }
}

extension Form where Value == DerivePortfolioMargin {
  fileprivate static var derivePortfolioMargin: Form {
    .mapping { fields in
      let stable = fields.required("stable", as: .asset)
      let scenarios = fields.required("scenarios", as: .list(of: .deriveScenarios, atLeast: 1))
      let volatility = fields.required("volatilityLaw", as: .volatilityLaw)
      let skew = fields.required("skew", as: .deriveSkew)
      let discount = fields.required("staticDiscount", as: .deriveDiscount)
      let basis = fields.required("basis", as: .deriveBasis)
      let factors = fields.required("lossFactors", as: .deriveFactors)
      let confidence = fields.required("confidence", as: .deriveConfidence)
      let perpetuals = fields.required("perpetuals", as: .deriveRates)
      let options = fields.required("options", as: .deriveRates)
      let collateral = fields.optional("collateral", as: .table(keys: .asset, values: .deriveCollateral))
      guard let stable, let scenarios, let volatility, let skew, let discount, let basis, let factors,
        let confidence, let perpetuals, let options, fields.isSound
      else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin(
          stable: stable, scenarios: scenarios.flatMap(\.self), volatility: volatility, skew: skew,
          discount: discount, basis: basis, lossFactors: factors, confidence: confidence,
          perpetuals: perpetuals, options: options,
          collateral: Dictionary((collateral ?? []).map { ($0.key, $0.value) }) { first, _ in first })
      }
    }
  }
}

extension Form where Value == [DerivePortfolioMargin.Scenario] {
  /// Every one of some spot moves with every one of some volatility moves, or a skew; all with one dampening.
  fileprivate static var deriveScenarios: Form {
    .mapping { fields in
      let dampening =
        fields.optional(
          "dampening", as: .number("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 }) ?? 1
      if fields.has("skew") {
        let skew = fields.required(
          "skew",
          as: Form<DerivePortfolioMargin.Shock>.word(
            "skew", ["linear": .linearSkew, "absolute": .absoluteSkew]))
        guard let skew, fields.isSound else { return nil }
        return [DerivePortfolioMargin.Scenario(skew, dampening: dampening)]
      }
      let spots = fields.required("spots", as: .list(of: .spotMove, atLeast: 1))
      let volatilities = fields.required("volatilities", as: .list(of: .volatilityShock, atLeast: 1))
      guard let spots, let volatilities, fields.isSound else { return nil }
      return spots.flatMap { spot in
        volatilities.map { volatility in
          DerivePortfolioMargin.Scenario(
            .move(GridMove(spot: spot, volatility: volatility)), dampening: dampening)
        }
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.Skew {
  fileprivate static var deriveSkew: Form {
    .mapping { fields in
      let linear = fields.required("linear", as: .deriveSkewCap)
      let absolute = fields.required("absolute", as: .deriveSkewCap)
      let minimum = fields.required("minimumWidth", as: .positive)
      let scale = fields.required("widthScale", as: .notNegative)
      let volatility = fields.required("widthVolatility", as: .notNegative)
      let slope = fields.required("widthSlope", as: .finite)
      guard let linear, let absolute, let minimum, let scale, let volatility, let slope, fields.isSound
      else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.Skew(
          linear: linear, absolute: absolute, minimumWidth: minimum, widthScale: scale,
          widthVolatility: volatility, widthSlope: slope)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.SkewCap {
  fileprivate static var deriveSkewCap: Form {
    .mapping { fields in
      let base = fields.required("base", as: .notNegative)
      let slope = fields.required("slope", as: .finite)
      guard let base, let slope, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.SkewCap(base: base, slope: slope)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.StaticDiscount {
  fileprivate static var deriveDiscount: Form {
    .mapping { fields in
      let longBase = fields.required("longBase", as: .positive)
      let longRate = fields.required("longRate", as: .notNegative)
      let longAddition = fields.required("longAddition", as: .notNegative)
      let shortBase = fields.required("shortBase", as: .positive)
      let shortRate = fields.required("shortRate", as: .notNegative)
      let shortAddition = fields.required("shortAddition", as: .notNegative)
      guard let longBase, let longRate, let longAddition, let shortBase, let shortRate, let shortAddition,
        fields.isSound
      else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.StaticDiscount(
          longBase: longBase, longRate: longRate, longAddition: longAddition, shortBase: shortBase,
          shortRate: shortRate, shortAddition: shortAddition)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.BasisContingency {
  fileprivate static var deriveBasis: Form {
    .mapping { fields in
      let up = fields.required("up", as: .positive)
      let down = fields.required("down", as: .number("a number above -1 and below 0") { $0 > -1 && $0 < 0 })
      let addition = fields.required("addition", as: .notNegative)
      let perYear = fields.required("perYear", as: .notNegative)
      guard let up, let down, let addition, let perYear, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.BasisContingency(up: up, down: down, addition: addition, perYear: perYear)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.LossFactors {
  fileprivate static var deriveFactors: Form {
    .mapping { fields in
      let initial = fields.required("initial", as: .positive)
      let maintenance = fields.required("maintenance", as: .positive)
      let threshold = fields.required("pegThreshold", as: .notNegative)
      let factor = fields.required("pegFactor", as: .notNegative)
      guard let initial, let maintenance, let threshold, let factor, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.LossFactors(
          initial: initial, maintenance: maintenance, pegThreshold: threshold, pegFactor: factor)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.ConfidenceCharge {
  fileprivate static var deriveConfidence: Form {
    .mapping { fields in
      let threshold = fields.required("threshold", as: .within(0...1))
      let rate = fields.required("rate", as: .notNegative)
      guard let threshold, let rate, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try DerivePortfolioMargin.ConfidenceCharge(threshold: threshold, rate: rate)
      }
    }
  }
}

extension Form where Value == DerivePortfolioMargin.ContingencyRates {
  fileprivate static var deriveRates: Form { .mapping { $0.contingencyRates() } }
}

extension Form where Value == DerivePortfolioMargin.Collateral {
  fileprivate static var deriveCollateral: Form {
    .mapping { fields in
      let cancels = fields.optional("cancels", as: .asset)
      let haircut = fields.contingencyRates()
      guard let haircut, fields.isSound else { return nil }
      return DerivePortfolioMargin.Collateral(cancels: cancels, haircut: haircut)
    }
  }
}

extension FieldReader {
  /// The keys of a rate in both margins and of what the initial margin adds.
  fileprivate mutating func contingencyRates() -> DerivePortfolioMargin.ContingencyRates? {
    let maintenance = required("maintenance", as: .notNegative)
    let addition = required("initialAddition", as: .notNegative)
    guard let maintenance, let addition, isSound else { return nil }
    return checked { () throws(MarginError) in
      try DerivePortfolioMargin.ContingencyRates(maintenance: maintenance, initialAddition: addition)
    }
  }
}

extension Form where Value == HyperliquidPortfolioRatio {
  fileprivate static var hyperliquidPortfolioRatio: Form {
    .mapping { fields in
      let tokens = fields.required("tokens", as: .list(of: .hyperliquidToken, atLeast: 1))
      let collateral = fields.required(
        "collateral", as: .table(keys: .asset, values: .hyperliquidCollateral))
      let contracts = fields.required("contracts", as: .rateSum)
      let minimum = fields.required("minimum", as: .notNegative)
      let rule = fields.required(
        "minimumIs", as: Form<HyperliquidPortfolioRatio.MinimumRule>.choice("rule for the minimum"))
      guard let tokens, let collateral, let contracts, let minimum, let rule, fields.isSound else {
        return nil
      }
      return fields.checked { () throws(MarginError) in
        try HyperliquidPortfolioRatio(
          tokens: tokens, collateral: Dictionary(collateral.map { ($0.key, $0.value) }) { first, _ in first },
          contracts: contracts, minimum: minimum, minimumRule: rule)
      }
    }
  }
}

extension Form where Value == HyperliquidPortfolioRatio.Token {
  fileprivate static var hyperliquidToken: Form {
    .mapping { fields in
      let asset = fields.required("asset", as: .asset)
      let cap = fields.optional("borrowCap", as: .positive)
      guard let asset, fields.isSound else { return nil }
      return HyperliquidPortfolioRatio.Token(asset: asset, borrowCap: cap)
    }
  }
}

extension Form where Value == HyperliquidPortfolioRatio.Collateral {
  fileprivate static var hyperliquidCollateral: Form {
    .mapping { fields in
      let loanToValue = fields.required("loanToValue", as: .within(0...1))
      let cap = fields.optional("supplyCap", as: .positive)
      guard let loanToValue, fields.isSound else { return nil }
      return HyperliquidPortfolioRatio.Collateral(loanToValue: loanToValue, supplyCap: cap)
    }
  }
}
