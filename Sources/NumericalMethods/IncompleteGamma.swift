internal import RealModule

/// The regularised incomplete gamma functions `P(a, x) = γ(a, x) / Γ(a)` and `Q(a, x) = 1 − P(a, x)`.
///
/// Series below x = a + 1, Legendre's continued fraction above it.
///
/// - Parameters:
///   - shape: a > 0.
///   - x: x ≥ 0.
/// - Returns: P as `lower`, Q as `upper`; the one that is computed directly keeps its digits however small it is.
public func regularisedIncompleteGamma(shape: Double, _ x: Double) -> TailProbabilities {
  precondition(shape > 0 && shape.isFinite, "the shape must be positive and finite")
  precondition(x >= 0, "the argument must not be negative")
  guard x > 0 else { return TailProbabilities(lower: 0) }
  guard x.isFinite else { return TailProbabilities(upper: 0) }
  let scale = SaddlePointDensity.poisson(shape, mean: x)
  return x < shape + 1
    ? TailProbabilities(lower: min(1, scale * IncompleteGamma.series(shape, x)))
    : TailProbabilities(upper: min(1, scale * shape * IncompleteGamma.fraction(shape, x)))
}

/// The inverse of the regularised incomplete gamma function: x with P(shape, x) = p.
///
/// - Parameters:
///   - shape: a > 0.
///   - tails: p as `lower` and 1 − p as `upper`, both positive; the smaller one is solved for.
/// - Returns: x > 0; one smaller than 1e-290 only in its order of magnitude.
public func inverseRegularisedIncompleteGamma(shape: Double, _ tails: TailProbabilities) -> Double {
  precondition(shape > 0 && shape.isFinite, "the shape must be positive and finite")
  // In log x the density is log-concave.
  let logarithm = LogConcaveLaw.quantile(tails, startingAt: .log(shape)) { u in
    let x = Double.exp(u)
    let slope = x > 0 && x.isFinite ? shape * SaddlePointDensity.poisson(shape, mean: x) : 0
    return (regularisedIncompleteGamma(shape: shape, x), slope)
  }
  return .exp(logarithm)
}

enum IncompleteGamma {
  /// `Σ x^n / ((a + 1) … (a + n))`.
  static func series(_ shape: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var denominator = shape
    while term > sum * 1e-17 {
      denominator += 1
      term *= x / denominator
      sum += term
    }
    return sum
  }

  /// `1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − 2·(2 − a)/(x + 5 − a − …)))`.
  static func fraction(_ shape: Double, _ x: Double) -> Double {
    ContinuedFraction.value(first: (1, x + 1 - shape)) { n in
      (-n * (n - shape), x + 2 * n + 1 - shape)
    }
  }
}
