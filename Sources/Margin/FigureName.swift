import Instruments

/// A venue's own name for a number a regime computes.
public struct FigureName: Hashable, Sendable {
  /// What kind of thing the venue's figure is about.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// The account as a whole.
    case account
    /// The contracts written on one base asset.
    case riskUnit
    /// What is held, owed or settled in one asset.
    case currency
    /// One contract.
    case contract
  }

  /// The venue's name.
  public let name: String
  /// What kind of thing the venue's figure is about.
  public let scope: Scope
  /// The term of the line that explains it; `*` stands for the asset or contract the figure is about.
  public let term: String
  /// The row of the line; `*` as in the term.
  public let row: String
  /// The quantity of the line.
  public let quantity: String

  /// Makes a name.
  ///
  /// - Parameters:
  ///   - name: the venue's name.
  ///   - scope: what kind of thing the venue's figure is about.
  ///   - term: the term of the line that explains it; `*` stands for the asset or contract the figure is about.
  ///   - row: the row of the line; `*` as in the term.
  ///   - quantity: the quantity of the line.
  public init(name: String, scope: Scope, term: String, row: String = "", quantity: String) {
    self.name = name
    self.scope = scope
    self.term = term
    self.row = row
    self.quantity = quantity
  }

  /// Whether a venue's figure bears this name about this kind of thing.
  func names(_ figure: VenueFigure) -> Bool { figure.name == name && figure.scope.kind == scope }

  /// The amount of the line a figure is explained by, in USD or as a plain number; `nil` where there is no such line.
  func amount(for figure: VenueFigure, among lines: [ExplanationLine]) -> Double? {
    let subject = figure.scope.subject
    let term = Self.filled(term, subject)
    let row = Self.filled(row, subject)
    // A currency with a pool of its own is that pool; anything else is the sum over pools.
    let pooled = lines.filter { scope == .currency && $0.pool == subject }
    let found = (pooled.isEmpty ? lines : pooled).filter {
      $0.term == term && $0.row == row && $0.quantity == quantity
    }
    return found.isEmpty ? nil : found.reduce(0) { $0 + $1.amount }
  }

  private static func filled(_ template: String, _ subject: String) -> String {
    String(template.flatMap { $0 == "*" ? Array(subject) : [$0] })
  }
}

extension VenueScope {
  /// The kind of thing.
  fileprivate var kind: FigureName.Scope {
    switch self {
    case .account: .account
    case .riskUnit: .riskUnit
    case .currency: .currency
    case .contract: .contract
    }
  }

  /// The asset or contract; empty for the account.
  fileprivate var subject: String {
    switch self {
    case .account: ""
    case .riskUnit(let asset), .currency(let asset): asset.symbol
    case .contract(let name): name
    }
  }
}

extension MarginRegime {
  /// What the regime makes of one of its venue's figures, in USD or as a plain number; `nil` where it has no name for it.
  ///
  /// - Parameters:
  ///   - figure: the venue's figure.
  ///   - lines: the explanation of the account.
  /// - Returns: the amount of the line, summed over pools.
  public func amount(for figure: VenueFigure, among lines: [ExplanationLine]) -> Double? {
    figures.lazy.filter { $0.names(figure) }.compactMap { $0.amount(for: figure, among: lines) }.first
  }
}
