public import Scenarios
import Valuation

/// Named terms and the two expressions that put them together.
///
/// An expression may name `maintenance` in the initial margin, or `initial` in the maintenance margin, for the other's
/// value; not both.
public struct TermRules: Hashable, Sendable {
  /// The terms, in declared order.
  public let terms: [NamedTerm]
  /// The initial margin, over the terms.
  public let initial: CombineExpression
  /// The maintenance margin, over the terms.
  public let maintenance: CombineExpression

  /// Makes rules and checks that the expressions name the terms.
  ///
  /// - Parameters:
  ///   - terms: the terms, in declared order, names different.
  ///   - initial: the initial margin, over the terms.
  ///   - maintenance: the maintenance margin, over the terms.
  /// - Throws: ``MarginError/unknownTerm(_:known:)``, ``MarginError/circularRequirements``.
  public init(
    terms: [NamedTerm], initial: CombineExpression, maintenance: CombineExpression
  ) throws(MarginError) {
    let known = terms.map(\.name)
    precondition(Set(known).count == known.count, "two terms of one name")
    let namesMaintenance = initial.termNames.contains(Self.maintenanceName)
    let namesInitial = maintenance.termNames.contains(Self.initialName)
    guard !(namesMaintenance && namesInitial), !initial.termNames.contains(Self.initialName),
      !maintenance.termNames.contains(Self.maintenanceName)
    else { throw .circularRequirements }
    for name in initial.termNames where name != Self.maintenanceName && !known.contains(name) {
      throw .unknownTerm(name, known: known)
    }
    for name in maintenance.termNames where name != Self.initialName && !known.contains(name) {
      throw .unknownTerm(name, known: known)
    }
    self.terms = terms
    self.initial = initial
    self.maintenance = maintenance
  }

  /// The word for the initial margin in the expression of the maintenance margin.
  public static let initialName = "initial"
  /// The word for the maintenance margin in the expression of the initial margin.
  public static let maintenanceName = "maintenance"

  /// The scenario sets the terms ask for, in declared order, each once.
  public var requests: [ScenarioRequest] {
    var seen: Set<ScenarioRequest> = []
    return terms.flatMap(\.term.requests).filter { seen.insert($0).inserted }
  }

  /// Both margins of a pool or unit in every state, and the terms they are made of.
  func result(in batch: PoolBatch) throws(MarginError) -> TermResult {
    var amounts: [String: TermAmounts] = [:]
    for term in terms { amounts[term.name] = try term.amounts(in: batch) }
    let count = batch.states.count
    func combined(_ expression: CombineExpression, _ columns: [String: [Double]]) -> [Double] {
      expression.values(columns, count: count).map { max(0, $0) }
    }
    var forInitial = amounts.mapValues(\.initial)
    var forMaintenance = amounts.mapValues(\.maintenance)
    if maintenance.termNames.contains(Self.initialName) {
      forMaintenance[Self.initialName] = combined(initial, forInitial)
    }
    let maintenance = combined(maintenance, forMaintenance)
    forInitial[Self.maintenanceName] = maintenance
    return TermResult(
      rules: self, amounts: amounts, initial: combined(initial, forInitial), maintenance: maintenance)
  }
}

/// What rules come to in one pool or unit.
struct TermResult: Sendable {
  let rules: TermRules
  let amounts: [String: TermAmounts]
  /// One a state, in USD.
  let initial: [Double]
  let maintenance: [Double]

  /// The addends of the initial margin of the first state.
  var initialParts: [ExpressionPart] {
    parts(of: rules.initial) { amounts[$0]?.initial[0] ?? maintenance[0] }
  }

  /// The addends of the maintenance margin of the first state.
  var maintenanceParts: [ExpressionPart] {
    parts(of: rules.maintenance) { amounts[$0]?.maintenance[0] ?? initial[0] }
  }

  /// What decides a term of the first state; of the maintenance margin named by the initial one, what decides that.
  func binding(of term: String) -> String? {
    guard term == TermRules.maintenanceName else { return amounts[term]?.binding }
    return deciding(maintenanceParts)
  }

  /// What decides the initial margin of the first state: the deciding term's own binding, or its name.
  var binding: String {
    let parts =
      initialParts.contains { $0.term == TermRules.maintenanceName } ? maintenanceParts : initialParts
    return deciding(parts)
  }

  private func deciding(_ parts: [ExpressionPart]) -> String {
    let deciding = parts.filter { $0.decides && $0.value != 0 }.max { abs($0.value) < abs($1.value) }
    guard let deciding, let term = deciding.term else { return "" }
    let own = amounts[term]?.binding ?? ""
    return own.isEmpty ? term : "\(term) \(own)"
  }

  private func parts(of expression: CombineExpression, _ amount: (String) -> Double) -> [ExpressionPart] {
    let parts = expression.parts(amount)
    let total = parts.reduce(0) { $0 + $1.value }
    guard total < 0 else { return parts }
    return parts.map(\.undecided) + [ExpressionPart(label: "uplift to zero", value: -total)]
  }
}
