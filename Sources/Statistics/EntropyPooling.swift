internal import LinearAlgebra
internal import NumericalMethods
internal import RealModule

/// The weights of scenarios that make views hold and stay closest to the weights they had.
///
/// Of all weights p with the means the views ask for, those of least entropy relative to the prior q, `Σ p·log(p/q)`.
/// They are `p ∝ q·exp(Σ λ·f)` with one multiplier λ for the function f of each view; the multipliers minimise the
/// convex dual `log Σ q·exp(Σ λ·(f − target))`, whose slopes are the gaps between means and targets. It is minimised
/// by Newton's method with backtracking, the multipliers of one-sided views kept on their side of zero by projection
/// (Bertsekas, Projected Newton methods for optimization problems with simple constraints, 1982).
///
/// Meucci: Fully flexible views: theory and practice, Risk 21 (10), 2008.
public struct EntropyPooling: Hashable, Sendable {
  /// The weights under which the views hold; a scenario without a prior weight has none.
  public let weights: SampleWeights

  /// The multiplier λ of each view, per unit of its function.
  ///
  /// Above zero where the view raises the mean, below where it lowers it, zero for a one-sided view that held anyway.
  public let multipliers: [Double]

  /// The mean of each view's function under the weights.
  public let means: [Double]

  /// The entropy relative to the prior, `Σ p·log(p/q)`, at least 0: what the views cost.
  public let relativeEntropy: Double

  /// The entropy of the weights, `−Σ p·log p`, in [0, log n].
  public let entropy: Double

  /// The number of Newton steps made.
  public let iterations: Int

  /// The furthest a mean is from where its view wants it, in prior standard deviations of its function.
  public let largestGap: Double

  /// How many equally likely scenarios would have the entropy of the weights: `exp(−Σ p·log p)`, in [1, n].
  public var effectiveScenarios: Double { .exp(entropy) }

  /// Pools views with prior weights.
  ///
  /// - Parameters:
  ///   - prior: the weights before the views.
  ///   - views: none leaves the prior; each target must lie strictly between the least and the greatest value of its
  ///     function over the scenarios with a prior weight, on the side that matters for a one-sided view.
  ///   - tolerance: the gap, in prior standard deviations of a view's function, at which the views hold; above 0.
  ///   - maximumIterations: the most Newton steps; at least 1.
  /// - Throws: `EntropyPoolingError`, naming the view at fault where it is one.
  public init(
    prior: SampleWeights, views: [ScenarioView], tolerance: Double = 1e-11, maximumIterations: Int = 200
  ) throws(EntropyPoolingError) {
    precondition(tolerance > 0, "the tolerance must be above zero; have \(tolerance)")
    precondition(maximumIterations >= 1, "at least one iteration is needed; have \(maximumIterations)")
    var gaps: [ScaledGap] = []
    for (index, view) in views.enumerated() { gaps.append(try ScaledGap(view, index: index, prior)) }
    var dual = PoolingDual(prior: prior.values, gaps: gaps)
    iterations = try dual.minimise(tolerance: tolerance, maximumIterations: maximumIterations)
    largestGap = dual.largestGap
    multipliers = zip(dual.multipliers, gaps).map { $0 * $1.sign / $1.scale }

    let weights = try Self.weights(at: dual, prior, afterIterations: iterations)
    self.weights = weights
    means = views.map { view in Self.mean(under: weights) { view.values[$0] } }
    entropy = max(0, -Self.mean(under: weights) { .log(weights.values[$0]) })
    relativeEntropy = max(0, Self.mean(under: weights) { .log(weights.values[$0] / prior.values[$0]) })
  }

  private static func weights(
    at dual: PoolingDual, _ prior: SampleWeights, afterIterations iterations: Int
  ) throws(EntropyPoolingError) -> SampleWeights {
    // Views that hold already leave the prior as it is, to the last bit.
    guard dual.multipliers.contains(where: { $0 != 0 }) else { return prior }
    do throws(EstimationError) {
      return try SampleWeights(dual.point.weights)
    } catch {
      throw .notConverged(largestGap: dual.largestGap, iterations: iterations)
    }
  }

  /// The mean of a function of the scenarios that have a weight.
  private static func mean(under weights: SampleWeights, of function: (Int) -> Double) -> Double {
    var total = CompensatedSum()
    for (scenario, weight) in weights.values.enumerated() where weight > 0 {
      total += weight * function(scenario)
    }
    return total.value
  }
}

/// The distance of a view's function from its target, in prior standard deviations and with "at most" turned round.
private struct ScaledGap {
  let values: [Double]
  let scale: Double
  let sign: Double
  let isOneSided: Bool

  init(_ view: ScenarioView, index: Int, _ prior: SampleWeights) throws(EntropyPoolingError) {
    guard view.values.count == prior.count else {
      throw .viewLength(view: index, values: view.values.count, scenarios: prior.count)
    }
    if let scenario = view.values.firstIndex(where: { !$0.isFinite }) {
      throw .valueNotFinite(view: index, scenario: scenario)
    }
    guard view.target.isFinite else { throw .targetNotFinite(view: index) }
    let weighted = prior.values.indices.filter { prior.values[$0] > 0 }.map { view.values[$0] }
    let (least, greatest) = (weighted.min() ?? 0, weighted.max() ?? 0)
    guard Self.isWithinReach(view, least, greatest) else {
      throw .targetOutOfReach(view: index, target: view.target, least: least, greatest: greatest)
    }
    scale = Self.deviation(view.values, prior.values, range: greatest - least)
    let (unit, sign) = (scale, view.sign)
    values = view.values.map { sign * (($0 - view.target) / unit) }
    guard values.allSatisfy(\.isFinite) else { throw .targetNotFinite(view: index) }
    self.sign = sign
    isOneSided = view.relation != .equal
  }

  /// Whether weights above zero can make the view hold; a function that does not vary has the one mean it has.
  private static func isWithinReach(_ view: ScenarioView, _ least: Double, _ greatest: Double) -> Bool {
    guard least < greatest else {
      return switch view.relation {
      case .equal: view.target == least
      case .atLeast: view.target <= least
      case .atMost: view.target >= least
      }
    }
    return switch view.relation {
    case .equal: least < view.target && view.target < greatest
    case .atLeast: view.target < greatest
    case .atMost: view.target > least
    }
  }

  /// The prior standard deviation of the function, computed within its range so that it cannot overflow; 1 where the
  /// function does not vary.
  private static func deviation(_ values: [Double], _ prior: [Double], range: Double) -> Double {
    guard range > 0, range.isFinite else { return 1 }
    let origin = values[prior.firstIndex { $0 > 0 } ?? 0]
    var mean = CompensatedSum()
    var square = CompensatedSum()
    for (value, weight) in zip(values, prior) where weight > 0 {
      let distance = (value - origin) / range
      mean += weight * distance
      square += weight * distance * distance
    }
    let variance = square.value - mean.value * mean.value
    // A function that varies in scenarios of next to no weight is measured by its range.
    return variance > 1e-16 ? range * variance.squareRoot() : range
  }
}

/// The dual of entropy pooling and the minimum looked for.
private struct PoolingDual {
  /// The dual and what belongs to it at one set of multipliers.
  struct Point {
    let value: Double
    let weights: [Double]
    let slopes: [Double]
  }

  let prior: [Double]
  let gaps: [ScaledGap]
  private(set) var multipliers: [Double]
  private(set) var point: Point

  init(prior: [Double], gaps: [ScaledGap]) {
    self.prior = prior
    self.gaps = gaps
    multipliers = [Double](repeating: 0, count: gaps.count)
    point = Self.point(at: multipliers, prior, gaps)
  }

  /// The slopes that a step may still follow: not those that push a one-sided view's multiplier below zero.
  var largestGap: Double { free.map { abs(point.slopes[$0]) }.max() ?? 0 }

  private var free: [Int] {
    gaps.indices.filter { !(gaps[$0].isOneSided && multipliers[$0] == 0 && point.slopes[$0] >= 0) }
  }

  /// Minimises the dual.
  ///
  /// - Returns: the number of steps made.
  mutating func minimise(tolerance: Double, maximumIterations: Int) throws(EntropyPoolingError) -> Int {
    for iteration in 0..<maximumIterations {
      if largestGap <= tolerance { return iteration }
      if provesContradiction { throw .viewsContradict }
      guard step() else {
        throw .notConverged(largestGap: largestGap, iterations: iteration)
      }
    }
    if largestGap <= tolerance { return maximumIterations }
    throw provesContradiction
      ? .viewsContradict : .notConverged(largestGap: largestGap, iterations: maximumIterations)
  }

  /// Whether the combination of the gaps by the multipliers is negative in every scenario that has a weight.
  ///
  /// Its mean would have to be at least zero under weights that make the views hold, so there are none.
  private var provesContradiction: Bool {
    guard multipliers.contains(where: { $0 != 0 }) else { return false }
    for scenario in prior.indices where prior[scenario] > 0 {
      var (combined, size) = (0.0, 0.0)
      for (multiplier, gap) in zip(multipliers, gaps) {
        combined += multiplier * gap.values[scenario]
        size += abs(multiplier * gap.values[scenario])
      }
      guard combined < -1e-12 * size else { return false }
    }
    return true
  }

  /// Makes one projected Newton step.
  ///
  /// - Returns: whether a step was found that lowers the dual.
  private mutating func step() -> Bool {
    let free = free
    guard let direction = newtonDirection(free) else { return false }
    var length = 1.0
    for _ in 0..<100 {
      var trial = multipliers
      for (position, index) in free.enumerated() {
        trial[index] += length * direction[position]
        if gaps[index].isOneSided { trial[index] = max(0, trial[index]) }
      }
      let next = Self.point(at: trial, prior, gaps)
      let descent = free.reduce(0) { $0 + point.slopes[$1] * (trial[$1] - multipliers[$1]) }
      // Where the descent is lost in rounding, a full step of Newton's is the best there is.
      if trial != multipliers, next.value.isFinite,
        next.value <= point.value + 1e-4 * descent + 4 * Double.ulpOfOne * (1 + abs(point.value))
      {
        multipliers = trial
        point = next
        return true
      }
      length *= 0.5
    }
    return false
  }

  /// `−H⁻¹·slopes` over the free multipliers, H the covariance of the gaps, raised a little where it is singular.
  private func newtonDirection(_ free: [Int]) -> [Double]? {
    let covariance = Matrix(rows: free.count, columns: free.count) { row, column in
      let (first, second) = (free[max(row, column)], free[min(row, column)])
      var sum = CompensatedSum()
      for scenario in prior.indices where point.weights[scenario] > 0 {
        sum +=
          point.weights[scenario]
          * ((gaps[first].values[scenario] - point.slopes[first])
            * (gaps[second].values[scenario] - point.slopes[second]))
      }
      return sum.value
    }
    let slopes = free.map { -point.slopes[$0] }
    var raise = 1e-14 * max(1, covariance.diagonal.max() ?? 1)
    while raise.isFinite {
      let raised = Matrix(rows: free.count, columns: free.count) { row, column in
        covariance[row, column] + (row == column ? raise : 0)
      }
      if let factor = try? Cholesky(raised) { return factor.solve(slopes) }
      raise *= 100
    }
    return nil
  }

  /// The dual, the weights `q·exp(λ·gap)` scaled to add up to 1, and the means of the gaps under them.
  private static func point(at multipliers: [Double], _ prior: [Double], _ gaps: [ScaledGap]) -> Point {
    var exponents = [Double](repeating: 0, count: prior.count)
    for (multiplier, gap) in zip(multipliers, gaps) where multiplier != 0 {
      for scenario in exponents.indices { exponents[scenario] += multiplier * gap.values[scenario] }
    }
    var largest = -Double.infinity
    for (exponent, weight) in zip(exponents, prior) where weight > 0 { largest = max(largest, exponent) }
    var total = CompensatedSum()
    var weights = prior
    for scenario in weights.indices where weights[scenario] > 0 {
      weights[scenario] *= .exp(exponents[scenario] - largest)
      total += weights[scenario]
    }
    for scenario in weights.indices { weights[scenario] /= total.value }
    let slopes = gaps.map { gap in
      var mean = CompensatedSum()
      for (weight, value) in zip(weights, gap.values) where weight > 0 { mean += weight * value }
      return mean.value
    }
    return Point(value: largest + .log(total.value), weights: weights, slopes: slopes)
  }
}
