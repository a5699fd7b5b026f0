import NumericalMethods
import TestSupport
import Testing

@Suite struct IncompleteGammaTests {
  /// Computed with mpmath at 40 digits.
  @Test(
    arguments: [
      (0.5, 0.1, 0.345_279_153_981_422_98, 0.654_720_846_018_577_02),
      (0.5, 3, 0.985_694_121_564_570_36, 0.014_305_878_435_429_64),
      (1, 1e-08, 9.999_999_950_000_000_4e-9, 0.999_999_990_000_000_05),
      (2, 20, 0.999_999_956_715_773_93, 4.328_422_607_120_971_4e-8),
      (7.5, 6, 0.320_970_942_909_585_21, 0.679_029_057_090_414_79),
      (100, 50, 3.200_065_324_585_125_3e-10, 0.999_999_999_679_993_47),
      (100, 150, 0.999_994_075_459_664_52, 5.924_540_335_483_915_8e-6),
      (100_000, 100_500, 0.942_896_730_023_971_29, 0.057_103_269_976_028_711),
    ] as [(Double, Double, Double, Double)])
  func referenceValues(shape: Double, x: Double, lower: Double, upper: Double) {
    let tails = regularisedIncompleteGamma(shape: shape, x)
    #expect(isClose(tails.lower, lower, relative: 3e-14))
    #expect(isClose(tails.upper, upper, relative: 3e-14))
  }

  @Test func theEnds() {
    #expect(regularisedIncompleteGamma(shape: 2, 0) == TailProbabilities(lower: 0, upper: 1))
    #expect(regularisedIncompleteGamma(shape: 2, 1e6) == TailProbabilities(lower: 1, upper: 0))
  }

  @Test func theInverseReturnsToItsProbability() {
    for shape in [0.05, 0.5, 1, 3, 50, 20_000] {
      for p in [1e-200, 1e-12, 0.001, 0.3, 0.5] {
        for tails in [TailProbabilities(lower: p, upper: 1 - p), TailProbabilities(lower: 1 - p, upper: p)] {
          let x = inverseRegularisedIncompleteGamma(shape: shape, tails)
          guard x > 1e-290 else { continue }
          let found = regularisedIncompleteGamma(shape: shape, x)
          #expect(isClose(found.lower, tails.lower, relative: 1e-11), "shape \(shape), p \(p)")
          #expect(isClose(found.upper, tails.upper, relative: 1e-11), "shape \(shape), p \(p)")
        }
      }
    }
  }

  @Test func badArgumentsStop() async {
    await #expect(processExitsWith: .failure) { _ = regularisedIncompleteGamma(shape: -1, 1) }
    await #expect(processExitsWith: .failure) { _ = regularisedIncompleteGamma(shape: 1, .nan) }
  }
}
