/// The product `a · b`.
///
/// - Parameters:
///   - a: m × k.
///   - b: k × n.
/// - Returns: an m × n matrix. Its bits depend on the shapes; `multiplyColumns` has products that do not depend on n.
public func multiply(_ a: Matrix, _ b: Matrix) -> Matrix {
  var product = Matrix(rows: a.rows, columns: b.columns, repeating: 0)
  multiply(a, b, into: &product)
  return product
}

/// Overwrites a matrix with the product `a · b`, without allocating.
///
/// - Parameters:
///   - a: m × k.
///   - b: k × n.
///   - product: m × n; what it held does not matter.
public func multiply(_ a: Matrix, _ b: Matrix, into product: inout Matrix) {
  requireProduct(a, b, inner: (a.columns, b.rows))
  precondition(
    product.rows == a.rows && product.columns == b.columns,
    "the product of \(a.shape) and \(b.shape) does not fit \(product.shape)")
  BLAS.multiply(a, .plain, b, .plain, inner: a.columns, into: &product)
}

/// The product `aᵀ · b`, without transposing a copy.
///
/// - Parameters:
///   - a: k × m.
///   - b: k × n.
/// - Returns: an m × n matrix.
public func multiply(transposed a: Matrix, _ b: Matrix) -> Matrix {
  requireProduct(a, b, inner: (a.rows, b.rows))
  var product = Matrix(rows: a.columns, columns: b.columns, repeating: 0)
  BLAS.multiply(a, .transposed, b, .plain, inner: a.rows, into: &product)
  return product
}

/// The product `a · bᵀ`, without transposing a copy.
///
/// - Parameters:
///   - a: m × k.
///   - b: n × k.
/// - Returns: an m × n matrix.
public func multiply(_ a: Matrix, transposed b: Matrix) -> Matrix {
  requireProduct(a, b, inner: (a.columns, b.columns))
  var product = Matrix(rows: a.rows, columns: b.rows, repeating: 0)
  BLAS.multiply(a, .plain, b, .transposed, inner: a.columns, into: &product)
  return product
}

/// The product of a matrix and a column vector, `a · x`.
///
/// - Parameters:
///   - a: m × n.
///   - vector: n numbers.
/// - Returns: m numbers.
public func multiply(_ a: Matrix, _ vector: [Double]) -> [Double] {
  precondition(vector.count == a.columns, "a \(a.shape) matrix cannot multiply \(vector.count) numbers")
  return BLAS.multiply(a, .plain, vector)
}

/// The product of a transposed matrix and a column vector, `aᵀ · x`.
///
/// - Parameters:
///   - a: m × n.
///   - vector: m numbers.
/// - Returns: n numbers.
public func multiply(transposed a: Matrix, _ vector: [Double]) -> [Double] {
  precondition(
    vector.count == a.rows, "a transposed \(a.shape) matrix cannot multiply \(vector.count) numbers")
  return BLAS.multiply(a, .transposed, vector)
}

private func requireProduct(_ a: Matrix, _ b: Matrix, inner: (Int, Int)) {
  precondition(inner.0 == inner.1, "\(a.shape) and \(b.shape) matrices have no such product")
}

// MARK: Symmetric products

/// The product `scale · x · xᵀ` of a matrix's rows with one another.
///
/// - Parameters:
///   - x: m × n.
///   - scale: what the product is multiplied by.
/// - Returns: an m × m matrix, exactly symmetric.
public func symmetricProduct(rowsOf x: Matrix, scale: Double = 1) -> Matrix {
  var product = BLAS.symmetricProduct(x, .plain, count: x.rows, inner: x.columns, scale: scale)
  product.mirrorLowerTriangle()
  return product
}

/// The product `scale · xᵀ · x` of a matrix's columns with one another.
///
/// - Parameters:
///   - x: m × n, observations × variables.
///   - scale: what the product is multiplied by.
/// - Returns: an n × n matrix, exactly symmetric.
public func symmetricProduct(columnsOf x: Matrix, scale: Double = 1) -> Matrix {
  var product = BLAS.symmetricProduct(x, .transposed, count: x.columns, inner: x.rows, scale: scale)
  product.mirrorLowerTriangle()
  return product
}

extension Matrix {
  /// Copies the elements below the diagonal to their mirror places above it.
  mutating func mirrorLowerTriangle() {
    for row in 0..<rows {
      for column in 0..<row { self[column, row] = self[row, column] }
    }
  }

  /// Sets the elements above the diagonal to zero.
  mutating func clearUpperTriangle() {
    for row in 0..<rows {
      for column in min(row + 1, columns)..<columns { self[row, column] = 0 }
    }
  }
}
