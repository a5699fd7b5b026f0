/// Continued fractions `a₀/(b₀ + a₁/(b₁ + a₂/(b₂ + …)))`.
enum ContinuedFraction {
  /// More terms than any argument inside the documented domains needs.
  private static let longest = 1_000_000

  /// The value of a continued fraction, to a few units in the last place.
  ///
  /// The modified method of Lentz finds how many terms are needed; its product of factors collects a rounding error
  /// from each, so the value itself is then taken from the last term backwards, where the errors are damped.
  /// Lentz: Generating Bessel functions in Mie scattering calculations using continued fractions (1976).
  ///
  /// - Parameters:
  ///   - first: a₀ and b₀, b₀ ≠ 0.
  ///   - term: aₙ and bₙ for n = 1, 2, ….
  /// - Returns: the fraction's value.
  @inline(__always)
  static func value(
    first: (numerator: Double, denominator: Double),
    _ term: (_ n: Double) -> (numerator: Double, denominator: Double)
  ) -> Double {
    var tail = 0.0
    for index in stride(from: length(first, term), through: 1, by: -1) {
      let (numerator, denominator) = term(Double(index))
      tail = numerator / (denominator + tail)
    }
    return first.numerator / (first.denominator + tail)
  }

  /// The number of terms after the first that change the value.
  @inline(__always)
  private static func length(
    _ first: (numerator: Double, denominator: Double),
    _ term: (_ n: Double) -> (numerator: Double, denominator: Double)
  ) -> Int {
    let tiny = 1e-300
    var c = 1 / tiny
    var d = 1 / first.denominator
    for index in 1...longest {
      let (numerator, denominator) = term(Double(index))
      d = denominator + numerator * d
      c = denominator + numerator / c
      if abs(d) < tiny { d = tiny }
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      if abs(c * d - 1) <= 1.2e-16 { return index }
    }
    return longest
  }
}
