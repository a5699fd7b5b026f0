extension SemidefiniteDual {
  /// Alternating projections with Dykstra's correction, as gradient steps, extrapolated where there is a memory.
  ///
  /// A step along the negative gradient is one projection onto the given elements and one onto the semidefinite
  /// matrices. Extrapolations that make the gradient longer than twice the shortest, or have not made it shorter for
  /// some steps, are taken back.
  ///
  /// - Parameters:
  ///   - start: where to begin.
  ///   - memory: how many past steps an extrapolation uses; 0 for none.
  ///   - maximumIterations: the most steps.
  /// - Returns: the point of the shortest gradient.
  /// - Throws: `CovarianceError.decomposition`.
  func projectionSteps(
    from start: DualPoint, memory: Int, maximumIterations: Int
  ) throws(CovarianceError) -> DualSearch {
    // Rows of the measurement that overlap make the gradient steeper, at most twice.
    let length = frame == nil ? 1 : 0.5
    var search = DualSearch(point: start, iterations: 0)
    var current = start
    var history = AndersonHistory(memory: memory)
    var best = 0
    while !search.hasConverged, search.iterations < maximumIterations {
      let step = current.gradient.map { -length * $0 }
      let next = history.next(after: current.multipliers, step: step)
      current = try evaluated(at: next)
      search.iterations += 1
      if current.residual < search.point.residual {
        search.point = current
        best = search.iterations
      } else if memory > 0,
        current.residual > 2 * search.point.residual || search.iterations > best + 2 * memory
      {
        current = search.point
        best = search.iterations
        history = AndersonHistory(memory: memory)
      }
    }
    return search
  }
}

/// The last steps of a fixed-point iteration, from which the next is extrapolated (Anderson, 1965).
private struct AndersonHistory {
  let memory: Int
  /// The changes of the point, newest first.
  private var changes: [[Double]] = []
  /// The changes of the step, newest first.
  private var stepChanges: [[Double]] = []
  private var last: (point: [Double], step: [Double])?

  init(memory: Int) {
    self.memory = memory
  }

  /// The next point: the one whose step, linear in between, would be the shortest, and that step on.
  mutating func next(after point: [Double], step: [Double]) -> [Double] {
    if memory > 0, let last {
      changes.insert(point.adding(-1, times: last.point), at: 0)
      stepChanges.insert(step.adding(-1, times: last.step), at: 0)
      changes = Array(changes.prefix(memory))
      stepChanges = Array(stepChanges.prefix(memory))
    }
    last = (point, step)
    var next = point.adding(1, times: step)
    for (index, share) in shares(of: step) {
      next = next.adding(-share, times: changes[index]).adding(-share, times: stepChanges[index])
    }
    return next
  }

  /// The least-squares shares of the step changes in a step, by Gram and Schmidt; changes that depend on newer ones drop
  /// out.
  private func shares(of step: [Double]) -> [(index: Int, share: Double)] {
    var basis: [[Double]] = []
    var used: [(index: Int, coefficients: [Double])] = []
    for (index, change) in stepChanges.enumerated() {
      var rest = change
      var coefficients: [Double] = []
      for direction in basis {
        let coefficient = direction.dot(rest)
        coefficients.append(coefficient)
        rest = rest.adding(-coefficient, times: direction)
      }
      let size = rest.length
      guard size > 1e-10 * change.length else { continue }
      coefficients.append(size)
      basis.append(rest.map { $0 / size })
      used.append((index, coefficients))
    }
    var right = basis.map { $0.dot(step) }
    var shares: [(index: Int, share: Double)] = []
    for place in used.indices.reversed() {
      let share = right[place] / used[place].coefficients[place]
      for above in 0..<place { right[above] -= share * used[place].coefficients[above] }
      shares.append((used[place].index, share))
    }
    return shares
  }
}
