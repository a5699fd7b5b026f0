internal import RealModule

/// Quantiles of laws on the real line whose density is log-concave.
enum LogConcaveLaw {
  /// Solves for the point with the given tails, by Newton steps on the logarithm of the smaller tail.
  ///
  /// The tails of a log-concave density are log-concave (Prékopa 1973), so on the logarithm every Newton step after
  /// the first stops short of the solution and the steps cannot cycle. A first step so long that the tail underflows
  /// is halved back.
  ///
  /// - Parameters:
  ///   - tails: the probabilities at or below and above the point; both positive.
  ///   - start: a point in the body of the law.
  ///   - law: the tails and the density at a point.
  /// - Returns: the point.
  static func quantile(
    _ tails: TailProbabilities, startingAt start: Double,
    _ law: (Double) -> (tails: TailProbabilities, density: Double)
  ) -> Double {
    precondition(tails.lower > 0 && tails.upper > 0, "a quantile needs a probability inside (0, 1)")
    let lowerSide = tails.lower <= law(start).tails.lower
    // The upper tail is the lower tail of the mirrored law.
    let sign = lowerSide ? 1.0 : -1.0
    let target = lowerSide ? tails.lower : tails.upper
    var point = start
    var feasible = start
    for _ in 0..<200 {
      let (tails, density) = law(point)
      let tail = lowerSide ? tails.lower : tails.upper
      guard tail > 0, density > 0 else {
        point = 0.5 * (point + feasible)
        continue
      }
      feasible = point
      // log(tail/target), to all digits where the two are close.
      let difference = (tail - target) / target
      let excess = abs(difference) < 0.5 ? Double.log(onePlus: difference) : .log(tail) - .log(target)
      let step = excess * tail / density
      point -= sign * step
      if abs(step) <= 1e-16 * max(1, abs(point)) || abs(difference) <= 1e-16 { break }
    }
    return point
  }
}
