/// How a requirement is put together from named terms: sums, multiples, maxima and minima.
///
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

  /// The parts that add up to the value.
  ///
  /// A maximum is its first argument and an uplift of what the binding floor adds; a minimum its first argument and what
  /// the binding cap takes away, which is negative.
  ///
  /// - Parameter amount: gives the amount of a term, in USD.
  /// - Returns: parts whose values add up to ``value(_:)``.
  func parts(_ amount: (String) -> Double) -> [ExpressionPart] {
    switch self {
    case .amount(let fixed): [ExpressionPart(label: "fixed", value: fixed, deciding: "fixed")]
    case .term(let name): [ExpressionPart(label: name, value: amount(name), deciding: name)]
    case .sum(let parts): parts.flatMap { $0.parts(amount) }
    case .multiple(let factor, let expression):
      expression.parts(amount).map {
        ExpressionPart(label: Self.label(factor, $0.label), value: factor * $0.value, deciding: $0.deciding)
      }
    case .maximum(let parts): Self.bounded(parts, amount, word: "uplift to") { $0 > $1 }
    case .minimum(let parts): Self.bounded(parts, amount, word: "cap at") { $0 < $1 }
    }
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
    let names = (binding.map { [$0] } ?? Array(arguments.dropFirst())).map(\.description).joined(separator: ", ")
    return rule.parts(amount) + [
      ExpressionPart(
        label: "\(word) \(names)", value: bound - base, deciding: binding?.termNames.first, binds: binding != nil)
    ]
  }

  private static func label(_ factor: Double, _ name: String) -> String {
    factor == 1 ? name : "\(factor) × \(name)"
  }
}

/// One addend of an expression's value.
struct ExpressionPart: Hashable, Sendable {
  let label: String
  let value: Double
  /// The term whose scenario decided the part, if any.
  let deciding: String?
  /// Whether the part is a floor or a cap that acts.
  var binds = false
}

extension CombineExpression: CustomStringConvertible {
  /// The expression as it is written in a regime file.
  public var description: String {
    switch self {
    case .amount(let fixed): return "\(fixed)"
    case .term(let name): return name
    case .sum(let parts): return parts.map(\.description).joined(separator: " + ")
    case .multiple(let factor, let expression):
      if case .sum = expression { return "\(factor) * (\(expression))" }
      return "\(factor) * \(expression)"
    case .maximum(let parts): return "max(\(parts.map(\.description).joined(separator: ", ")))"
    case .minimum(let parts): return "min(\(parts.map(\.description).joined(separator: ", ")))"
    }
  }
}
