import Parallel
import Synchronization
import Testing

struct BlockFailure: Error, Equatable { let block: Int }

let degrees: [Parallelism] = [.sequential, .threads(1), .threads(2), .threads(5), .allCores]

@Suite struct BlockLoopTests {
  @Test(arguments: [0, 1, 7, 8, 9, 100], [1, 3, 8, 1_000])
  func blocksCoverEveryItemOnceInFixedRanges(count: Int, size: Int) {
    let plain = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    #expect(blockCount(of: count, size: size) == plain.count)
    for parallelism in degrees {
      let ranges = mapBlocks(of: count, size: size, parallelism: parallelism) { _, range in range }
      #expect(ranges == plain)
    }
  }

  @Test func valuesComeInBlockOrderWhateverFinishesFirst() {
    let values = mapBlocks(of: 64, size: 1, parallelism: .threads(4)) { block, _ in
      // The early blocks have the most work.
      (0..<(64 - block) * 2_000).reduce(block) { sum, index in sum &+ (index & 0) }
    }
    #expect(values == Array(0..<64))
  }

  @Test func optionalValuesSurvive() {
    let values = mapBlocks(of: 6, size: 1, parallelism: .threads(2)) { block, _ in
      block % 2 == 0 ? block : Int?.none
    }
    #expect(values == [0, nil, 2, nil, 4, nil])
  }

  @Test(arguments: degrees)
  func theErrorOfTheLowestBlockIsThrown(parallelism: Parallelism) {
    for _ in 0..<50 {
      #expect(throws: BlockFailure(block: 11)) {
        try forEachBlock(of: 40, size: 1, parallelism: parallelism) { (block, _) throws(BlockFailure) in
          if block >= 11 { throw BlockFailure(block: block) }
        }
      }
    }
  }

  @Test func noBlockStartsAfterAFailure() {
    let started = Atomic<Int>(0)
    #expect(throws: BlockFailure(block: 0)) {
      try forEachBlock(of: 100_000, size: 1, parallelism: .threads(2)) { (block, _) throws(BlockFailure) in
        started.wrappingAdd(1, ordering: .relaxed)
        throw BlockFailure(block: block)
      }
    }
    #expect(started.load(ordering: .relaxed) <= 2)
  }

  @Test(arguments: degrees)
  func noMoreThreadsThanAskedForAreAtWork(parallelism: Parallelism) {
    let atWork = Mutex((now: 0, most: 0))
    forEachBlock(of: 200, size: 1, parallelism: parallelism) { _, _ in
      atWork.withLock { count in
        count.now += 1
        count.most = max(count.most, count.now)
      }
      atWork.withLock { $0.now -= 1 }
    }
    #expect(atWork.withLock { $0.most } <= parallelism.degree)
  }

  @Test(arguments: degrees)
  func aThreadMakesOneWorkspace(parallelism: Parallelism) {
    let made = Atomic<Int>(0)
    let sum = Atomic<Int>(0)
    forEachBlock(
      of: 1_000, size: 10, parallelism: parallelism,
      workspace: { () -> [Int] in
        made.wrappingAdd(1, ordering: .relaxed)
        return [Int](repeating: -1, count: 10)
      }
    ) { (buffer: inout [Int], _, range) in
      for (place, item) in range.enumerated() { buffer[place] = item }
      sum.wrappingAdd(buffer.reduce(0, +), ordering: .relaxed)
    }
    #expect(sum.load(ordering: .relaxed) == 1_000 * 999 / 2)
    #expect(made.load(ordering: .relaxed) <= parallelism.degree)
  }

  @Test func loopsNest() {
    let sums = mapBlocks(of: 8, size: 1, parallelism: .threads(2)) { outer, _ in
      mapBlocks(of: 100, size: 10, parallelism: .threads(2)) { _, range in range.reduce(0, +) + outer }
        .reduce(0, +)
    }
    #expect(sums == (0..<8).map { 4_950 + 10 * $0 })
  }

  @Test func impossibleBlocksStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      forEachBlock(of: 10, size: 0, parallelism: .sequential) { _, _ in }
    }
    await #expect(processExitsWith: .failure) {
      forEachBlock(of: -1, size: 1, parallelism: .sequential) { _, _ in }
    }
  }
}
