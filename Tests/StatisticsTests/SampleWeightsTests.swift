import Statistics
import TestSupport
import Testing

@Suite struct SampleWeightsTests {
  @Test func onlyProportionsMatter() throws {
    let weights = try SampleWeights([3, 0, 1])
    #expect(weights.values == [0.75, 0, 0.25])
    #expect(weights.count == 3)
    #expect(try SampleWeights([6, 0, 2]) == weights)
    #expect(try SampleWeights([0x3p1000, 0, 0x1p1000]) == weights)
    #expect(try SampleWeights([1e308, 1e308, 1e308]).values == SampleWeights.equal(count: 3).values)
  }

  @Test("the effective sample size is Kish's, between 1 and n") func effectiveSampleSize() throws {
    #expect(SampleWeights.equal(count: 250).effectiveSampleSize == 250)
    #expect(isClose(try SampleWeights([0.75, 0.25]).effectiveSampleSize, 1.6, relative: 1e-15))
    var generator = SeededGenerator(seed: 5)
    for count in [1, 2, 10, 1_000] {
      let weights = try SampleWeights((0..<count).map { _ in 1 / generator.uniform() })
      #expect(isClose(weights.values.reduce(0, +), 1, absolute: 1e-13))
      #expect(weights.effectiveSampleSize >= 1 - 1e-12)
      #expect(weights.effectiveSampleSize <= Double(count) * (1 + 1e-12))
    }
  }

  @Test func impossibleWeightsAreRefused() {
    #expect(throws: EstimationError.sampleTooSmall(count: 0, needed: 1)) { try SampleWeights([]) }
    #expect(throws: EstimationError.weightsSumToZero) { try SampleWeights([0, 0]) }
    for bad in [-0.1, .nan, .infinity] {
      #expect(throws: EstimationError.invalidWeight(index: 1)) { try SampleWeights([1, bad, 1]) }
      #expect(throws: EstimationError.invalidWeight(index: 0)) { try SampleWeights([bad, 2, 1]) }
    }
  }
}
