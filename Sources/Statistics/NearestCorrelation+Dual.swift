internal import LinearAlgebra

/// The dual of finding the positive semidefinite matrix X nearest to A with given elements of `T·X·Tᵀ`.
///
/// `θ(y) = ½·‖(A + 𝒜*(y))₊‖² − bᵀy`, convex and once differentiable, with gradient `𝒜((A + 𝒜*(y))₊) − b`. The multipliers
/// y belong first to the diagonal of `T·X·Tᵀ`, all of it, then to pairs off the diagonal. The measurement 𝒜 counts an
/// element off the diagonal √2 times, so that its rows have length 1 where T is the identity.
struct SemidefiniteDual {
  /// A, q × q.
  let target: Matrix
  /// T, m × q; `nil` for the identity.
  let frame: Matrix?
  /// The places off the diagonal that are given.
  let pairs: [CorrelationPair]
  /// b, one a multiplier.
  let values: [Double]

  /// Poses the problem.
  ///
  /// - Parameters:
  ///   - target: A, q × q, exactly symmetric.
  ///   - frame: T, m × q; `nil` for the identity.
  ///   - diagonal: the diagonal of T·X·Tᵀ, m numbers.
  ///   - given: the elements given off the diagonal, in order.
  init(
    target: Matrix, frame: Matrix? = nil, diagonal: [Double],
    given: [(pair: CorrelationPair, value: Double)] = []
  ) {
    self.target = target
    self.frame = frame
    pairs = given.map(\.pair)
    values = diagonal + given.map { $0.value * SemidefiniteDual.pairWeight }
  }

  /// Joins the parts.
  init(target: Matrix, frame: Matrix?, pairs: [CorrelationPair], values: [Double]) {
    self.target = target
    self.frame = frame
    self.pairs = pairs
    self.values = values
  }

  static let pairWeight = 2.0.squareRoot()

  /// m, the order of T·X·Tᵀ.
  var order: Int { frame?.rows ?? target.rows }

  /// Multipliers that put the given elements in their places in A.
  var start: [Double] {
    guard frame == nil else { return [Double](repeating: 0, count: values.count) }
    var start = values
    for index in 0..<order { start[index] -= target[index, index] }
    for (index, pair) in pairs.enumerated() {
      start[order + index] -= SemidefiniteDual.pairWeight * target[pair.first, pair.second]
    }
    return start
  }

  /// The dual function at some multipliers.
  func evaluated(at multipliers: [Double]) throws(CovarianceError) -> DualPoint {
    try DualPoint(self, multipliers: multipliers)
  }

  /// A + 𝒜*(y).
  fileprivate func shifted(by multipliers: [Double]) -> Matrix {
    guard let frame else {
      var shifted = target
      for index in 0..<order { shifted[index, index] += multipliers[index] }
      for (index, pair) in pairs.enumerated() {
        let shift = multipliers[order + index] / SemidefiniteDual.pairWeight
        shifted[pair.first, pair.second] += shift
        shifted[pair.second, pair.first] += shift
      }
      return shifted
    }
    let sum = target + multiply(transposed: frame, spread(multipliers, over: frame))
    return Matrix(rows: sum.rows, columns: sum.rows) { sum[max($0, $1), min($0, $1)] }
  }

  /// `S(y)·W` with S the sparse matrix that has the multipliers in their places, and W of m rows.
  func spread(_ multipliers: [Double], over rows: Matrix) -> Matrix {
    let ones = [Double](repeating: 1, count: rows.columns)
    var result = rows.scaled(rows: Array(multipliers.prefix(order)), columns: ones)
    for (index, pair) in pairs.enumerated() {
      let factor = multipliers[order + index] / SemidefiniteDual.pairWeight
      result.add(factor, row: pair.second, of: rows, toRow: pair.first)
      result.add(factor, row: pair.first, of: rows, toRow: pair.second)
    }
    return result
  }

  /// The measurements of `G·Wᵀ + W·Gᵀ`, with G and W of m rows.
  func measured(_ left: Matrix, _ right: Matrix) -> [Double] {
    (0..<order).map { 2 * left.dot($0, right, $0) }
      + pairs.map { pair in
        let sum = left.dot(pair.first, right, pair.second) + left.dot(pair.second, right, pair.first)
        return SemidefiniteDual.pairWeight * sum
      }
  }
}

/// The dual function, its gradient, and the decomposition behind both.
struct DualPoint {
  /// y.
  let multipliers: [Double]
  /// θ(y).
  let value: Double
  /// The gradient: by how much the positive part misses the given elements.
  let gradient: [Double]
  /// The norm of the gradient.
  let residual: Double
  /// The eigenvalues and eigenvectors of A + 𝒜*(y).
  let spectrum: SymmetricEigen
  /// T times the eigenvectors, m × q.
  let directions: Matrix
  /// The first eigenvalue above zero.
  let firstPositive: Int

  fileprivate init(_ dual: SemidefiniteDual, multipliers: [Double]) throws(CovarianceError) {
    let spectrum: SymmetricEigen
    do throws(LinearAlgebraError) {
      spectrum = try SymmetricEigen(dual.shifted(by: multipliers))
    } catch {
      throw .decomposition(error)
    }
    let eigenvalues = spectrum.values
    let first = eigenvalues.firstIndex { $0 > 0 } ?? eigenvalues.count
    directions = dual.frame.map { multiply($0, spectrum.vectors) } ?? spectrum.vectors
    let root = directions.selected(columns: Array(first..<eigenvalues.count)) {
      $0 * eigenvalues[$1].squareRoot()
    }
    gradient = zip(dual.measured(root, root), dual.values).map { 0.5 * $0 - $1 }
    let squares = eigenvalues[first...].reduce(0) { $0 + $1 * $1 }
    value = zip(multipliers, dual.values).reduce(0.5 * squares) { $0 - $1.0 * $1.1 }
    residual = gradient.length
    firstPositive = first
    self.multipliers = multipliers
    self.spectrum = spectrum
  }

  /// The positive part of A + 𝒜*(y), q × q, exactly symmetric.
  var semidefinite: Matrix {
    let eigenvalues = spectrum.values
    return symmetricProduct(
      rowsOf: spectrum.vectors.selected(columns: Array(firstPositive..<eigenvalues.count)) {
        $0 * eigenvalues[$1].squareRoot()
      })
  }

  /// The norm of the gradient that rounding leaves at the minimum.
  var rounding: Double {
    let size = max(abs(spectrum.values.first ?? 0), abs(spectrum.values.last ?? 0), 1)
    return 4 * Double(multipliers.count).squareRoot() * .ulpOfOne * size
  }

  /// Whether the gradient is within rounding of zero.
  var isMinimum: Bool { residual <= rounding }
}

extension [Double] {
  /// The Euclidean norm.
  var length: Double { dot(self).squareRoot() }

  /// The inner product.
  func dot(_ other: [Double]) -> Double { zip(self, other).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The sum with a multiple of another vector.
  func adding(_ factor: Double, times other: [Double]) -> [Double] {
    zip(self, other).map { $0 + factor * $1 }
  }
}

extension Matrix {
  /// Some columns, each element transformed.
  func selected(
    columns chosen: [Int], _ transform: (_ value: Double, _ column: Int) -> Double = { value, _ in value }
  ) -> Matrix {
    Matrix(rows: rows, columns: chosen.count) { transform(self[$0, chosen[$1]], chosen[$1]) }
  }

  /// The inner product of a row with a row of another matrix.
  fileprivate func dot(_ row: Int, _ other: Matrix, _ otherRow: Int) -> Double {
    withRow(row) { left in
      other.withRow(otherRow) { right in
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
      }
    }
  }

  fileprivate mutating func add(_ factor: Double, row: Int, of other: Matrix, toRow target: Int) {
    other.withRow(row) { source in
      withMutableRow(target) { sum in
        for index in source.indices { sum[index] += factor * source[index] }
      }
    }
  }
}
