// The bits of a column of a product can depend on how many columns the product has. A tile has a fixed number of
// columns, zeros standing in for the missing ones of the last, so a column's bits depend on that column alone.

/// Overwrites a tile with the product of a matrix and a range of another's columns: `a · b[:, columns]`.
///
/// The work always has the tile's shape: where the range is shorter, the remaining columns of the tile become
/// zero. Column c of the product then has the same bits however many columns b has and on whatever thread its
/// tile is computed, as long as every tile has the same width and starts at a multiple of it.
///
/// - Parameters:
///   - a: m × k, such as a factor of a covariance matrix.
///   - b: k × n, such as independent draws, factor × scenario.
///   - columns: the columns of b; within `0..<n` and at most the tile's width.
///   - tile: m × width; what it held does not matter.
public func multiplyColumns(_ a: Matrix, _ b: Matrix, columns: Range<Int>, into tile: inout Matrix) {
  precondition(a.columns == b.rows, "\(a.shape) and \(b.shape) matrices have no product")
  precondition(
    columns.lowerBound >= 0 && columns.upperBound <= b.columns, "no columns \(columns) in \(b.shape)")
  precondition(
    tile.rows == a.rows && columns.count <= tile.columns,
    "\(columns.count) columns of a product with \(a.rows) rows do not fit a \(tile.shape) tile")
  guard columns.count < tile.columns else {
    BLAS.multiply(a, b, fromColumn: columns.lowerBound, into: &tile)
    return
  }
  var padded = Matrix(rows: b.rows, columns: tile.columns, repeating: 0)
  for row in 0..<b.rows {
    for (place, column) in columns.enumerated() { padded[row, place] = b[row, column] }
  }
  multiply(a, padded, into: &tile)
}

/// The product `a · b`, computed in tiles of a fixed number of columns.
///
/// Column c has the bits `multiplyColumns` gives it: they do not depend on how many columns b has.
///
/// - Parameters:
///   - a: m × k.
///   - b: k × n.
///   - tileColumns: the width of a tile; at least 1.
/// - Returns: an m × n matrix.
public func multiply(_ a: Matrix, _ b: Matrix, tileColumns: Int) -> Matrix {
  precondition(tileColumns >= 1, "a tile has at least one column; have \(tileColumns)")
  var product = Matrix(rows: a.rows, columns: b.columns, repeating: 0)
  var tile = Matrix(rows: a.rows, columns: tileColumns, repeating: 0)
  for first in stride(from: 0, to: b.columns, by: tileColumns) {
    let columns = first..<min(first + tileColumns, b.columns)
    multiplyColumns(a, b, columns: columns, into: &tile)
    for row in 0..<a.rows {
      tile.withRow(row) { source in
        product.withMutableRow(row) { target in
          for (place, column) in columns.enumerated() { target[column] = source[place] }
        }
      }
    }
  }
  return product
}
