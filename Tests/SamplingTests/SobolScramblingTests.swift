import Sampling
import TestSupport
import Testing

@Suite("Sobol scrambling")
struct SobolScramblingTests {
  @Test("Scrambled points keep the net", arguments: SobolScrambling.allCases, [1, 2, 3] as [UInt64])
  func net(scrambling: SobolScrambling, seed: UInt64) {
    let m = 9
    let count = 1 << m
    let points = SobolSequence(dimensions: 30).scrambled(by: scrambling, stream: DrawStream(seed: seed))
      .points(0..<count)
    #expect(points.allSatisfy { 0 < $0 && $0 < 1 })
    for dimension in 0..<30 {
      let values = points[dimension * count..<(dimension + 1) * count]
      #expect(Set(values.map { Int($0 * Double(count)) }).count == count)
    }
    for split in 0...m {
      let boxes = Set(
        (0..<count).map { index in
          Int(points[index] * Double(1 << split)) << (m - split)
            | Int(points[count + index] * Double(1 << (m - split)))
        })
      #expect(boxes.count == count)
    }
  }

  @Test("A digital shift is one exclusive-or for all points of a dimension")
  func digitalShift() {
    let plain = SobolSequence(dimensions: 5)
    let points = plain.points(0..<200)
    let shifted = plain.scrambled(by: .digitalShift, stream: DrawStream(seed: 8)).points(0..<200)
    for dimension in 0..<5 {
      let words = (0..<200).map { index in
        UInt64(points[dimension * 200 + index] * 0x1p52)
          ^ UInt64((shifted[dimension * 200 + index] - 0x1p-53) * 0x1p52)
      }
      #expect(Set(words).count == 1)
    }
  }

  @Test(
    "Scramblings depend on the stream alone, not on the number of dimensions",
    arguments: SobolScrambling.allCases)
  func streams(scrambling: SobolScrambling) {
    func points(_ dimensions: Int, _ stream: DrawStream) -> [Double] {
      SobolSequence(dimensions: dimensions).scrambled(by: scrambling, stream: stream).points(0..<50)
    }
    let one = points(4, DrawStream(seed: 5, stream: 2))
    #expect(points(4, DrawStream(seed: 5, stream: 2)) == one)
    #expect(Array(points(9, DrawStream(seed: 5, stream: 2))[..<200]) == one)
    #expect(points(4, DrawStream(seed: 5, stream: 3)) != one)
    #expect(points(4, DrawStream(seed: 6, stream: 2)) != one)
  }

  /// Kolmogorov and Smirnov's bound over 4,096 independent scramblings of one point, refused with probability below
  /// 8.3e-8 a row if honest: in all below 4e-7.
  @Test("One point is uniform over scramblings", arguments: SobolScrambling.allCases)
  func uniformity(scrambling: SobolScrambling) {
    let plain = SobolSequence(dimensions: 2)
    var samples: [[Double]] = [[], []]
    for stream in 0..<4_096 as Range<UInt32> {
      let points = plain.scrambled(by: scrambling, stream: DrawStream(seed: 77, stream: stream)).points(5..<6)
      for dimension in 0..<2 { samples[dimension].append(points[dimension]) }
    }
    for sample in samples { #expect(isBelievable(sample: sample) { $0 }) }
  }

  /// `∏ (½ + xⱼ)` over six coordinates has the mean 1 and the variance `(1 + 1/12)⁶ − 1 = 0.616`.
  ///
  /// Over 64 scramblings the mean lies within 6 of its own errors (were it a normal mean, of t's law with 63 degrees of
  /// freedom: a false-alarm rate of 1.1e-7), and its variance is less than a hundredth of the random one.
  @Test("Means are unbiased and err less than random ones", arguments: SobolScrambling.allCases)
  func smoothIntegrand(scrambling: SobolScrambling) {
    let (dimensions, count, replicates) = (6, 1_024, 64)
    let plain = SobolSequence(dimensions: dimensions)
    let means = (0..<replicates).map { replicate in
      let points = plain.scrambled(
        by: scrambling, stream: DrawStream(seed: 3, stream: UInt32(replicate))
      ).points(0..<count)
      return (0..<count).reduce(0.0) { sum, index in
        sum + (0..<dimensions).reduce(1.0) { $0 * (0.5 + points[$1 * count + index]) }
      } / Double(count)
    }
    let (mean, variance, _, _) = moments(means)
    #expect(abs(mean - 1) <= 6 * (variance / Double(replicates - 1)).squareRoot())
    #expect(variance < 0.616 / Double(count) / 100)
  }
}
