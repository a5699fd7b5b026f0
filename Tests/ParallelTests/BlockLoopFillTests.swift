import Parallel
import Testing

@Suite struct BlockLoopFillTests {
  /// A value that depends on where it stands and is not exact in binary.
  static func value(_ index: Int) -> Double { 1 / Double(index * index + 3) }

  @Test(arguments: [0, 1, 63, 64, 65, 1_000])
  func fillsHaveTheSameBitsOnAnyNumberOfThreads(count: Int) {
    let plain = (0..<count).map(Self.value)
    for parallelism in degrees {
      var array = [Double](repeating: .nan, count: count)
      array.fillBlocks(of: 64, parallelism: parallelism) { block, first, span in
        precondition(first == block * 64)
        for index in span.indices { span[index] = Self.value(first + index) }
      }
      #expect(array == plain)
    }
  }

  @Test func aCopyIsNotWrittenTo() {
    let original = [Double](repeating: 1, count: 100)
    var copy = original
    copy.fillBlocks(of: 10, parallelism: .threads(2)) { _, _, span in
      for index in span.indices { span[index] = 2 }
    }
    #expect(original.allSatisfy { $0 == 1 })
    #expect(copy.allSatisfy { $0 == 2 })
  }

  @Test(arguments: degrees)
  func fillsThrowTheErrorOfTheLowestBlock(parallelism: Parallelism) {
    var array = [Int](repeating: 0, count: 100)
    #expect(throws: BlockFailure(block: 3)) {
      try array.fillBlocks(of: 10, parallelism: parallelism) { (block, _, span) throws(BlockFailure) in
        if block >= 3 { throw BlockFailure(block: block) }
        span[0] = 1
      }
    }
    #expect(array[0] == 1 && array[10] == 1 && array[20] == 1 && array[30] == 0)
  }

  @Test(arguments: [(0, 5), (3, 0), (1, 1), (4, 63), (5, 64), (3, 200)])
  func columnBlocksFillARowMajorMatrix(rows: Int, columns: Int) {
    let plain = (0..<rows * columns).map(Self.value)
    for parallelism in degrees {
      var array = [Double](repeating: .nan, count: rows * columns)
      array.fillColumnBlocks(rows: rows, columns: columns, blockSize: 16, parallelism: parallelism) {
        block, range, part in
        precondition(range.lowerBound == block * 16 && part.columns == range && part.rows == rows)
        for row in 0..<rows {
          part.withRow(row) { span in
            precondition(span.count == range.count)
            for (place, column) in range.enumerated() { span[place] = Self.value(row * columns + column) }
          }
        }
      }
      #expect(array == plain)
    }
  }

  @Test(arguments: degrees)
  func columnBlocksMayUseAWorkspace(parallelism: Parallelism) {
    var array = [Double](repeating: 0, count: 3 * 100)
    array.fillColumnBlocks(
      rows: 3, columns: 100, blockSize: 8, parallelism: parallelism,
      workspace: { [Double](repeating: 0, count: 8) }
    ) { (buffer: inout [Double], _, range, part) in
      for row in 0..<3 {
        for (place, column) in range.enumerated() { buffer[place] = Self.value(row * 100 + column) }
        part.withRow(row) { span in
          for index in span.indices { span[index] = buffer[index] }
        }
      }
    }
    #expect(array == (0..<300).map(Self.value))
  }

  @Test(arguments: degrees)
  func columnBlocksThrowTheErrorOfTheLowestBlock(parallelism: Parallelism) {
    var array = [Double](repeating: 0, count: 4 * 50)
    #expect(throws: BlockFailure(block: 2)) {
      try array.fillColumnBlocks(rows: 4, columns: 50, blockSize: 5, parallelism: parallelism) {
        (block, _, _) throws(BlockFailure) in
        if block >= 2 { throw BlockFailure(block: block) }
      }
    }
  }

  @Test func wrongShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var array = [Double](repeating: 0, count: 11)
      array.fillColumnBlocks(rows: 3, columns: 4, blockSize: 2, parallelism: .sequential) { _, _, _ in }
    }
    await #expect(processExitsWith: .failure) {
      var array = [Double](repeating: 0, count: 12)
      array.fillColumnBlocks(rows: 3, columns: 4, blockSize: 2, parallelism: .sequential) { _, _, part in
        part.withRow(3) { span in span[0] = 1 }
      }
    }
  }
}
