import Instruments
import Margin

extension Form where Value == CollateralSchedule {
  /// What collateral counts for.
  static var collateral: Form {
    .word("collateral schedule", ["marketValue": .marketValue], orElse: schedule)
  }

  private static var schedule: Form {
    .mapping { fields in
      let unrealised = fields.optional(
        "unrealised",
        as: Form<CollateralSchedule.UnrealisedTreatment>.choice("treatment of unrealised profit"))
      let others = fields.required("others", as: .collateralTerms)
      let assets = fields.optional("assets", as: .table(keys: .asset, values: .collateralTerms))
      let optionValue = fields.optional(
        "optionValue", as: Form<CollateralSchedule.OptionValue>.choice("treatment of option value"))
      guard let others, fields.isSound else { return nil }
      return CollateralSchedule(
        terms: (assets ?? []).keyed, others: others, unrealised: unrealised ?? .withBalance,
        optionValue: optionValue ?? .counted)
    }
  }
}

extension Form where Value == CollateralTerms {
  /// What one asset counts for: a ratio, or marginal tiers.
  static var collateralTerms: Form {
    .word(
      "collateral terms", ["marketValue": .marketValue, "notAccepted": .notAccepted],
      orElse: .mapping { fields in
        let hasRatio = fields.has("ratio")
        let ratio = hasRatio ? fields.optional("ratio", as: .within(0...1)) : nil
        let tiers =
          hasRatio && !fields.has("tiers")
          ? nil : fields.required("tiers", as: Form<[SteppedRow<Double>]>.steps(.collateralTier))
        let unit = fields.optional("unit", as: Form<CollateralTerms.Unit>.choice("unit"))
        let debtRatio = fields.optional("debtRatio", as: .atLeast(1))
        if hasRatio, fields.has("tiers") {
          fields.report(.rule("give a ratio or tiers, not both"), at: "ratio")
        }
        guard fields.isSound else { return nil }
        let rows =
          tiers?.map { CollateralTerms.Tier(upTo: $0.upTo?.value, ratio: $0.entry) }
          ?? [CollateralTerms.Tier(upTo: nil, ratio: ratio ?? 0)]
        return fields.checked { () throws(MarginError) in
          try CollateralTerms(tiers: rows, unit: unit ?? .usd, debtRatio: debtRatio ?? 1)
        }
      })
  }
}

extension Form where Value == SteppedRow<Double> {
  fileprivate static var collateralTier: Form {
    .steppedRow { $0.required("ratio", as: .within(0...1)) }
  }
}

extension [Pair<Asset, CollateralTerms>] {
  fileprivate var keyed: [Asset: CollateralTerms] {
    Dictionary(map { ($0.key, $0.value) }) { first, _ in first }
  }
}
