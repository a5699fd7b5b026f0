import MarketData
import Scenarios
import Statistics

extension Form where Value == ShockPart<ShockStep> {
  /// `{to: allOne, share: 0.5, among: [BTC, ETH]}`.
  static var blend: Form {
    .mapping { fields in
      let target = fields.required("to", as: .target)
      let share = fields.optional("share", as: .portion)
      let among = fields.optional("among", as: .factors(atLeast: 2))
      let repair = fields.optional("repair", as: .repair)
      if case .equal(let correlation) = target?.value, let among {
        fields.check(correlation, ofEveryPairAmong: among.count)
      }
      guard let target, fields.isSound else { return nil }
      return ShockPart(
        value: .blend(
          CorrelationBlend(
            target: target.value, share: share ?? 1, among: (among ?? []).plain, repair: repair ?? .nearest)),
        factors: target.factors + (among ?? []), windows: target.windows)
    }
  }

  /// `{of: [BTC, ETH], to: 0.2}`.
  static var pair: Form {
    .mapping { fields in
      let pair = fields.required("of", as: .factorPair)
      let change = fields.change()
      let repair = fields.optional("repair", as: .repair)
      guard let pair, let change, fields.isSound else { return nil }
      return ShockPart(
        value: .entries(
          EntryShock(
            between: [pair[0].value], and: [pair[1].value], change: change, repair: repair ?? .refuse)),
        factors: pair)
    }
  }

  /// `{between: [BTC], and: [ADA, XRP], scale: 0.5}`; without `and` all pairs of `between`.
  static var block: Form {
    .mapping { fields in
      let hasOtherSide = fields.has("and")
      let between = fields.required("between", as: .factors(atLeast: hasOtherSide ? 1 : 2))
      let and = fields.optional("and", as: .factors())
      let change = fields.change()
      let repair = fields.optional("repair", as: .repair)
      fields.reportRepeated((between ?? []) + (and ?? []))
      guard let between, let change, fields.isSound else { return nil }
      return ShockPart(
        value: .entries(
          EntryShock(
            between: between.plain, and: (and ?? []).plain, change: change, repair: repair ?? .nearest)),
        factors: between + (and ?? []))
    }
  }

  /// `{component: 1, multiple: 1.5}`.
  static var eigenvalue: Form {
    .mapping { fields in
      let component = fields.required("component", as: .whole(atLeast: 1, atMost: 10_000))
      let multiple = fields.required("multiple", as: .multiple)
      guard let component, let multiple else { return nil }
      return ShockPart(value: .eigenvalue(component: component, multiple: multiple))
    }
  }

  /// `{components: 1, of: [DOGE, XRP], multiple: 1.3}`.
  static var loadings: Form {
    .mapping { fields in
      let components = fields.required("components", as: .whole(atLeast: 1, atMost: 10_000))
      let factors = fields.optional("of", as: .factors())
      let multiple = fields.required("multiple", as: .multiple)
      guard let components, let multiple, fields.isSound else { return nil }
      return ShockPart(
        value: .loadings(
          LoadingShock(components: components, of: (factors ?? []).plain, multiple: multiple)),
        factors: factors ?? [])
    }
  }

  /// `low`, `high`, or `{scenario: high, repair: shrink}`.
  static var regulatory: Form {
    let scenario = Form<CorrelationScenario>.regulatory
    let keys = Form.mapping { fields in
      let scenario = fields.required("scenario", as: scenario)
      let repair = fields.optional("repair", as: .repair)
      guard let scenario, fields.isSound else { return nil }
      return ShockPart(value: .regulatory(scenario, repair: repair ?? .nearest))
    }
    return Form { node, path, reader in
      if case .mapping = node.content { return keys.read(node, path, &reader) }
      return scenario.read(node, path, &reader)
        .map { ShockPart(value: .regulatory($0, repair: .nearest)) }
    }
  }

  /// `{of: [BTC], share: 0.8}`.
  static var decoupling: Form {
    .mapping { fields in
      let factors = fields.required("of", as: .factors())
      let share = fields.optional("share", as: .portion)
      guard let factors, fields.isSound else { return nil }
      return ShockPart(value: .decoupling(of: factors.plain, share: share ?? 1), factors: factors)
    }
  }

  /// `{asset: BTC, style: linear, correlation: 0.9}`.
  static var basisDecoupling: Form {
    .mapping { fields in
      let factor = fields.basisFactor("asset")
      let correlation = fields.required("correlation", as: .coefficient)
      guard let factor, let correlation else { return nil }
      return ShockPart(
        value: .basisDecoupling(factor: factor.value, correlation: correlation), factors: [factor])
    }
  }

  /// `{shape: 1, share: 0.5}`.
  static var randomCorrelation: Form {
    .mapping { fields in
      let shape = fields.required(
        "shape", as: .number("a shape from 0.01 to 1000000") { $0 >= 0.01 && $0 <= 1_000_000 })
      let share = fields.optional("share", as: .portion)
      guard let shape, fields.isSound else { return nil }
      return ShockPart(value: .randomCorrelation(shape: shape, share: share ?? 1))
    }
  }

  /// `{deviation: 0.1}`.
  static var perturbation: Form {
    .mapping { fields in
      let deviation = fields.required(
        "deviation", as: .number("a standard deviation above 0 and at most 10") { $0 > 0 && $0 <= 10 })
      return deviation.map { ShockPart(value: .perturbation(deviation: $0)) }
    }
  }
}

extension Form where Value == CorrelationScenario {
  /// The medium scenario changes nothing and is no shock.
  fileprivate static var regulatory: Form {
    .word("correlation scenario", ["low": .low, "high": .high])
  }
}

extension Form where Value == ShockRepair {
  fileprivate static var repair: Form { choice("repair") }
}

extension Form where Value == ShockPart<CorrelationTarget> {
  /// `allOne`, `identity`, or the target's key and what it takes.
  fileprivate static var target: Form {
    .word(
      "correlation target",
      ["allOne": ShockPart(value: .allOne), "identity": ShockPart(value: .identity)],
      orElse: .oneKey([
        "equal": Form<Double>.coefficient.map { ShockPart(value: .equal($0)) },
        "blocks": .blocks,
        "window": Form<LookBack>.lookBack(atLeast: 2).located.map { window in
          ShockPart(value: .window(window.value), windows: [window])
        },
      ]))
  }

  private static var blocks: Form {
    .mapping { fields in
      let groups = fields.required("groups", as: .list(of: .factors(), atLeast: 1))
      let inside = fields.required("inside", as: .coefficient)
      let between = fields.required("between", as: .coefficient)
      fields.reportRepeated((groups ?? []).flatMap(\.self))
      guard let groups, let inside, let between, fields.isSound else { return nil }
      return ShockPart(
        value: .blocks(groups.map(\.plain), inside: inside, between: between),
        factors: groups.flatMap(\.self))
    }
  }
}

extension FieldReader {
  /// Reports a correlation that so many factors cannot all have with one another.
  fileprivate mutating func check(_ correlation: Double, ofEveryPairAmong count: Int) {
    let least = -1 / Double(count - 1)
    guard correlation < least else { return }
    report(
      .expected(
        "a correlation of at least \(plain(least)), the least that \(count) factors can all have",
        found: plain(correlation)),
      at: "to")
  }

  /// What becomes of a correlation: exactly one of `to`, `add` and `scale`.
  fileprivate mutating func change() -> CorrelationChange? {
    oneOf([
      ("to", Form<Double>.coefficient.map { .to($0) }),
      ("add", Form<Double>.within(-2...2).map { .add($0) }),
      ("scale", Form<Double>.multiple.map { .scale($0) }),
    ])
  }
}
