/// The spectral decomposition `A = V · diag(λ) · Vᵀ` of a symmetric matrix.
public struct SymmetricEigen: Hashable, Sendable {
  /// The eigenvalues λ in ascending order, n of them.
  public let values: [Double]
  /// The eigenvectors V, n × n: column i belongs to eigenvalue i and has length 1.
  ///
  /// Each has the sign that makes its largest absolute component positive (the first of several equal ones).
  public let vectors: Matrix

  /// Decomposes a matrix.
  ///
  /// - Parameter matrix: n × n and symmetric.
  /// - Throws: `LinearAlgebraError.notFinite`, `.notSymmetric` or `.eigenvaluesNotFound`.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try matrix.requireSymmetric()
    var vectors = matrix
    guard let values = LAPACK.eigenvectors(&vectors) else { throw .eigenvaluesNotFound }
    for row in 0..<vectors.rows { vectors.withMutableRow(row) { fixSign(&$0) } }
    self.values = values
    self.vectors = vectors.transposed()
  }

  /// The eigenvalues of a symmetric matrix, without the vectors.
  ///
  /// - Parameter matrix: n × n and symmetric.
  /// - Returns: n numbers in ascending order.
  /// - Throws: `LinearAlgebraError.notFinite`, `.notSymmetric` or `.eigenvaluesNotFound`.
  public static func values(of matrix: Matrix) throws(LinearAlgebraError) -> [Double] {
    try matrix.requireSymmetric()
    var work = matrix
    guard let values = LAPACK.eigenvalues(&work) else { throw .eigenvaluesNotFound }
    return values
  }

  /// The matrix that was decomposed, but for rounding.
  ///
  /// - Returns: an n × n matrix, exactly symmetric.
  public func reconstructed() -> Matrix { applying { $0 } }

  /// A function of the matrix: `V · diag(f(λ)) · Vᵀ`.
  ///
  /// - Parameter function: f, called once an eigenvalue in ascending order.
  /// - Returns: an n × n matrix, exactly symmetric.
  public func applying(_ function: (Double) -> Double) -> Matrix {
    let ones = [Double](repeating: 1, count: vectors.rows)
    var result = multiply(vectors.scaled(rows: ones, columns: values.map(function)), transposed: vectors)
    result.mirrorLowerTriangle()
    return result
  }

  /// The symmetric square root: the one symmetric positive semidefinite S with `S · S = A`.
  ///
  /// - Returns: an n × n matrix, exactly symmetric; eigenvalues that are negative by rounding count as zero.
  /// - Throws: `LinearAlgebraError.notPositiveSemidefinite` where an eigenvalue is below −n·ε·λmax.
  public func squareRoot() throws(LinearAlgebraError) -> Matrix {
    if let smallest = values.first, !(smallest >= -rounding) {
      throw .notPositiveSemidefinite(smallestEigenvalue: smallest)
    }
    return applying { max($0, 0).squareRoot() }
  }

  /// How far from zero rounding alone may move an eigenvalue: `n · ε · max|λ|`.
  public var rounding: Double {
    let largest = max(abs(values.first ?? 0), abs(values.last ?? 0))
    return Double(values.count) * .ulpOfOne * largest
  }
}

/// Turns an eigenvector so that its first largest absolute component is positive.
private func fixSign(_ vector: inout MutableSpan<Double>) {
  var largest = 0.0
  for index in vector.indices where abs(vector[index]) > abs(largest) { largest = vector[index] }
  guard largest < 0 else { return }
  for index in vector.indices { vector[index] = -vector[index] }
}
