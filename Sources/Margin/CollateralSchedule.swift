public import Instruments

/// What positive amounts of one asset count for, in marginal tiers, and what debts in it count for.
public struct CollateralTerms: Hashable, Sendable {
  /// In what tiers are measured.
  public enum Unit: String, Hashable, Sendable, CaseIterable {
    /// Units of the asset.
    case quantity
    /// USD value.
    case usd
  }

  /// One tier: amounts from the end of the tier before up to `upTo` count at `ratio`.
  public struct Tier: Hashable, Sendable {
    /// Where the tier ends; `nil` for no end.
    public let upTo: Double?
    /// What one USD of value inside the tier counts for; 0 to 1.
    public let ratio: Double

    /// Makes a tier.
    ///
    /// - Parameters:
    ///   - upTo: where the tier ends; `nil` for no end.
    ///   - ratio: what one USD of value inside the tier counts for; 0 to 1.
    public init(upTo: Double?, ratio: Double) {
      self.upTo = upTo
      self.ratio = ratio
    }
  }

  /// The tiers, ascending, the last without end.
  public let tiers: [Tier]
  /// In what tiers are measured.
  public let unit: Unit
  /// What one USD of debt counts for; at least 1, as an ask rate.
  public let debtRatio: Double

  /// Makes terms.
  ///
  /// - Parameters:
  ///   - tiers: ascending, the last without end, ratios 0 to 1.
  ///   - unit: in what tiers are measured.
  ///   - debtRatio: what one USD of debt counts for; at least 1.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(tiers: [Tier], unit: Unit = .usd, debtRatio: Double = 1) throws(MarginError) {
    try requireAscending(tiers.map(\.upTo), name: "tiers")
    guard tiers.allSatisfy({ (0...1).contains($0.ratio) }) else {
      throw .invalidTable(name: "tiers", problem: "a collateral ratio lies between 0 and 1")
    }
    guard debtRatio >= 1, debtRatio.isFinite else {
      throw .invalidTable(name: "tiers", problem: "a debt counts for at least its value")
    }
    self.tiers = tiers
    self.unit = unit
    self.debtRatio = debtRatio
  }

  /// Terms under which everything counts at its market value.
  public static let marketValue = CollateralTerms(ratio: 1)

  /// Terms under which nothing positive counts.
  public static let notAccepted = CollateralTerms(ratio: 0)

  private init(ratio: Double) {
    tiers = [Tier(upTo: nil, ratio: ratio)]
    unit = .usd
    debtRatio = 1
  }

  /// What an amount counts for, in USD.
  ///
  /// - Parameters:
  ///   - value: its market value in USD; negative is debt.
  ///   - price: USD for one unit of the asset; not negative.
  /// - Returns: the tiered value, or the debt at its ratio.
  public func countedValue(of value: Double, price: Double) -> Double {
    guard value > 0 else { return value * debtRatio }
    let unitValue = unit == .usd ? 1 : price
    guard unitValue > 0 else { return 0 }
    var counted = 0.0
    var start = 0.0
    for tier in tiers {
      let end = tier.upTo.map { $0 * unitValue } ?? .infinity
      guard value > start else { break }
      counted += (min(value, end) - start) * tier.ratio
      start = end
    }
    return counted
  }
}

/// What collateral counts for in a regime.
public struct CollateralSchedule: Hashable, Sendable {
  /// How unrealised profit and loss count.
  public enum UnrealisedTreatment: String, Hashable, Sendable, CaseIterable {
    /// Added to the balance of the settlement asset before tiers apply.
    case withBalance
    /// At market value, whatever the asset.
    case atMarketValue
  }

  /// Whether what options are worth is part of equity.
  public enum OptionValue: String, Hashable, Sendable, CaseIterable {
    /// Long options add to it, short ones take from it.
    case counted
    /// It is not: what short options are worth is inside their margin alone.
    case notCounted
  }

  /// The terms of named assets.
  public let terms: [Asset: CollateralTerms]
  /// The terms of every other asset.
  public let others: CollateralTerms
  /// How unrealised profit and loss count.
  public let unrealised: UnrealisedTreatment
  /// Whether what options are worth is part of equity.
  public let optionValue: OptionValue

  /// Makes a schedule.
  ///
  /// - Parameters:
  ///   - terms: the terms of named assets.
  ///   - others: the terms of every other asset.
  ///   - unrealised: how unrealised profit and loss count.
  ///   - optionValue: whether what options are worth is part of equity.
  public init(
    terms: [Asset: CollateralTerms], others: CollateralTerms, unrealised: UnrealisedTreatment = .withBalance,
    optionValue: OptionValue = .counted
  ) {
    self.terms = terms
    self.others = others
    self.unrealised = unrealised
    self.optionValue = optionValue
  }

  /// The schedule of a regime whose risk is inside its requirement: market value, no haircut.
  public static let marketValue = CollateralSchedule(terms: [:], others: .marketValue)

  /// The terms of one asset; USD itself always counts in full.
  ///
  /// - Parameter asset: the asset.
  /// - Returns: its own terms, or those of all others.
  public func terms(of asset: Asset) -> CollateralTerms {
    terms[asset] ?? (asset == .usd ? .marketValue : others)
  }
}

/// Checks that the ends of tiers or brackets ascend from above zero and that the last one has no end.
func requireAscending(_ ends: [Double?], name: String) throws(MarginError) {
  guard let last = ends.last, last == nil else {
    throw .invalidTable(name: name, problem: "the last entry must have no upper end")
  }
  var previous = 0.0
  for end in ends.dropLast() {
    guard let end, end > previous, end.isFinite else {
      throw .invalidTable(
        name: name, problem: "upper ends must ascend from above zero, only the last left out")
    }
    previous = end
  }
}
