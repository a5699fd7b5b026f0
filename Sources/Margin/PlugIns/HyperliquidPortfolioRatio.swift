public import Instruments
import LinearAlgebra
import Valuation

/// Hyperliquid's portfolio margin: the worst ratio over borrowable tokens, with caps on collateral and on loans.
///
/// For a token, E is what is held or owed in it with the profits of contracts that settle in it, MM the maintenance margin of
/// these, B = max(0, MM − E) what would be borrowed to hold it, C = min(borrow cap, Σ min(balance, supply cap)·price·
/// (½ + ½·LTV)) over collateral: ratio = (MM with its minimum + B)/(E + B + C). The venue liquidates where the greatest
/// ratio passes 0.95. The maintenance margin is that ratio times the market value of the pool, so that a regime which counts
/// collateral at market value prints the venue's ratio; where C and E leave nothing, it is market value and requirement
/// together. The initial margin leaves free what the venue still lets trade: Σ E + Σ LTV·min(balance, supply cap)·price,
/// less the initial margin of contracts; it is never below the maintenance margin.
///
/// The venue publishes the requirement with the minimum added and leaves E + B undefined; its own figures follow the
/// reading above, with the minimum a floor. Contracts and debts in an asset that is neither token nor collateral belong to the
/// first token; other balances in such assets count for nothing.
///
/// Source: Hyperliquid docs, Portfolio margin, 2026-08-22.
public struct HyperliquidPortfolioRatio: Hashable, Sendable {
  /// How the least requirement enters.
  public enum MinimumRule: String, Hashable, Sendable, CaseIterable {
    /// The maintenance margin is at least that much.
    case floor
    /// It is added to the maintenance margin.
    case addition
  }

  /// An asset in which one may borrow and contracts settle.
  public struct Token: Hashable, Sendable {
    /// The asset.
    public let asset: Asset
    /// The most that collateral may lend in it, in units; `nil` for no cap.
    public let borrowCap: Double?

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - asset: the asset.
    ///   - borrowCap: the most that collateral may lend in it, in units, positive; `nil` for no cap.
    public init(asset: Asset, borrowCap: Double?) {
      precondition(borrowCap.map { $0 > 0 && $0.isFinite } ?? true, "a borrow cap that is not positive")
      self.asset = asset
      self.borrowCap = borrowCap
    }
  }

  /// What a balance is good for.
  public struct Collateral: Hashable, Sendable {
    /// What may be borrowed against one USD of it.
    public let loanToValue: Double
    /// How much of it counts, in units; `nil` for all.
    public let supplyCap: Double?

    /// Makes terms of one asset.
    ///
    /// - Parameters:
    ///   - loanToValue: what may be borrowed against one USD of it; 0 to 1.
    ///   - supplyCap: how much of it counts, in units, positive; `nil` for all.
    public init(loanToValue: Double, supplyCap: Double?) {
      precondition((0...1).contains(loanToValue), "a loan to value of \(loanToValue)")
      precondition(supplyCap.map { $0 > 0 && $0.isFinite } ?? true, "a supply cap that is not positive")
      self.loanToValue = loanToValue
      self.supplyCap = supplyCap
    }

    /// What liquidation counts one USD of it for.
    public var liquidationThreshold: Double { 0.5 + 0.5 * loanToValue }
  }

  /// The tokens, the one the venue settles in by default first.
  public let tokens: [Token]
  /// The balances that count as collateral.
  public let collateral: [Asset: Collateral]
  /// The margins of contracts.
  public let contracts: RateSum
  /// The least requirement, in USD.
  public let minimum: Double
  /// How the least requirement enters.
  public let minimumRule: MinimumRule

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - tokens: the tokens, the one the venue settles in by default first; at least one, each once.
  ///   - collateral: the balances that count as collateral; none of the tokens.
  ///   - contracts: the margins of contracts.
  ///   - minimum: the least requirement, in USD; not negative.
  ///   - minimumRule: how the least requirement enters.
  /// - Throws: ``MarginError/invalidTable(name:problem:)``.
  public init(
    tokens: [Token], collateral: [Asset: Collateral], contracts: RateSum, minimum: Double,
    minimumRule: MinimumRule
  ) throws(MarginError) {
    let assets = Set(tokens.map(\.asset))
    guard !tokens.isEmpty, assets.count == tokens.count, assets.isDisjoint(with: collateral.keys),
      minimum >= 0, minimum.isFinite
    else {
      throw .invalidTable(
        name: "hyperliquidPortfolioRatio",
        problem:
          "there is at least one token, each once and none of them collateral; the minimum is not negative")
    }
    self.tokens = tokens
    self.collateral = collateral
    self.contracts = contracts
    self.minimum = minimum
    self.minimumRule = minimumRule
  }
}

extension HyperliquidPortfolioRatio: PlugInRule {
  var coversOptions: Bool { false }

  func amounts(in batch: PoolBatch, name: String) -> TermAmounts {
    var amounts = TermAmounts([Double](repeating: 0, count: batch.states.count))
    for state in amounts.initial.indices {
      let account = account(in: batch, state)
      amounts.initial[state] = account.initial
      amounts.maintenance[state] = account.maintenance
      if state == 0 { amounts.binding = account.binding }
    }
    return amounts
  }
}
