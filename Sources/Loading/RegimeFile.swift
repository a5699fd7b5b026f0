import Instruments
public import Margin
import Statistics
import Valuation

extension Loaded<MarginRegime> {
  /// Reads a regime file.
  ///
  /// - Parameter path: the file, YAML or JSON.
  /// - Throws: ``LoadError`` with every problem.
  public init(regimeFile path: String) throws(LoadError) {
    try self.init(contentsOf: path, as: .regime)
  }

  /// Reads the text of a regime file.
  ///
  /// - Parameters:
  ///   - text: YAML or JSON.
  ///   - file: the name under which problems are reported.
  /// - Throws: ``LoadError`` with every problem.
  public init(regimeText text: String, file: String) throws(LoadError) {
    try self.init(text: text, file: file, as: .regime)
  }
}

extension Form where Value == MarginRegime {
  /// A regime.
  static var regime: Form {
    .mapping { fields in
      fields.allowAssumptions()
      let id = fields.required("regime", as: .identifier)
      let summary = fields.required("summary", as: .words)
      let family = fields.required("family", as: Form<RegimeFamily>.choice("family"))
      let source = fields.required("source", as: .words)
      let effectiveFrom = fields.optional("effectiveFrom", as: .moment)
      let assumptions = fields.optional("assumptions", as: .list(of: .words))
      let pooling = fields.required("pooling", as: .pooling)
      let collateral = fields.required("collateral", as: .collateral)
      let rules = fields.termRules()
      let levels = fields.optional("levels", as: .levels)
      let autoExchange = fields.optional("autoExchange", as: .autoExchange)
      let figures = fields.optional("figures", as: .list(of: .figureName))
      guard let id, let summary, let family, let source, let pooling, let collateral, let rules,
        fields.isSound
      else { return nil }
      return MarginRegime(
        id: id, summary: summary, family: family, source: source, effectiveFrom: effectiveFrom,
        assumptions: (assumptions ?? []) + fields.assumptions, pooling: pooling, collateral: collateral,
        rules: rules, levels: levels ?? .classic, autoExchange: autoExchange,
        figures: figures ?? [])
    }
  }
}

extension Form where Value == TermRules {
  /// Terms and the expressions over them, as keys of a mapping of their own.
  static var termRules: Form { .mapping { $0.termRules() } }
}

extension FieldReader {
  /// The keys `terms`, `initial` and `maintenance`.
  mutating func termRules() -> TermRules? {
    let terms = required("terms", as: .table(keys: .termName, values: .term))
    let initial = required("initial", as: Form<CombineExpression>.expression.located)
    let maintenance = required("maintenance", as: Form<CombineExpression>.expression.located)
    if let terms {
      let known = terms.map(\.key)
      if let initial { reportUnknownTerms(of: initial, known: known + [TermRules.maintenanceName]) }
      if let maintenance { reportUnknownTerms(of: maintenance, known: known + [TermRules.initialName]) }
    }
    guard let terms, let initial, let maintenance, isSound else { return nil }
    return checked { () throws(MarginError) in
      try TermRules(
        terms: terms.map { NamedTerm(name: $0.key, term: $0.value) }, initial: initial.value,
        maintenance: maintenance.value)
    }
  }
}

extension FieldReader {
  /// Makes a domain value; what the domain type refuses is reported at the mapping it was read from.
  mutating func checked<Value>(_ make: () throws(MarginError) -> Value) -> Value? {
    do throws(MarginError) {
      return try make()
    } catch {
      report(LoadFault(error))
      return nil
    }
  }

  fileprivate mutating func reportUnknownTerms(of expression: Located<CombineExpression>, known: [String]) {
    var seen: Set<String> = []
    for name in expression.value.termNames where !known.contains(name) && seen.insert(name).inserted {
      let offset = expression.node.text.flatMap { offsetOfWord(name, in: $0) } ?? 0
      report(
        .unknownName(kind: "term", name, known: known),
        at: document.position(ofCharacter: offset, in: expression.node), path: expression.path)
    }
  }
}

/// The character at which a name begins that stands as a word of its own.
private func offsetOfWord(_ word: String, in text: String) -> Int? {
  let characters = Array(text)
  let letters = Array(word)
  func isPartOfName(_ index: Int) -> Bool {
    guard characters.indices.contains(index) else { return false }
    let character = characters[index]
    return character.isLetter || character.isNumber || character == "_"
  }
  return characters.indices.first { start in
    characters[start...].starts(with: letters) && !isPartOfName(start - 1)
      && !isPartOfName(start + letters.count)
  }
}

extension LoadFault {
  /// What a margin type says against its arguments.
  ///
  /// - Parameter error: the margin type's error.
  package init(_ error: MarginError) {
    self =
      switch error {
      case .expression(let text, let offset, let problem):
        .rule("'\(shortened(text))', character \(offset + 1): \(problem)")
      case .unknownTerm(let name, let known): .unknownName(kind: "term", name, known: known)
      case .invalidTable(_, let problem): .rule(problem)
      case .circularRequirements:
        .rule("initial and maintenance are each made of the other; only one may name the other")
      case .assetNotCovered(let term, let asset):
        .rule("the term '\(term)' has no rules for \(asset), and the account trades it")
      case .valuation(let error): LoadFault(error, market: [])
      case .statistics(let error): LoadFault(error)
      case .scenarios(let error): LoadFault(error, market: [])
      case .estimation(let error): .rule(error.description)
      case .quadraticLaw(let error, let term): .rule("the term '\(term)': \(error)")
      case .quantileNeedsEqualWeights(let quantile, let term):
        .rule("the term '\(term)' weights its scenarios; \(quantile.rawValue) is for equal weights alone")
      case .sampleTooSmallForReading(let term, let scenarios, let needed):
        .rule("the term '\(term)' reads parts of \(scenarios) scenarios; it takes at least \(needed)")
      case .missingEvidence(let term): .rule("the scenarios of the term '\(term)' were not made")
      case .optionsNotCovered(let term, let row):
        .rule("the term '\(term)' has no rule for options, and the account holds \(row)")
      case .positionNotCovered(let row): .rule("no term of the regime is charged on \(row)")
      case .noClosedForm(let term):
        .rule(
          "the term '\(term)' has no closed form for an account with options; draw from the law, as monteCarlo"
        )
      }
  }
}

extension Form where Value == CombineExpression {
  /// A combine expression such as `max(1.3 * risk, floor)`.
  static var expression: Form {
    Form { node, path, reader in
      guard let text = node.text else {
        reader.report(
          .expected("an expression such as max(1.3 * risk, floor)", found: node.found), at: node.position,
          path: path)
        return nil
      }
      do throws(MarginError) {
        return try CombineExpression(parsing: text)
      } catch .expression(_, let offset, let problem) {
        let position = reader.document.position(ofCharacter: offset, in: node)
        reader.report(.rule(problem), at: position, path: path)
      } catch {
        reader.report(LoadFault(error), at: node.position, path: path)
      }
      return nil
    }
  }
}

extension Form where Value == MarginLevels {
  /// The regime's own ratio and its levels.
  static var levels: Form {
    .mapping { fields in
      let convention = fields.optional("ratio", as: Form<RatioConvention>.choice("ratio"))
      let callAt = fields.optional("callAt", as: .positive)
      let liquidationAt = fields.optional("liquidationAt", as: .positive)
      let stages = fields.optional("stages", as: .list(of: .stage, atLeast: 1))
      guard fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try MarginLevels(
          convention: convention ?? .maintenanceOverEquity, callAt: callAt ?? 1,
          liquidationAt: liquidationAt ?? 1, stages: stages ?? [])
      }
    }
  }
}

extension Form where Value == AutoExchange {
  static var autoExchange: Form {
    let rate = Form<Double>.number("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 }
    return .mapping { fields in
      let trigger = fields.required("trigger", as: .notNegative)
      let rates = fields.required("rates", as: .table(keys: .asset, values: rate))
      guard let trigger, let rates, fields.isSound else { return nil }
      return fields.checked { () throws(MarginError) in
        try AutoExchange(
          trigger: trigger, rates: Dictionary(rates.map { ($0.key, $0.value) }) { first, _ in first })
      }
    }
  }
}

extension Form where Value == FigureName {
  static var figureName: Form {
    .mapping { fields in
      let name = fields.required("name", as: .words)
      let scope = fields.required("scope", as: Form<FigureName.Scope>.choice("scope"))
      let term = fields.required("term", as: .words)
      let row = fields.optional("row", as: .words)
      let quantity = fields.required("quantity", as: .words)
      guard let name, let scope, let term, let quantity else { return nil }
      return FigureName(name: name, scope: scope, term: term, row: row ?? "", quantity: quantity)
    }
  }
}

extension Form where Value == MarginStage {
  static var stage: Form {
    .mapping { fields in
      let name = fields.required("name", as: .words)
      let at = fields.required("at", as: .notNegative)
      let action = fields.required("action", as: .words)
      guard let name, let at, let action else { return nil }
      return MarginStage(name: name, at: at, action: action)
    }
  }
}

extension Form where Value == Pooling {
  /// Which rows share margin.
  static var pooling: Form {
    let allocated = Form.oneKey([
      "allocated": Form<[Allocation]>.list(of: .allocation, atLeast: 1).map { Pooling.allocated($0) }
    ])
    return .word(
      "pooling", ["single": .single, "settlementAsset": .settlementAsset], orElse: allocated)
  }
}

extension Form where Value == Allocation {
  static var allocation: Form {
    .mapping { fields in
      let name = fields.required("name", as: .identifier)
      let collateral = fields.required("collateral", as: .rowSelector)
      let positions = fields.required("positions", as: .rowSelector)
      guard let name, let collateral, let positions else { return nil }
      return Allocation(name: name, collateral: collateral, positions: positions)
    }
  }
}

extension Form where Value == RowSelector {
  static var rowSelector: Form {
    .mapping { fields in
      let kinds = fields.optional("kinds", as: .list(of: Form<RowKind>.choice("kind of row")))
      let settlements = fields.optional("settlements", as: .list(of: .asset))
      let isDated = fields.optional("dated", as: .truth)
      let assets = fields.optional("assets", as: .list(of: .asset))
      let excluded = fields.optional("excludedAssets", as: .list(of: .asset))
      let leverage = fields.optional("maximumLeverage", as: .atLeast(1))
      let sleeve = fields.optional("sleeve", as: .words)
      return RowSelector(
        kinds: kinds ?? [], assets: assets ?? [], excludedAssets: excluded ?? [],
        settlements: settlements ?? [], isDated: isDated, maximumLeverage: leverage, sleeve: sleeve)
    }
  }
}
