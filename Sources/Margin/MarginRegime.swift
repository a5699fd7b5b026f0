public import Instruments
public import Scenarios

/// The family a regime belongs to: a label for people, which no computation reads.
public enum RegimeFamily: String, Hashable, Sendable, CaseIterable {
  /// Every settlement asset a wallet of its own.
  case segregated
  /// One pool of collateral with haircuts; requirements summed position by position.
  case crossCollateral
  /// Collateral assigned to chosen positions, the rest pooled.
  case allocated
  /// The worst of a grid of stress scenarios.
  case scenarioGrid
  /// The net risk of all positions and all collateral together.
  case valueAtRisk
}

/// A named term of a regime.
public struct NamedTerm: Hashable, Sendable {
  /// The name by which the combine expressions call it.
  public let name: String
  /// The term.
  public let term: MarginTerm

  /// Names a term.
  ///
  /// - Parameters:
  ///   - name: the name by which the combine expressions call it.
  ///   - term: the term.
  public init(name: String, term: MarginTerm) {
    self.name = name
    self.term = term
  }
}

/// The rules by which margin is demanded, all of them data.
public struct MarginRegime: Hashable, Sendable {
  /// The regime's name in tables and files.
  public let id: String
  /// What it is, in a sentence.
  public let summary: String
  /// The family it belongs to.
  public let family: RegimeFamily
  /// Where the rules come from.
  public let source: String
  /// From when the rules hold; `nil` for a regime that is nobody's rule book.
  public let effectiveFrom: Timestamp?
  /// What the file assumes because no source says it.
  public let assumptions: [String]
  /// Which rows share margin.
  public let pooling: Pooling
  /// What collateral counts for.
  public let collateral: CollateralSchedule
  /// The terms, and how they are put together.
  public let rules: TermRules
  /// The regime's own ratio and the levels at which it acts.
  public let levels: MarginLevels
  /// When assets are sold to cover debts in others; `nil` where they are not.
  public let autoExchange: AutoExchange?
  /// The venue's own names for what the regime computes; empty where it is nobody's rule book.
  public let figures: [FigureName]

  /// The terms, in declared order.
  public var terms: [NamedTerm] { rules.terms }
  /// The initial margin, over the terms.
  public var initial: CombineExpression { rules.initial }
  /// The maintenance margin, over the terms.
  public var maintenance: CombineExpression { rules.maintenance }

  /// Makes a regime.
  ///
  /// - Parameters:
  ///   - id: the regime's name in tables and files.
  ///   - summary: what it is, in a sentence.
  ///   - family: the family it belongs to.
  ///   - source: where the rules come from.
  ///   - effectiveFrom: from when the rules hold.
  ///   - assumptions: what the file assumes because no source says it.
  ///   - pooling: which rows share margin.
  ///   - collateral: what collateral counts for.
  ///   - rules: the terms, and how they are put together.
  ///   - levels: the regime's own ratio and the levels at which it acts.
  ///   - autoExchange: when assets are sold to cover debts in others.
  ///   - figures: the venue's own names for what the regime computes.
  public init(
    id: String, summary: String, family: RegimeFamily, source: String, effectiveFrom: Timestamp? = nil,
    assumptions: [String] = [], pooling: Pooling, collateral: CollateralSchedule, rules: TermRules,
    levels: MarginLevels, autoExchange: AutoExchange? = nil,
    figures: [FigureName] = []
  ) {
    self.id = id
    self.summary = summary
    self.family = family
    self.source = source
    self.effectiveFrom = effectiveFrom
    self.assumptions = assumptions
    self.pooling = pooling
    self.collateral = collateral
    self.rules = rules
    self.levels = levels
    self.autoExchange = autoExchange
    self.figures = figures
  }

  /// The scenario sets the regime's terms ask for, in declared order, each once.
  public var requests: [ScenarioRequest] { rules.requests }

  /// The same rules over pools known by their row numbers.
  ///
  /// - Parameter pools: the pools.
  /// - Returns: a regime that differs in its pooling alone.
  public func over(pools: [MarginPool]) -> MarginRegime {
    MarginRegime(
      id: id, summary: summary, family: family, source: source, effectiveFrom: effectiveFrom,
      assumptions: assumptions, pooling: .fixed(pools), collateral: collateral, rules: rules, levels: levels,
      autoExchange: autoExchange, figures: figures)
  }
}
