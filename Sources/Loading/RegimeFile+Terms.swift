import Instruments
import Margin
import Scenarios

extension Form where Value == String {
  /// The name of a term, which expressions call.
  static var termName: Form {
    text("a name of letters, digits and '_' that starts with a letter and is not max, min or sum") { text in
      let isName = text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 95
      }
      let startsWithLetter = text.utf8.first.map { (65...90).contains($0 & 0xDF) } ?? false
      return isName && startsWithLetter && !["max", "min", "sum"].contains(text) ? text : nil
    }
  }
}

extension Form where Value == MarginTerm {
  /// One ingredient of a requirement.
  static var term: Form {
    .oneKey([
      "bracketSum": Form<BracketSum>.bracketSum.map { .bracketSum($0) },
      "loan": Form<LoanTerm>.loan.map { .loan($0) },
      "tailRisk": Form<TailRiskTerm>.tailRisk.map { .tailRisk($0) },
      "scenarioGrid": Form<ScenarioGridTerm>.scenarioGrid.map { .scenarioGrid($0) },
      "charge": Form<ChargeTerm>.charge.map { .charge($0) },
    ])
  }
}

extension Form where Value == BracketSum {
  static var bracketSum: Form {
    .mapping { fields in
      let rule = fields.required("initialRule", as: Form<BracketSum.InitialRule>.choice("initial rule"))
      let assets = fields.optional("assets", as: .table(keys: .asset, values: .brackets))
      let others = fields.required("others", as: .brackets)
      guard let rule, let others, fields.isSound else { return nil }
      let schedules = Dictionary((assets ?? []).map { ($0.key, $0.value) }) { first, _ in first }
      return BracketSum(initialRule: rule, schedules: schedules, others: others)
    }
  }
}

private struct BracketRates: Sendable {
  let maintenance: Located<Double>
  let leverage: Located<Double>
}

extension Form where Value == BracketSchedule {
  /// Brackets of notional; a rate that falls or a leverage that rises is reported where it stands.
  static var brackets: Form {
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
      do throws(MarginError) {
        return try BracketSchedule(
          rows.map {
            Bracket(
              upTo: $0.upTo?.value, maintenanceRate: $0.entry.maintenance.value,
              maximumLeverage: $0.entry.leverage.value)
          })
      } catch {
        reader.report(LoadFault(error), at: node.position, path: path)
        return nil
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

extension Form where Value == LoanTerm {
  static var loan: Form {
    .mapping { fields in
      let initial = fields.required("initialRate", as: .within(0...1))
      let maintenance = fields.required("maintenanceRate", as: .within(0...1))
      guard let initial, let maintenance, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try LoanTerm(initialRate: initial, maintenanceRate: maintenance)
      }
    }
  }
}

extension Form where Value == ChargeTerm {
  static var charge: Form {
    .mapping { fields in
      let base = fields.required("base", as: Form<ChargeTerm.Base>.choice("base of a charge"))
      let rate = fields.required("rate", as: .within(0...1))
      guard let base, let rate, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in try ChargeTerm(base: base, rate: rate) }
    }
  }
}

extension Form where Value == TailRiskTerm {
  static var tailRisk: Form {
    .mapping { fields in
      let measure = fields.required("measure", as: Form<TailRiskTerm.Measure>.choice("measure"))
      let confidence = fields.required("confidence", as: .confidence)
      let scenarios = fields.required("scenarios", as: .estimation)
      guard let measure, let confidence, let scenarios else { return nil }
      return TailRiskTerm(measure: measure, confidence: confidence, scenarios: scenarios)
    }
  }
}

extension Form where Value == ScenarioGridTerm {
  static var scenarioGrid: Form {
    .mapping { fields in
      let spot = fields.required("spot", as: Form<ScenarioGridTerm.SpotTreatment>.choice("treatment of spot"))
      let unmoved = fields.optional("unmoved", as: .list(of: .asset))
      let prices = fields.optional("prices", as: .list(of: .above(-1), atLeast: 1))
      let volatilities = fields.optional("volatilities", as: .list(of: .above(-1), atLeast: 1))
      let points = fields.optional("points", as: .list(of: .gridPoint, atLeast: 1))
      if !fields.has("prices") {
        if fields.has("volatilities") { fields.report(.missingKey("prices")) }
        if !fields.has("points") { fields.report(.rule("a grid needs prices, points or both")) }
      }
      guard let spot, fields.isSound else { return nil }
      let product = (volatilities ?? [0]).flatMap { volatility in
        (prices ?? []).map { GridPoint(spot: $0, volatility: .relative(volatility)) }
      }
      return ScenarioGridTerm(
        grid: GridRequest(points: product + (points ?? []), unmoved: unmoved ?? []), spot: spot)
    }
  }
}

extension Form where Value == GridPoint {
  fileprivate static var gridPoint: Form {
    .mapping { fields in
      let spot = fields.required("spot", as: .above(-1))
      let volatility = fields.optional("volatility", as: .above(-1))
      let weight = fields.optional(
        "weight", as: .number("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 })
      guard let spot, fields.isSound else { return nil }
      return GridPoint(
        spot: spot, volatility: volatility.map { .relative($0) } ?? .unchanged, weight: weight ?? 1)
    }
  }
}
