import NumericalMethods
import TestSupport
import Testing

@Suite struct RootFindingTests {
  /// Functions with a known root: smooth, flat, steep, and with a jump.
  private static let problems:
    [(root: Double, interval: ClosedRange<Double>, function: @Sendable (Double) -> Double)] = [
      (2.0.squareRoot(), 0...2, { $0 * $0 - 2 }),
      (1, -3...4, { ($0 - 1) * ($0 - 1) * ($0 - 1) }),
      (0.1, -1...1, { $0 - 0.1 }),
      (1e-9, 0...1e6, { $0 / 1e-9 - 1 }),
      (-3, -10...10, { -($0 + 3) / (1 + $0 * $0) }),
      (2.5, 0...3, { $0 < 2.5 ? -1 : 1 }),
    ]

  @Test(arguments: problems.indices) func brentFindsTheRoot(problem: Int) throws {
    let (root, interval, function) = Self.problems[problem]
    let found = try brentRoot(in: interval, of: function)
    #expect(isClose(found, root, relative: problem == 1 ? 1e-5 : 1e-14, absolute: 1e-16))
  }

  @Test(arguments: problems.indices) func bisectionFindsTheRoot(problem: Int) throws {
    let (root, interval, function) = Self.problems[problem]
    let found = try bisectionRoot(in: interval, of: function)
    #expect(isClose(found, root, relative: problem == 1 ? 1e-5 : 1e-14, absolute: 1e-16))
  }

  @Test("a smooth root takes Brent few evaluations") func brentIsFast() throws {
    var evaluations = 0
    let root = try brentRoot(in: 0...100) { x in
      evaluations += 1
      return x * x * x - 2
    }
    #expect(isClose(root * root * root, 2, relative: 1e-14))
    #expect(evaluations < 30)
  }

  @Test("roots of random cubics at random brackets") func randomCubics() throws {
    var state: UInt64 = 17
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    for _ in 0..<2_000 {
      let root = 20 * uniform() - 10
      let stiffness = 10 * uniform()
      let cubic = { (x: Double) in (x - root) * (stiffness + (x - root) * (x - root)) }
      let interval = (root - 30 * uniform())...(root + 30 * uniform())
      #expect(isClose(try brentRoot(in: interval, tolerance: 1e-9, of: cubic), root, absolute: 1e-8))
      #expect(isClose(try bisectionRoot(in: interval, of: cubic), root, absolute: 1e-8))
    }
  }

  @Test func aRootAtAnEndIsFound() throws {
    #expect(try brentRoot(in: 0...1) { $0 } == 0)
    #expect(try brentRoot(in: -1...0) { $0 } == 0)
    #expect(try bisectionRoot(in: 0...1) { $0 } == 0)
    #expect(try bisectionRoot(in: -1...0) { $0 } == 0)
  }

  @Test func anIntervalWithoutAChangeOfSignIsRefused() {
    #expect(throws: RootError.notBracketed(valueAtLower: 2, valueAtUpper: 5)) {
      try brentRoot(in: 1...2) { $0 * $0 + 1 }
    }
    #expect(throws: RootError.notBracketed(valueAtLower: -2, valueAtUpper: -5)) {
      try bisectionRoot(in: 1...2) { -$0 * $0 - 1 }
    }
  }

  @Test func valuesThatAreNotFiniteAreRefused() {
    #expect(throws: RootError.notFinite(at: 1)) { try brentRoot(in: 0...1) { $0 < 1 ? -1 : .nan } }
    #expect(throws: RootError.notFinite(at: 0)) { try bisectionRoot(in: 0...1) { 1 / $0 } }
  }

  @Test func theSmallestIndexOfAMonotoneCondition() {
    for threshold in -1...9 {
      #expect(smallestIndex(in: 0..<8) { $0 >= threshold } == min(8, max(0, threshold)))
    }
    #expect(smallestIndex(in: 3..<3) { _ in false } == 3)
  }
}
