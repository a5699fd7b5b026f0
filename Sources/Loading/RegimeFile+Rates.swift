import Instruments
import Margin

extension Form where Value == RateSum {
  static var rateSum: Form {
    .mapping { fields in
      let rule = fields.required("initialRule", as: Form<RateSum.InitialRule>.choice("initial rule"))
      let tierSize = fields.optional("tierSize", as: Form<RateSum.TierSize>.choice("size of a tier"))
      let rows = fields.optional("rows", as: .rowSelector)
      let factors = fields.optional("settlementFactors", as: .table(keys: .asset, values: .atLeast(1)))
      let assets = fields.optional("assets", as: .table(keys: .asset, values: .rateLaw))
      let others = fields.required("others", as: .rateLaw)
      guard let rule, let others, fields.isSound else { return nil }
      return RateSum(
        initialRule: rule, tierSize: tierSize ?? .position, rows: rows ?? RowSelector(),
        settlementFactors: (factors ?? []).dictionary, laws: (assets ?? []).dictionary, others: others)
    }
  }
}

extension [Pair<Asset, Double>] {
  fileprivate var dictionary: [Asset: Double] { Dictionary(map { ($0.key, $0.value) }) { first, _ in first } }
}

extension [Pair<Asset, RateLaw>] {
  fileprivate var dictionary: [Asset: RateLaw] {
    Dictionary(map { ($0.key, $0.value) }) { first, _ in first }
  }
}

extension Form where Value == RateLaw {
  /// A list of marginal brackets of notional in USD, or a law by its name.
  static var rateLaw: Form {
    let rows = Form<BracketSchedule>.brackets(unit: .usd, application: .marginal).map { RateLaw.brackets($0) }
    let named = Form.oneKey([
      "brackets": Form<BracketSchedule>.bracketTable.map { .brackets($0) },
      "affine": Form<AffineRate>.affine.map { .affine($0) },
      "flat": Form<AffineRate>.flat.map { .affine($0) },
      "power": Form<PowerRate>.power.map { .power($0) },
    ])
    return Form { node, path, reader in
      if case .list = node.content { return rows.read(node, path, &reader) }
      return named.read(node, path, &reader)
    }
  }
}

extension Form where Value == AffineRate {
  fileprivate static var affine: Form {
    .mapping { fields in
      let initial = fields.required("initialRate", as: .within(0...1))
      let maintenance = fields.required("maintenanceRate", as: .within(0...1))
      let slope = fields.required("slope", as: .notNegative)
      guard let initial, let maintenance, let slope, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try AffineRate(initialRate: initial, maintenanceRate: maintenance, slope: slope)
      }
    }
  }

  fileprivate static var flat: Form {
    .mapping { fields in
      let initial = fields.required("initialRate", as: .within(0...1))
      let maintenance = fields.required("maintenanceRate", as: .within(0...1))
      guard let initial, let maintenance, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try AffineRate(initialRate: initial, maintenanceRate: maintenance)
      }
    }
  }
}

extension Form where Value == PowerRate {
  fileprivate static var power: Form {
    .mapping { fields in
      let initial = fields.required("initialFloor", as: .within(0...1))
      let maintenance = fields.required("maintenanceFloor", as: .within(0...1))
      let factor = fields.required("factor", as: .notNegative)
      let power = fields.required("power", as: .positive)
      guard let initial, let maintenance, let factor, let power, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try PowerRate(initialFloor: initial, maintenanceFloor: maintenance, factor: factor, power: power)
      }
    }
  }
}

private struct BracketRates: Sendable {
  let maintenance: Located<Double>
  let leverage: Located<Double>
}

extension Form where Value == BracketSchedule {
  /// Brackets with their unit and how their rates apply.
  fileprivate static var bracketTable: Form {
    .mapping { fields in
      let unit = fields.required("unit", as: Form<CollateralTerms.Unit>.choice("unit"))
      let application = fields.required(
        "application", as: Form<BracketSchedule.Application>.choice("application of rates"))
      let rows = fields.required(
        "rows", as: .brackets(unit: unit ?? .usd, application: application ?? .marginal))
      return fields.isSound ? rows : nil
    }
  }

  /// Brackets of size; a rate that falls or a leverage that rises is reported where it stands.
  ///
  /// - Parameters:
  ///   - unit: in what edges are measured.
  ///   - application: on what a bracket's maintenance rate is charged.
  /// - Returns: the form.
  static func brackets(unit: CollateralTerms.Unit, application: BracketSchedule.Application) -> Form {
    let row = Form<SteppedRow<BracketRates>>.steppedRow { fields in
      let maintenance = fields.required("maintenanceRate", as: Form<Double>.within(0...1).located)
      let leverage = fields.required("maximumLeverage", as: Form<Double>.atLeast(1).located)
      guard let maintenance, let leverage else { return nil }
      return BracketRates(maintenance: maintenance, leverage: leverage)
    }
    let table = Form<[SteppedRow<BracketRates>]>.steps(row)
    return Form { node, path, reader in
      guard let rows = table.read(node, path, &reader) else { return nil }
      let before = reader.problems.count
      for (lower, upper) in zip(rows, rows.dropFirst()) {
        reader.require(
          upper.entry.maintenance, atLeast: lower.entry.maintenance.value, "of the bracket before")
        reader.require(upper.entry.leverage, atMost: lower.entry.leverage.value, "of the bracket before")
      }
      guard reader.problems.count == before else { return nil }
      return reader.checked(node, path) { () throws(MarginError) in
        try BracketSchedule(
          rows.map {
            Bracket(
              upTo: $0.upTo?.value, maintenanceRate: $0.entry.maintenance.value,
              maximumLeverage: $0.entry.leverage.value)
          }, unit: unit, application: application)
      }
    }
  }
}

extension NodeReader {
  fileprivate mutating func require(_ number: Located<Double>, atLeast bound: Double, _ whose: String) {
    guard number.value < bound else { return }
    report(
      .expected("at least the \(plain(bound)) \(whose)", found: number.node.found), at: number.node.position,
      path: number.path)
  }

  fileprivate mutating func require(_ number: Located<Double>, atMost bound: Double, _ whose: String) {
    guard number.value > bound else { return }
    report(
      .expected("at most the \(plain(bound)) \(whose)", found: number.node.found), at: number.node.position,
      path: number.path)
  }
}

extension Form where Value == OptionRule {
  static var optionRule: Form {
    .mapping { fields in
      let assets = fields.optional("assets", as: .table(keys: .asset, values: .optionRates))
      let others = fields.optional("others", as: .optionRates)
      if !fields.has("assets"), !fields.has("others") {
        fields.report(.rule("an option rule needs assets, others or both"))
      }
      guard fields.isSound else { return nil }
      let rates = Dictionary((assets ?? []).map { ($0.key, $0.value) }) { first, _ in first }
      return OptionRule(rates: rates, others: others)
    }
  }
}

extension Form where Value == OptionRates {
  fileprivate static var optionRates: Form {
    .mapping { fields in
      let upper = fields.required("upper", as: .within(0...1))
      let lower = fields.required("lower", as: .within(0...1))
      let moneyness = fields.required(
        "moneyness", as: Form<OptionRates.MoneynessBase>.choice("base of moneyness"))
      let share = fields.optional("maintenanceShare", as: .within(0...1))
      let maintenance =
        fields.has("maintenanceShare")
        ? fields.optional("maintenance", as: .within(0...1))
        : fields.required("maintenance", as: .within(0...1))
      if fields.has("maintenanceShare"), fields.has("maintenance") {
        fields.report(.rule("give maintenance or maintenanceShare, not both"), at: "maintenance")
      }
      let onMark = fields.optional("rateOnMark", as: Form<OptionRates.RateOnMark>.choice("options"))
      let premium = fields.optional("premium", as: Form<OptionRates.Premium>.choice("premium"))
      let fee = fields.optional("liquidationFee", as: .within(0...1))
      let factor = fields.optional("factor", as: .atLeast(1))
      let putCap = fields.optional("putCap", as: .positive)
      let longCap = fields.optional("longCap", as: .within(0...1))
      let longShare = fields.optional("longMaintenanceShare", as: .within(0...1))
      let maintenanceUpper = fields.optional("maintenanceUpper", as: .within(0...1))
      guard let upper, let lower, let moneyness, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try OptionRates(
          upper: upper, lower: lower, moneyness: moneyness, maintenance: maintenance ?? 0,
          rateOnMark: onMark ?? .never, premium: premium ?? .mark, liquidationFee: fee ?? 0,
          factor: factor ?? 1, putCap: putCap, longCap: longCap, maintenanceShare: share,
          longMaintenanceShare: longShare ?? 0, maintenanceUpper: maintenanceUpper)
      }
    }
  }
}
