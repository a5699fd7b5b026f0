/// Two different variables of a correlation matrix, in no order.
public struct CorrelationPair: Hashable, Comparable, Sendable {
  /// The variable of the lower index.
  public let first: Int
  /// The variable of the higher index.
  public let second: Int

  /// Pairs two variables.
  ///
  /// - Parameters:
  ///   - one: the index of a variable; at least 0.
  ///   - other: the index of another.
  public init(_ one: Int, _ other: Int) {
    precondition(one >= 0 && other >= 0 && one != other, "\(one) and \(other) are not two variables")
    first = min(one, other)
    second = max(one, other)
  }

  /// Orders pairs by their first variable, then by their second.
  public static func < (left: CorrelationPair, right: CorrelationPair) -> Bool {
    (left.first, left.second) < (right.first, right.second)
  }
}
