extension Array where Element: BitwiseCopyable & Sendable {
  /// Overwrites the array block by block, on several threads.
  ///
  /// Block b covers the elements from `b·blockSize` on; boundaries are absolute and do not depend on the
  /// parallelism. After an error the array holds the blocks that were filled and the old elements elsewhere.
  ///
  /// - Parameters:
  ///   - blockSize: how many elements a block holds (the last may hold fewer); at least 1.
  ///   - parallelism: how many threads may be at work at once.
  ///   - body: called with the block's index, the index of its first element and its elements.
  /// - Throws: the error of the lowest block that failed. No block starts after one has failed.
  public mutating func fillBlocks<Failure: Error>(
    of blockSize: Int, parallelism: Parallelism,
    _ body: @Sendable (_ block: Int, _ first: Int, inout MutableSpan<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    let count = count
    try withDisjointWrites(to: &self) { (shared) throws(Failure) in
      try forEachBlock(of: count, size: blockSize, parallelism: parallelism) {
        (block, range) throws(Failure) in
        var span = unsafe MutableSpan(_unsafeStart: shared.base + range.lowerBound, count: range.count)
        try body(block, range.lowerBound, &span)
      }
    }
  }

  /// Overwrites a row-major matrix by blocks of columns, on several threads.
  ///
  /// The array is read as `rows` × `columns`. A block is a range of columns of every row, with absolute boundaries
  /// that do not depend on the parallelism: the shape of work over scenarios, where a row is a factor and a column
  /// a scenario.
  ///
  /// - Parameters:
  ///   - rows: how many rows the matrix has; at least 0.
  ///   - columns: how many columns it has; `rows × columns` must be the array's count.
  ///   - blockSize: how many columns a block holds (the last may hold fewer); at least 1.
  ///   - parallelism: how many threads may be at work at once.
  ///   - body: called with the block's index, its columns and its part of the matrix.
  /// - Throws: the error of the lowest block that failed. No block starts after one has failed.
  public mutating func fillColumnBlocks<Failure: Error>(
    rows: Int, columns: Int, blockSize: Int, parallelism: Parallelism,
    _ body:
      @Sendable (
        _ block: Int, _ columns: Range<Int>, inout ColumnBlock<Element>
      ) throws(Failure) -> Void
  ) throws(Failure) {
    try fillColumnBlocks(
      rows: rows, columns: columns, blockSize: blockSize, parallelism: parallelism, workspace: {}
    ) { (_: inout Void, block, range, part) throws(Failure) in
      try body(block, range, &part)
    }
  }

  /// Overwrites a row-major matrix by blocks of columns, on several threads, each with a workspace of its own.
  ///
  /// As `fillColumnBlocks(rows:columns:blockSize:parallelism:_:)`, with buffers that a thread makes once and hands
  /// to every block it runs. What `body` writes must not depend on what an earlier block left in them.
  ///
  /// - Parameters:
  ///   - rows: how many rows the matrix has; at least 0.
  ///   - columns: how many columns it has; `rows × columns` must be the array's count.
  ///   - blockSize: how many columns a block holds (the last may hold fewer); at least 1.
  ///   - parallelism: how many threads may be at work at once.
  ///   - workspace: makes the buffers of one thread.
  ///   - body: called with the thread's workspace, the block's index, its columns and its part of the matrix.
  /// - Throws: the error of the lowest block that failed. No block starts after one has failed.
  public mutating func fillColumnBlocks<Workspace: ~Copyable, Failure: Error>(
    rows: Int, columns: Int, blockSize: Int, parallelism: Parallelism,
    workspace: @Sendable () -> Workspace,
    _ body:
      @Sendable (
        inout Workspace, _ block: Int, _ columns: Range<Int>, inout ColumnBlock<Element>
      ) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(
      rows >= 0 && columns >= 0 && rows.multipliedReportingOverflow(by: columns) == (count, false),
      "\(count) elements are not a \(rows) × \(columns) matrix")
    try withDisjointWrites(to: &self) { (shared) throws(Failure) in
      try forEachBlock(of: columns, size: blockSize, parallelism: parallelism, workspace: workspace) {
        (buffers: inout Workspace, block, range) throws(Failure) in
        var part = ColumnBlock(storage: shared, rows: rows, stride: columns, columns: range)
        try body(&buffers, block, range, &part)
      }
    }
  }
}

/// A range of columns of every row of a row-major matrix, while one block of `fillColumnBlocks` writes to it.
public struct ColumnBlock<Element: BitwiseCopyable & Sendable>: ~Copyable {
  let storage: DisjointWrites<Element>
  let stride: Int
  /// How many rows the matrix has.
  public let rows: Int
  /// The columns of the matrix that this block may write.
  public let columns: Range<Int>

  init(storage: DisjointWrites<Element>, rows: Int, stride: Int, columns: Range<Int>) {
    self.storage = storage
    self.rows = rows
    self.stride = stride
    self.columns = columns
  }

  /// Calls `body` with the block's part of one row.
  ///
  /// - Parameters:
  ///   - row: the row; must be in `0..<rows`.
  ///   - body: reads and writes `columns.count` elements; element 0 is column `columns.lowerBound`.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  public mutating func withRow<Result: ~Copyable, Failure: Error>(
    _ row: Int, _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(row >= 0 && row < rows, "row \(row) is outside a block of \(rows) rows")
    var span = unsafe MutableSpan(
      _unsafeStart: storage.base + row * stride + columns.lowerBound, count: columns.count)
    return try body(&span)
  }
}
