public import Instruments
public import Scenarios
import Valuation

/// Derive's portfolio margin (PM2): the worst of a grid, skews included, under a static discount, and contingencies.
///
/// With D the static discount, V_e the value of the options of one expiry, S the spot price, P the mark of a perpetual:
/// profit_i = dampening_i·(Q·P·s_i + Σ_e (D(V_e,i)·V_e,i − V_e) + s_i·Σ risk-cancelling collateral);
/// basis = Σ_e min(0, V_e(up) − V_e, V_e(down) − V_e)·(addition + perYear·τ_e);
/// worst = min(basis, min_i profit_i); MM = −worst·maintenanceFactor + contingencies;
/// IM = −worst·(initialFactor + max(0, peg − stable)·pegFactor) + contingencies + what the initial margin adds to them.
/// The venue prints the surplus, equity − IM or MM. Time does not advance in a scenario.
///
/// An account of the venue is on one base asset. Here every base asset is a unit with its own worst scenario, and what is
/// account-wide (the haircuts of collateral, the price of the stablecoin) is read once: the requirement of one account
/// on several base assets is that of one venue account each, with cash between them as if it were free to move. Risk units
/// of other terms could not say this, for a balance that hedges nothing would belong to no unit.
///
/// Of the amounts an account's venue states, the rule reads `stablePrice` (the price of the stablecoin; that of the
/// market where it is not stated), `confidence.BTC` (how far the venue trusts its price of BTC, as spot price and as
/// collateral, 0 to 1) and `spotConfidence` (the same for every base asset without one of its own); confidence is one where
/// nothing is stated. That of a contract is ``BookRow/confidence``.
///
/// Source: Derive, v2-core, PMRMLib_2_1, 2026-01-21.
public struct DerivePortfolioMargin: Hashable, Sendable {
  /// The asset in which cash is held and contracts settle.
  public let stable: Asset
  /// The scenarios, in the venue's order.
  public let scenarios: [Scenario]
  /// How far volatility moves in scenarios that move it up or down.
  public let volatility: VolatilityShockLaw
  /// How the volatility of the wings moves in skew scenarios.
  public let skew: Skew
  /// What options in a scenario are discounted by.
  public let discount: StaticDiscount
  /// What a move of forwards apart from each other may cost.
  public let basis: BasisContingency
  /// What multiplies the worst loss.
  public let lossFactors: LossFactors
  /// What is charged for prices the venue does not trust.
  public let confidence: ConfidenceCharge
  /// Rates on the spot value of perpetuals.
  public let perpetuals: ContingencyRates
  /// Rates on the spot value of options sold more than bought at one expiry and strike.
  public let options: ContingencyRates
  /// The balances that count as collateral, apart from cash.
  public let collateral: [Asset: Collateral]

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - stable: the asset in which cash is held and contracts settle.
  ///   - scenarios: the scenarios; at least one, weights positive.
  ///   - volatility: how far volatility moves in scenarios that move it up or down.
  ///   - skew: how the volatility of the wings moves in skew scenarios.
  ///   - discount: what options in a scenario are discounted by.
  ///   - basis: what a move of forwards apart from each other may cost.
  ///   - lossFactors: what multiplies the worst loss.
  ///   - confidence: what is charged for prices the venue does not trust.
  ///   - perpetuals: rates on the spot value of perpetuals.
  ///   - options: rates on the spot value of options sold more than bought.
  ///   - collateral: the balances that count as collateral, apart from cash.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    stable: Asset, scenarios: [Scenario], volatility: VolatilityShockLaw, skew: Skew,
    discount: StaticDiscount,
    basis: BasisContingency, lossFactors: LossFactors, confidence: ConfidenceCharge,
    perpetuals: ContingencyRates, options: ContingencyRates, collateral: [Asset: Collateral]
  ) throws(MarginError) {
    guard !scenarios.isEmpty else {
      throw .invalidTable(name: "derivePortfolioMargin", problem: "there must be at least one scenario")
    }
    guard collateral[stable] == nil else {
      throw .invalidTable(
        name: "derivePortfolioMargin", problem: "\(stable) is cash, which has no haircut as collateral")
    }
    self.stable = stable
    self.scenarios = scenarios
    self.volatility = volatility
    self.skew = skew
    self.discount = discount
    self.basis = basis
    self.lossFactors = lossFactors
    self.confidence = confidence
    self.perpetuals = perpetuals
    self.options = options
    self.collateral = collateral
  }
}

extension DerivePortfolioMargin: PlugInRule {
  var coversOptions: Bool { true }

  func amounts(in batch: PoolBatch, name: String) -> TermAmounts {
    var amounts = TermAmounts([Double](repeating: 0, count: batch.states.count))
    let book = DeriveBook(batch, under: self)
    for state in amounts.initial.indices {
      let account = book.account(in: state)
      amounts.initial[state] = account.initial
      amounts.maintenance[state] = account.maintenance
      if state == 0 { amounts.binding = book.binding(of: account) }
    }
    return amounts
  }

  func figures(in batch: PoolBatch, name: String) -> [PlugInFigure] {
    let book = DeriveBook(batch, under: self)
    return book.figures(of: book.account(in: 0))
  }
}
