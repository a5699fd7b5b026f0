/// How a requirement is put together from named terms: sums, differences, multiples, maxima and minima.
///
/// A difference is a sum with a multiple of minus one.
/// The first argument of `max` or `min` is the rule itself, the others are floors or caps upon it.
public indirect enum CombineExpression: Hashable, Sendable {
  /// A fixed amount in USD.
  case amount(Double)
  /// A term of the regime.
  case term(String)
  /// A sum.
  case sum([CombineExpression])
  /// A multiple of an expression.
  case multiple(Double, CombineExpression)
  /// The first expression, floored by the others.
  case maximum([CombineExpression])
  /// The first expression, capped by the others.
  case minimum([CombineExpression])

  /// The names of the terms, in order of appearance, with repetitions.
  public var termNames: [String] {
    switch self {
    case .amount: []
    case .term(let name): [name]
    case .multiple(_, let expression): expression.termNames
    case .sum(let parts), .maximum(let parts), .minimum(let parts): parts.flatMap(\.termNames)
    }
  }

  /// The value of the expression.
  ///
  /// - Parameter amount: gives the amount of a term, in USD.
  /// - Returns: USD.
  public func value(_ amount: (String) -> Double) -> Double {
    switch self {
    case .amount(let fixed): fixed
    case .term(let name): amount(name)
    case .sum(let parts): parts.reduce(0) { $0 + $1.value(amount) }
    case .multiple(let factor, let expression): factor * expression.value(amount)
    case .maximum(let parts): parts.map { $0.value(amount) }.max() ?? 0
    case .minimum(let parts): parts.map { $0.value(amount) }.min() ?? 0
    }
  }

  /// The value in every state of a batch: ``value(_:)`` column by column, with the same bits.
  ///
  /// - Parameters:
  ///   - columns: the amounts of the terms, one a state, in USD.
  ///   - count: how many states there are.
  /// - Returns: USD, one a state.
  func values(_ columns: [String: [Double]], count: Int) -> [Double] {
    switch self {
    case .amount(let fixed): [Double](repeating: fixed, count: count)
    case .term(let name): columns[name] ?? [Double](repeating: 0, count: count)
    case .sum(let parts):
      parts.reduce([Double](repeating: 0, count: count)) {
        $0.merged(with: $1.values(columns, count: count), +)
      }
    case .multiple(let factor, let expression): expression.values(columns, count: count).map { factor * $0 }
    case .maximum(let parts):
      Self.folded(parts.map { $0.values(columns, count: count) }, count) { $0 < $1 ? $1 : $0 }
    case .minimum(let parts):
      Self.folded(parts.map { $0.values(columns, count: count) }, count) { $1 < $0 ? $1 : $0 }
    }
  }

  private static func folded(
    _ columns: [[Double]], _ count: Int, _ choose: (Double, Double) -> Double
  ) -> [Double] {
    guard let first = columns.first else { return [Double](repeating: 0, count: count) }
    return columns.dropFirst().reduce(first) { $0.merged(with: $1, choose) }
  }

  /// The parts that add up to the value.
  ///
  /// A maximum is its first argument and an uplift of what the binding floor adds; a minimum its first argument and what
  /// the binding cap takes away, which is negative. One part decides: the largest addend's of a sum, the floor or cap
  /// that acts, or else what decides the rule under it.
  ///
  /// - Parameter amount: gives the amount of a term, in USD.
  /// - Returns: parts whose values add up to ``value(_:)``.
  func parts(_ amount: (String) -> Double) -> [ExpressionPart] {
    switch self {
    case .amount(let fixed): [ExpressionPart(label: "fixed", value: fixed)]
    case .term(let name): [ExpressionPart(label: name, value: amount(name), term: name)]
    case .sum(let addends): Self.summed(addends, amount)
    case .multiple(let factor, let expression):
      expression.parts(amount).map { part in
        ExpressionPart(
          label: Self.label(factor, part.label), value: factor * part.value, term: part.term,
          decides: part.decides)
      }
    case .maximum(let parts): Self.bounded(parts, amount, word: "uplift to") { $0 > $1 }
    case .minimum(let parts): Self.bounded(parts, amount, word: "cap at") { $0 < $1 }
    }
  }

  private static func summed(_ addends: [CombineExpression], _ amount: (String) -> Double) -> [ExpressionPart]
  {
    let groups = addends.map { $0.parts(amount) }
    let sums = groups.map { group in group.reduce(0) { $0 + $1.value } }
    let largest = sums.indices.max { sums[$0] < sums[$1] }
    return groups.enumerated().flatMap { place, group in place == largest ? group : group.map(\.undecided) }
  }

  private static func bounded(
    _ arguments: [CombineExpression], _ amount: (String) -> Double, word: String,
    isBeyond: (Double, Double) -> Bool
  ) -> [ExpressionPart] {
    guard let rule = arguments.first else { return [] }
    let base = rule.value(amount)
    var bound = base
    var binding: CombineExpression?
    for argument in arguments.dropFirst() {
      let value = argument.value(amount)
      guard isBeyond(value, bound) else { continue }
      bound = value
      binding = argument
    }
    let names = (binding.map { [$0] } ?? Array(arguments.dropFirst())).map(\.description).joined(
      separator: ", ")
    let bounding = ExpressionPart(
      label: "\(word) \(names)", value: bound - base, term: binding?.termNames.first, decides: binding != nil)
    let parts = rule.parts(amount)
    return (binding == nil ? parts : parts.map(\.undecided)) + [bounding]
  }

  private static func label(_ factor: Double, _ name: String) -> String {
    switch factor {
    case 1: name
    case -1: "less \(name)"
    default: "\(factor) × \(name)"
    }
  }
}

/// One addend of an expression's value.
struct ExpressionPart: Hashable, Sendable {
  let label: String
  let value: Double
  /// The term whose scenario is behind the part, if any.
  var term: String?
  /// Whether the part decides the value.
  var decides = true

  /// The part as it stands beside one that decides.
  var undecided: ExpressionPart { ExpressionPart(label: label, value: value, term: term, decides: false) }
}

extension [Double] {
  /// The array combined element by element with another of the same length.
  fileprivate func merged(with other: [Double], _ operation: (Double, Double) -> Double) -> [Double] {
    zip(self, other).map { operation($0, $1) }
  }
}

extension CombineExpression {
  /// The expression with the other sign.
  var negated: CombineExpression {
    switch self {
    case .amount(let fixed): .amount(0 - fixed)
    case .multiple(-1, let expression): expression
    case .multiple(let factor, let expression): .multiple(0 - factor, expression)
    case .term, .sum, .maximum, .minimum: .multiple(-1, self)
    }
  }
}

extension CombineExpression: CustomStringConvertible {
  /// The expression as it is written in a regime file.
  public var description: String {
    switch self {
    case .amount(let fixed): return "\(fixed)"
    case .term(let name): return name
    case .sum(let parts):
      return parts.dropFirst().reduce(parts.first?.description ?? "0") { text, part in
        let addend = part.description
        return addend.hasPrefix("-") ? "\(text) - \(addend.dropFirst())" : "\(text) + \(addend)"
      }
    case .multiple(let factor, let expression):
      let inner = if case .sum = expression { "(\(expression))" } else { "\(expression)" }
      return factor == -1 ? "-\(inner)" : "\(factor) * \(inner)"
    case .maximum(let parts): return "max(\(parts.map(\.description).joined(separator: ", ")))"
    case .minimum(let parts): return "min(\(parts.map(\.description).joined(separator: ", ")))"
    }
  }
}
