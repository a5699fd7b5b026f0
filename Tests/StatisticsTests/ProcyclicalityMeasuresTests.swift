import Statistics
import TestSupport
import Testing

@Suite struct ProcyclicalityMeasuresTests {
  /// A path for which every figure can be had by hand.
  private let path: [Double?] = [100, 102, 101, 150, 180, 160, 120]

  @Test("MVV-PROC: peak to trough, largest ratios and the largest call")
  func reference() throws {
    let measures = try ProcyclicalityMeasures(path)
    #expect(measures.peakToTrough == 1.8)
    #expect(try isClose(#require(measures.largestRatio(over: 2)), 1.782178, absolute: 5e-7))
    #expect(try isClose(#require(measures.largestRatio(over: 1)), 1.485149, absolute: 5e-7))
    #expect(measures.largestRise(over: 2) == 79)
    #expect(measures.smallest == 100 && measures.largest == 180)
  }

  @Test("figures do not depend on the unit, amounts do; a path read backwards has the same peak to trough")
  func scaling() throws {
    let measures = try ProcyclicalityMeasures(path)
    let scaled = try ProcyclicalityMeasures(path.map { $0.map { 4 * $0 } })
    #expect(scaled.peakToTrough == measures.peakToTrough)
    for steps in 1...6 {
      #expect(scaled.largestRatio(over: steps) == measures.largestRatio(over: steps))
      #expect(scaled.largestRise(over: steps) == measures.largestRise(over: steps).map { 4 * $0 })
    }
    #expect(try ProcyclicalityMeasures(path.reversed()).peakToTrough == measures.peakToTrough)
  }

  @Test("a gap keeps its place in time")
  func gaps() throws {
    let measures = try ProcyclicalityMeasures([nil, 100, nil, 150, 120, nil])
    #expect(measures.peakToTrough == 1.5)
    #expect(measures.largestRatio(over: 1) == 0.8)
    #expect(measures.largestRatio(over: 2) == 1.5)
    #expect(measures.largestRise(over: 2) == 50)
    #expect(measures.largestRise(over: 4) == nil)
    #expect(measures.largestRatio(over: 7) == nil)
  }

  @Test("a margin of zero has no ratio over it")
  func zero() throws {
    let measures = try ProcyclicalityMeasures([0, 10, 15])
    #expect(measures.peakToTrough == nil)
    #expect(measures.largestRatio(over: 1) == 1.5)
    #expect(measures.largestRise(over: 1) == 10)
  }

  @Test("no margin at all, and what is none")
  func refusals() {
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) { try ProcyclicalityMeasures([]) }
    #expect(throws: StatisticsError.sampleTooSmall(count: 0, needed: 1)) { try ProcyclicalityMeasures([nil]) }
    for bad in [Double.nan, .infinity] {
      #expect(throws: StatisticsError.notFinite(index: 1)) { try ProcyclicalityMeasures([1, bad]) }
    }
  }
}
