internal import NumericalMethods
internal import RealModule

/// The Gaussian likelihood of GARCH(1,1) for returns of unit variance.
struct GARCHLikelihood {
  /// A point of the domain.
  struct Point {
    var recursion: VolatilityRecursion
    var mean: Double
  }

  /// The likelihood at a point, with its derivatives in (ω, α, β, μ).
  struct Summary {
    var value = 0.0
    var presample = 0.0
    var gradient = SIMD4<Double>()

    /// The sum over dates of the products of the date's derivatives; four rows.
    var scoreProducts = [SIMD4<Double>](repeating: SIMD4(), count: 4)
  }

  let returns: [Double]
  let estimatesMean: Bool

  /// The number of parameters that are estimated, in the order (ω, α, β, μ).
  private var parameterCount: Int { estimatesMean ? 4 : 3 }

  /// The logarithm of the likelihood, one pass and one logarithm a date.
  private func value(_ point: Point) -> Double {
    let recursion = point.recursion
    var squares = 0.0
    for value in returns { squares += (value - point.mean) * (value - point.mean) }
    var variance = recursion.constant + recursion.persistence * squares / Double(returns.count)
    var sum = 0.0
    for value in returns {
      let deviation = value - point.mean
      let square = deviation * deviation
      sum += .log(variance) + square / variance
      variance = recursion.constant + recursion.reaction * square + recursion.decay * variance
    }
    return -0.5 * (sum + Double(returns.count) * .log(2 * .pi))
  }

  /// The likelihood with its derivatives, by the recursions of the variance's own.
  func summary(_ point: Point) -> Summary {
    let recursion = point.recursion
    let deviations = returns.map { $0 - point.mean }
    var result = Summary()
    result.presample = meanSquare(deviations)
    var average = 0.0
    for deviation in deviations { average += deviation }
    var square = result.presample
    var variance = result.presample
    // d(presample)/dμ, which is also that of the squared deviation before the sample.
    var squareByMean = -2 * average / Double(returns.count)
    // The derivatives of the variance in (ω, α, β, μ).
    var byParameter = SIMD4(0, 0, 0, squareByMean)
    var products = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
    for deviation in deviations {
      byParameter =
        SIMD4(1, square, variance, recursion.reaction * squareByMean) + recursion.decay * byParameter
      variance = recursion.constant + recursion.reaction * square + recursion.decay * variance
      square = deviation * deviation
      squareByMean = -2 * deviation
      result.value -= 0.5 * (.log(2 * .pi) + .log(variance) + square / variance)
      var scores = 0.5 * (square / variance - 1) / variance * byParameter
      scores.w += deviation / variance
      result.gradient += scores
      products.0 += scores.x * scores
      products.1 += scores.y * scores
      products.2 += scores.z * scores
      products.3 += scores.w * scores
    }
    result.scoreProducts = [products.0, products.1, products.2, products.3]
    return result
  }

  /// The best point: a coarse grid, then Newton's steps; a simplex search where these leave the domain or stall.
  func maximum() throws(EstimationError) -> Point {
    let grid = Self.grid.map { point(Coordinates($0.persistence, reactionShare: $0.share).vector) }
    let heights = grid.map(value)
    guard let best = heights.indices.max(by: { heights[$0] < heights[$1] }) else { throw .noMaximum }
    if let found = newton(from: grid[best]) { return found }
    let (persistence, share) = Self.grid[best]
    let start = Coordinates(persistence, reactionShare: share).vector
    let steps = [0.5, 0.5, 0.5, 0.05]
    let found = nelderMeadMinimum(
      from: Array(start.prefix(parameterCount)), steps: Array(steps.prefix(parameterCount)), tolerance: 1e-9
    ) { -value(point($0)) / Double(returns.count) }
    guard found.value.isFinite else { throw .noMaximum }
    let end = point(found.argument)
    return newton(from: end) ?? end
  }

  /// Persistences, and the reaction's share of each.
  private static let grid: [(persistence: Double, share: Double)] =
    [0.5, 0.8, 0.9, 0.95, 0.98, 0.995].flatMap { persistence in
      [0.03, 0.08, 0.15, 0.3].map { (persistence, $0) }
    }

  private func point(_ vector: [Double]) -> Point {
    Point(recursion: Coordinates(vector).recursion, mean: estimatesMean && vector.count > 3 ? vector[3] : 0)
  }

  /// The maximum Newton's steps lead to, shortened until the likelihood rises; `nil` where they do not settle inside
  /// the domain.
  private func newton(from start: Point) -> Point? {
    var current = start
    var height = value(start)
    for _ in 0..<40 {
      guard let step = newtonStep(current) else { return nil }
      let sizes = [current.recursion.constant, current.recursion.reaction, current.recursion.decay, 1]
      if zip(step, sizes).allSatisfy({ abs($0) <= 1e-9 * $1 }) { return current }
      // Near the maximum the rise is lost in rounding.
      let least = height - 1e-13 * abs(height)
      var next: (point: Point, height: Double)?
      for share in [1, 0.5, 0.25, 0.1, 0.03] {
        let candidate = moved(current, by: step.map { share * $0 })
        guard Self.isInside(candidate.recursion) else { continue }
        let reached = value(candidate)
        if reached >= least {
          next = (candidate, reached)
          break
        }
      }
      guard let next else { return nil }
      current = next.point
      height = next.height
    }
    return nil
  }

  private func newtonStep(_ point: Point) -> [Double]? {
    guard Self.isInside(point.recursion), let inverse = invertedPositive(information(point)) else {
      return nil
    }
    let gradient = summary(point).gradient
    return (0..<parameterCount).map { row in
      (0..<parameterCount).reduce(0) { $0 + inverse[row][$1] * gradient[$1] }
    }
  }

  private func moved(_ point: Point, by step: [Double]) -> Point {
    Point(
      recursion: VolatilityRecursion(
        unchecked: point.recursion.constant + step[0], point.recursion.reaction + step[1],
        point.recursion.decay + step[2]),
      mean: point.mean + (estimatesMean ? step[3] : 0))
  }

  /// Far enough from every edge for derivatives and for normal errors to mean something.
  private static func isInside(_ recursion: VolatilityRecursion) -> Bool {
    recursion.constant > 1e-7 && recursion.reaction > 1e-4 && recursion.decay > 1e-4
      && recursion.persistence < 1 - 1e-5
  }

  /// Minus the second derivatives, by central differences of the exact first ones.
  private func information(_ point: Point) -> [[Double]] {
    let sizes = [point.recursion.constant, point.recursion.reaction, point.recursion.decay, 1]
    let headroom = 1 - point.recursion.persistence
    let rows = (0..<parameterCount).map { parameter in
      let distance = min(1e-5 * sizes[parameter], parameter < 3 ? 1e-2 * headroom : 1)
      var step = [Double](repeating: 0, count: 4)
      step[parameter] = distance
      let above = summary(moved(point, by: step)).gradient
      step[parameter] = -distance
      let below = summary(moved(point, by: step)).gradient
      return (0..<parameterCount).map { (below[$0] - above[$0]) / (2 * distance) }
    }
    return (0..<parameterCount).map { row in
      (0..<parameterCount).map { 0.5 * (rows[row][$0] + rows[$0][row]) }
    }
  }

  /// The errors from the curvature alone and from the sandwich around the scores; `nil` at the edge of the domain.
  func standardErrors(
    _ point: Point
  ) -> (curvature: GARCHFit.StandardErrors, robust: GARCHFit.StandardErrors)? {
    guard Self.isInside(point.recursion), let inverse = invertedPositive(information(point)) else {
      return nil
    }
    let count = parameterCount
    let products = summary(point).scoreProducts
    let robust = (0..<count).map { parameter in
      var sum = 0.0
      for row in 0..<count {
        for column in 0..<count {
          sum += inverse[parameter][row] * products[row][column] * inverse[column][parameter]
        }
      }
      return sum.squareRoot()
    }
    return (
      GARCHFit.StandardErrors((0..<count).map { inverse[$0][$0].squareRoot() }),
      GARCHFit.StandardErrors(robust)
    )
  }
}

extension GARCHFit.StandardErrors {
  /// Errors in the order (ω, α, β, μ); that of the mean may be missing.
  fileprivate init(_ values: [Double]) {
    self.init(
      mean: values.count > 3 ? values[3] : 0, constant: values[0], reaction: values[1], decay: values[2])
  }
}

/// The domain mapped to all of space: (log of the long-run variance, logit of α + β, logit of α's share of it).
private struct Coordinates {
  let vector: [Double]

  init(_ vector: [Double]) { self.vector = vector }

  init(_ persistence: Double, reactionShare: Double) {
    vector = [0, .log(persistence / (1 - persistence)), .log(reactionShare / (1 - reactionShare)), 0]
  }

  var recursion: VolatilityRecursion {
    let persistence = logistic(vector[1])
    let share = logistic(vector[2])
    return VolatilityRecursion(
      unchecked: .exp(vector[0]) * logistic(-vector[1]), persistence * share, persistence * (1 - share))
  }
}

private func logistic(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }

/// The inverse of a small symmetric matrix by elimination; `nil` where it is not positive definite.
private func invertedPositive(_ matrix: [[Double]]) -> [[Double]]? {
  let count = matrix.count
  var left = matrix
  var right = (0..<count).map { row in (0..<count).map { row == $0 ? 1.0 : 0 } }
  for pivot in 0..<count {
    // Without exchanges the pivots of a positive definite matrix, and of no other, are all positive.
    let size = left[pivot][pivot]
    guard size > 0, size.isFinite else { return nil }
    for column in 0..<count {
      left[pivot][column] /= size
      right[pivot][column] /= size
    }
    for row in 0..<count where row != pivot {
      let factor = left[row][pivot]
      for column in 0..<count {
        left[row][column] -= factor * left[pivot][column]
        right[row][column] -= factor * right[pivot][column]
      }
    }
  }
  return right
}
