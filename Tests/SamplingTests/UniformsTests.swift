import Sampling
import Testing

@Suite("Uniforms")
struct UniformsTests {
  let stream = DrawStream(seed: 0x9e37_79b9_7f4a_7c15, stream: 7)
  let factor = stableIdentifier(of: "spot/BTC")

  @Test("Every kernel gives the bits of the plain definition", arguments: KernelClass.available)
  func plainTwin(kernel: KernelClass) {
    for first in [0, 1, 2_999, DrawStream.scenarioLimit - 3_000] {
      let values = row(3_000) {
        fillUniforms(stream: stream, factor: factor, firstScenario: first, kernel: kernel, into: &$0)
      }
      let plain = (0..<3_000).map { stream.uniform(factor: factor, scenario: first + $0) }
      #expect(bits(values) == bits(plain))
    }
  }

  @Test("The public function gives the same")
  func publicFunction() {
    let values = row(100) { fillUniforms(stream: stream, factor: factor, firstScenario: 5, into: &$0) }
    #expect(values == (5..<105).map { stream.uniform(factor: factor, scenario: $0) })
  }

  @Test("The value for a scenario depends on neither start nor count", arguments: KernelClass.available)
  func startAndCount(kernel: KernelClass) {
    expectKeyedByScenario { first, values in
      fillUniforms(stream: stream, factor: factor, firstScenario: first, kernel: kernel, into: &values)
    }
  }

  /// Two statistics, each refused with probability below 2.3e-7 if honest.
  @Test("Uniform in 256 cells, alone and as neighbours")
  func cells() {
    let count = 1 << 20
    let values = row(count) { fillUniforms(stream: stream, factor: factor, firstScenario: 0, into: &$0) }
    var single = [Int](repeating: 0, count: 256)
    var pairs = [Int](repeating: 0, count: 256)
    for value in values { single[Int(value * 256)] += 1 }
    for index in stride(from: 0, to: count, by: 2) {
      pairs[Int(values[index] * 16) * 16 + Int(values[index + 1] * 16)] += 1
    }
    #expect(isBelievable(pearsonStatistic: pearsonStatistic(single), degreesOfFreedom: 255))
    #expect(isBelievable(pearsonStatistic: pearsonStatistic(pairs), degreesOfFreedom: 255))
  }

  @Test("Scenario indices outside the limit are refused")
  func scenarioLimit() async {
    await #expect(processExitsWith: .failure) {
      _ = row(2) { fillUniforms(stream: DrawStream(seed: 1), factor: 1, firstScenario: -1, into: &$0) }
    }
    await #expect(processExitsWith: .failure) {
      _ = row(2) {
        fillUniforms(
          stream: DrawStream(seed: 1), factor: 1, firstScenario: DrawStream.scenarioLimit - 1, into: &$0)
      }
    }
  }
}

/// Expects a fill to give each scenario the same bits whatever the first scenario and the count.
func expectKeyedByScenario(
  _ fill: (_ first: Int, _ values: inout MutableSpan<Double>) -> Void,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let whole = bits(row(4_200) { fill(0, &$0) })
  for first in [0, 1, 2, 3, 15, 16, 17, 1_023, 1_024, 2_049] {
    for count in Array(0..<36) + [1_023, 1_024, 1_025, 2_100] {
      let part = bits(row(count) { fill(first, &$0) })
      #expect(
        part[...] == whole[first..<first + count], "\(count) from \(first)", sourceLocation: sourceLocation)
    }
  }
}
