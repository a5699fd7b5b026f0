import Statistics
import Testing

@Suite("tail reader")
struct TailReaderTests {
  @Test(
    "the measures are those of TailRisk, bit for bit, sample after sample",
    arguments: [0.6, 0.95, 0.99, 0.995])
  func equalsTailRisk(level: Double) throws {
    let confidence = try Confidence(level)
    var state: UInt64 = 7
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int64(bitPattern: state) >> 11) / 1e14
    }
    for size in [1, 2, 7, 61, 500, 1_500] {
      var reader = TailReader(sampleSize: size, at: confidence)
      for sample in 0..<40 {
        // Every third sample is full of ties.
        let losses = (0..<size).map { _ in sample % 3 == 0 ? next().rounded(.down) : next() }
        let tail = try TailRisk(ofLosses: losses, at: confidence)
        let read = try reader.read(losses.span)
        #expect(read.valueAtRisk == tail.valueAtRisk)
        #expect(read.expectedShortfall == tail.expectedShortfall)
      }
    }
  }

  @Test("a loss that is not finite is named", arguments: [Double.nan, .infinity, -.infinity])
  func refusesWhatIsNotFinite(value: Double) throws {
    var reader = TailReader(sampleSize: 100, at: .ninetyFivePercent)
    var losses = (0..<100).map { Double($0) }
    losses[31] = value
    #expect(throws: StatisticsError.notFinite(index: 31)) { try reader.read(losses.span) }
  }
}

@Suite("tail scan")
struct TailScanTests {
  @Test("the next loss above a threshold is that of a plain loop, from any place")
  func equalsPlainLoop() {
    let scan = TailScan()
    var state: UInt64 = 11
    for size in [0, 1, 7, 8, 9, 16, 63, 64, 65, 500] {
      var losses = (0..<size).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40)
      }
      if size > 20 {
        losses[size / 3] = .nan
        losses[size / 2] = -.infinity
      }
      for threshold in [-Double.infinity, 0, 8e6, 1.6e7, 1e9] {
        for from in 0...size {
          let expected = (from..<size).first { losses[$0] > threshold || !losses[$0].isFinite } ?? size
          #expect(scan.next(in: losses.span, from: from, above: threshold) == expected)
        }
      }
    }
  }
}
