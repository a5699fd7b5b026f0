import NumericalMethods
import RealModule
import Scenarios
import TestSupport
import Testing

/// The tables that draws read, against the distributions they stand for.
@Suite struct CopulaTablesTests {
  private static let degrees = [2.01, 2.5, 3, 4, 7.3, 15, 50, 1e3, 1e6]

  @Test(arguments: degrees)
  func tailProbabilities(_ degrees: Double) {
    let tail = SymmetricTail(degreesOfFreedom: degrees)
    let law = StudentTDistribution(degreesOfFreedom: degrees)
    for step in 0..<4_000 {
      let t = 1e-3 * (Double.exp(0.0041 * Double(step)) - 1)
      let exact = law.survival(t)
      guard exact > 1e-25 else { break }
      #expect(isClose(tail.probability(beyond: t), exact, relative: 1e-8))
    }
    #expect(tail.probability(beyond: 1e300) > 0)
  }

  @Test func normalTailProbabilities() {
    for step in 0..<1_000 {
      let z = 0.01 * Double(step)
      #expect(
        isClose(SymmetricTail.normal.probability(beyond: z), normalDistribution(-z), relative: 1e-8))
    }
  }

  @Test(arguments: degrees)
  func quantiles(_ degrees: Double) {
    let map = StudentTQuantileMap(degreesOfFreedom: degrees)
    let law = StudentTDistribution(degreesOfFreedom: degrees)
    for step in 1..<200 {
      let z = 0.04 * Double(step)
      let exact = -law.quantile(normalDistribution(-z))
      #expect(isClose(map(z), exact, relative: 1e-8, absolute: 1e-9))
      #expect(map(-z) == -map(z))
    }
    #expect(map(0) == 0)
    let coarse = StudentTQuantileMap.forRanks(degreesOfFreedom: degrees)
    for step in 1..<550 {
      let z = 0.01 * Double(step)
      #expect(isClose(coarse(z), map(z), relative: 1e-5))
    }
  }

  @Test(arguments: degrees)
  func mixingScales(_ degrees: Double) {
    let map = MixingScaleMap(degreesOfFreedom: degrees)
    for step in -200...200 {
      let z = 0.04 * Double(step)
      let tails = TailProbabilities(lower: normalDistribution(z), upper: normalDistribution(-z))
      let mixing = 2 * inverseRegularisedIncompleteGamma(shape: 0.5 * degrees, tails)
      #expect(isClose(map(z), ((degrees - 2) / mixing).squareRoot(), relative: 1e-7))
    }
  }
}
