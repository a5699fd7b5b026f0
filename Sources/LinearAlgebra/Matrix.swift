/// A dense matrix of doubles, stored row by row.
///
/// Element (r, c) stands at `r·columns + c` of `elements`. A matrix may be empty. Nothing here checks that elements
/// are finite: the decompositions do.
public struct Matrix: Hashable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  @usableFromInline var storage: [Double]

  /// The elements in row-major order, `rows × columns` of them.
  @inlinable public var elements: [Double] { storage }

  /// A matrix with the same number everywhere.
  ///
  /// - Parameters:
  ///   - rows: the number of rows; at least 0.
  ///   - columns: the number of columns; at least 0.
  ///   - value: what every element is.
  public init(rows: Int, columns: Int, repeating value: Double) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot be \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    storage = [Double](repeating: value, count: rows * columns)
  }

  /// A matrix of the given elements.
  ///
  /// - Parameters:
  ///   - rows: the number of rows; at least 0.
  ///   - columns: the number of columns; at least 0.
  ///   - elements: the elements in row-major order; there must be `rows × columns` of them.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      rows >= 0 && columns >= 0
        && rows.multipliedReportingOverflow(by: columns) == (elements.count, false),
      "\(elements.count) elements are not a \(rows) × \(columns) matrix")
    self.rows = rows
    self.columns = columns
    storage = elements
  }

  /// A matrix of the given rows.
  ///
  /// - Parameter rows: the rows from first to last, all of the same length. Without rows the matrix is 0 × 0.
  public init(rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      precondition(row.count == columns, "row \(index) has \(row.count) elements, row 0 has \(columns)")
    }
    self.init(rows: rows.count, columns: columns, elements: Array(rows.joined()))
  }

  /// A matrix whose elements a function gives.
  ///
  /// - Parameters:
  ///   - rows: the number of rows; at least 0.
  ///   - columns: the number of columns; at least 0.
  ///   - element: called with row and column, row by row.
  public init(rows: Int, columns: Int, element: (_ row: Int, _ column: Int) -> Double) {
    self.init(rows: rows, columns: columns, repeating: 0)
    for row in 0..<rows {
      for column in 0..<columns { storage[row * columns + column] = element(row, column) }
    }
  }

  /// The square matrix with ones on the diagonal and zeros elsewhere.
  ///
  /// - Parameter count: the number of rows; at least 0.
  /// - Returns: a `count` × `count` matrix.
  public static func identity(_ count: Int) -> Matrix {
    diagonal([Double](repeating: 1, count: count))
  }

  /// The square matrix with the given diagonal and zeros elsewhere.
  ///
  /// - Parameter values: the diagonal, n numbers.
  /// - Returns: an n × n matrix.
  public static func diagonal(_ values: [Double]) -> Matrix {
    var matrix = Matrix(rows: values.count, columns: values.count, repeating: 0)
    for (index, value) in values.enumerated() { matrix[index, index] = value }
    return matrix
  }

  /// The element in one row and column.
  ///
  /// - Parameters:
  ///   - row: must be in `0..<rows`.
  ///   - column: must be in `0..<columns`.
  @inlinable public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      return storage[row &* columns &+ column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      storage[row &* columns &+ column] = newValue
    }
  }

  /// A copy of one row.
  ///
  /// - Parameter row: must be in `0..<rows`.
  /// - Returns: `columns` numbers.
  public func row(_ row: Int) -> [Double] { Array(storage[range(ofRow: row)]) }

  /// A copy of one column.
  ///
  /// - Parameter column: must be in `0..<columns`.
  /// - Returns: `rows` numbers.
  public func column(_ column: Int) -> [Double] {
    precondition(column >= 0 && column < columns, "no column \(column) in a \(shape) matrix")
    return (0..<rows).map { storage[$0 * columns + column] }
  }

  /// Calls `body` with one row, without a copy.
  ///
  /// - Parameters:
  ///   - row: must be in `0..<rows`.
  ///   - body: reads `columns` numbers.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  @inlinable public func withRow<Result: ~Copyable, Failure: Error>(
    _ row: Int, _ body: (Span<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.span.extracting(range(ofRow: row)))
  }

  /// Calls `body` with one row that it may change.
  ///
  /// - Parameters:
  ///   - row: must be in `0..<rows`.
  ///   - body: reads and writes `columns` numbers.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  @inlinable public mutating func withMutableRow<Result: ~Copyable, Failure: Error>(
    _ row: Int, _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = range(ofRow: row)
    var all = storage.mutableSpan
    var span = all._mutatingExtracting(range)
    return try body(&span)
  }

  /// Where one row stands in `elements`.
  @usableFromInline func range(ofRow row: Int) -> Range<Int> {
    precondition(row >= 0 && row < rows, "no row \(row) in a \(shape) matrix")
    return row * columns..<(row + 1) * columns
  }

  /// Rows × columns in words, for messages.
  var shape: String { "\(rows) × \(columns)" }
}
