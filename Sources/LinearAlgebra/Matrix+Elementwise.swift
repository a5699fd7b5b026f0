extension Matrix {
  /// The matrix with rows and columns exchanged.
  ///
  /// - Returns: a `columns` × `rows` matrix.
  public func transposed() -> Matrix {
    Matrix(rows: columns, columns: rows) { self[$1, $0] }
  }

  /// The matrix with a function applied to every element.
  ///
  /// - Parameter transform: called once an element, in row-major order.
  /// - Returns: a matrix of the same shape.
  public func map(_ transform: (Double) -> Double) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: storage.map(transform))
  }

  /// The matrix times a number.
  ///
  /// - Parameter factor: what every element is multiplied by.
  /// - Returns: a matrix of the same shape.
  public func scaled(by factor: Double) -> Matrix { map { $0 * factor } }

  /// The matrix scaled from both sides by diagonal matrices: `diag(left) · self · diag(right)`.
  ///
  /// - Parameters:
  ///   - left: one number a row.
  ///   - right: one number a column.
  /// - Returns: a matrix of the same shape. A symmetric matrix with equal sides stays exactly symmetric.
  public func scaled(rows left: [Double], columns right: [Double]) -> Matrix {
    precondition(
      left.count == rows && right.count == columns,
      "\(left.count) and \(right.count) factors do not fit a \(shape) matrix")
    return Matrix(rows: rows, columns: columns) { self[$0, $1] * (left[$0] * right[$1]) }
  }

  /// The elements on the diagonal.
  public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

  /// The sum of two matrices, element by element.
  ///
  /// - Parameters:
  ///   - left: the first matrix.
  ///   - right: a matrix of the same shape.
  /// - Returns: a matrix of that shape.
  public static func + (left: Matrix, right: Matrix) -> Matrix { left.combined(with: right, +) }

  /// The difference of two matrices, element by element.
  ///
  /// - Parameters:
  ///   - left: what is subtracted from.
  ///   - right: a matrix of the same shape.
  /// - Returns: a matrix of that shape.
  public static func - (left: Matrix, right: Matrix) -> Matrix { left.combined(with: right, -) }

  private func combined(with other: Matrix, _ operation: (Double, Double) -> Double) -> Matrix {
    requireSameShape(as: other)
    return Matrix(
      rows: rows, columns: columns,
      elements: zip(storage, other.storage).map { operation($0, $1) })
  }

  func requireSameShape(as other: Matrix) {
    precondition(
      rows == other.rows && columns == other.columns,
      "a \(shape) and a \(other.shape) matrix do not match")
  }
}

// MARK: Sizes and symmetry

extension Matrix {
  /// Whether there are as many rows as columns.
  public var isSquare: Bool { rows == columns }

  /// Whether every element is a finite number.
  public var isFinite: Bool { storage.allSatisfy(\.isFinite) }

  /// The largest absolute element, 0 for an empty matrix; NaN where an element is NaN.
  public var maximumAbsoluteElement: Double {
    storage.reduce(0) { $1.isNaN || $0.isNaN ? .nan : max($0, abs($1)) }
  }

  /// The largest absolute difference between two matrices' elements.
  ///
  /// - Parameter other: a matrix of the same shape.
  /// - Returns: max |aᵢⱼ − bᵢⱼ|; 0 for empty matrices, NaN where a difference is NaN.
  public func maximumAbsoluteDifference(from other: Matrix) -> Double {
    (self - other).maximumAbsoluteElement
  }

  /// The Frobenius norm: the square root of the sum of the squared elements.
  public var frobeniusNorm: Double {
    // Scaled by a power of two near the largest element, so that squares neither overflow nor vanish.
    let largest = maximumAbsoluteElement
    guard largest > 0, largest.isFinite else { return largest }
    let scale = largest.binade
    return storage.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }.squareRoot() * scale
  }

  /// The largest absolute difference between elements that mirror each other across the diagonal.
  ///
  /// Requires a square matrix.
  public var asymmetry: Double {
    precondition(isSquare, "symmetry is asked of a \(shape) matrix")
    var largest = 0.0
    for row in 0..<rows {
      for column in 0..<row {
        let difference = abs(self[row, column] - self[column, row])
        if !(difference <= largest) { largest = difference }
        if largest.isNaN { return .nan }
      }
    }
    return largest
  }

  /// Whether the matrix equals its transpose within a tolerance.
  ///
  /// - Parameter tolerance: the largest absolute difference allowed; at least 0.
  /// - Returns: `false` where the matrix is not square or a compared element is NaN.
  public func isSymmetric(within tolerance: Double = 0) -> Bool {
    isSquare && asymmetry <= tolerance
  }
}
