internal import RealModule

/// Poisson and binomial probabilities for real arguments, without the cancellation of the gamma functions' logarithms.
///
/// Loader: Fast and accurate computation of binomial probabilities (2000).
enum SaddlePointDensity {
  /// `m^x · exp(−m) / Γ(x + 1)`.
  ///
  /// - Parameters:
  ///   - x: a positive number of events, not necessarily whole.
  ///   - mean: the mean m > 0.
  /// - Returns: the Poisson probability of x.
  static func poisson(_ x: Double, mean: Double) -> Double {
    .exp(-stirlingError(x) - deviance(x, mean)) / (2 * .pi * x).squareRoot()
  }

  /// `Γ(a + b + 1) / (Γ(a + 1)·Γ(b + 1)) · p^a · q^b`.
  ///
  /// - Parameters:
  ///   - a: the positive number of successes, not necessarily whole.
  ///   - b: the positive number of failures, not necessarily whole.
  ///   - p: the probability of a success, in (0, 1).
  ///   - q: 1 − p.
  /// - Returns: the binomial probability of a successes in a + b trials.
  static func binomial(successes a: Double, failures b: Double, _ p: Double, _ q: Double) -> Double {
    let n = a + b
    let exponent =
      stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * p) - deviance(b, n * q)
    // Two roots, so that neither product can overflow.
    return .exp(exponent) / ((2 * .pi * a).squareRoot() * (b / n).squareRoot())
  }

  /// `log Γ(x + 1) − [½·log(2πx) + x·log x − x]`, positive, about 1/(12x).
  ///
  /// - Parameter x: a positive number.
  /// - Returns: the error of Stirling's formula.
  static func stirlingError(_ x: Double) -> Double {
    var shift = 0.0
    var x = x
    while x < 10 {
      // δ(x) − δ(x + 1)
      shift += (x + 0.5) * .log(onePlus: 1 / x) - 1
      x += 1
    }
    let r = 1 / (x * x)
    let series =
      1.0 / 12
      - r * (1.0 / 360 - r * (1.0 / 1_260 - r * (1.0 / 1_680 - r * (1.0 / 1_188 - r * 691.0 / 360_360))))
    return shift + series / x
  }

  /// `x·log(x/m) + m − x`, never negative.
  ///
  /// - Parameters:
  ///   - x: a positive number.
  ///   - mean: m > 0.
  /// - Returns: half the deviance of x from m.
  static func deviance(_ x: Double, _ mean: Double) -> Double {
    guard abs(x - mean) < 0.1 * (x + mean) else { return x * .log(x / mean) + mean - x }
    let v = (x - mean) / (x + mean)
    var sum = (x - mean) * v
    var power = 2 * x * v
    var odd = 1.0
    while true {
      power *= v * v
      odd += 2
      let next = sum + power / odd
      if next == sum { return sum }
      sum = next
    }
  }
}
