import Valuation

/// The registry of rules that no combination of terms can say: one file each in this folder.
public enum PlugIn: Hashable, Sendable {
  /// Derive's portfolio margin: static discount, skew scenarios and oracle confidence.
  case derivePortfolioMargin(DerivePortfolioMargin)
  /// Hyperliquid's portfolio margin ratio: the worst over borrowed tokens, with caps.
  case hyperliquidPortfolioRatio(HyperliquidPortfolioRatio)

  /// The rule behind the name.
  var rule: any PlugInRule {
    switch self {
    case .derivePortfolioMargin(let rule): rule
    case .hyperliquidPortfolioRatio(let rule): rule
    }
  }
}

/// What every plug-in can do.
protocol PlugInRule: Sendable {
  /// Whether the rule has a word for options.
  var coversOptions: Bool { get }

  /// What the rule comes to in every state of a batch.
  func amounts(in batch: PoolBatch, name: String) throws(MarginError) -> TermAmounts

  /// The intermediate numbers of the first state, in the order in which they are computed.
  func figures(in batch: PoolBatch, name: String) throws(MarginError) -> [PlugInFigure]
}

/// An intermediate number of a plug-in.
struct PlugInFigure: Sendable {
  /// What it belongs to, such as a scenario or a row; empty for the rule as a whole.
  let row: String
  /// What it is.
  let quantity: String
  /// USD, unless the detail says otherwise.
  let amount: Double
  /// How it came about.
  let detail: String
}
