extension CombineExpression {
  /// Whether the value never falls when any of some terms rises; rounded sums and products keep the order too.
  func isNonDecreasing(in names: Set<String>) -> Bool {
    switch self {
    case .amount, .term: true
    case .multiple(let factor, let expression):
      factor >= 0
        ? expression.isNonDecreasing(in: names) : !expression.termNames.contains(where: names.contains)
    case .sum(let parts), .maximum(let parts), .minimum(let parts):
      parts.allSatisfy { $0.isNonDecreasing(in: names) }
    }
  }
}

extension TermRules {
  /// Whether neither margin ever falls when any of some terms rises; a margin the other one names counts as one of them.
  func areNonDecreasing(in names: Set<String>) -> Bool {
    let names = names.union([Self.initialName, Self.maintenanceName])
    return initial.isNonDecreasing(in: names) && maintenance.isNonDecreasing(in: names)
  }
}
