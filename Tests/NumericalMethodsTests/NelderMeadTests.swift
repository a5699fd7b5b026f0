import NumericalMethods
import TestSupport
import Testing

@Suite struct NelderMeadTests {
  @Test("Rosenbrock's valley from his start (−1.2, 1)") func rosenbrock() {
    // Rosenbrock: An automatic method for finding the greatest or least value of a function (1960).
    let minimum = nelderMeadMinimum(from: [-1.2, 1], steps: [0.5, 0.5]) { x in
      let bend = x[1] - x[0] * x[0]
      return 100 * bend * bend + (1 - x[0]) * (1 - x[0])
    }
    #expect(minimum.converged)
    #expect(isClose(minimum.argument[0], 1, absolute: 1e-5))
    #expect(isClose(minimum.argument[1], 1, absolute: 1e-5))
    #expect(minimum.value < 1e-10)
  }

  @Test("Powell's singular function, four variables") func powell() {
    let minimum = nelderMeadMinimum(
      from: [3, -1, 0, 1], steps: [1, 1, 1, 1], tolerance: 1e-14, maximumEvaluations: 20_000
    ) { x in
      let (a, b, c, d) = (x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3])
      return a * a + 5 * b * b + c * c * c * c + 10 * d * d * d * d
    }
    #expect(minimum.value < 1e-8)
  }

  @Test("random parabolas, in any number of variables to five") func parabolas() {
    var generator = SystemlessGenerator(seed: 9)
    for dimension in 1...5 {
      for _ in 0..<5 {
        let centre = (0..<dimension).map { _ in 4 * generator.uniform() - 2 }
        let widths = (0..<dimension).map { _ in 0.2 + 3 * generator.uniform() }
        let minimum = nelderMeadMinimum(
          from: [Double](repeating: 0, count: dimension), steps: [Double](repeating: 0.7, count: dimension),
          tolerance: 1e-15, maximumEvaluations: 20_000
        ) { x in
          zip(zip(x, centre), widths).reduce(1) { $0 + $1.1 * ($1.0.0 - $1.0.1) * ($1.0.0 - $1.0.1) }
        }
        for (value, expected) in zip(minimum.argument, centre) {
          #expect(isClose(value, expected, absolute: 1e-5))
        }
      }
    }
  }

  @Test("the calls are bounded, and an unfinished search says so") func budget() {
    var calls = 0
    let minimum = nelderMeadMinimum(from: [-1.2, 1], steps: [0.5, 0.5], maximumEvaluations: 30) { x in
      calls += 1
      return x[0] * x[0] + 1_000 * (x[1] - 3) * (x[1] - 3)
    }
    #expect(!minimum.converged)
    #expect(minimum.evaluations == calls)
    #expect(calls <= 30 + 4)
  }

  @Test func aFunctionFiniteNowhereHasNoMinimum() {
    let minimum = nelderMeadMinimum(from: [0, 0], steps: [1, 1]) { _ in .nan }
    #expect(minimum.value == .infinity)
    #expect(!minimum.converged)
  }

  @Test func theDomainMayEndInTheSimplex() {
    let minimum = nelderMeadMinimum(from: [2, 2], steps: [1, 1]) { x in
      x[0] <= 0 || x[1] <= 0 ? .infinity : x[0] + 1 / x[0] + x[1] + 4 / x[1]
    }
    #expect(isClose(minimum.argument[0], 1, absolute: 1e-5))
    #expect(isClose(minimum.argument[1], 2, absolute: 1e-5))
  }

  private struct SystemlessGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 12) * 0x1p-52
    }
  }
}
