import LinearAlgebra
import Testing

@Suite struct MatrixProductTests {
  @Test(arguments: [(1, 1, 1), (3, 5, 2), (20, 20, 33), (64, 30, 101), (7, 200, 9)])
  func productsEqualThePlainLoop(m: Int, k: Int, n: Int) {
    let a = randomMatrix(m, k, seed: 1)
    let b = randomMatrix(k, n, seed: 2)
    let plain = plainProduct(a, b)
    let bound = 1e-12 * Double(k)
    #expect(multiply(a, b).maximumAbsoluteDifference(from: plain) <= bound)
    #expect(multiply(transposed: a.transposed(), b).maximumAbsoluteDifference(from: plain) <= bound)
    #expect(multiply(a, transposed: b.transposed()).maximumAbsoluteDifference(from: plain) <= bound)

    var product = Matrix(rows: m, columns: n, repeating: .nan)
    multiply(a, b, into: &product)
    #expect(product == multiply(a, b))

    let column = Matrix(rows: n, columns: 1, elements: b.row(0))
    let vector = Matrix(rows: m, columns: 1, elements: multiply(plain, b.row(0)))
    #expect(vector.maximumAbsoluteDifference(from: plainProduct(plain, column)) <= bound * Double(n))
    let again = Matrix(rows: m, columns: 1, elements: multiply(transposed: plain.transposed(), b.row(0)))
    #expect(again.maximumAbsoluteDifference(from: vector) <= bound * Double(n))
  }

  @Test(arguments: [(1, 1), (4, 9), (30, 120), (50, 3)])
  func symmetricProductsEqualThePlainLoopAndAreExactlySymmetric(m: Int, n: Int) {
    let x = randomMatrix(m, n, seed: 3)
    let rows = symmetricProduct(rowsOf: x, scale: 0.5)
    #expect(rows.isSymmetric())
    #expect(rows.maximumAbsoluteDifference(from: plainProduct(x, x.transposed()).scaled(by: 0.5)) <= 1e-12)
    let columns = symmetricProduct(columnsOf: x, scale: 2)
    #expect(columns.isSymmetric())
    #expect(columns.maximumAbsoluteDifference(from: plainProduct(x.transposed(), x).scaled(by: 2)) <= 1e-12)
  }

  @Test func emptyProducts() {
    let tall = Matrix(rows: 3, columns: 0, repeating: 0)
    let wide = Matrix(rows: 0, columns: 2, repeating: 0)
    #expect(multiply(tall, wide) == Matrix(rows: 3, columns: 2, repeating: 0))
    #expect(multiply(wide, Matrix.identity(2)) == wide)
    #expect(multiply(tall, []) == [0, 0, 0])
    #expect(symmetricProduct(rowsOf: tall) == Matrix(rows: 3, columns: 3, repeating: 0))
    var stale = Matrix(rows: 3, columns: 2, repeating: .nan)
    multiply(tall, wide, into: &stale)
    #expect(stale == Matrix(rows: 3, columns: 2, repeating: 0))
  }

  @Test func theRuntimeNamesItsKernels() {
    #expect(!BLASRuntime.coreName.isEmpty)
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = multiply(Matrix.identity(2), Matrix.identity(3)) }
    await #expect(processExitsWith: .failure) {
      var product = Matrix(rows: 2, columns: 3, repeating: 0)
      multiply(.identity(2), .identity(2), into: &product)
    }
    await #expect(processExitsWith: .failure) { _ = multiply(Matrix.identity(2), [1, 2, 3]) }
    await #expect(processExitsWith: .failure) { _ = multiply(transposed: Matrix.identity(2), [1]) }
  }
}

@Suite struct MatrixColumnTilesTests {
  static let width = 256

  @Test(arguments: [1, 255, 256, 257, 1_237])
  func tilesEqualThePlainLoop(n: Int) {
    let factor = randomMatrix(20, 20, seed: 4)
    let draws = randomMatrix(20, n, seed: 5)
    let tiled = multiply(factor, draws, tileColumns: Self.width)
    #expect(tiled.maximumAbsoluteDifference(from: plainProduct(factor, draws)) <= 1e-12)
  }

  /// The property sharding and resuming rest on: more scenarios never change the bits of the earlier ones.
  @Test(arguments: [5, 20, 50])
  func bitsDoNotDependOnHowManyColumnsThereAre(order: Int) {
    let factor = randomMatrix(order, order, seed: 6)
    let draws = randomMatrix(order, 1_500, seed: 7)
    let whole = multiply(factor, draws, tileColumns: Self.width)
    for n in [1, 100, 256, 300, 1_237] {
      let fewer = Matrix(rows: order, columns: n) { draws[$0, $1] }
      let product = multiply(factor, fewer, tileColumns: Self.width)
      #expect(product == Matrix(rows: order, columns: n) { whole[$0, $1] })
    }
  }

  @Test func aSingleTileEqualsItsPartOfTheWhole() {
    let factor = randomMatrix(7, 9, seed: 8)
    let draws = randomMatrix(9, 600, seed: 9)
    let whole = multiply(factor, draws, tileColumns: Self.width)
    var tile = Matrix(rows: 7, columns: Self.width, repeating: .nan)
    for columns in [256..<512, 0..<256, 512..<600] {
      multiplyColumns(factor, draws, columns: columns, into: &tile)
      let expected = Matrix(rows: 7, columns: Self.width) {
        $1 < columns.count ? whole[$0, columns.lowerBound + $1] : 0
      }
      #expect(tile == expected)
    }
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var tile = Matrix(rows: 2, columns: 4, repeating: 0)
      multiplyColumns(.identity(2), Matrix(rows: 2, columns: 9, repeating: 0), columns: 0..<5, into: &tile)
    }
    await #expect(processExitsWith: .failure) {
      var tile = Matrix(rows: 2, columns: 4, repeating: 0)
      multiplyColumns(.identity(2), Matrix(rows: 2, columns: 9, repeating: 0), columns: 8..<10, into: &tile)
    }
    await #expect(processExitsWith: .failure) {
      _ = multiply(.identity(2), Matrix.identity(2), tileColumns: 0)
    }
  }
}
