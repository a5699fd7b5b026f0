import COpenBLAS

/// The BLAS routines in use, on row-major storage.
///
/// Shapes have been checked by the callers; empty shapes are answered here, where BLAS would refuse them.
enum BLAS {
  /// Whether an operand enters a product as it stands or transposed.
  enum Operand {
    case plain
    case transposed

    fileprivate var code: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
  }

  /// `product = op(a) · op(b)`, where op(a) is `product.rows` × `inner`.
  static func multiply(
    _ a: Matrix, _ aOperand: Operand, _ b: Matrix, _ bOperand: Operand, inner: Int, into product: inout Matrix
  ) {
    guard product.rows > 0, product.columns > 0 else { return }
    guard inner > 0 else {
      product = Matrix(rows: product.rows, columns: product.columns, repeating: 0)
      return
    }
    BLASRuntime.useOneThread()
    unsafe cblas_dgemm(
      CblasRowMajor, aOperand.code, bOperand.code,
      Int32(product.rows), Int32(product.columns), Int32(inner),
      1, a.storage, Int32(a.columns), b.storage, Int32(b.columns),
      0, &product.storage, Int32(product.columns))
  }

  /// `tile = a · b[:, first ..< first + tile.columns]`, reading the columns of b where they stand.
  static func multiply(_ a: Matrix, _ b: Matrix, fromColumn first: Int, into tile: inout Matrix) {
    guard tile.rows > 0, tile.columns > 0, a.columns > 0 else { return }
    BLASRuntime.useOneThread()
    unsafe b.storage.withUnsafeBufferPointer { columns in
      guard let base = columns.baseAddress else { return }
      unsafe cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans,
        Int32(tile.rows), Int32(tile.columns), Int32(a.columns),
        1, a.storage, Int32(a.columns), base + first, Int32(b.columns),
        0, &tile.storage, Int32(tile.columns))
    }
  }

  /// `op(a) · vector`.
  static func multiply(_ a: Matrix, _ operand: Operand, _ vector: [Double]) -> [Double] {
    var product = [Double](repeating: 0, count: operand == .plain ? a.rows : a.columns)
    guard a.rows > 0, a.columns > 0 else { return product }
    BLASRuntime.useOneThread()
    unsafe cblas_dgemv(
      CblasRowMajor, operand.code, Int32(a.rows), Int32(a.columns),
      1, a.storage, Int32(a.columns), vector, 1, 0, &product, 1)
    return product
  }

  /// The lower triangle of `scale · op(a) · op(a)ᵀ`, where op(a) is `count` × `inner`; zeros above it.
  static func symmetricProduct(
    _ a: Matrix, _ operand: Operand, count: Int, inner: Int, scale: Double
  ) -> Matrix {
    var product = Matrix(rows: count, columns: count, repeating: 0)
    guard count > 0, inner > 0 else { return product }
    BLASRuntime.useOneThread()
    unsafe cblas_dsyrk(
      CblasRowMajor, CblasLower, operand.code, Int32(count), Int32(inner),
      scale, a.storage, Int32(a.columns), 0, &product.storage, Int32(count))
    return product
  }

  /// Replaces b by `op(lower)⁻¹ · b`, with a lower triangle that has no zero on its diagonal.
  static func solve(_ lower: Matrix, _ operand: Operand, _ b: inout Matrix) {
    triangularSolve(lower, operand, side: CblasLeft, &b)
  }

  /// Replaces b by `b · lower⁻¹`, with a lower triangle that has no zero on its diagonal.
  static func solveFromRight(_ lower: Matrix, _ b: inout Matrix) {
    triangularSolve(lower, .plain, side: CblasRight, &b)
  }

  private static func triangularSolve(
    _ lower: Matrix, _ operand: Operand, side: CBLAS_SIDE, _ b: inout Matrix
  ) {
    guard b.rows > 0, b.columns > 0 else { return }
    BLASRuntime.useOneThread()
    unsafe cblas_dtrsm(
      CblasRowMajor, side, CblasLower, operand.code, CblasNonUnit, Int32(b.rows), Int32(b.columns),
      1, lower.storage, Int32(lower.columns), &b.storage, Int32(b.columns))
  }
}
