import Statistics
import TestSupport
import Testing

@Suite struct EllipticalTailProbabilityTests {
  @Test func itUndoesTheValueAtRisk() throws {
    let tails = [
      EllipticalTail.normal, try .studentT(degreesOfFreedom: 3), try .studentT(degreesOfFreedom: 7.5),
    ]
    for tail in tails {
      for level in [0.9, 0.975, 0.99, 0.9999] {
        let loss = tail.valueAtRisk(at: try Confidence(level))
        #expect(isClose(tail.probability(beyond: loss), 1 - level, relative: 1e-9))
      }
      #expect(tail.probability(beyond: 0) == 0.5)
      #expect(isClose(tail.probability(beyond: -1) + tail.probability(beyond: 1), 1, relative: 1e-14))
    }
  }

  @Test func theFarTailKeepsItsDigits() throws {
    // 1 − Φ(10) = 7.61985302416052606597e-24 (Abramowitz, Stegun: Handbook of Mathematical Functions, table 26.2).
    #expect(isClose(EllipticalTail.normal.probability(beyond: 10), 7.619853024160526e-24, relative: 1e-13))
    // P(T₃ > t) ≈ c·t⁻³ far out, so twice the distance has an eighth of the probability.
    let tail = try EllipticalTail.studentT(degreesOfFreedom: 3)
    let ratio = tail.probability(beyond: 2e4) / tail.probability(beyond: 1e4)
    #expect(isClose(ratio, 0.125, relative: 1e-6))
  }
}
