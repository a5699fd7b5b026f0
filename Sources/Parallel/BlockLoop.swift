import Dispatch
import Synchronization

/// Runs `body` once for every block of `0..<count`, on several threads.
///
/// Block b covers `b·size ..< min((b + 1)·size, count)`: boundaries are absolute and do not depend on the
/// parallelism. Blocks start in ascending order and may finish in any.
///
/// - Parameters:
///   - count: how many items there are; at least 0.
///   - size: how many items a block holds (the last may hold fewer); at least 1.
///   - parallelism: how many threads may be at work at once.
///   - body: called with the block's index and the items it covers.
/// - Throws: the error of the lowest block that failed. No block starts after one has failed.
public func forEachBlock<Failure: Error>(
  of count: Int, size: Int, parallelism: Parallelism,
  _ body: @Sendable (_ block: Int, _ range: Range<Int>) throws(Failure) -> Void
) throws(Failure) {
  try forEachBlock(of: count, size: size, parallelism: parallelism, workspace: {}) {
    (_: inout Void, block, range) throws(Failure) in
    try body(block, range)
  }
}

/// Runs `body` once for every block of `0..<count`, on several threads, each with a workspace of its own.
///
/// A thread makes its workspace once and hands it to every block it runs, so that large buffers are not allocated
/// block by block. What `body` computes must not depend on what an earlier block left in the workspace.
///
/// - Parameters:
///   - count: how many items there are; at least 0.
///   - size: how many items a block holds (the last may hold fewer); at least 1.
///   - parallelism: how many threads may be at work at once.
///   - workspace: makes the buffers of one thread.
///   - body: called with the thread's workspace, the block's index and the items it covers.
/// - Throws: the error of the lowest block that failed. No block starts after one has failed.
public func forEachBlock<Workspace: ~Copyable, Failure: Error>(
  of count: Int, size: Int, parallelism: Parallelism,
  workspace: @Sendable () -> Workspace,
  _ body: @Sendable (inout Workspace, _ block: Int, _ range: Range<Int>) throws(Failure) -> Void
) throws(Failure) {
  let blocks = blockCount(of: count, size: size)
  guard blocks > 0 else { return }
  let threads = min(parallelism.degree, blocks)
  guard threads > 1 else {
    var buffers = workspace()
    for block in 0..<blocks {
      try body(&buffers, block, blockRange(block, of: count, size: size))
    }
    return
  }

  // Blocks are handed out in ascending order, so every block below a failing one has been started and its own
  // failure, if any, is seen: the lowest error is the same in every run.
  let next = Atomic<Int>(0)
  let failure = Mutex<(block: Int, error: Failure)?>(nil)
  @Sendable func drain(_ thread: Int) {
    var buffers = workspace()
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard block < blocks else { return }
      do throws(Failure) {
        try body(&buffers, block, blockRange(block, of: count, size: size))
      } catch {
        next.store(blocks, ordering: .relaxed)
        failure.withLock { lowest in
          if block < lowest?.block ?? .max { lowest = (block, error) }
        }
      }
    }
  }
  DispatchQueue.concurrentPerform(iterations: threads, execute: drain)
  if let lowest = failure.withLock({ $0 }) { throw lowest.error }
}

/// Computes one value for every block of `0..<count`, on several threads.
///
/// - Parameters:
///   - count: how many items there are; at least 0.
///   - size: how many items a block holds (the last may hold fewer); at least 1.
///   - parallelism: how many threads may be at work at once.
///   - body: called with the block's index and the items it covers.
/// - Returns: the blocks' values in block order.
/// - Throws: the error of the lowest block that failed. No block starts after one has failed.
public func mapBlocks<Value: Sendable, Failure: Error>(
  of count: Int, size: Int, parallelism: Parallelism,
  _ body: @Sendable (_ block: Int, _ range: Range<Int>) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  let blocks = blockCount(of: count, size: size)
  var values = [Value?](repeating: nil, count: blocks)
  try withDisjointWrites(to: &values) { (shared) throws(Failure) in
    try forEachBlock(of: count, size: size, parallelism: parallelism) { (block, range) throws(Failure) in
      let value = try body(block, range)
      unsafe shared.base[block] = value
    }
  }
  return values.compactMap { $0 }
}

/// The number of blocks that cover `count` items.
///
/// - Parameters:
///   - count: how many items there are; at least 0.
///   - size: how many items a block holds; at least 1.
/// - Returns: `count / size`, rounded up.
public func blockCount(of count: Int, size: Int) -> Int {
  precondition(count >= 0, "a block loop needs a count of at least 0; have \(count)")
  precondition(size >= 1, "a block holds at least one item; have \(size)")
  return count / size + (count % size == 0 ? 0 : 1)
}

/// The items that block `block` covers.
func blockRange(_ block: Int, of count: Int, size: Int) -> Range<Int> {
  let first = block * size
  return first..<min(first + size, count)
}

/// An array's storage while blocks write to it from several threads.
///
/// It is `Sendable` because the block loops give every block its own elements, and it does not outlive the closure
/// that `withDisjointWrites` lends it to.
@safe struct DisjointWrites<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
}

/// Lends an array's storage to blocks that write disjoint parts of it; `body` is not called for an empty array.
func withDisjointWrites<Element, Failure: Error>(
  to array: inout [Element], _ body: (DisjointWrites<Element>) throws(Failure) -> Void
) throws(Failure) {
  try unsafe array.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
    guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
    try body(unsafe DisjointWrites(base: base))
  }
}
