import Sampling
import TestSupport
import Testing

@Suite("Draw streams")
struct DrawStreamTests {
  @Test("The words of a draw follow the stated layout of the Philox block")
  func layout() {
    let stream = DrawStream(seed: 0x1111_2222_3333_4444, stream: 0x5555_6666)
    let factor: UInt64 = 0x7777_8888_9999_aaaa
    for pair in [0, 1, 12_345, 0xffff_ffff] {
      let block = Philox4x32.block(
        counter: SIMD4(UInt32(pair), 0x5555_6666, 0x9999_aaaa, 0x7777_8888),
        key: SIMD2(0x3333_4444, 0x1111_2222))
      #expect(stream.word(factor: factor, scenario: 2 * pair) == UInt64(block.y) << 32 | UInt64(block.x))
      #expect(stream.word(factor: factor, scenario: 2 * pair + 1) == UInt64(block.w) << 32 | UInt64(block.z))
    }
  }

  @Test("A change of the seed, the stream, the factor or the scenario changes the word")
  func everyPartCounts() {
    let word = DrawStream(seed: 1, stream: 2).word(factor: 3, scenario: 4)
    let others = [
      DrawStream(seed: 2, stream: 2).word(factor: 3, scenario: 4),
      DrawStream(seed: 1 | 1 << 32, stream: 2).word(factor: 3, scenario: 4),
      DrawStream(seed: 1, stream: 3).word(factor: 3, scenario: 4),
      DrawStream(seed: 1, stream: 2).word(factor: 4, scenario: 4),
      DrawStream(seed: 1, stream: 2).word(factor: 3 | 1 << 32, scenario: 4),
      DrawStream(seed: 1, stream: 2).word(factor: 3, scenario: 5),
      DrawStream(seed: 1, stream: 2).word(factor: 3, scenario: 6),
      DrawStream(seed: 1, stream: 2).word(factor: 3, scenario: 4 + 1 << 32),
    ]
    #expect(Set(others + [word]).count == others.count + 1)
  }

  /// 64 counts, each refused with probability below 8.3e-8 if honest: in all below 5.4e-6 by the bound; the
  /// exact binomial probability is below a tenth of Chernoff's bound, so the false-alarm rate is below 1e-6.
  @Test("Each of the 64 bits is set half the time")
  func bitsAreFair() {
    let stream = DrawStream(seed: 20_260_101)
    let trials = 65_536
    var counts = [Int](repeating: 0, count: 64)
    for scenario in 0..<trials {
      var word = stream.word(factor: 1, scenario: scenario)
      while word != 0 {
        counts[word.trailingZeroBitCount] += 1
        word &= word - 1
      }
    }
    for count in counts { #expect(isBelievable(count: count, trials: trials, probability: 0.5)) }
  }

  @Test("Scenario indices outside the limit are refused")
  func scenarioLimit() async {
    await #expect(processExitsWith: .failure) {
      _ = DrawStream(seed: 1).word(factor: 1, scenario: -1)
    }
    await #expect(processExitsWith: .failure) {
      _ = DrawStream(seed: 1).word(factor: 1, scenario: DrawStream.scenarioLimit)
    }
  }
}
