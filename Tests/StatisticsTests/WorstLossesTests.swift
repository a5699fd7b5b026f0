import Statistics
import Testing

@Suite struct WorstLossesTests {
  /// The plain twin: sort everything, ties to the lower scenario.
  private static func sorted(_ count: Int, of losses: [Double]) -> WorstLosses {
    let order = losses.indices.sorted { losses[$0] > losses[$1] || (losses[$0] == losses[$1] && $0 < $1) }
    let worst = Array(order[..<count])
    return WorstLosses(sampleSize: losses.count, losses: worst.map { losses[$0] }, scenarios: worst)
  }

  private static func sample(_ shape: Int, _ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    switch shape {
    case 0: (0..<count).map { _ in generator.uniform() }
    case 1: [Double](repeating: 4, count: count)
    case 2: (0..<count).map(Double.init)
    case 3: (0..<count).map { Double(-$0) }
    case 4: (0..<count).map { _ in Double(Int.random(in: 0..<5, using: &generator)) }
    // Hundreds of orders of magnitude, both signs.
    case 5: (0..<count).map { _ in Double(bitPattern: generator.next() & 0xbfff_ffff_ffff_ffff) }
    // What a regular subsample sees is not what there is.
    case 6: (0..<count).map { $0 % 8 == 0 ? 100 : generator.uniform() }
    case 7: (0..<count).map { $0 % 8 == 0 ? -1 : generator.uniform() }
    case 8: (0..<count).map { Double(min($0, count - $0)) }
    default: (0..<count).map { _ in generator.uniform() < 0.999 ? 0 : generator.uniform() }
    }
  }

  @Test("equal to sorting, for samples of every shape", arguments: 0..<10) func selectionIsSorting(shape: Int)
    throws
  {
    var generator = SeededGenerator(seed: UInt64(shape))
    for size in [1, 2, 3, 10, 257, 4_095, 4_096, 8_192, 20_001] {
      let losses = Self.sample(shape, size, &generator)
      for count in Set([1, 2, size / 100, size / 20, size / 8, size / 3, size - 1, size])
      where (1...size).contains(count) {
        #expect(try WorstLosses(count, of: losses) == Self.sorted(count, of: losses))
      }
    }
  }

  @Test("equal to sorting, for random sizes and counts") func randomCases() throws {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<300 {
      let size = Int.random(in: 1...6_000, using: &generator)
      let losses = Self.sample(Int.random(in: 0..<10, using: &generator), size, &generator)
      let count = Int.random(
        in: 1...max(1, size / Int.random(in: 1...100, using: &generator)), using: &generator)
      #expect(try WorstLosses(count, of: losses) == Self.sorted(count, of: losses))
    }
  }

  @Test func equalLossesComeInTheOrderOfTheirScenarios() throws {
    let worst = try WorstLosses(3, of: [1, 2, 2, 1, 2, 2])
    #expect(worst.scenarios == [1, 2, 4])
    #expect(worst.losses == [2, 2, 2])
    #expect(worst.loss(atRank: 6) == 2)
  }

  @Test func moreThanThereIsCannotBeSelected() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 2, needed: 3)) { try WorstLosses(3, of: [1, 2]) }
  }
}
