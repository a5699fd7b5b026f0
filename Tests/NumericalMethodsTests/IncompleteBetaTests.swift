import NumericalMethods
import TestSupport
import Testing

@Suite struct IncompleteBetaTests {
  /// Computed with mpmath at 40 digits.
  @Test(
    arguments: [
      (0.5, 0.5, 0.3, 0.369_010_119_565_545_38, 0.630_989_880_434_454_62),
      (2, 3, 0.1, 0.052_300_000_000_000_005, 0.947_7),
      (0.01, 0.5, 0.02, 0.948_644_374_691_722_3, 0.051_355_625_308_277_701),
      (10, 40, 0.05, 0.000_132_779_848_005_410_21, 0.999_867_220_151_994_59),
      (99.5, 700, 0.15, 0.982_140_531_699_750_91, 0.017_859_468_300_249_087),
      (1_000, 1, 0.99, 4.317_124_741_065_786_4e-5, 0.999_956_828_752_589_34),
      (30_000, 20_000, 0.59, 2.646_916_100_953_289_4e-6, 0.999_997_353_083_899_05),
      (5, 0.5, 0.999, 0.922_281_992_100_966_76, 0.077_718_007_899_033_239),
    ] as [(Double, Double, Double, Double, Double)])
  func referenceValues(a: Double, b: Double, x: Double, lower: Double, upper: Double) {
    let tails = regularisedIncompleteBeta(a, b, x)
    #expect(isClose(tails.lower, lower, relative: 1e-13))
    #expect(isClose(tails.upper, upper, relative: 1e-13))
  }

  @Test func exchangingTheShapesExchangesTheTails() {
    for a in [0.3, 1, 4.5, 80, 2_000] {
      for b in [0.5, 2, 33, 900] {
        for x in [0.01, 0.2, 0.5, 0.83, 0.999] {
          let tails = regularisedIncompleteBeta(a, b, x, complement: 1 - x)
          let mirrored = regularisedIncompleteBeta(b, a, 1 - x, complement: x)
          #expect(isClose(tails.lower, mirrored.upper, relative: 1e-12, absolute: 1e-300))
        }
      }
    }
  }

  @Test func aPowerLawIsExact() {
    for x in [0.1, 0.5, 0.9] {
      #expect(isClose(regularisedIncompleteBeta(1, 1, x).lower, x, relative: 4e-15))
      #expect(isClose(regularisedIncompleteBeta(3, 1, x).lower, x * x * x, relative: 4e-15))
    }
  }

  @Test func theEnds() {
    #expect(regularisedIncompleteBeta(2, 3, 0) == TailProbabilities(lower: 0, upper: 1))
    #expect(regularisedIncompleteBeta(2, 3, 1) == TailProbabilities(lower: 1, upper: 0))
  }

  @Test func theInverseReturnsToItsProbability() {
    for a in [0.05, 0.5, 1, 7, 300, 40_000] {
      for b in [0.05, 0.5, 1, 12, 990] {
        for p in [1e-250, 1e-12, 0.001, 0.025, 0.4, 0.5] {
          for tails in [TailProbabilities(lower: p, upper: 1 - p), TailProbabilities(lower: 1 - p, upper: p)]
          {
            let (x, complement) = inverseRegularisedIncompleteBeta(a, b, tails)
            guard x > 1e-290, complement > 1e-290 else { continue }
            let found = regularisedIncompleteBeta(a, b, x, complement: complement)
            #expect(isClose(found.lower, tails.lower, relative: 1e-11), "a \(a), b \(b), p \(p)")
            #expect(isClose(found.upper, tails.upper, relative: 1e-11), "a \(a), b \(b), p \(p)")
          }
        }
      }
    }
  }

  @Test func shapesMustBePositive() async {
    await #expect(processExitsWith: .failure) { _ = regularisedIncompleteBeta(0, 1, 0.5) }
    await #expect(processExitsWith: .failure) { _ = regularisedIncompleteBeta(1, .nan, 0.5) }
    await #expect(processExitsWith: .failure) { _ = regularisedIncompleteBeta(1, 1, 1.5) }
  }
}
