import Sampling
import TestSupport
import Testing

@Suite("Sobol sequence")
struct SobolSequenceTests {
  /// SOBOL-8: the first ten points in eight dimensions, as the list of Joe and Kuo gives them.
  @Test("SOBOL-8")
  func referenceSOBOL8() {
    let expected: [[Double]] = [
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25],
      [0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875],
      [0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375],
      [0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125],
      [0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625],
      [0.1875, 0.3125, 0.9375, 0.4375, 0.5625, 0.3125, 0.4375, 0.9375],
      [0.6875, 0.8125, 0.4375, 0.9375, 0.0625, 0.8125, 0.9375, 0.4375],
    ]
    let points = SobolSequence(dimensions: 8).points(0..<10)
    for (index, point) in expected.enumerated() {
      #expect((0..<8).map { points[$0 * 10 + index] } == point)
    }
  }

  /// SOBOL-HI: single points in high dimensions; the second are thousandths, in units of 1/1024.
  @Test("SOBOL-HI")
  func referenceSOBOLHI() {
    let sequence = SobolSequence(dimensions: SobolSequence.dimensionLimit)
    func value(_ point: Int, _ dimension: Int) -> Double {
      row(1) { sequence.fill(dimension: dimension - 1, firstPoint: point, into: &$0) }[0]
    }
    #expect([100, 500, 1_000, 1_111].map { value(7, $0) } == [0.625, 0.375, 0.375, 0.625])
    let last = [1, 100, 1_000, 1_111].map { value(1_023, $0) }
    for (value, printed) in zip(last, [0.00097656, 0.53027344, 0.85644531, 0.58886719]) {
      #expect(isClose(value, printed, absolute: 5e-9))
    }
  }

  @Test("Every aligned block of 2^m points has one in each of the 2^m intervals of a coordinate")
  func stratification() {
    let sequence = SobolSequence(dimensions: SobolSequence.dimensionLimit)
    for dimension in [0, 1, 7, 63, 400, 1_110] {
      for (m, block) in [(1, 5), (6, 3), (10, 1)] {
        let count = 1 << m
        let values = row(count) { sequence.fill(dimension: dimension, firstPoint: block * count, into: &$0) }
        #expect(Set(values.map { Int($0 * Double(count)) }).count == count)
      }
    }
  }

  /// Beyond the initial numbers of their dimension, too: the elementary intervals of two coordinates.
  @Test("The first two coordinates are a net: one point in each box of area 2^-m")
  func twoDimensionalNet() {
    let m = 10
    let count = 1 << m
    let points = SobolSequence(dimensions: 2).points(0..<count)
    for split in 0...m {
      let boxes = Set(
        (0..<count).map { index in
          Int(points[index] * Double(1 << split)) << (m - split)
            | Int(points[count + index] * Double(1 << (m - split)))
        })
      #expect(boxes.count == count)
    }
  }

  @Test("The value for a point depends on neither start nor count, up to the last point")
  func startAndCount() {
    let sequence = SobolSequence(dimensions: 20)
    let all = row(1_000) { sequence.fill(dimension: 13, firstPoint: 0, into: &$0) }
    for (first, count) in [(0, 1), (1, 999), (511, 2), (512, 488), (37, 0)] {
      #expect(
        row(count) { sequence.fill(dimension: 13, firstPoint: first, into: &$0) }
          == Array(all[first..<first + count]))
    }
    let last = SobolSequence.pointLimit - 3
    let end = row(3) { sequence.fill(dimension: 13, firstPoint: last, into: &$0) }
    #expect(end[2] == row(1) { sequence.fill(dimension: 13, firstPoint: last + 2, into: &$0) }[0])
    #expect(
      SobolSequence(dimensions: 3).points(0..<64)
        == Array(SobolSequence(dimensions: 5).points(0..<64)[..<192]))
  }

  @Test("Dimensions and points out of range stop the program")
  func failures() async {
    await #expect(processExitsWith: .failure) { _ = SobolSequence(dimensions: 0) }
    await #expect(processExitsWith: .failure) { _ = SobolSequence(dimensions: 1_112) }
    await #expect(processExitsWith: .failure) { _ = SobolSequence(dimensions: 2).points(-1..<3) }
    await #expect(processExitsWith: .failure) {
      _ = SobolSequence(dimensions: 2).points(SobolSequence.pointLimit..<SobolSequence.pointLimit + 1)
    }
  }
}
