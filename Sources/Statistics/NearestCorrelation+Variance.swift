internal import LinearAlgebra

extension NearestCorrelation {
  /// The correlation matrix nearest to another under which a weighted sum varies enough: `wᵀ·R·w ≥ c`.
  ///
  /// Newton's method on the dual with one multiplier more, which is at least zero since the base falls short. Of the
  /// result, what rounding leaves of a shortfall is made up by a step towards perfect correlation; near the largest
  /// variance the nearest matrix itself is near a singular one and no better known than that.
  ///
  /// - Parameters:
  ///   - base: the correlations, n × n; returned as they are where they give the variance.
  ///   - weights: w, one a variable, finite: amounts times volatilities.
  ///   - variance: c, finite.
  /// - Throws: `CovarianceError.varianceOutOfReach` where c is above `(Σ|wᵢ|)²`, or `.decomposition`.
  public init(
    to base: CorrelationMatrix, withVarianceOf weights: [Double], atLeast variance: Double
  ) throws(CovarianceError) {
    precondition(weights.count == base.count, "\(weights.count) weights for \(base.count) variables")
    precondition(
      weights.allSatisfy(\.isFinite) && variance.isFinite, "weights and variance are finite numbers")
    let size = weights.reduce(0) { max($0, abs($1)) }
    let scaled = weights.map { size > 0 ? $0 / size : 0 }
    let gross = scaled.reduce(0) { $0 + abs($1) }
    let wanted = size > 0 ? variance / size / size : variance
    let rounding = 4 * Double(base.count) * .ulpOfOne
    guard wanted <= gross * gross * (1 + rounding) else {
      throw .varianceOutOfReach(wanted: variance, largest: gross * gross * size * size)
    }
    let book = WeightedBook(weights: scaled, variance: min(wanted, gross * gross))
    guard book.variance(under: base.matrix) < book.variance * (1 - rounding) else {
      self.init(repaired: base, from: base.matrix)
      return
    }
    if book.variance >= gross * gross * (1 - rounding) {
      let (perfect, search) = try book.perfect(near: base)
      self.init(
        repaired: perfect, from: base.matrix, iterations: search.iterations,
        hasConverged: search.hasConverged)
      return
    }
    let search = try book.dual(around: base).minimised(by: .newton)
    let found = try CorrelationMatrix(roundedFrom: search.point.semidefinite)
    self.init(
      repaired: try book.settled(found, base: base), from: base.matrix, iterations: search.iterations,
      hasConverged: search.hasConverged)
  }
}

/// Weights, and the variance they are to have.
private struct WeightedBook {
  let weights: [Double]
  let variance: Double

  func variance(under matrix: Matrix) -> Double { weights.dot(multiply(matrix, weights)) }

  /// The nearest matrix with unit diagonal and this variance exactly: a row of the measurement more.
  func dual(around base: CorrelationMatrix) -> SemidefiniteDual {
    let length = weights.length
    let count = base.count
    let frame = Matrix(rows: count + 1, columns: count) { row, column in
      row == count ? weights[column] / length : row == column ? 1 : 0
    }
    return SemidefiniteDual(
      target: base.matrix, frame: frame,
      diagonal: [Double](repeating: 1, count: count) + [variance / length / length])
  }

  /// The matrix with exactly this variance on the way to perfect correlation or back to the base.
  func settled(
    _ found: CorrelationMatrix, base: CorrelationMatrix
  ) throws(CovarianceError) -> CorrelationMatrix {
    let reached = variance(under: found.matrix)
    let other = reached < variance ? try perfect(near: base).correlation : base
    let far = variance(under: other.matrix)
    guard reached != variance, far != reached else { return found }
    let share = min(max((variance - reached) / (far - reached), 0), 1)
    return try CorrelationMatrix(
      roundedFrom: found.matrix.scaled(by: 1 - share) + other.matrix.scaled(by: share))
  }

  /// The nearest matrix of the largest variance: the weighted variables are one, turned where its weight is negative.
  func perfect(
    near base: CorrelationMatrix
  ) throws(CovarianceError) -> (correlation: CorrelationMatrix, search: DualSearch) {
    let held = weights.indices.filter { weights[$0] != 0 }
    let free = weights.indices.filter { weights[$0] == 0 }
    let share = 1 / Double(held.count).squareRoot()
    let basis = Matrix(rows: weights.count, columns: 1 + free.count) { row, column in
      if column > 0 { return free[column - 1] == row ? 1 : 0 }
      return weights[row] == 0 ? 0 : weights[row] < 0 ? -share : share
    }
    let face = SpectralFace(basis: basis)
    let diagonal = [Double(held.count)] + [Double](repeating: 1, count: free.count)
    let search = try SemidefiniteDual(target: face.reduced(base.matrix), diagonal: diagonal)
      .minimised(by: .newton)
    return (try CorrelationMatrix(roundedFrom: face.lifted(search.point.semidefinite)), search)
  }
}
