import Instruments
import LinearAlgebra
import MarketData
import Valuation

/// An amount taken apart, in USD.
struct Shares: Sendable {
  /// One a row of the book.
  var rows: [Double]
  /// What belongs to no row, by name.
  var account: [String: Double] = [:]
  /// The shares of risk factors in tails.
  var factors: [RiskFactor: Double] = [:]
  /// What tails hold beyond the first order of options.
  var nonLinear = 0.0
  /// What has no factors.
  var otherTerms = 0.0

  init(rows count: Int) {
    rows = [Double](repeating: 0, count: count)
  }

  /// Shares of rows alone.
  init(rows count: Int, of amounts: [(row: Int, amount: Double)]) {
    self.init(rows: count)
    for (row, amount) in amounts { rows[row] += amount }
  }

  /// The sum over rows and what belongs to none.
  var total: Double {
    rows.reduce(0, +) + account.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
  }

  /// The sum of the sizes of what ``total`` adds up.
  private var gross: Double {
    rows.reduce(0) { $0 + abs($1) } + account.sorted { $0.key < $1.key }.reduce(0) { $0 + abs($1.value) }
  }

  mutating func add(_ other: Shares, times factor: Double = 1) {
    for row in rows.indices { rows[row] += factor * other.rows[row] }
    for (name, amount) in other.account { account[name, default: 0] += factor * amount }
    for (name, amount) in other.factors { factors[name, default: 0] += factor * amount }
    nonLinear += factor * other.nonLinear
    otherTerms += factor * other.otherTerms
  }

  /// The shares with what they lack of an amount, beyond rounding, in the name of a term.
  func completed(to amount: Double, _ term: String) -> Shares {
    var shares = self
    let rest = amount - total
    if abs(rest) > 1e-12 * (gross + abs(amount)) { shares.account[term, default: 0] += rest }
    return shares
  }

  /// The shares of a term that has no factors.
  func withoutFactors(_ amount: Double) -> Shares {
    var shares = self
    shares.otherTerms = amount
    return shares
  }
}

/// Both requirements, or a term's part in them, taken apart.
struct RequirementShares: Sendable {
  var initial: Shares
  var maintenance: Shares

  init(initial: Shares, maintenance: Shares) {
    self.initial = initial
    self.maintenance = maintenance
  }

  init(rows count: Int) {
    initial = Shares(rows: count)
    maintenance = initial
  }

  mutating func add(_ other: RequirementShares) {
    initial.add(other.initial)
    maintenance.add(other.maintenance)
  }
}

extension CombineExpression {
  /// The value where it binds, as Σ factor·term + fixed: of a maximum or minimum the branch that decides, the first of equals.
  func binding(_ amount: (String) -> Double) -> (terms: [String: Double], fixed: Double) {
    switch self {
    case .amount(let fixed): return ([:], fixed)
    case .term(let name): return ([name: 1], 0)
    case .sum(let parts):
      return parts.reduce(([:], 0)) { sum, part in
        let own = part.binding(amount)
        return (sum.0.merging(own.terms, uniquingKeysWith: +), sum.1 + own.fixed)
      }
    case .multiple(let factor, let expression):
      let own = expression.binding(amount)
      return (own.terms.mapValues { factor * $0 }, factor * own.fixed)
    case .maximum(let parts): return Self.decisive(parts, amount) { $0 > $1 }?.binding(amount) ?? ([:], 0)
    case .minimum(let parts): return Self.decisive(parts, amount) { $0 < $1 }?.binding(amount) ?? ([:], 0)
    }
  }

  private static func decisive(
    _ arguments: [CombineExpression], _ amount: (String) -> Double, _ isBeyond: (Double, Double) -> Bool
  ) -> CombineExpression? {
    guard var decisive = arguments.first else { return nil }
    var bound = decisive.value(amount)
    for argument in arguments.dropFirst() {
      let value = argument.value(amount)
      if isBeyond(value, bound) { (decisive, bound) = (argument, value) }
    }
    return decisive
  }
}

extension TermRules {
  /// Both margins of a pool or unit in the first state, taken apart.
  func shares(in batch: PoolBatch) throws(MarginError) -> RequirementShares {
    let result = try result(in: batch)
    let none = Shares(rows: batch.states.rows.count)
    let forInitial = initial.binding { result.amounts[$0]?.initial[0] ?? result.maintenance[0] }
    let forMaintenance = maintenance.binding { result.amounts[$0]?.maintenance[0] ?? result.initial[0] }
    var parts: [String: RequirementShares] = [:]
    for term in terms
    where (forInitial.terms[term.name] ?? 0) != 0 || (forMaintenance.terms[term.name] ?? 0) != 0 {
      guard let amounts = result.amounts[term.name] else { continue }
      parts[term.name] = try term.shares(of: amounts, in: batch)
    }
    /// Terms in their order, then the other margin, then what is fixed; a margin below zero is none.
    func combined(
      _ binding: (terms: [String: Double], fixed: Double), _ total: Double,
      _ part: (RequirementShares) -> Shares, other: (name: String, shares: Shares)?
    ) -> Shares {
      guard total > 0 else { return none }
      var shares = none
      for term in terms {
        if let factor = binding.terms[term.name], let own = parts[term.name] {
          shares.add(part(own), times: factor)
        }
      }
      if let other, let factor = binding.terms[other.name] { shares.add(other.shares, times: factor) }
      if binding.fixed != 0 {
        shares.account["fixed", default: 0] += binding.fixed
        shares.otherTerms += binding.fixed
      }
      return shares
    }
    if maintenance.termNames.contains(Self.initialName) {
      let initial = combined(forInitial, result.initial[0], \.initial, other: nil)
      return RequirementShares(
        initial: initial,
        maintenance: combined(
          forMaintenance, result.maintenance[0], \.maintenance, other: (Self.initialName, initial)))
    }
    let maintenance = combined(forMaintenance, result.maintenance[0], \.maintenance, other: nil)
    return RequirementShares(
      initial: combined(forInitial, result.initial[0], \.initial, other: (Self.maintenanceName, maintenance)),
      maintenance: maintenance)
  }
}

extension RiskUnits {
  /// Both margins of all units in the first state, taken apart.
  func shares(in batch: PoolBatch, name: String) throws(MarginError) -> RequirementShares {
    var shares = RequirementShares(rows: batch.states.rows.count)
    for (asset, unit) in units(in: batch) {
      guard let rules = rules(of: asset) else { throw .assetNotCovered(term: name, asset: asset) }
      shares.add(try rules.shares(in: unit))
    }
    return shares
  }
}
