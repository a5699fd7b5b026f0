internal import LinearAlgebra

/// Where a minimisation of the dual function ended.
struct DualSearch {
  /// The best point.
  var point: DualPoint
  /// The steps made.
  var iterations: Int

  /// Whether the point is the minimum but for rounding.
  var hasConverged: Bool { point.isMinimum }
}

extension SemidefiniteDual {
  /// The minimum of the dual function.
  ///
  /// Where Newton's method stalls, as it may when the multipliers have no minimum or many, accelerated projections go on
  /// from there.
  ///
  /// - Parameters:
  ///   - method: how.
  ///   - maximumIterations: the most steps; `nil` for as many as the method may reasonably need.
  /// - Returns: where the search ended.
  /// - Throws: `CovarianceError.decomposition`.
  func minimised(
    by method: NearestCorrelation.Method, maximumIterations: Int? = nil
  ) throws(CovarianceError) -> DualSearch {
    switch method {
    case .newton:
      let search = try newtonSearch(maximumIterations: maximumIterations ?? 100)
      if search.hasConverged || maximumIterations != nil { return search }
      let rest = try projectionSteps(from: search.point, memory: 5, maximumIterations: 500)
      return DualSearch(point: rest.point, iterations: search.iterations + rest.iterations)
    case .alternatingProjections:
      return try projectionSteps(
        from: evaluated(at: start), memory: 0, maximumIterations: maximumIterations ?? 20_000)
    case .andersonAccelerated(let memory):
      precondition(memory >= 1, "an acceleration needs a memory of at least one step")
      return try projectionSteps(
        from: evaluated(at: start), memory: memory, maximumIterations: maximumIterations ?? 5_000)
    }
  }

  /// Newton's method, for a target far beyond the given elements from the answer for one nearer to them.
  ///
  /// The multipliers grow with the target; from cold, the steps towards them would be many and short.
  private func newtonSearch(maximumIterations: Int) throws(CovarianceError) -> DualSearch {
    guard frame == nil, target.maximumAbsoluteElement > SemidefiniteDual.farAway else {
      return try newtonSteps(from: evaluated(at: start), maximumIterations: maximumIterations)
    }
    let nearer = SemidefiniteDual(
      target: target.scaled(by: 1 / SemidefiniteDual.stride), frame: nil, pairs: pairs, values: values)
    let before = try nearer.newtonSearch(maximumIterations: maximumIterations)
    let start = before.point.multipliers.map { SemidefiniteDual.stride * $0 }
    var search = try newtonSteps(
      from: evaluated(at: start), maximumIterations: max(maximumIterations - before.iterations, 1))
    search.iterations += before.iterations
    return search
  }

  private static let farAway = 4_096.0
  private static let stride = 8.0

  /// Newton's method with a line search.
  private func newtonSteps(from start: DualPoint, maximumIterations: Int) throws(CovarianceError)
    -> DualSearch
  {
    var search = DualSearch(point: start, iterations: 0)
    while !search.hasConverged, search.iterations < maximumIterations {
      let jacobian = DualJacobian(self, at: search.point)
      let relative = search.point.residual / max(values.length, .leastNormalMagnitude)
      let direction = jacobian.solution(
        of: search.point.gradient.map { -$0 }, tolerance: max(min(0.05, relative), 1e-5),
        regularisation: min(1e-6, 1e-3 * relative))
      guard let next = try lineSearch(from: search.point, along: direction) else { break }
      search.point = next
      search.iterations += 1
    }
    return search
  }

  /// A point that is enough lower (Armijo), or whose gradient is half as long; `nil` where rounding hides any descent.
  private func lineSearch(
    from point: DualPoint, along direction: [Double]
  ) throws(CovarianceError) -> DualPoint? {
    let slope = point.gradient.dot(direction)
    guard slope < 0 else { return nil }
    var step = 1.0
    while step > 0x1p-30 {
      let next = try evaluated(at: point.multipliers.adding(step, times: direction))
      if next.value <= point.value + 1e-4 * step * slope || next.residual <= 0.5 * point.residual {
        return next
      }
      step *= 0.5
    }
    return nil
  }
}

/// A generalised Jacobian of the dual gradient: `h ↦ 𝒜(P·(Ω ∘ (Pᵀ·𝒜*(h)·P))·Pᵀ)` with P the eigenvectors and Ω the
/// divided differences of the positive part (Löwner).
///
/// Ω is 1 between positive eigenvalues, 0 between the others, and `λₖ/(λₖ − λₗ)` across. Products are made over the
/// fewer of the two kinds: where those are the others, 1 − Ω takes the place of Ω.
private struct DualJacobian {
  private let dual: SemidefiniteDual
  /// Whether the products stand for 1 − Ω.
  private let isComplement: Bool
  /// The directions of the chosen kind first, then the others; m × q.
  private let directions: Matrix
  /// The chosen directions, m × k.
  private let chosen: Matrix
  /// Ω or 1 − Ω between chosen and all directions, half of it among the chosen; k × q.
  private let weights: Matrix
  /// The diagonal of the Jacobian, as far as it is quickly had.
  private let diagonal: [Double]

  init(_ dual: SemidefiniteDual, at point: DualPoint) {
    self.dual = dual
    let eigenvalues = point.spectrum.values
    let positive = Array(point.firstPositive..<eigenvalues.count)
    let others = Array(0..<point.firstPositive)
    isComplement = dual.frame == nil && others.count < positive.count
    let first = isComplement ? others : positive
    let order = first + (isComplement ? positive : others)
    directions = point.directions.selected(columns: order)
    chosen = point.directions.selected(columns: first)
    weights = Matrix(rows: first.count, columns: order.count) { row, column in
      if column < first.count { return 0.5 }
      let (own, other) = (abs(eigenvalues[order[row]]), abs(eigenvalues[order[column]]))
      return own / (own + other)
    }
    diagonal = DualJacobian.diagonal(
      dual, directions.map { $0 * $0 }, chosen.map { $0 * $0 }, weights, isComplement: isComplement)
  }

  private static func diagonal(
    _ dual: SemidefiniteDual, _ directions: Matrix, _ chosen: Matrix, _ weights: Matrix, isComplement: Bool
  ) -> [Double] {
    var diagonal = dual.measured(multiply(chosen, weights), directions)
    for index in dual.order..<diagonal.count { diagonal[index] /= SemidefiniteDual.pairWeight }
    if isComplement { diagonal = diagonal.map { 1 - $0 } }
    let floor = 1e-8 * (diagonal.max() ?? 0)
    return diagonal.map { max($0, floor, .leastNormalMagnitude) }
  }

  /// The Jacobian times a vector.
  private func times(_ vector: [Double]) -> [Double] {
    var inner = multiply(transposed: chosen, dual.spread(vector, over: directions))
    inner.multiplyElements(by: weights)
    let product = dual.measured(multiply(chosen, inner), directions)
    return isComplement ? vector.adding(-1, times: product) : product
  }

  /// The solution of (Jacobian + regularisation) · x = right by preconditioned conjugate gradients.
  ///
  /// - Parameters:
  ///   - right: one number a multiplier.
  ///   - tolerance: the remaining residual relative to the length of `right`.
  ///   - regularisation: what is added to the diagonal.
  /// - Returns: a direction of descent where `right` is one.
  func solution(of right: [Double], tolerance: Double, regularisation: Double) -> [Double] {
    let scale = diagonal.map { 1 / ($0 + regularisation) }
    var solution = [Double](repeating: 0, count: right.count)
    var residual = right
    var preconditioned = zip(residual, scale).map { $0 * $1 }
    var direction = preconditioned
    var product = residual.dot(preconditioned)
    let goal = tolerance * right.length
    for _ in 0..<max(50, 2 * right.count) {
      guard residual.length > goal, product > 0 else { break }
      let image = times(direction).adding(regularisation, times: direction)
      let curvature = direction.dot(image)
      guard curvature > 0 else { break }
      let step = product / curvature
      solution = solution.adding(step, times: direction)
      residual = residual.adding(-step, times: image)
      preconditioned = zip(residual, scale).map { $0 * $1 }
      let next = residual.dot(preconditioned)
      direction = preconditioned.adding(next / product, times: direction)
      product = next
    }
    return solution.contains { $0 != 0 } ? solution : right
  }
}

extension Matrix {
  fileprivate mutating func multiplyElements(by factors: Matrix) {
    for row in 0..<rows {
      factors.withRow(row) { factors in
        withMutableRow(row) { values in
          for index in values.indices { values[index] *= factors[index] }
        }
      }
    }
  }
}
