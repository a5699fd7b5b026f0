import Instruments
import Margin
import Scenarios

extension Form where Value == String {
  /// The name of a term, which expressions call.
  static var termName: Form {
    text(
      "a name of letters, digits and '_' that starts with a letter and is not max, min, sum, initial or maintenance"
    ) { text in
      let isName = text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 95
      }
      let startsWithLetter = text.utf8.first.map { (65...90).contains($0 & 0xDF) } ?? false
      let reserved = ["max", "min", "sum", TermRules.initialName, TermRules.maintenanceName]
      return isName && startsWithLetter && !reserved.contains(text) ? text : nil
    }
  }
}

extension Form where Value == MarginTerm {
  /// One ingredient of a requirement.
  static var term: Form {
    .oneKey([
      "rateSum": Form<RateSum>.rateSum.map { .rateSum($0) },
      "optionRule": Form<OptionRule>.optionRule.map { .optionRule($0) },
      "loan": Form<LoanTerm>.loan.map { .loan($0) },
      "haircut": Form<CollateralSchedule>.collateral.map { .haircut(HaircutTerm(schedule: $0)) },
      "tailRisk": Form<TailRiskTerm>.tailRisk.map { .tailRisk($0) },
      "scenarioGrid": Form<ScenarioGridTerm>.scenarioGrid.map { .scenarioGrid($0) },
      "charge": Form<ChargeTerm>.charge.map { .charge($0) },
      "rollCharge": Form<RollCharge>.rollCharge.map { .rollCharge($0) },
      "riskUnits": .riskUnits,
      "stated": Form<String>.identifier.map { .stated($0) },
      "plugIn": Form<PlugIn>.plugIn.map { .plugIn($0) },
    ])
  }

  /// Rules for each base asset apart.
  private static var riskUnits: Form {
    // The closure keeps the form of a term from being made while it is being made.
    Form { node, path, reader in
      Form<RiskUnits>.riskUnits.read(node, path, &reader).map { .riskUnits($0) }
    }
  }
}

extension Form where Value == RiskUnits {
  fileprivate static var riskUnits: Form {
    .mapping { fields in
      let spot = fields.required("spot", as: Form<RiskUnits.SpotTreatment>.choice("treatment of spot"))
      let groups = fields.required("groups", as: .list(of: Form<RiskUnits.Group>.group.located, atLeast: 1))
      guard let spot, let groups, fields.isSound else { return nil }
      var named: Set<Asset> = []
      for group in groups {
        for asset in group.value.assets where !named.insert(asset).inserted {
          fields.report(.rule("\(asset) stands in two groups"), at: group.node.position, path: group.path)
        }
      }
      if groups.filter(\.value.assets.isEmpty).count > 1 {
        fields.report(.rule("only one group may leave out assets, to stand for all others"), at: "groups")
      }
      guard fields.isSound else { return nil }
      return RiskUnits(spot: spot, groups: groups.map(\.value))
    }
  }
}

extension Form where Value == RiskUnits.Group {
  fileprivate static var group: Form {
    .mapping { fields in
      let assets = fields.optional("assets", as: .list(of: .asset, atLeast: 1))
      let rules = fields.termRules()
      guard let rules, fields.isSound else { return nil }
      return RiskUnits.Group(assets: assets ?? [], rules: rules)
    }
  }
}

extension Form where Value == LoanTerm {
  static var loan: Form {
    .mapping { fields in
      let initial = fields.required("initialRate", as: .within(0...1))
      let maintenance = fields.required("maintenanceRate", as: .within(0...1))
      let debt = fields.optional("debt", as: Form<LoanTerm.Debt>.choice("kind of debt"))
      guard let initial, let maintenance, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try LoanTerm(initialRate: initial, maintenanceRate: maintenance, debt: debt ?? .balance)
      }
    }
  }
}

extension Form where Value == ChargeTerm {
  static var charge: Form {
    .mapping { fields in
      let base = fields.required("base", as: Form<ChargeTerm.Base>.choice("base of a charge"))
      let rate = fields.required("rate", as: .within(0...1))
      let rows = fields.optional("rows", as: .rowSelector)
      let reach = fields.optional("appliesTo", as: Form<ChargeTerm.Reach>.choice("requirement"))
      let multiplier = fields.optional("multiplier", as: .multiplier)
      let above = fields.optional("above", as: .notNegative)
      guard let base, let rate, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try ChargeTerm(
          base: base, rate: rate, rows: rows ?? RowSelector(), reach: reach ?? .both, multiplier: multiplier,
          above: above ?? 0)
      }
    }
  }
}

extension Form where Value == TierMultiplier {
  fileprivate static var multiplier: Form {
    let row = Form<SteppedRow<Double>>.steppedRow { $0.required("multiplier", as: .notNegative) }
    let table = Form<[SteppedRow<Double>]>.steps(row)
    return Form { node, path, reader in
      guard let rows = table.read(node, path, &reader) else { return nil }
      return reader.checked(node, path) { () throws(MarginError) in
        try TierMultiplier(rows.map { .init(upTo: $0.upTo?.value, multiplier: $0.entry) })
      }
    }
  }
}

extension NodeReader {
  /// Makes a domain value; what the domain type refuses is reported at the node it was read from.
  mutating func checked<Value>(
    _ node: SourceNode, _ path: [PathStep], _ make: () throws(MarginError) -> Value
  ) -> Value? {
    do throws(MarginError) {
      return try make()
    } catch {
      report(LoadFault(error), at: node.position, path: path)
      return nil
    }
  }
}

extension Form where Value == RollCharge {
  static var rollCharge: Form {
    .mapping { fields in
      let annual = fields.required("annualRate", as: .within(0...1))
      let minimum = fields.required("minimumRate", as: .within(0...1))
      let rows = fields.optional("rows", as: .rowSelector)
      guard let annual, let minimum, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try RollCharge(annualRate: annual, minimumRate: minimum, rows: rows ?? RowSelector())
      }
    }
  }
}
