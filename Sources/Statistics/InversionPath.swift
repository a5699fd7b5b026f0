internal import NumericalMethods
internal import RealModule

/// The three integrals over the tail beyond a point.
struct TailIntegrals {
  /// P(Q > x).
  let probability: BoundedValue
  /// E[(Q − x)⁺].
  let excess: BoundedValue
  /// The density at x; its error is not watched, as it only steers the search for a quantile.
  let density: Double
}

/// A path of integration for one point, and the trapezoidal rule on it.
///
/// `t(s) = τ + w·(β·(cosh s − 1) + i·sinh s)`: a hyperbola through the saddlepoint τ of `exp(K(t) − tx)/t`, as wide
/// there as the integrand, with the slope 1/β far away. On a logarithmic scale of distances all the scales of a
/// spectrum, however far apart, are passed in few steps.
struct InversionPath {
  private let cumulants: CumulantFunction
  private let x: Double
  /// τ.
  private let saddle: Double
  /// w.
  private let width: Double
  /// `K(τ) − τx`.
  private let height: Double
  /// β and the parameter at which the integrand has died away.
  private var bend: (slope: Double, end: Double)

  init(_ cumulants: CumulantFunction, beyond x: Double) throws(QuadraticGaussianError) {
    self.cumulants = cumulants
    self.x = x
    let saddle = try InversionPath.saddle(cumulants, x)
    let values = cumulants.values(at: saddle)
    self.saddle = saddle
    width = 1 / (values.second + 1 / (saddle * saddle)).squareRoot()
    height = values.value - saddle * x
    bend = (0, 0)
    bend = try gentlestBend()
  }

  /// Where `K(t) − tx − log t`, which is convex, is least.
  private static func saddle(_ cumulants: CumulantFunction, _ x: Double) throws(QuadraticGaussianError)
    -> Double
  {
    func slope(_ t: Double) -> Double { cumulants.values(at: t).first - x - 1 / t }
    var upper = cumulants.upperBound.isFinite ? 0.5 * cumulants.upperBound : 1
    var lower = 0.0
    for _ in 0..<900 where !(slope(upper) > 0) {
      lower = upper
      upper = cumulants.upperBound.isFinite ? 0.5 * (upper + cumulants.upperBound) : 2 * upper
      if upper >= cumulants.upperBound { throw .notConverged }
    }
    if lower == 0 {
      lower = upper
      for _ in 0..<900 where slope(lower) > 0 { lower *= 0.5 }
    }
    do throws(RootError) {
      // Any path gives the integral: the saddlepoint need not be exact.
      return try brentRoot(in: lower...upper, tolerance: 1e-4 * (upper - lower), of: slope)
    } catch {
      throw .notConverged
    }
  }

  /// The integrand's exponent relative to the saddlepoint.
  private func exponent(_ t: ComplexNumber) -> ComplexNumber {
    let value = cumulants.value(at: t) - t * x
    return ComplexNumber(value.real - height, value.imaginary)
  }

  /// The path, with cosh s − 1 as 2·sinh²(s/2), and its derivative.
  private func point(_ s: Double, _ slope: Double) -> (t: ComplexNumber, derivative: ComplexNumber) {
    let (cosine, sine, half) = (Double.cosh(s), Double.sinh(s), Double.sinh(0.5 * s))
    return (
      ComplexNumber(saddle + width * slope * 2 * half * half, width * sine),
      ComplexNumber(width * slope * sine, width * cosine)
    )
  }

  /// The slope along which the integrand dies away soonest, among those along which it never grows.
  private func gentlestBend() throws(QuadraticGaussianError) -> (slope: Double, end: Double) {
    var best: (slope: Double, end: Double)?
    for slope in [0.5, -0.5, 0.2, -0.2, 1, -1, 0] {
      guard let end = end(slope) else { continue }
      if end <= 8 { return (slope, end) }
      if best.map({ end < $0.end }) ?? true { best = (slope, end) }
    }
    guard let best else { throw .notConverged }
    return best
  }

  /// The parameter beyond which the integrands are negligible; `nil` where they grow on the way, or do not end.
  private func end(_ slope: Double) -> Double? {
    var s = 0.0
    var lowest = 0.0
    while s < 100 {
      s += 0.125
      let (t, derivative) = point(s, slope)
      let level = exponent(t).real
      guard level <= lowest + 0.5 else { return nil }
      lowest = min(lowest, level)
      let far = level + 0.5 * .log(derivative.squaredLength / t.squaredLength)
      // The last of the three integrands to go is that of the probability; the excess decays faster.
      if far < -40 { return s }
    }
    return nil
  }

  /// The sums at ever smaller steps, until they settle.
  func integrals() throws(QuadraticGaussianError) -> TailIntegrals {
    var step = 0.25
    var sums = PathSums()
    // By symmetry half the path is summed; the saddlepoint itself counts half.
    sums.add(terms(at: 0), weight: 0.5)
    addNodes(&sums, from: step, by: step)
    var last = sums.scaled(by: step)
    while true {
      addNodes(&sums, from: 0.5 * step, by: step)
      step *= 0.5
      let next = sums.scaled(by: step)
      let change = next.changes(from: last)
      // The changes fall geometrically, until rounding is all that is left of them.
      if isSettled(next, change, within: 1e-13) { return result(next, change) }
      if step <= 0x1p-9 {
        guard isSettled(next, change, within: 1e-8) else { throw .notConverged }
        return result(next, change)
      }
      last = next
    }
  }

  private func isSettled(
    _ sums: PathSums, _ change: (probability: Double, excess: Double), within tolerance: Double
  ) -> Bool {
    change.probability <= max(tolerance * abs(sums.probability), rounding * sums.probabilitySize)
      && change.excess <= max(tolerance * abs(sums.excess), rounding * sums.excessSize)
  }

  /// What rounding may change in a term, as a fraction of it: hard by an end of the support, where the saddlepoint is
  /// far out, the exponent is the small difference of large numbers.
  private var rounding: Double { .ulpOfOne * (8 + 4 * abs(height) + 4 * abs(saddle * x)) }

  private func result(_ sums: PathSums, _ change: (probability: Double, excess: Double)) -> TailIntegrals {
    let scale = Double.exp(height) / .pi
    func bounded(_ value: Double, _ change: Double, _ size: Double) -> BoundedValue {
      BoundedValue(value: scale * value, errorBound: scale * (2 * change + rounding * size))
    }
    return TailIntegrals(
      probability: bounded(sums.probability, change.probability, sums.probabilitySize),
      excess: bounded(sums.excess, change.excess, sums.excessSize), density: scale * sums.density)
  }

  private func addNodes(_ sums: inout PathSums, from first: Double, by step: Double) {
    var index = 0.0
    while first + index * step <= bend.end {
      sums.add(terms(at: first + index * step), weight: 1)
      index += 1
    }
  }

  /// `exp(K(t) − tx)·t′` over 1, t and t².
  private func terms(at s: Double) -> (
    density: ComplexNumber, probability: ComplexNumber, excess: ComplexNumber
  ) {
    let (t, derivative) = point(s, bend.slope)
    let density = exponent(t).exponential * derivative
    let probability = density / t
    return (density, probability, probability / t)
  }
}

/// The sums of the imaginary parts along a path, with the sums of their sizes for the rounding.
private struct PathSums {
  private(set) var density = 0.0
  private(set) var probability = 0.0
  private(set) var excess = 0.0
  private(set) var probabilitySize = 0.0
  private(set) var excessSize = 0.0

  mutating func add(
    _ terms: (density: ComplexNumber, probability: ComplexNumber, excess: ComplexNumber), weight: Double
  ) {
    density += weight * terms.density.imaginary
    probability += weight * terms.probability.imaginary
    excess += weight * terms.excess.imaginary
    probabilitySize += weight * terms.probability.squaredLength.squareRoot()
    excessSize += weight * terms.excess.squaredLength.squareRoot()
  }

  func scaled(by step: Double) -> PathSums {
    var result = PathSums()
    result.density = density * step
    result.probability = probability * step
    result.excess = excess * step
    result.probabilitySize = probabilitySize * step
    result.excessSize = excessSize * step
    return result
  }

  func changes(from other: PathSums) -> (probability: Double, excess: Double) {
    (abs(probability - other.probability), abs(excess - other.excess))
  }
}
