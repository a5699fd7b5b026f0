import MarketData
import Scenarios
import Statistics

extension Form where Value == ShockPart<ShockStep> {
  /// `{given: {BTC: -0.3}}`.
  static var conditional: Form {
    .mapping { fields in
      fields.required("given", as: .moves).map { given in given.map { .conditional(given: $0) } }
    }
  }

  /// `{multiple: 2, of: [BTC]}`; without `of` all that moves.
  static var volatility: Form {
    .mapping { fields in
      let multiple = fields.required("multiple", as: .multiple)
      let factors = fields.optional("of", as: .factors())
      guard let multiple, fields.isSound else { return nil }
      return ShockPart(
        value: .volatility(multiple: multiple, of: (factors ?? []).plain), factors: factors ?? [])
    }
  }

  /// `{to: 0.02, of: [USDT]}`.
  static var dailyVolatility: Form {
    .mapping { fields in
      let volatility = fields.required("to", as: .dayVolatility)
      let factors = fields.required("of", as: .factors())
      guard let volatility, let factors else { return nil }
      return ShockPart(value: .dailyVolatility(volatility, of: factors.plain), factors: factors)
    }
  }

  /// `{BTC: -0.05}`.
  static var drift: Form { Form<ShockPart<[FactorAmount]>>.moves.map { moves in moves.map { .drift($0) } } }

  /// `{BTC: -0.2, ETH: -0.25}`; prices of assets alone can have moved.
  static var spot: Form {
    Form<ShockPart<[FactorAmount]>>.assetMoves.map { moves in moves.map { .spot($0) } }
  }

  /// `{probability: 0.1, stressed: [steps]}`.
  static var mixture: Form {
    .mapping { fields in
      let probability = fields.required("probability", as: .portion)
      let steps = fields.required("stressed", as: .mixedIn)
      guard let probability, let steps else { return nil }
      return steps.map { .mixture(probability: probability, stressed: $0) }
    }
  }

  /// `{asset: USDT, probability: 0.05, fall: -0.1, dailyVolatility: 0.05, correlation: 0.7, with: [BTC, ETH]}`.
  static var dePeg: Form {
    .mapping { fields in
      let asset = fields.required("asset", as: Form<RiskFactor>.spotPrice.located)
      let probability = fields.required("probability", as: .portion)
      let fall = fields.required("fall", as: .number("a move above -1 and at most 0") { $0 > -1 && $0 <= 0 })
      let volatility = fields.required("dailyVolatility", as: .dayVolatility)
      let correlation = fields.optional("correlation", as: .coefficient)
      let with = fields.optional("with", as: .factors())
      if fields.has("with") != fields.has("correlation") {
        fields.report(
          .rule("correlation and with belong together: how much the asset then moves with which others"),
          at: fields.has("with") ? "with" : "correlation")
      }
      fields.reportRepeated((asset.map { [$0] } ?? []) + (with ?? []))
      guard let asset, let probability, let fall, let volatility, fields.isSound else { return nil }
      return ShockPart(
        value: .dePeg(
          asset.value, probability: probability, fall: fall, dailyVolatility: volatility,
          correlation: correlation ?? 0, with: (with ?? []).plain), factors: [asset] + (with ?? []))
    }
  }

  /// A list of views.
  static var views: Form {
    Form<[ShockPart<MarketView>]>.list(of: .view, atLeast: 1).map { views in
      ShockPart(value: .views(views.map(\.value)), factors: views.flatMap(\.factors))
    }
  }
}

extension Form where Value == ShockPart<MarketView> {
  /// `{mean: {of: BTC, atMost: -0.01}}`, and so on.
  fileprivate static var view: Form {
    .oneKey([
      "mean": .mapping { fields in
        let factor = fields.viewed()
        let mean = fields.belief(.spotMove)
        guard let factor, let mean else { return nil }
        return ShockPart(value: .mean(factor.value, mean.relation, mean.target), factors: [factor])
      },
      "volatility": .mapping { fields in
        let factor = fields.viewed()
        let volatility = fields.belief(
          .number("a volatility above 0 and at most 1000") { $0 > 0 && $0 <= 1_000 })
        guard let factor, let volatility else { return nil }
        return ShockPart(
          value: .volatility(factor.value, volatility.relation, volatility.target), factors: [factor])
      },
      "correlation": .mapping { fields in
        let pair = fields.required("of", as: .factorPair)
        let correlation = fields.belief(.coefficient)
        guard let pair, let correlation else { return nil }
        return ShockPart(
          value: .correlation(pair[0].value, pair[1].value, correlation.relation, correlation.target),
          factors: pair)
      },
      "probability": .mapping { fields in
        let factor = fields.viewed()
        let move = fields.required("moveAtMost", as: .spotMove)
        let probability = fields.belief(.number("a probability above 0 and below 1") { $0 > 0 && $0 < 1 })
        guard let factor, let move, let probability else { return nil }
        return ShockPart(
          value: .probability(factor.value, ofAtMost: move, probability.relation, probability.target),
          factors: [factor])
      },
    ])
  }
}

extension FieldReader {
  fileprivate mutating func viewed() -> Located<RiskFactor>? {
    required("of", as: Form<RiskFactor>.factor.located)
  }

  /// What is believed of a number: exactly one of `equal`, `atLeast` and `atMost`.
  fileprivate mutating func belief(_ form: Form<Double>) -> (relation: ScenarioView.Relation, target: Double)?
  {
    oneOf([
      ("equal", form.map { (.equal, $0) }), ("atLeast", form.map { (.atLeast, $0) }),
      ("atMost", form.map { (.atMost, $0) }),
    ])
  }
}
