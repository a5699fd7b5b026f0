import RealModule

/// The Poisson law by inversion: the least count whose cumulative probability is not below a uniform number.
package struct PoissonCounts: Sendable {
  private let first: Int
  private let cumulative: [Double]

  /// Tabulates the law where it has any probability that doubles can tell.
  ///
  /// - Parameter mean: not negative, finite.
  package init(mean: Double) {
    precondition(mean >= 0 && mean.isFinite, "a mean of \(mean)")
    let spread = 10 * mean.squareRoot() + 40
    first = max(0, Int((mean - spread).rounded(.down)))
    let last = Int((mean + spread).rounded(.up))
    var sum = 0.0
    var cumulative: [Double] = []
    for count in first...last {
      let size = Double(count)
      let logarithm = (count == 0 ? 0 : size * Double.log(mean)) - mean - Double.logGamma(size + 1)
      sum += mean == 0 ? (count == 0 ? 1 : 0) : .exp(logarithm)
      cumulative.append(sum)
      // Beyond it no uniform of 52 bits can fall.
      if size > mean, sum >= 1 - 0x1p-53 { break }
    }
    self.cumulative = cumulative
  }

  /// The count at a quantile.
  ///
  /// - Parameter uniform: in (0, 1).
  /// - Returns: at least 0, rising with the uniform.
  @inline(__always)
  package func count(at uniform: Double) -> Int {
    if uniform <= cumulative[0] { return first }
    var below = 0
    var above = cumulative.count - 1
    while above - below > 1 {
      let middle = (below + above) / 2
      if uniform <= cumulative[middle] { above = middle } else { below = middle }
    }
    return first + above
  }
}
