import NumericalMethods
import TestSupport
import Testing

@Suite struct BrentMinimumTests {
  @Test("a parabola is found in few calls, wherever it lies", arguments: [-3.7, -1e-3, 0, 0.2, 4.9])
  func parabola(centre: Double) {
    var calls = 0
    let minimum = brentMinimum(in: -5...5) { x in
      calls += 1
      return (x - centre) * (x - centre) + 2
    }
    #expect(isClose(minimum.argument, centre, absolute: 1e-7))
    #expect(isClose(minimum.value, 2, relative: 1e-14))
    #expect(calls < 60)
  }

  @Test("Brent's example: x·sin x-like valleys, a kink and a flat bottom") func others() {
    let quartic = brentMinimum(in: -1...4, tolerance: 1e-6) { x in (x - 1) * (x - 1) * (x - 1) * (x - 1) }
    #expect(isClose(quartic.argument, 1, absolute: 1e-2))
    #expect(isClose(brentMinimum(in: -2...5) { abs($0 - 1.3) }.argument, 1.3, absolute: 1e-6))
    // 1/(x² + x + 1), negated, is lowest at −1/2.
    #expect(isClose(brentMinimum(in: -3...3) { -1 / ($0 * $0 + $0 + 1) }.argument, -0.5, absolute: 1e-7))
  }

  @Test func anEndIsApproachedWhereTheFunctionFallsTowardsIt() {
    #expect(isClose(brentMinimum(in: 1...2) { $0 }.argument, 1, absolute: 1e-6))
    #expect(isClose(brentMinimum(in: 1...2) { -$0 }.argument, 2, absolute: 1e-6))
  }

  @Test func pointsOutsideTheDomainAreAvoided() {
    let minimum = brentMinimum(in: -1...4) { x in x < 0.5 ? .nan : (x - 1) * (x - 1) }
    #expect(isClose(minimum.argument, 1, absolute: 1e-6))
    #expect(brentMinimum(in: 0...1) { _ in .nan }.value == .infinity)
  }
}
