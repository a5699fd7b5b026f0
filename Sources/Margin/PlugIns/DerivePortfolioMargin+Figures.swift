import Instruments
import Scenarios
import Valuation

extension DeriveBook {
  /// What decided, unit by unit.
  func binding(of account: DeriveAccount) -> String {
    zip(units, account.units).filter { $1.worst < 0 }.map { "\($0.base) \(place(ofWorstIn: $1))" }
      .joined(separator: "; ")
  }

  /// The scenario with the worst profit, or the basis contingency.
  private func place(ofWorstIn result: DeriveUnitResult) -> String {
    result.profits.firstIndex(of: result.worst).map { rule.scenarios[$0].shock.description }
      ?? "basis contingency"
  }

  /// Every intermediate number, in the order in which they are computed.
  func figures(of account: DeriveAccount) -> [PlugInFigure] {
    let collateral = zip(holdings, account.collateral).flatMap { holding, charge in
      figures(of: charge, batch.states.rows[holding.row].name)
    }
    return zip(units, account.units).flatMap { figures(of: $0, $1) }
      + [figure("", "initialLossFactor", account.initialFactor, "a factor")] + collateral
  }

  private func figure(
    _ row: String, _ quantity: String, _ amount: Double, _ detail: String = ""
  ) -> PlugInFigure {
    PlugInFigure(row: row, quantity: quantity, amount: amount, detail: detail)
  }

  private func figures(of charge: DeriveCharge, _ row: String) -> [PlugInFigure] {
    [
      figure(row, "contingency", charge.maintenance, "in both margins"),
      figure(row, "initialAddition", charge.addition, "in the initial margin"),
      figure(row, "confidenceCharge", charge.distrust, "in the initial margin"),
    ]
  }

  private func figures(of unit: DeriveUnit, _ result: DeriveUnitResult) -> [PlugInFigure] {
    let base = unit.base.symbol
    let profits = zip(rule.scenarios, result.profits).map { scenario, profit in
      figure(
        "\(base) \(scenario.shock)", "profit", profit,
        scenario.dampening == 1 ? "" : "× \(scenario.dampening)")
    }
    let expiries = unit.expiries.indices.flatMap { figures(of: unit, result, expiry: $0) }
    return profits + expiries + [
      figure(base, "basisContingency", result.basisTotal, "Σ over expiries"),
      figure(base, "worst", result.worst, place(ofWorstIn: result)),
    ] + figures(of: result.charges[0], "\(base) perpetuals")
  }

  private func figures(
    of unit: DeriveUnit, _ result: DeriveUnitResult, expiry index: Int
  ) -> [PlugInFigure] {
    let expiry = unit.expiries[index]
    let date = batch.states.rows[expiry.rows[0]].expiry.map { " \($0)" } ?? ""
    let row = "\(unit.base)\(date)"
    let multiplier = rule.volatility.multiplier(days: expiry.years * 365)
    let share = rule.basis.addition + rule.basis.perYear * expiry.years
    return [
      figure(row, "markValue", result.marks[index], "\(expiry.rows.count) options"),
      figure(row, "longDiscount", expiry.discount.long, "a factor on positive values"),
      figure(row, "shortDiscount", expiry.discount.short, "a factor on negative values"),
      figure(row, "volatilityUp", 1 + rule.volatility.up * multiplier, "a factor"),
      figure(row, "volatilityDown", max(0, 1 - rule.volatility.down * multiplier), "a factor"),
      figure(row, "basisContingency", result.basis[index], "share \(share)"),
    ] + figures(of: result.charges[index + 1], "\(row) naked shorts")
  }
}
