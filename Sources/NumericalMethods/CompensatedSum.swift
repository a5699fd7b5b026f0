/// A running sum that carries the rounding errors of its additions.
///
/// The result is as if summed in twice the precision and rounded once. The order of the terms is the caller's, so the
/// bits are fixed. Neumaier: Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen (1974).
public struct CompensatedSum: Hashable, Sendable {
  private var sum = 0.0
  private var error = 0.0

  /// An empty sum.
  public init() {}

  /// The sum of all terms added so far.
  public var value: Double { sum + error }

  /// Adds a term.
  public static func += (total: inout CompensatedSum, term: Double) {
    let next = total.sum + term
    total.error +=
      abs(total.sum) >= abs(term) ? (total.sum - next) + term : (term - next) + total.sum
    total.sum = next
  }
}
