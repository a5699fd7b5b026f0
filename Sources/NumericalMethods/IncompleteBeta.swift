internal import RealModule

/// The regularised incomplete beta function `I_x(a, b)` and its complement `I_y(b, a)`.
///
/// Didonato, Morris: Algorithm 708, Significant digit computation of the incomplete beta function ratios (1992):
/// its continued fraction, on the side of the mean a / (a + b) where it converges.
///
/// - Parameters:
///   - a: the first shape, positive.
///   - b: the second shape, positive.
///   - x: the argument, in [0, 1].
///   - y: 1 − x, given apart because it may be known to more digits than the subtraction leaves.
/// - Returns: I_x(a, b) as `lower`; the side of the mean that is computed directly keeps its digits however small.
public func regularisedIncompleteBeta(
  _ a: Double, _ b: Double, _ x: Double, complement y: Double
) -> TailProbabilities {
  precondition(a > 0 && a.isFinite && b > 0 && b.isFinite, "the shapes must be positive and finite")
  precondition(
    x >= 0 && y >= 0 && abs(x + y - 1) < 1e-12, "the arguments must be a probability and its complement")
  guard x > 0 else { return TailProbabilities(lower: 0) }
  guard y > 0 else { return TailProbabilities(upper: 0) }
  return a * y >= b * x
    ? TailProbabilities(lower: min(1, IncompleteBeta.belowMean(a, b, x, y)))
    : TailProbabilities(upper: min(1, IncompleteBeta.belowMean(b, a, y, x)))
}

/// The regularised incomplete beta function `I_x(a, b)`.
///
/// - Parameters:
///   - a: the first shape, positive.
///   - b: the second shape, positive.
///   - x: the argument, in [0, 1].
/// - Returns: I_x(a, b) as `lower` and its complement as `upper`.
public func regularisedIncompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> TailProbabilities {
  regularisedIncompleteBeta(a, b, x, complement: 1 - x)
}

/// The inverse of the regularised incomplete beta function: x with I_x(a, b) = p.
///
/// - Parameters:
///   - a: the first shape, positive.
///   - b: the second shape, positive.
///   - tails: p as `lower` and 1 − p as `upper`, both positive; the smaller one is solved for.
/// - Returns: x and its complement, each with its own digits; one smaller than 1e-290 only in its order of magnitude.
public func inverseRegularisedIncompleteBeta(
  _ a: Double, _ b: Double, _ tails: TailProbabilities
) -> (x: Double, complement: Double) {
  IncompleteBeta.point(atLogit: IncompleteBeta.inverseLogit(a, b, tails))
}

enum IncompleteBeta {
  /// I_x(a, b) for x at or below the mean.
  static func belowMean(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    let scale = density(a, b, x, y)
    guard scale > 0 else { return 0 }
    // λ = a − (a + b)·x, written without its cancellation.
    let lambda = a * y - b * x
    return scale
      * ContinuedFraction.value(first: (1, a / (a + 1) * (lambda + 1))) { n in
        let step = a + 2 * n - 1
        let alpha = (a + n - 1) / step * ((a + b + n - 1) / step) * x * (n * (b - n) * x)
        let beta = n + n * (b - n) * x / step + (a + n) / (a + 2 * n + 1) * (lambda + 1 + n * (1 + y))
        return (alpha, beta)
      }
  }

  /// `x^a · y^b / B(a, b)`: the density of the law's logit, x·y times that of x.
  static func density(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    SaddlePointDensity.binomial(successes: a, failures: b, x, y) * (a / (a + b) * b)
  }

  /// The logit `log(x / y)` of the quantile.
  static func inverseLogit(_ a: Double, _ b: Double, _ tails: TailProbabilities) -> Double {
    precondition(a > 0 && a.isFinite && b > 0 && b.isFinite, "the shapes must be positive and finite")
    return LogConcaveLaw.quantile(tails, startingAt: .log(a) - .log(b)) { u in
      let (x, y) = point(atLogit: u)
      let slope = x > 0 && y > 0 ? density(a, b, x, y) : 0
      return (regularisedIncompleteBeta(a, b, x, complement: y), slope)
    }
  }

  static func point(atLogit u: Double) -> (x: Double, complement: Double) {
    let ratio = Double.exp(-abs(u))
    let small = ratio / (1 + ratio)
    let large = 1 / (1 + ratio)
    return u < 0 ? (small, large) : (large, small)
  }
}
