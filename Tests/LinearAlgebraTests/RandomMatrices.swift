import LinearAlgebra

/// A small seeded generator for test inputs (SplitMix64; Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A matrix of independent uniform numbers in (−1, 1).
func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var generator = SplitMix64(seed: seed)
  return Matrix(rows: rows, columns: columns) { _, _ in .random(in: -1..<1, using: &generator) }
}

/// A random symmetric positive definite matrix: X·Xᵀ + 0.1·1.
func randomPositiveDefinite(_ order: Int, seed: UInt64) -> Matrix {
  symmetricProduct(rowsOf: randomMatrix(order, order, seed: seed)) + Matrix.identity(order).scaled(by: 0.1)
}

/// The product by its definition.
func plainProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
  Matrix(rows: a.rows, columns: b.columns) { row, column in
    (0..<a.columns).reduce(0) { $0 + a[row, $1] * b[$1, column] }
  }
}

/// The correlation matrix with the same correlation everywhere.
func equicorrelation(_ order: Int, _ correlation: Double) -> Matrix {
  Matrix(rows: order, columns: order) { $0 == $1 ? 1 : correlation }
}
